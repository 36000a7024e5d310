"""Compile what a queue tells of itself, estimated waits and status, and write it in full again."""

from collections.abc import Iterator, Mapping
from typing import Any

from router.model.estimate import Estimates
from router.model.policy import Status
from router.rules.units import duration_text, percent_text
from router.rules.written import routing

Path = tuple[str | int, ...]
Lack = tuple[Path, str, str]
"""Where something is missing, what, and what would mend it."""

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
    answer, asked = _answer(written), written.status
    if asked is None and answer is not None:
        asked = routing.Status()
    if asked is None:
        return None
    within = asked.answered_within
    if within is None:
        target = in_time(written)
        within = ANSWERED_WITHIN_MS if target is None else target
    return Status(every_ms=asked.every, within_ms=within, over_ms=asked.over, answer=answer)


def _answer(written: routing.Queue) -> int | None:
    """Give which part of the waits of a queue should end in time, in percent; None: not said."""
    return None if written.order.target is None else written.order.target.answer


def status_value(status: Status) -> dict[str, Any]:
    """Write how a queue's status is told."""
    return {
        "every": duration_text(status.every_ms),
        "answered_within": duration_text(status.within_ms),
        "over": duration_text(status.over_ms),
    }


def in_time(written: routing.Queue) -> int | None:
    """Give within what a conversation of a queue is to be answered (ms); None: it has no target."""
    target = written.order.target
    return None if target is None else target.within


def unfounded(queue: str, written: routing.Queue) -> Iterator[Lack]:
    """Give where something is looked at in a queue that nobody can tell of it."""
    rules: tuple[tuple[str, tuple[Any, ...]], ...] = (
        ("deflects", tuple(written.deflects)),
        ("overflows", tuple(written.overflows)),
        ("expands", tuple(written.expands)),
    )
    lacks: dict[str, tuple[str, str]] = {}
    yield from _unmeasured(queue, written)
    if written.estimates is None:
        lacks["estimated_wait"] = (f"`{queue}` estimates no waits", "`estimates: {}`")
    if in_time(written) is None:
        lacks["service_level"] = (f"`{queue}` has no target: what is in time?", "`within: 2m`")
    for section, each in rules:
        for number, rule in enumerate(each):
            for key in ("on", "off", "when"):
                yield from lacking(getattr(rule, key, None), (section, number, key), lacks=lacks)


def _unmeasured(queue: str, written: routing.Queue) -> Iterator[Lack]:
    """Give why nobody would see whether a queue reaches its target."""
    answer, within = _answer(written), in_time(written)
    if answer is None or within is None:
        return
    told = written.status
    if told is None and "status" in written.model_fields_set:
        words = f"nobody is told whether `{queue}` answers {percent_text(answer)} in time"
        yield ("status",), words, "`status: {}`, or leave `answer` out"
    elif told is not None and told.answered_within not in {None, within}:
        seconds, target = duration_text(told.answered_within or 0), duration_text(within)
        words = f"in time is within {target} for the target of `{queue}`, and within {seconds} here"
        yield ("status", "answered_within"), words, "leave `answered_within` out"


def lacking(condition: Any, path: Path, *, lacks: Mapping[str, tuple[str, str]]) -> Iterator[Lack]:
    """Give where a condition looks at what there is not: {what: message, suggestion}."""
    if condition is None:
        return
    if condition.estimated_wait is not None and "estimated_wait" in lacks:
        yield path, *lacks["estimated_wait"]
    level = condition.service_level
    if level is not None and level.within is None and "service_level" in lacks:
        yield (*path, "service_level"), *lacks["service_level"]
    for key in ("any", "all"):
        for number, each in enumerate(getattr(condition, key) or ()):
            yield from lacking(each, (*path, key, number), lacks=lacks)
