"""What is said on standard error, and how.

One line for each event, as text for people or as JSON for machines. Promises: nothing of a
customer's event is logged, because nobody here hands it over; what the Kafka client says again and
again while a broker is away is said once in a while. Standard output belongs to the commands'
results.
"""

import logging
import sys
import time
from typing import Any, Final

import structlog

from router.daemon.settings import LogSettings

QUIET_S: Final = 10.0
"""A message of a library is said once in this time, with how often it was held back."""
LIBRARIES: Final = ("aiokafka", "aiohttp", "asyncio")
MOST_REMEMBERED: Final = 1_000


class OnceInAWhile(logging.Filter):
    """Lets each message of a library through once in a while; the arguments do not matter."""

    def __init__(self, quiet_s: float = QUIET_S) -> None:
        super().__init__()
        self.quiet_s = quiet_s
        self._said: dict[str, tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether this record is to be said."""
        message = str(record.msg)
        now = time.monotonic()
        said_at, held_back = self._said.get(message, (float("-inf"), 0))
        if now - said_at < self.quiet_s:
            self._said[message] = (said_at, held_back + 1)
            return False
        if len(self._said) >= MOST_REMEMBERED:
            self._said.clear()
        self._said[message] = (now, 0)
        if held_back:
            times = "once" if held_back == 1 else f"{held_back} times"
            record.msg = f"{record.msg} (and {times} before)"
        return True


def set_up(settings: LogSettings) -> None:
    """Send all logs of this process to standard error, as the settings say."""
    shared: list[Any] = [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    as_text = settings.format == "console" or (settings.format == "auto" and sys.stderr.isatty())
    last: list[Any] = (
        # Plain tracebacks: others show what variables hold, and with it what customers wrote.
        [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            )
        ]
        if as_text
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    out = logging.StreamHandler(sys.stderr)
    out.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers = [out]
    root.setLevel(settings.level.upper())
    for library in LIBRARIES:
        logger = logging.getLogger(library)
        logger.setLevel(max(root.level, logging.WARNING))
    # On the output, because a filter on a logger does not see what its children say.
    out.addFilter(_for_libraries(OnceInAWhile()))
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(root.level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def _for_libraries(seldom: OnceInAWhile) -> Any:
    def passes(record: logging.LogRecord) -> bool:
        return not record.name.startswith(LIBRARIES) or seldom.filter(record)

    return passes
