import statistics

import pytest

from router.demo import chance
from router.demo.chance import LONGEST_HANDLE_S, Work

MANY = 20_000


@pytest.mark.parametrize(
    ("seconds", "share"), [(10, 0.036), (30, 0.10), (60, 0.18), (280, 0.50)], ids=str
)
def test_customers_leave_as_measured(seconds: float, share: float) -> None:
    luck = chance.stream("patience")
    waits = [chance.patience_s(luck) for _ in range(MANY)]

    assert sum(wait <= seconds for wait in waits) / MANY == pytest.approx(share, abs=0.01)


def test_a_customer_who_has_waited_a_while_leaves_less_readily() -> None:
    luck = chance.stream("hazard")
    waits = [chance.patience_s(luck) for _ in range(MANY)]

    def hazard(start: float, end: float) -> float:
        there = sum(wait > start for wait in waits)
        return sum(start < wait <= end for wait in waits) / there / (end - start)

    assert hazard(60, 180) < 0.9 * hazard(0, 60)
    assert hazard(300, 900) < hazard(60, 180)


@pytest.mark.parametrize("work", list(Work))
def test_handle_times_have_the_fitted_median_and_an_end(work: Work) -> None:
    luck = chance.stream("work", work.name)
    times = [chance.handle_s(luck, work) for _ in range(MANY)]
    mean_of_log, _ = work.value

    assert statistics.median(times) == pytest.approx(2.718281828**mean_of_log, rel=0.05)
    assert max(times) == LONGEST_HANDLE_S


def test_short_delays_are_around_their_mean_and_never_nothing() -> None:
    luck = chance.stream("delay")
    delays = [chance.around(luck, 4.0) for _ in range(MANY)]

    assert statistics.fmean(delays) == pytest.approx(4.0, rel=0.03)
    assert min(delays) > 1.3


def test_bursts_have_mean_one_and_the_variation_asked_for() -> None:
    luck = chance.stream("burst")
    bursts = [chance.burst(luck, 0.1) for _ in range(MANY)]

    assert statistics.fmean(bursts) == pytest.approx(1.0, abs=0.005)
    assert statistics.stdev(bursts) == pytest.approx(0.1, rel=0.05)


def test_luck_depends_on_the_names_alone() -> None:
    assert chance.stream(7, "ana").random() == chance.stream(7, "ana").random()
    assert chance.stream(7, "ana").random() != chance.stream(8, "ana").random()
