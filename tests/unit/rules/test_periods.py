"""Days of a time zone, as quotas count them: from midnight on the wall to the next one."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from router.rules.periods import DaysOfZone, HoursOfUtc


def at(written: str) -> int:
    return int(datetime.fromisoformat(written).timestamp() * 1_000)


@pytest.mark.parametrize(
    ("zone", "during", "ends"),
    [
        ("Europe/Paris", "2026-03-02T10:00:00+01:00", "2026-03-03T00:00:00+01:00"),
        ("Europe/Paris", "2026-03-02T23:59:59.999+01:00", "2026-03-03T00:00:00+01:00"),
        ("Europe/Paris", "2026-03-03T00:00:00+01:00", "2026-03-04T00:00:00+01:00"),
        # 23 hours, then 25: the clocks change in the night.
        ("Europe/Paris", "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00"),
        ("Europe/Paris", "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00"),
        ("Asia/Kolkata", "2026-06-01T12:00:00+05:30", "2026-06-02T00:00:00+05:30"),
        # No midnight: the day begins at one o'clock.
        ("America/Santiago", "2026-09-05T12:00:00-04:00", "2026-09-06T01:00:00-03:00"),
        # The day begins at midnight for a minute, then it is yesterday for another hour: it has
        # begun.
        ("America/St_Johns", "2009-10-31T12:00:00-02:30", "2009-11-01T00:00:00-02:30"),
        ("America/St_Johns", "2009-11-01T00:30:00-02:30", "2009-11-02T00:00:00-03:30"),
        # Samoa had no 30 December 2011.
        ("Pacific/Apia", "2011-12-29T12:00:00-10:00", "2011-12-31T00:00:00+14:00"),
    ],
)
def test_a_day_ends_when_the_wall_shows_the_next_date(zone: str, during: str, ends: str) -> None:
    assert DaysOfZone(zone).ends(at(during)) == at(ends)


def test_each_hour_ends_an_hour_later() -> None:
    assert HoursOfUtc().ends(at("2026-03-02T10:59:59.999+00:00")) == at("2026-03-02T11:00:00+00:00")
    assert HoursOfUtc().ends(at("2026-03-02T11:00:00+00:00")) == at("2026-03-02T12:00:00+00:00")


def test_days_follow_one_another_for_a_year() -> None:
    days, now = DaysOfZone("Europe/Paris"), at("2026-01-01T00:00:00+01:00")
    for _ in range(366):
        wall = datetime.fromtimestamp(now / 1_000, tz=ZoneInfo("Europe/Paris"))
        assert (wall.hour, wall.minute) == (0, 0)
        assert days.ends(now - 1) == now
        now = days.ends(now)
