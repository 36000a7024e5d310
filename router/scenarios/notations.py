"""The small notations of a routing test: a moment, a name of somebody, and who is asked for.

``2026-03-02T10:00:00+01:00`` is a moment, and so is ``2026-03-02 10:00 Europe/Paris``, on the clock
of that zone; an hour that the clocks skip, or show twice, is refused where it would be a guess.
"""

import re
from datetime import datetime
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, WithJsonSchema

from router.model.limits import ID_PATTERN
from router.rules.problems import shown
from router.rules.units import NotationError, duration
from router.rules.written.fields import trouble
from router.wire import instants

_CLOCK = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?) ([A-Za-z_/+-]+)"
)
_ID = re.compile(ID_PATTERN)
_HINT: Final = "such as `2026-03-02T10:00:00+01:00` or `2026-03-02 10:00 Europe/Paris`"


def moment(written: object) -> int:
    """Read a moment with its offset or zone into milliseconds since the epoch."""
    text = written if isinstance(written, str) else ""
    exact = instants.parse(text)
    if exact is not None:
        return exact
    parts = _CLOCK.fullmatch(text)
    if parts is None:
        raise trouble(f"{shown(written)} is not a moment with its zone", _HINT)
    try:
        zone = ZoneInfo(parts[3])
        local = datetime.fromisoformat(f"{parts[1]}T{parts[2]}").replace(tzinfo=zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise trouble(f"{shown(written)} is not a moment with its zone", _HINT) from None
    if local.utcoffset() != local.replace(fold=1).utcoffset():
        raise trouble(
            f"{shown(written)} is skipped or comes twice, since the clocks change",
            "write it with its offset",
        )
    return round(local.timestamp() * 1_000)


def _identity(value: object) -> object:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise trouble(f"{shown(value)} is no id", "letters, digits and `_.:@-`, up to 128")
    return value


def clock_text(span_ms: int) -> str:
    """Write how long after the start of a scenario something was: ``0:45``, ``1:02:30``."""
    seconds, rest = divmod(abs(span_ms), 1_000)
    hours, minutes = seconds // 3_600, seconds // 60 % 60
    text = f"{hours}:{minutes:02}" if hours else f"{minutes}"
    fraction = f".{rest:03}".rstrip("0") if rest else ""
    return f"{'-' if span_ms < 0 else ''}{text}:{seconds % 60:02}{fraction}"


def _attribute(value: object) -> object:
    if not isinstance(value, str | int | float | bool):
        raise trouble(f"{shown(value)} is no attribute", "a text, a number, true or false")
    return value


def _span_or_open(value: object) -> object:
    if value == "open":
        return value
    try:
        return duration(value)
    except NotationError as error:
        raise trouble(error.message, error.suggestion or "or `open`") from None


Moment = Annotated[Any, BeforeValidator(moment), WithJsonSchema({"type": "string"})]
"""Milliseconds since the epoch, written with an offset or a zone."""

Id = Annotated[str, BeforeValidator(_identity)]
"""Id of a conversation, an agent or an event."""

Attribute = Annotated[Any, BeforeValidator(_attribute)]
"""A flat value."""

SpanOrOpen = Annotated[Any, BeforeValidator(_span_or_open)]
"""Milliseconds, or ``open``."""
