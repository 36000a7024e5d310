"""Periods in which quotas are counted: hours of UTC, or days of a time zone. Times in ms, UTC.

A day begins when the clock on the wall first shows its date, so it is 23 or 25 hours long when the
clocks change, and a date that a zone skips is no day. All that is read, the zone's rules, is read
when rules are compiled.
"""

from collections.abc import Mapping as MappingType
from typing import Any, Final
from zoneinfo import ZoneInfo

from router.model.quota import Periods, Quota
from router.rules.units import percent_text
from router.rules.written import staffing
from router.rules.zones import offset, offsets

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 86_400_000


class HoursOfUtc:
    """Hours, one after the other."""

    def ends(self, at: int) -> int:
        """Give when the hour ends that a time is in."""
        return (at // HOUR_MS + 1) * HOUR_MS


class DaysOfZone:
    """Days of a time zone, one after the other."""

    def __init__(self, timezone: str) -> None:
        self._zone = ZoneInfo(timezone)

    def ends(self, at: int) -> int:
        """Give when the day ends that a time is in. Cost: some microseconds."""
        day = (at + offset(self._zone, at)) // DAY_MS + 1
        while (begins := self._begins(day)) <= at:
            day += 1
        return begins

    def _begins(self, day: int) -> int:
        """Give when the wall first shows a date (days since the epoch), or a later one."""
        for each in range(day - 1, day + 2):
            for since, until, ahead in offsets(self._zone, each * DAY_MS, (each + 1) * DAY_MS):
                first = max(since, day * DAY_MS - ahead)
                if first < until:
                    return first
        raise AssertionError(f"the day {day} does not begin")


def quotas(teams: MappingType[str, staffing.Team]) -> dict[str, Quota]:
    """Compile what teams may be given."""
    return {
        name: Quota(
            periods=_periods(each.quota),
            at_most=each.quota.at_most,
            share=each.share,
        )
        for name, each in teams.items()
        if each.quota is not None
    }


def _periods(written: staffing.Quota) -> Periods:
    return HoursOfUtc() if written.timezone is None else DaysOfZone(written.timezone)


def team_value(team: staffing.Team) -> dict[str, Any]:
    """Write a team with every default filled in."""
    value: dict[str, Any] = {"partner": team.partner}
    if team.quota is not None:
        value["quota"] = team.quota.model_dump(exclude_none=True)
    if team.share is not None:
        value["share"] = percent_text(team.share)
    return value
