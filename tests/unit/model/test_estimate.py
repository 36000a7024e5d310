"""How long somebody will probably wait, by the formula: checked against exact distributions."""

from math import log

import pytest

from router.model.estimate import (
    WHOLE,
    Estimates,
    Lately,
    Rates,
    at_once,
    faded,
    foresee,
    mean_ms,
    rates,
    shares,
)
from router.model.outputs import EstimatedWait
from tests.estimates.exact import quantile

CALM = Rates(handled=1 / 180_000, leaving=0.0, correction=1.0)


@pytest.mark.parametrize("agents", [1, 18, 100])
@pytest.mark.parametrize("patience_s", [60, 600, 100_000])
@pytest.mark.parametrize("ahead", [0, 1, 3, 10, 40])
def test_both_quantiles_are_those_of_the_exact_distribution(
    agents: int, patience_s: int, ahead: int
) -> None:
    capacity, leaving = agents / 180, 1 / patience_s
    speed = Rates(handled=1 / 180_000, leaving=leaving / 1_000, correction=1.0)
    told = foresee(ahead, agents * WHOLE, rates=speed, answering_ms=0.0).told
    # Where one who waits gives up sooner than an agent is done the tail is longer than a gamma's.
    near = 0.03 if capacity > leaving else 0.08
    assert told.p50 == pytest.approx(
        quantile(capacity, leaving, ahead=ahead, share=0.5), rel=near, abs=0.06
    )
    assert told.p90 == pytest.approx(
        quantile(capacity, leaving, ahead=ahead, share=0.9), rel=near, abs=0.06
    )


def test_the_next_one_alone_waits_for_the_first_agent_who_is_done() -> None:
    told = foresee(0, 6 * WHOLE, rates=CALM, answering_ms=0.0).told
    assert told.p50 == pytest.approx(30 * log(2), rel=0.02)
    assert told.p90 == pytest.approx(30 * log(10), rel=0.02)


def test_a_line_of_thousands_is_estimated_as_well_as_a_short_one() -> None:
    told = foresee(9_999, 100 * WHOLE, rates=CALM, answering_ms=0.0).told
    assert told.p50 == pytest.approx(18_000, rel=0.001)
    assert told.p90 == pytest.approx(18_000 * (1 + 1.2816 / 100), rel=0.001)


def test_nobody_is_told_more_than_a_day() -> None:
    assert foresee(9_999, 1, rates=CALM, answering_ms=0.0).told.p50 == 86_400.0


def test_more_before_means_longer_and_more_agents_mean_shorter() -> None:
    by_place = [
        foresee(each, 5 * WHOLE, rates=CALM, answering_ms=0.0).told.p50 for each in range(60)
    ]
    assert by_place == sorted(set(by_place))
    by_agents = [
        foresee(5, each * WHOLE, rates=CALM, answering_ms=0.0).told.p50 for each in range(1, 60)
    ]
    assert by_agents == sorted(set(by_agents), reverse=True)


def test_the_mean_time_in_line_is_that_of_the_chain_with_ones_own_patience() -> None:
    speed = Rates(handled=1 / 180_000, leaving=1 / 120_000, correction=1.0)
    capacity, leaving = 18 / 180_000, 1 / 120_000
    # With k before: an exponential step at the total rate, then either out, or one place further
    # on.
    mean = 0.0
    for ahead in range(12):
        total = capacity + leaving * (ahead + 1)
        onward = (capacity + leaving * ahead) / total
        mean = 1 / total + (onward * mean if ahead else 0.0)
        expected = foresee(ahead, 18 * WHOLE, rates=speed, answering_ms=0.0).wait_ms
        assert expected == pytest.approx(mean, abs=1)


def lately(*sums: int) -> Lately:
    return Lately(list(sums), [0] * len(sums))


def test_at_first_the_rules_are_believed_and_after_some_dozens_what_was_seen() -> None:
    rules = Estimates(handling_ms=240_000, patience_ms=300_000)
    first = rates(rules, lately(0, 0), lately(0, 0, 0, 0))
    assert 1 / first.handled == 240_000
    assert 1 / first.leaving == 300_000
    assert first.correction == 1.0
    later = rates(rules, lately(200, 200 * 60_000), lately(500, 10**8, 1_000, 5 * 10**7))
    assert 1 / later.handled == pytest.approx(60_000, rel=0.07)
    assert 1 / later.leaving == pytest.approx(100_000, rel=0.01)
    assert later.correction == pytest.approx(2, rel=0.1)


def test_a_correction_stays_within_five_times_either_way() -> None:
    rules = Estimates()
    assert rates(rules, lately(0, 0), lately(9, 10**10, 0, 1)).correction == 5
    assert rates(rules, lately(0, 0), lately(9, 1, 0, 10**10)).correction == 0.2


def test_where_agents_are_asked_first_the_time_they_take_is_added() -> None:
    assert mean_ms(lately(0, 0)) == 0
    assert at_once(mean_ms(lately(10, 40_000))).told == EstimatedWait(4.0, 4.0)
    assert at_once(0).told == EstimatedWait(0.0, 0.0)
    asked = foresee(3, WHOLE, rates=CALM, answering_ms=4_000).told
    unasked = foresee(3, WHOLE, rates=CALM, answering_ms=0.0).told
    assert asked.p90 - unasked.p90 == pytest.approx(4, abs=0.1)


def test_what_is_old_counts_less_and_nothing_is_forgotten_while_nothing_happens() -> None:
    cases = Lately([0, 0], [0, 0])
    for _ in range(10):
        cases.add((1, 100), 10)
    assert (cases.new, cases.old) == ([0, 0], [5, 500])
    for _ in range(10):
        cases.add((1, 500), 10)
    assert (cases.new, cases.old) == ([0, 0], [7, 2_750])


def test_an_agent_is_divided_between_his_queues_as_they_took_time_and_counts_once() -> None:
    assert shares([300, 100]) == [750_000, 250_000]
    assert shares([0, 0, 0]) == [333_333] * 3
    most, least = shares([1_000_000, 0])
    assert most + least <= WHOLE
    assert least == pytest.approx(WHOLE / 11, abs=1)


def test_half_of_the_time_that_was_worked_counts_after_twenty_minutes() -> None:
    assert faded(1_000_000, 22) == pytest.approx(500_000, rel=0.01)
    assert faded(1_000_000, 10_000) == 0
