"""Times are RFC 3339 on the wire and milliseconds inside."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.wire import instants

NOON = 1_772_452_800_000


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-03-02T12:00:00Z", NOON),
        ("2026-03-02T12:00:00.000Z", NOON),
        ("2026-03-02t12:00:00z", NOON),
        ("2026-03-02T12:00:00.1Z", NOON + 100),
        ("2026-03-02T12:00:00.1239999Z", NOON + 123),
        ("2026-03-02T13:30:00+01:30", NOON),
        ("2026-03-01T23:59:00.250-12:01", NOON + 250),
        ("2026-03-02T12:00:00-00:00", NOON),
        ("2024-02-29T00:00:00Z", 1_709_164_800_000),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000),
        ("2017-01-01T00:59:60.5+01:00", 1_483_228_800_500),
        ("0001-01-01T00:00:00Z", instants.FIRST),
        ("9999-12-31T23:59:59.999Z", instants.LAST),
    ],
)
def test_a_time_with_an_offset_is_read(text: str, at: int) -> None:
    assert instants.parse(text) == at
    # A second time: seconds that came before are remembered.
    assert instants.parse(text) == at


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-03-02",
        "2026-03-02T12:00:00",
        "2026-03-02T12:00Z",
        "2026-03-02 12:00:00Z",
        "20260302T120000Z",
        "2026-W10-1T12:00:00Z",
        "2026-03-02T12:00:00,5Z",
        "2026-03-02T12:00:00.Z",
        "2026-03-02T12:00:00+0100",
        "2026-03-02T12:00:00+01",
        "2026-03-02T12:00:00+24:00",
        "2026-03-02T12:00:00+01:60",
        "2026-03-02T12:00:00ZZ",
        "2026-03-02T12:00:00Z\n",
        " 2026-03-02T12:00:00Z",
        "2026-03-02T24:00:00Z",
        "2026-03-02T12:60:00Z",
        "2026-03-02T12:00:61Z",
        "2026-03-02T12:00:60Z",
        "2017-01-01T00:59:60Z",
        "2026-02-29T12:00:00Z",
        "2026-13-01T12:00:00Z",
        "2026-00-01T12:00:00Z",
        "0000-01-01T12:00:00Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "2026-03-0\u0662T12:00:00Z",
        "2026-03-02T12:00:00." + "1" * 300 + "Z",
    ],
)
def test_anything_else_is_no_time(text: str) -> None:
    assert instants.parse(text) is None
    assert instants.parse(text) is None


@given(at=st.integers(instants.FIRST, instants.LAST))
def test_what_is_written_is_read_again(at: int) -> None:
    text = instants.render(at)
    assert instants.parse(text) == at
    assert len(text) == 24
    assert text.endswith("Z")


@given(
    moment=st.datetimes(datetime(1000, 1, 1), datetime(9000, 1, 1)),  # noqa: DTZ001 -- given below
    offset=st.integers(-1439, 1439),
)
def test_times_are_those_of_the_calendar(moment: datetime, offset: int) -> None:
    aware = moment.replace(tzinfo=timezone(timedelta(minutes=offset)))
    passed = aware - datetime(1970, 1, 1, tzinfo=UTC)
    assert instants.parse(aware.isoformat()) == passed // timedelta(milliseconds=1)


def test_many_seconds_are_forgotten_again() -> None:
    start = NOON // 1000
    for second in range(start, start + instants.SECONDS_REMEMBERED + 10):
        assert instants.parse(instants.render(second * 1000)) == second * 1000
