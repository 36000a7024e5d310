"""Opening hours as written: weekly hours in a time zone, public holidays, exceptions."""

import re
from datetime import date
from itertools import pairwise
from typing import Annotated, Final, Self
from zoneinfo import available_timezones

from holidays import list_supported_countries
from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from router.rules.problems import nearest, shown
from router.rules.written.fields import Written, trouble

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MAX_SPANS: Final = 8

_SPAN = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-(?:([01][0-9]|2[0-3]):([0-5][0-9])|(24):(00))")
_COUNTRY = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")

Spans = tuple[tuple[int, int], ...]
"""Opening spans of a day in minutes from midnight, in order; none: closed."""


def _spans(value: object) -> Spans:
    if value == "closed":
        return ()
    written = value if isinstance(value, list) else [value]
    found = [_span(each) for each in written]
    if not 1 <= len(found) <= MAX_SPANS or any(
        later[0] < earlier[1] for earlier, later in pairwise(found)
    ):
        raise trouble("opening hours overlap or are out of order", "the earliest first")
    return tuple(found)


def _span(value: object) -> tuple[int, int]:
    match = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise trouble(
            f"{shown(value)} is not a span of hours", 'such as "09:00-18:30", or `closed`'
        )
    opens, closes = match.group(1, 2), (match[3] or match[5], match[4] or match[6])
    start, end = (int(hour) * 60 + int(minute) for hour, minute in (opens, closes))
    if end <= start:
        raise trouble(
            f"{shown(value)} ends before it begins", "hours past midnight belong to the next day"
        )
    return start, end


def _days(written: object) -> object:
    days(str(written))
    return written


def days(written: str) -> list[str]:
    """Read days such as ``sat``, ``mon-fri`` or ``mon,wed``; raises what a model shows."""
    found: list[str] = []
    for part in written.replace(" ", "").split(","):
        first, _, last = part.partition("-")
        for day in (first, last or first):
            if day not in DAYS:
                raise trouble(f"`{day}` is not a day", nearest(day, DAYS))
        start, end = DAYS.index(first), DAYS.index(last or first)
        if end < start:
            raise trouble(f"`{part}` ends before it begins", "a week goes from mon to sun")
        found.extend(DAYS[start : end + 1])
    return found


def _zone(value: object) -> object:
    zones = available_timezones()
    if not isinstance(value, str) or value not in zones:
        raise trouble(f"{shown(value)} is not a time zone", nearest(str(value), zones))
    return value


def _holidays(value: object) -> object:
    if not isinstance(value, str) or not _COUNTRY.fullmatch(value):
        raise trouble(
            f"{shown(value)} is not a country",
            "two letters such as `FR`, perhaps a part of it: `DE-BY`",
        )
    country, part = country_of(value)
    known = list_supported_countries(include_aliases=False)
    if country not in known:
        raise trouble(f"nobody knows the public holidays of `{country}`", nearest(country, known))
    if part is not None and part not in known[country]:
        raise trouble(f"`{part}` is not a part of `{country}`", nearest(part, known[country]))
    return value


def country_of(written: str) -> tuple[str, str | None]:
    """Read ``FR`` or ``DE-BY`` into a country and, perhaps, a part of it."""
    country, _, part = written.partition("-")
    return country, part or None


def _dates(value: object) -> object:
    for written in value if isinstance(value, dict) else ():
        try:
            date.fromisoformat(str(written))
        except ValueError:
            raise trouble(f"{shown(written)} is not a date", "such as `2026-12-24`") from None
    return value


_HOURS_SCHEMA: Final = {"type": "string", "examples": ["09:00-18:30", "closed"]}

Days = Annotated[str, BeforeValidator(_days)]

TimeZone = Annotated[str, BeforeValidator(_zone)]

Hours = Annotated[Spans, BeforeValidator(_spans), WithJsonSchema(_HOURS_SCHEMA)]


class Calendar(Written):
    """When the centre is open."""

    timezone: TimeZone = Field(
        description="Time zone of the hours, such as `Europe/Paris`; daylight saving is followed."
    )
    weekly: dict[Days, Hours] = Field(
        description='Hours of each day: `mon-fri: "09:00-18:30"`; a day left out is closed.'
    )
    holidays: Annotated[str, BeforeValidator(_holidays)] | None = Field(
        default=None, description="Country whose public holidays are closed, such as `FR`."
    )
    exceptions: Annotated[dict[str, Hours], BeforeValidator(_dates)] = Field(
        default={}, description='Days that differ: `2026-12-24: "09:00-16:00"`, or `closed`.'
    )

    @model_validator(mode="after")
    def _each_day_once(self) -> Self:
        seen: dict[str, str] = {}
        for written in self.weekly:
            for day in days(written):
                if day in seen:
                    raise trouble(f"`{day}` has hours in `{seen[day]}` and in `{written}`")
                seen[day] = written
        return self

    @property
    def week(self) -> dict[str, Spans]:
        """Give the opening spans by day, from Monday; a day left out is closed."""
        found = {day: spans for written, spans in self.weekly.items() for day in days(written)}
        return {day: found[day] for day in DAYS if day in found}
