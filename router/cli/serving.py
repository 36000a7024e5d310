"""Serve until told to end, and tell by the exit status how that went: the work of `run`.

Standard output has the `ready` line and nothing else. What a person must mend ends the start: wrong
settings, an address that is taken, a broker that does not take us as the settings say (2), wrong
rules or topics (1), no broker (3).
"""

from pathlib import Path

import click
import uvloop

from router.cli.exits import FoundWrongError, ServerLostError
from router.cli.options import read_settings
from router.daemon import logs, service
from router.daemon.errors import (
    AddressError,
    BrokerUnreachableError,
    CertificateError,
    SettingRefusedError,
    TopicsWrongError,
)
from router.daemon.hazards import UnsafeRuntimeError
from router.daemon.reload import read_rules
from router.rules import RulesError


def serve(settings_file: Path | None, rules_path: Path | None) -> None:
    """Serve with these settings and rules (None: those in the settings), until told to end."""
    settings = read_settings(settings_file)
    logs.set_up(settings.log)
    try:
        rules = read_rules(rules_path or settings.rules.path)
    except RulesError as error:
        raise FoundWrongError(str(error)) from error
    except OSError as error:
        raise click.UsageError(f"the rules cannot be read: {error}") from error
    try:
        uvloop.run(service.serve(settings, rules, _announce))
    except BrokerUnreachableError as error:
        raise ServerLostError(str(error)) from error
    except TopicsWrongError as error:
        raise FoundWrongError(str(error)) from error
    except (AddressError, CertificateError, SettingRefusedError, UnsafeRuntimeError) as error:
        raise click.UsageError(str(error)) from error


def _announce(line: str) -> None:
    click.echo(line)
