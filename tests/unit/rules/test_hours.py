"""A calendar is open while the clock on the wall shows an open hour, to the millisecond."""

from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from router.rules.hours import DAY_MS, LOOK_AHEAD_DAYS, MINUTE_MS, OpeningHours, compiled_hours
from router.rules.written.calendars import DAYS, Calendar

HOURS_MS = 60 * MINUTE_MS


def ms(written: str) -> int:
    return round(datetime.fromisoformat(written).timestamp()) * 1_000


def paris(**written: object) -> OpeningHours:
    return hours({"timezone": "Europe/Paris", **written})


def hours(written: dict[str, object]) -> OpeningHours:
    return compiled_hours(Calendar.model_validate(written))


OFFICE = paris(
    weekly={"mon-fri": "09:00-18:30", "sat": ["09:00-12:00", "13:00-15:00"]},
    holidays="FR",
    exceptions={"2026-12-24": "09:00-16:00", "2026-05-01": "10:00-11:00", "2026-12-31": "closed"},
)


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-03-02T09:00:00+01:00", True),
        ("2026-03-02T08:59:59+01:00", False),
        ("2026-03-02T18:29:59+01:00", True),
        ("2026-03-02T18:30:00+01:00", False),
        ("2026-07-02T09:00:00+02:00", True),
        ("2026-07-02T09:00:00+01:00", True),
        ("2026-07-02T08:30:00+02:00", False),
        ("2026-03-07T12:30:00+01:00", False),
        ("2026-03-08T10:00:00+01:00", False),
        ("2026-07-14T10:00:00+02:00", False),
        ("2026-12-24T16:00:00+01:00", False),
        ("2026-12-24T15:00:00+01:00", True),
        ("2026-05-01T10:30:00+02:00", True),
        ("2026-12-31T10:00:00+01:00", False),
    ],
)
def test_it_is_open_in_its_hours_and_on_no_holiday_unless_an_exception_says_so(
    at: str, *, is_open: bool
) -> None:
    assert OFFICE.is_open(ms(at)) is is_open


@pytest.mark.parametrize(
    ("after", "change"),
    [
        ("2026-03-02T07:00:00+01:00", "2026-03-02T09:00:00+01:00"),
        ("2026-03-02T09:00:00+01:00", "2026-03-02T18:30:00+01:00"),
        ("2026-03-07T12:00:00+01:00", "2026-03-07T13:00:00+01:00"),
        ("2026-03-07T15:00:00+01:00", "2026-03-09T09:00:00+01:00"),
        ("2026-12-30T18:30:00+01:00", "2027-01-02T09:00:00+01:00"),
    ],
)
def test_it_says_when_it_changes_next(after: str, change: str) -> None:
    assert OFFICE.next_change(ms(after)) == ms(change)


def test_hours_that_are_skipped_in_spring_are_never_open() -> None:
    night = paris(weekly={"sun": "02:15-02:45"})
    spring = ms("2026-03-29T00:00:00+01:00")
    assert not any(night.is_open(spring + minute * MINUTE_MS) for minute in range(1_440))
    assert night.next_change(spring) == ms("2026-04-05T02:15:00+02:00")


def test_hours_that_begin_in_a_skipped_hour_open_when_the_clock_has_jumped() -> None:
    night = paris(weekly={"sun": "02:30-04:00"})
    opens = night.next_change(ms("2026-03-29T00:00:00+01:00"))
    assert opens == ms("2026-03-29T03:00:00+02:00")
    assert night.next_change(opens) - opens == HOURS_MS


def test_hours_that_are_shown_twice_in_autumn_are_open_twice() -> None:
    night = paris(weekly={"sun": "02:15-02:45"})
    changes = [ms("2026-10-25T00:00:00+02:00")]
    for _ in range(4):
        changes.append(night.next_change(changes[-1]))
    first, second = ms("2026-10-25T02:15:00+02:00"), ms("2026-10-25T02:15:00+01:00")
    half = 30 * MINUTE_MS
    assert changes[1:] == [first, first + half, second, second + half]


def test_an_open_night_is_an_hour_longer_in_autumn_and_shorter_in_spring() -> None:
    night = paris(weekly={"sun": "01:00-05:00"})
    for day, lasts in (("2026-10-25", 5), ("2026-03-29", 3), ("2026-06-07", 4)):
        opens = night.next_change(ms(f"{day}T00:00:00+02:00"))
        assert night.next_change(opens) - opens == lasts * HOURS_MS


def test_a_day_that_ends_at_midnight_goes_on_into_the_next() -> None:
    always = paris(weekly={"mon-fri": "00:00-24:00"})
    assert always.next_change(ms("2026-03-02T00:00:00+01:00")) == ms("2026-03-07T00:00:00+01:00")


@pytest.mark.parametrize("weekly", [{}, {"mon-sun": "00:00-24:00"}])
def test_what_never_changes_says_when_to_ask_again(weekly: dict[str, str]) -> None:
    after = ms("2026-03-02T00:00:00+00:00")
    assert paris(weekly=weekly).next_change(after) == after + LOOK_AHEAD_DAYS * DAY_MS


def test_the_last_days_of_the_calendar_are_closed() -> None:
    assert not paris(weekly={"mon-sun": "00:00-24:00"}).is_open(ms("9999-12-31T12:00:00+00:00"))


ZONES = {
    "Europe/Paris": ("2026-03-28", "2026-10-24"),
    "America/New_York": ("2026-03-07", "2026-10-31"),
    "Australia/Lord_Howe": ("2026-04-04", "2026-10-03"),  # by half an hour
    "America/Santiago": ("2026-04-04", "2026-09-05"),  # at midnight
    "Asia/Kathmandu": ("2026-03-28", "2026-12-31"),  # never, and by three quarters of an hour
    "Pacific/Kiritimati": ("2026-03-28", "2026-12-31"),  # fourteen hours ahead
}


@pytest.mark.parametrize("zone", ZONES)
def test_every_minute_of_the_nights_the_clocks_change_is_as_the_wall_says(zone: str) -> None:
    dice = Random(zone)
    wall = ZoneInfo(zone)
    for began in ZONES[zone]:
        week = {day: _some_spans(dice) for day in DAYS}
        compiled = OpeningHours(zone, week, {})
        start = datetime.fromisoformat(began).replace(tzinfo=UTC)
        shown = [(start + timedelta(minutes=n)).astimezone(wall) for n in range(3 * 1_440)]
        states = [
            any(o <= at.hour * 60 + at.minute < c for o, c in week[DAYS[at.weekday()]])
            for at in shown
        ]
        first = round(start.timestamp()) * 1_000
        assert states == [compiled.is_open(first + n * MINUTE_MS) for n in range(len(states))]
        changes = [n for n in range(1, len(states)) if states[n] != states[n - 1]]
        found = [first]
        for _ in changes:
            found.append(compiled.next_change(found[-1]))
        assert found[1:] == [first + n * MINUTE_MS for n in changes]
        for at in found[1:]:
            assert compiled.is_open(at - 1) is not compiled.is_open(at)


def _some_spans(dice: Random) -> tuple[tuple[int, int], ...]:
    edges = sorted(dice.sample(range(0, 1_441, 5), 2 * dice.randint(1, 4)))
    return tuple(zip(edges[::2], edges[1::2], strict=True))
