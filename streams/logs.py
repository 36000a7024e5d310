"""What the worker says on standard error, and how.

One line for people on a terminal, one JSON object elsewhere. Of the libraries only warnings are let
through, and what they say again and again while a broker is away is said once in a while. Nothing
of a decision's content is logged, because nobody here hands it over.
"""

import logging
import sys
import time
from typing import Final

import structlog

from streams.settings import LogSettings

LIBRARIES: Final = (
    *("faust", "mode", "aiokafka", "asyncio"),
    # What Faust says in the name of the parts of it that are corrected here.
    *("streams.app", "streams.driver", "streams.tables"),
)
QUIET_S: Final = 10.0
MOST_REMEMBERED: Final = 1_000
NEVER_REACHED: Final = "Unable to bootstrap"
"""What the client says where no broker answered at all."""
FIELDS: Final = ("partition", "offset")


class OnceInAWhile(logging.Filter):
    """Let each message of a library through once in `QUIET_S`; its arguments do not matter."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether this record is to be said."""
        if not record.name.startswith(LIBRARIES):
            return True
        message = str(record.msg)
        now = time.monotonic()
        if now - self._said.get(message, float("-inf")) < QUIET_S:
            return False
        if len(self._said) >= MOST_REMEMBERED:
            self._said.clear()
        self._said[message] = now
        return True


def is_to_be_said(record: logging.LogRecord) -> bool:
    """Tell whether a record is no trace of a broker never reached: the process says that in a sentence."""
    trouble = record.exc_info[1] if record.exc_info else None
    return record.name != "faust.worker" or NEVER_REACHED not in str(trouble)


def set_up(settings: LogSettings) -> None:
    """Send all logs of this process to standard error, as the settings say."""
    as_text = settings.format == "console" or (settings.format == "auto" and sys.stderr.isatty())
    last = (
        [structlog.dev.ConsoleRenderer()]
        if as_text
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    out = logging.StreamHandler(sys.stderr)
    out.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_logger_name,
                structlog.stdlib.add_log_level,
                structlog.stdlib.ExtraAdder(allow=FIELDS),
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    out.addFilter(OnceInAWhile())
    out.addFilter(is_to_be_said)
    logging.basicConfig(handlers=[out], level=settings.level.upper(), force=True)
    if settings.level != "debug":
        for library in LIBRARIES:
            logging.getLogger(library).setLevel(logging.WARNING)
