"""What several commands have in common: where their settings come from.

What reads them is loaded at their first use.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from router.daemon.connection import Connection
    from router.daemon.settings import Settings

settings_option = click.option(
    "--settings",
    "settings_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="YAML file with settings; CONTACT_ROUTER_… variables override it.",
)
as_json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")


def read_settings(file: Path | None) -> "Settings":
    """Read the settings; wrong ones are wrong use of the command (exit status 2)."""
    from router.daemon import settings_reading

    try:
        return settings_reading.read_settings(file)
    except settings_reading.SettingsError as error:
        raise click.UsageError("wrong settings:\n" + str(error)) from error


def connect(settings: "Settings") -> "Connection":
    """Prepare connections to Kafka, and the client for them.

    Certificates that cannot be used, and a client that cannot be mended, are wrong use.
    """
    from router.daemon import hazards
    from router.daemon.connection import Connection
    from router.daemon.errors import CertificateError

    try:
        hazards.mend(backoff_ms=settings.producer.backoff_ms)
        return Connection(settings.kafka)
    except (CertificateError, hazards.UnsafeRuntimeError) as error:
        raise click.UsageError(str(error)) from error
