"""Compile what a queue is expected to be like, for estimated waits, and write it in full again."""

from typing import Any

from router.model.estimate import Estimates
from router.rules.units import duration_text
from router.rules.written import routing


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
