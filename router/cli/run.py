"""Run the router as a process: `contact-router run`.

Prints one line on standard output, which begins with `ready` and ends with the HTTP address, when
all shards that this process owns decide. SIGTERM or Ctrl-C drains and ends with status 0, SIGHUP
has the rules read again, as does a change of their files. Exit status 1: the rules or the topics
are wrong; 2: wrong settings, an address that is taken, a value that the broker refuses; 3: no
broker answered.

What serves is loaded last, for that takes a second or more, and signals mean the same from the
first moment on.
"""

import os
import signal
from pathlib import Path
from types import FrameType

import click

from router.cli.options import settings_option


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
    _mind_signals()
    from router.cli import serving

    serving.serve(settings_file, rules_path)


def _mind_signals() -> None:
    """Let signals mean what they do later; whoever serves takes them over.

    To end is to end at once, for nothing has begun. A hang-up waits until the rules can be read
    again.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})


def _end(_: int, __: FrameType | None) -> None:
    # Not by an exception: it could come up in the middle of an import, or where none may.
    os._exit(0)
