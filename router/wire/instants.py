"""Times as the contract writes them (RFC 3339) and as the router counts them (milliseconds).

Promises: reads exactly the grammar of RFC 3339 with an offset, writes UTC with milliseconds and Z.
Fractions finer than a millisecond are cut off. Knows no clock.
"""

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final

from router.model import limits

FIRST: Final = -62_135_596_800_000
"""The first millisecond of year 1 in UTC; no earlier time can be written."""

LAST: Final = 253_402_300_799_999
"""The last millisecond of year 9999 in UTC."""

SECONDS_REMEMBERED: Final = 10_000
"""Seconds whose reading is kept, since the events of one second come together."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
_DAY_MS: Final = 86_400_000

MILLISECONDS: Final = tuple(f".{each:03d}Z" for each in range(1000))
"""The end of a time as the router writes it, by milliseconds."""

_USUAL_ENDS: Final = {"Z": 0} | {end: each for each, end in enumerate(MILLISECONDS)}

_known_seconds: dict[str, int] = {}

_SECOND: Final = "([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})"
_END: Final = r"(?:\.([0-9]+))?(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))"

SHAPE: Final = f"^{_SECOND}{_END}$"
"""The grammar of a time, as a schema writes it; whether there is such a day it does not say."""

_second_text = re.compile(_SECOND)
_end_text = re.compile(_END)


def parse(text: str) -> int | None:
    """Read an RFC 3339 time with its offset as milliseconds since the epoch, None where it is not.

    A leap second counts as the first second of the next day and is refused elsewhere. About
    0.2 us for a recent second in the form that the router writes itself.
    """
    try:
        return _known_seconds[text[:19]] + _USUAL_ENDS[text[19:]]
    except KeyError:
        return _parse(text)


def render(at: int) -> str:
    """Write milliseconds since the epoch as RFC 3339 in UTC, with milliseconds and Z.

    What `parse` gives can be written; OverflowError beyond the years 1 to 9999.
    """
    second, rest = divmod(at, 1000)
    return render_second(second) + MILLISECONDS[rest]


@lru_cache(maxsize=4096)
def render_second(second: int) -> str:
    """Write seconds since the epoch as RFC 3339 in UTC, without what comes after the second."""
    return (_EPOCH + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%S").zfill(19)


def _parse(text: str) -> int | None:
    prefix = text[:19]
    end = _after_second(text)
    second = _known_seconds.get(prefix)
    if second is None:
        second = _second(prefix)
    if second is None or end is None:
        return None
    at = second + end
    if not FIRST <= at <= LAST:
        return None
    if prefix.endswith("60"):
        return None if at // 1000 % 86_400 else at
    if len(_known_seconds) >= SECONDS_REMEMBERED:
        _known_seconds.clear()
    _known_seconds[prefix] = second
    return at


def _second(text: str) -> int | None:
    """Milliseconds since the epoch of a date and a time of day, as if they were UTC."""
    parts = _second_text.fullmatch(text)
    if parts is None:
        return None
    year, month, day, hour, minute, second = map(int, parts.groups())
    if hour > 23 or minute > 59 or second > 60:
        return None
    try:
        days = date(year, month, day).toordinal() - _EPOCH_DAY
    except ValueError:
        return None
    return days * _DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000


def _after_second(text: str) -> int | None:
    """Milliseconds to add for the fraction and the offset of a time."""
    parts = _end_text.fullmatch(text, 19) if len(text) <= limits.MAX_STRING else None
    if parts is None:
        return None
    fraction, sign, hours, minutes = parts.groups()
    ms = int(fraction[:3].ljust(3, "0")) if fraction else 0
    if sign is None:
        return ms
    if int(hours) > 23 or int(minutes) > 59:
        return None
    offset = (int(hours) * 60 + int(minutes)) * 60_000
    return ms - offset if sign == "+" else ms + offset
