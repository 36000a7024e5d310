"""Percentiles are values that were really measured."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtests.percentiles import percentile, summarise

TIMES = st.lists(st.integers(0, 10**12), min_size=1, max_size=200)
SHARES = st.floats(0, 1, allow_nan=False)


def test_of_a_hundred_times_the_99th_is_p99() -> None:
    times = list(range(1, 101))

    assert percentile(times, 0.5) == 50
    assert percentile(times, 0.99) == 99
    assert percentile(times, 0.999) == 100
    assert percentile(times, 1) == 100
    assert percentile(times, 0) == 1


def test_a_share_that_floats_cannot_hold_does_not_move_the_rank() -> None:
    # 0.07 x 100 is a little more than 7 in floating point.
    assert percentile(list(range(1, 101)), 0.07) == 7


def test_one_time_is_every_percentile() -> None:
    assert [percentile([42], share) for share in (0, 0.5, 0.999, 1)] == [42] * 4


def test_p99_of_few_times_is_the_longest() -> None:
    assert percentile([1, 2, 900], 0.99) == 900


@given(TIMES, SHARES)
def test_at_least_the_share_is_no_longer_than_the_percentile(
    times: list[int], share: float
) -> None:
    found = percentile(sorted(times), share)

    assert found in times
    assert sum(each <= found for each in times) >= share * len(times) - 1e-6
    assert sum(each < found for each in times) <= share * len(times)


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_a_share_outside_of_the_whole_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="not between"):
        percentile([1], share)


def test_nothing_measured_has_no_percentile() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)
    with pytest.raises(ValueError, match="no values"):
        summarise([])


def test_a_summary_counts_everything_in_the_unit_asked_for() -> None:
    found = summarise([4_000, 1_000, 3_000, 2_000], unit=1_000)

    assert (found.count, found.mean, found.p50, found.p99, found.max) == (4, 2.5, 2, 4, 4)
