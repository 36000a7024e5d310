"""Run the router as a process: `contact-router run`.

Prints one line on standard output, which begins with `ready` and ends with the HTTP address, when
all shards that this process owns decide. SIGTERM or Ctrl-C drains and ends with status 0, SIGHUP
has the rules read again, as does a change of their files. Exit status 1: the rules or the topics are wrong; 3: no broker answered.
"""

from pathlib import Path

import click
import uvloop

from router.cli.exits import FoundWrongError, ServerLostError
from router.cli.options import read_settings, settings_option
from router.daemon import logs, service
from router.daemon.errors import (
    AddressError,
    BrokerUnreachableError,
    CertificateError,
    SessionRefusedError,
    TopicsWrongError,
)
from router.daemon.hazards import UnsafeRuntimeError
from router.daemon.reload import read_rules
from router.rules import RulesError


@click.command()
@settings_option
@click.option(
    "--rules",
    "rules_path",
    type=click.Path(exists=True, path_type=Path),
    help="File or folder with the rules, instead of the one in the settings.",
)
def run(settings_file: Path | None, rules_path: Path | None) -> None:
    """Route conversations to agents until told to end."""
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
    except (AddressError, CertificateError, SessionRefusedError, UnsafeRuntimeError) as error:
        raise click.UsageError(str(error)) from error


def _announce(line: str) -> None:
    click.echo(line)
