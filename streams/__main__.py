"""The command of the streams: `python -m streams worker`.

Promises: logs on standard error; exit status 0 stopped by a signal with everything committed, 1 the
topics are not as they must be, 2 wrong settings, 3 the broker could not be reached or was lost;
ends within bounded time after a signal, whatever state Kafka is in. Whatever ended the worker, to
start it again is right.
"""

import asyncio
import logging
import signal
import sys
from typing import Final

import click
import faust
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from streams import logs
from streams.app import EXIT_LOST, StreamsError, end_in_time
from streams.settings import Settings
from streams.worker import Worker

EXIT_WRONG: Final = 1

log = logging.getLogger("streams")


class Process(faust.Worker):
    """Faust's process, which ends in bounded time once it is told to."""

    def _schedule_shutdown(self, signal: signal.Signals) -> None:
        end_in_time()
        super()._schedule_shutdown(signal)

    async def on_startup_finished(self) -> None:
        """Say that the tables are restored and decisions are folded from here on."""
        log.info("ready")
        await super().on_startup_finished()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Fold the router's decisions into figures by queue and minute."""


@main.command()
def worker() -> None:
    """Run one worker; any number of them share the partitions. Settings come from variables."""
    if not __debug__:
        raise click.UsageError("the Kafka client checks itself with assertions: run without -O")
    try:
        settings = Settings()
    except ValidationError as error:
        problems = (f"{'.'.join(map(str, each['loc']))}: {_said(each)}" for each in error.errors())
        raise click.UsageError("settings:\n" + "\n".join(problems)) from None
    logs.set_up(settings.log)
    sys.exit(run(settings))


def _said(problem: ErrorDetails) -> str:
    return "no such setting" if problem["type"] == "extra_forbidden" else problem["msg"]


def run(settings: Settings) -> int:
    """Run a worker until a signal or a trouble ends it; give the exit status."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    process = Process(
        Worker(settings).app,
        loop=loop,
        quiet=True,
        redirect_stdouts=False,
        override_logging=False,
    )
    # It would draw on standard output even where nobody looks.
    process.spinner = None
    try:
        process.execute_from_commandline()
    except SystemExit as ended:
        if not ended.code:
            return 0
        # Faust ends with status 1 whatever it was; the reason is what it was ending from.
        trouble = ended.__context__
        if isinstance(trouble, StreamsError):
            log.critical("worker ended: %s", trouble)
            return EXIT_WRONG
        if logs.NEVER_REACHED in str(trouble):
            servers = settings.kafka.bootstrap_servers
            log.critical("worker ended: no Kafka answered at %s", servers)
        else:
            log.critical("worker ended: %r", trouble)
        return EXIT_LOST


if __name__ == "__main__":
    main(prog_name="python -m streams")
