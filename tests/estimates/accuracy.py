"""How good the estimates of some traffic were."""

from dataclasses import dataclass
from statistics import mean

from tests.estimates.exact import quantile
from tests.estimates.traffic import Day, Load, Wait

LEARNING_S = 2 * 3_600
"""What is said before is not judged: the rules expect other conversations than those that come."""


@dataclass(frozen=True)
class Accuracy:
    """Figures over all who waited. ``p50_over_exact`` 1.0: as the exact median of the place says."""

    waits: int
    p50_over_exact: float
    farthest_place: float
    near: float
    within_p50: float
    within_p90: float
    answered_within_p90: float


def judge(day: Day) -> Accuracy:
    """Judge what a day's customers were told, by the truth and by what came of it."""
    waits = [each for each in day.waits if each.at > LEARNING_S and each.took is not None]
    ratios = {id(each): each.p50 / exact_median(day.load, each.ahead) for each in waits}
    by_place: dict[int, list[float]] = {}
    for each in waits:
        by_place.setdefault(each.ahead, []).append(ratios[id(each)])
    common = [mean(each) for each in by_place.values() if len(each) >= len(waits) // 100]
    answered = [each for each in waits if each.answered]
    return Accuracy(
        waits=len(waits),
        p50_over_exact=mean(ratios.values()),
        farthest_place=max(common, key=lambda each: abs(each - 1)),
        near=sum(abs(each - 1) <= 0.1 for each in ratios.values()) / len(waits),
        within_p50=sum(_took(each) <= each.p50 for each in waits) / len(waits),
        within_p90=sum(_took(each) <= each.p90 for each in waits) / len(waits),
        answered_within_p90=sum(_took(each) <= each.p90 for each in answered) / len(answered),
    )


def exact_median(load: Load, ahead: int) -> float:
    """Give the median wait of who has so many before him, in seconds."""
    assert load.patience_s is not None
    return quantile(load.capacity, 1 / load.patience_s, ahead=ahead, share=0.5)


def squared_error(day: Day) -> float:
    """Give the mean squared distance of the wait from p50, in units of the handling time."""
    waits = [each for each in day.waits if each.at > LEARNING_S and each.took is not None]
    return mean(((_took(each) - each.p50) / day.load.handling_s) ** 2 for each in waits)


def _took(wait: Wait) -> float:
    assert wait.took is not None
    return wait.took
