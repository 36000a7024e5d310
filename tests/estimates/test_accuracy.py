"""Estimated waits are as good as the exact law of the queue allows, under three loads."""

import pytest

from tests.estimates.accuracy import judge, squared_error
from tests.estimates.exact import quantile
from tests.estimates.traffic import Day, Load

LOADS = (
    (Load(400, handling_s=180, agents=18, patience_s=120), 100),
    (Load(252, handling_s=120, agents=12, patience_s=60), 200),
    (Load(1_440, handling_s=240, agents=100, patience_s=180), 40),
)
"""Three loads of the published table of Erlang A, and for how many hours."""
ERLANG_A = {252: (0.127372281809, 0.029678905542), 400: (0.64405460394, 0.155425533553)}
"""By calls an hour: the chance to wait, and to give up."""


@pytest.mark.parametrize(("load", "hours"), LOADS, ids=[f"{load.an_hour}" for load, _ in LOADS])
def test_half_wait_as_long_as_the_exact_median_says_and_nine_in_ten_as_p90_says(
    load: Load, hours: float
) -> None:
    found = judge(Day(load, hours=hours, seed=1))
    assert found.waits > 5_000
    assert 0.9 < found.p50_over_exact < 1.1
    assert 0.9 < found.farthest_place < 1.1
    assert found.near > 0.85
    assert 0.47 < found.within_p50 < 0.53
    assert 0.85 < found.within_p90 < 0.95
    assert 0.85 < found.answered_within_p90 < 0.95


def test_estimates_recover_from_a_change_that_nobody_announced() -> None:
    slow = Load(400, handling_s=180, agents=18, patience_s=120)
    day = Day(slow, hours=30, seed=4, then=(15, Load(800, 90, agents=18, patience_s=120)))
    later = [each for each in day.waits if each.at > 17 * 3_600 and each.took is not None]
    assert len(later) > 1_000
    covered = sum(each.took <= each.p90 for each in later if each.took is not None) / len(later)
    assert 0.85 < covered < 0.95


def test_without_abandonment_the_error_is_the_least_there_can_be() -> None:
    # 1 / ((1 - rho) (n mu)^2) is that of the best predictor from the length of the line; that of
    # the head of the line's wait is 0.2, of the mean wait 1.0 (in squared handling times).
    day = Day(Load(324, handling_s=100, agents=10, patience_s=None), hours=400, seed=3)
    assert squared_error(day) == pytest.approx(0.1, rel=0.15)


def test_the_traffic_is_what_it_is_said_to_be() -> None:
    for load, hours in LOADS[:2]:
        day = Day(load, hours=hours, seed=2)
        customers = load.an_hour * hours
        waits, leaves = ERLANG_A[int(load.an_hour)]
        left = [each for each in day.waits if not each.answered]
        assert len(day.waits) / customers == pytest.approx(waits, rel=0.06)
        assert len(left) / customers == pytest.approx(leaves, rel=0.1)


def test_the_truth_agrees_with_what_is_known_of_exponential_times() -> None:
    assert quantile(0.1, 1e-6, ahead=0, share=0.5) == pytest.approx(6.931, abs=0.01)
    assert quantile(0.1, 1e-6, ahead=0, share=0.9) == pytest.approx(23.026, abs=0.01)
    # Two steps of 0.1 a second each: 1 - exp(-x)(1 + x) = 0.5 at x = 1.678.
    assert quantile(0.1, 1e-6, ahead=1, share=0.5) == pytest.approx(16.783, abs=0.02)
