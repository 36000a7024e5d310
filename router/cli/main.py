"""Name the commands of `contact-router` and load each one only when it is called.

Promises: start-up stays quick, because a command's module (and the libraries behind it) is imported
by that command alone; results on standard output, logs on standard error; exit status 0 done, 1 the
thing examined is wrong, 2 wrong use, 3 a server could not be reached or was lost. Does no work of
its own: what a command does lives in the module named beside it.
"""

from importlib import import_module
from typing import Final

import click

from router import __version__

COMMANDS: Final = {
    "run": "router.cli.run:run",
    "kafka": "router.cli.kafka:kafka",
    "topics": "router.cli.topics:topics",
    "schema": "router.cli.schema:schema",
    "rules": "router.cli.rules:rules",
    "why": "router.cli.why:why",
    "state": "router.cli.state:state",
    "demo": "router.cli.demo:demo",
}
"""Command name to `module:attribute`."""


class LazyGroup(click.Group):
    """Offer the commands of `COMMANDS`, importing each at its first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands, in the order of `COMMANDS`."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return the command, or None where there is no such command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command = getattr(import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{module}:{attribute} is not a click command")
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="contact-router")
def main() -> None:
    """Route contact-centre conversations over Apache Kafka, exactly once."""
