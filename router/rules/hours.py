"""Opening hours, compiled: is the centre open at this millisecond, and when does that change next?

A calendar is open while the clock on the wall of its zone shows an hour that its rules open. So on
the night the clocks go forward an hour that is skipped is never open, and on the night they go back
an hour that is shown twice is open twice; nothing is ever guessed.

All that can be read is read when a calendar is compiled: the zone's rules, and the dates of public
holidays. Then its answers depend on the time that is asked about and on nothing else, which is why
the engine may ask: the same times give the same answers, in any process and in any replay.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

import holidays as public_holidays

from router.rules.written.calendars import DAYS, Calendar, Spans, country_of
from router.rules.zones import offsets

DAY_MS: Final = 86_400_000
MINUTE_MS: Final = 60_000
HOLIDAY_YEARS: Final = range(2020, 2070)
"""Years whose public holidays are known; a later one has none."""
LOOK_AHEAD_DAYS: Final = 400
MOST_REMEMBERED: Final = 1_000
"""Days whose hours are worked out once; with more of them all are worked out again."""

_EPOCH: Final = date(1970, 1, 1).toordinal()
_LAST_DAY: Final = date(9999, 12, 30).toordinal() - _EPOCH


class OpeningHours:
    """A compiled calendar; what ``router.model.policy.Hours`` asks for. Times in ms, UTC."""

    def __init__(
        self, timezone: str, week: Mapping[str, Spans], special: Mapping[date, Spans]
    ) -> None:
        self._timezone = timezone
        self._zone = ZoneInfo(timezone)
        self._week = tuple(week.get(day, ()) for day in DAYS)
        self._special = dict(special)
        self._remembered: dict[int, tuple[tuple[int, int], ...]] = {}

    def is_open(self, at: int) -> bool:
        """Tell whether it is open at a time."""
        return any(opens <= at < closes for opens, closes in self._open(at // DAY_MS))

    def next_change(self, after: int) -> int:
        """Give the first time after this one at which it opens or closes.

        Where that is further away than the look-ahead, give the time to ask again. Cost: the days
        until then, some microseconds each the first time.
        """
        is_open = self.is_open(after)
        day = after // DAY_MS
        for each in range(day, day + LOOK_AHEAD_DAYS):
            edge = max(after, each * DAY_MS)
            for opens, closes in self._open(each):
                if not is_open and opens >= edge and opens > after:
                    return opens
                if is_open and opens <= edge < closes:
                    edge = closes
            if is_open and edge < (each + 1) * DAY_MS:
                return edge
        return (day + LOOK_AHEAD_DAYS) * DAY_MS

    @property
    def meaning(self) -> dict[str, object]:
        """Give all that its answers follow from, as plain values: what its version names."""
        special = {day.isoformat(): spans for day, spans in sorted(self._special.items())}
        return {"timezone": self._timezone, "week": self._week, "special": special}

    def _open(self, day: int) -> tuple[tuple[int, int], ...]:
        """Give the spans of a UTC day in which it is open, in order, none touching the next."""
        known = self._remembered.get(day)
        if known is None:
            if len(self._remembered) >= MOST_REMEMBERED:
                self._remembered.clear()
            known = self._remembered[day] = tuple(self._worked_out(day))
        return known

    def _worked_out(self, day: int) -> Iterator[tuple[int, int]]:
        if day > _LAST_DAY:
            return
        last: tuple[int, int] | None = None
        for span in self._pieces(day):
            if last is not None and last[1] == span[0]:
                last = (last[0], span[1])
                continue
            if last is not None:
                yield last
            last = span
        if last is not None:
            yield last

    def _pieces(self, day: int) -> Iterator[tuple[int, int]]:
        """Give the open spans of a UTC day as its local days and its clock changes cut them."""
        for since, until, offset in offsets(self._zone, day * DAY_MS, (day + 1) * DAY_MS):
            for local in range((since + offset) // DAY_MS, (until - 1 + offset) // DAY_MS + 1):
                midnight = local * DAY_MS - offset
                for opens, closes in self._hours(local):
                    first = max(since, midnight + opens * MINUTE_MS)
                    last = min(until, midnight + closes * MINUTE_MS)
                    if first < last:
                        yield first, last

    def _hours(self, local_day: int) -> Spans:
        day = date.fromordinal(_EPOCH + local_day)
        special = self._special.get(day)
        return self._week[day.weekday()] if special is None else special


def compiled_hours(written: Calendar) -> OpeningHours:
    """Compile a calendar: an exception counts before a holiday, a holiday before the week."""
    special: dict[date, Spans] = {}
    if written.holidays is not None:
        country, part = country_of(written.holidays)
        known = public_holidays.country_holidays(country, subdiv=part, years=HOLIDAY_YEARS)
        special = dict.fromkeys(known, ())
    special |= {date.fromisoformat(day): spans for day, spans in written.exceptions.items()}
    return OpeningHours(written.timezone, written.week, special)
