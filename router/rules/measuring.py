"""Compile what a queue tells of itself, estimated waits and status, and write it in full again."""

from collections.abc import Iterator
from typing import Any

from router.model.estimate import Estimates
from router.model.policy import Status
from router.rules.units import duration_text
from router.rules.written import routing

ANSWERED_WITHIN_MS = 20_000
"""What is in time where a queue has neither a target nor says."""


def estimates(written: routing.Queue) -> Estimates | None:
    """Compile what is expected of a queue; None where nobody is told how long it takes."""
    expected = written.estimates
    if expected is None:
        return None
    return Estimates(handling_ms=expected.handling, patience_ms=expected.patience)


def estimates_value(expected: Estimates) -> dict[str, Any]:
    """Write what is expected of a queue."""
    return {
        "handling": duration_text(expected.handling_ms),
        "patience": duration_text(expected.patience_ms),
    }


def status(written: routing.Queue) -> Status | None:
    """Compile how a queue's status is told; None where it is not."""
    asked = written.status
    if asked is None:
        return None
    within, target = asked.answered_within, written.order.target
    if within is None:
        within = ANSWERED_WITHIN_MS if target is None else target.within
    return Status(every_ms=asked.every, within_ms=within, over_ms=asked.over)


def status_value(status: Status) -> dict[str, Any]:
    """Write how a queue's status is told."""
    return {
        "every": duration_text(status.every_ms),
        "answered_within": duration_text(status.within_ms),
        "over": duration_text(status.over_ms),
    }


def unfounded(written: routing.Queue) -> Iterator[tuple[str | int, ...]]:
    """Give where in a queue its estimated wait is looked at although it does not estimate any."""
    if written.estimates is not None:
        return
    for number, rule in enumerate(written.deflects):
        for key in ("on", "off"):
            if _looks(getattr(rule, key)):
                yield ("deflects", number, key)
    for number, step in enumerate(written.expands):
        if _looks(step.when):
            yield ("expands", number, "when")


def _looks(condition: Any) -> bool:
    if condition is None:
        return False
    parts = (*(condition.any or ()), *(condition.all or ()))
    return condition.estimated_wait is not None or any(map(_looks, parts))
