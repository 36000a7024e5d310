"""Compile conditions on how a queue stands, and pairs of them; write them in full again."""

from typing import Any, Protocol

from router.model.conditions import (
    Above,
    AllHold,
    AnyHolds,
    AtLeast,
    AtMost,
    Attendance,
    Below,
    Condition,
    Measure,
    NoAgents,
    Share,
    Switch,
    Window,
)
from router.rules.units import duration_text, percent_text
from router.rules.written.conditions import Calm, Standing, TooFew


class Turned(Protocol):
    """What is written of a pair of conditions, wherever that is."""

    @property
    def on(self) -> Standing | None:
        """Give what turns it on."""
        ...

    @property
    def off(self) -> Calm | None:
        """Give what turns it off again."""
        ...

    @property
    def at_least(self) -> int | None:
        """Give for how long it stays on (ms)."""
        ...


def condition(written: Standing | Calm, target_ms: int | None) -> Condition:
    """Compile a condition that fits the language; ``target_ms``: within what a wait is in time."""
    parts = written.any or written.all
    if parts is not None:
        compiled = tuple(condition(each, target_ms) for each in parts)
        return AnyHolds(compiled) if written.any else AllHold(compiled)
    if isinstance(written, Standing) and written.no_agents is not None:
        return NoAgents(Attendance(written.no_agents))
    if written.service_level is not None or written.answered_share is not None:
        return _share(written, target_ms)
    bounded = AtLeast if isinstance(written, Standing) else AtMost
    if written.waiting is not None:
        return bounded(Measure.WAITING, written.waiting)
    if written.estimated_wait is not None:
        return bounded(Measure.ESTIMATED_WAIT, written.estimated_wait)
    return bounded(Measure.OLDEST_WAIT, written.oldest_wait or 0)


def _share(written: Standing | Calm, target_ms: int | None) -> Share:
    level = written.service_level
    asked = level or written.answered_share
    assert asked is not None  # noqa: S101 - the caller has looked
    within_ms = None
    if level is not None:
        within_ms = (target_ms or 0) if level.within is None else level.within
    window = Window(asked.over, within_ms)
    if isinstance(asked, TooFew):
        return Below(window, asked.below)
    return Above(window, asked.above)


def switch(
    name: str, queue: str | None, written: Turned, *, target_ms: int | None = None
) -> Switch | None:
    """Compile what turns a rule on and off; None where nothing does. ``target_ms``: the queue's."""
    if written.on is None:
        return None
    return Switch(
        name=name,
        queue=queue,
        on=condition(written.on, target_ms),
        off=None if written.off is None else condition(written.off, target_ms),
        at_least_ms=written.at_least or 0,
    )


def condition_value(compiled: Condition) -> dict[str, Any]:
    """Write a condition as a rule file would."""
    match compiled:
        case AnyHolds(parts=parts):
            return {"any": [condition_value(each) for each in parts]}
        case AllHold(parts=parts):
            return {"all": [condition_value(each) for each in parts]}
        case NoAgents(attendance=attendance):
            return {"no_agents": attendance.value}
        case AtLeast(measure=measure, bound=bound) | AtMost(measure=measure, bound=bound):
            return {measure.value: bound_value(measure, bound)}
        case Below(window=window, share=share):
            return {window.measure: {"below": percent_text(share), **window_value(window)}}
        case Above(window=window, share=share):
            return {window.measure: {"above": percent_text(share), **window_value(window)}}


def window_value(window: Window) -> dict[str, str]:
    """Write of which waits a share is."""
    value = {"over": duration_text(window.over_ms)}
    if window.within_ms is not None:
        value["within"] = duration_text(window.within_ms)
    return value


def bound_value(measure: Measure, bound: int) -> int | str:
    """Write the bound of a measure."""
    return bound if measure is Measure.WAITING else duration_text(bound)


def switch_value(switch: Switch) -> dict[str, Any]:
    """Write a pair of conditions as the keys of a rule."""
    value: dict[str, Any] = {"on": condition_value(switch.on)}
    if switch.off is not None:
        value["off"] = condition_value(switch.off)
    if switch.at_least_ms:
        value["at_least"] = duration_text(switch.at_least_ms)
    return value
