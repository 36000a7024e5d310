"""What may be asked of how a queue stands, and switches that are turned by it.

A condition is about a queue (or, where rules say so, about all queues of the pool) at a moment. A
switch is on or off for good until its conditions turn it: they come in pairs, so that it does not
flap. Nothing here decides: the engine, and the reference beside it, say of each condition when it
holds. A new one is a further member of ``Condition``, or a further ``Measure``.
"""

from enum import StrEnum

import msgspec
from msgspec.structs import replace


class Measure(StrEnum):
    """What is counted or timed of a queue; the name a trigger is published by."""

    WAITING = "waiting"
    OLDEST_WAIT = "oldest_wait"
    ESTIMATED_WAIT = "estimated_wait"


class AtLeast(msgspec.Struct, frozen=True, tag="at_least", gc=False):
    """A measure has reached a bound: conversations, or milliseconds."""

    measure: Measure
    bound: int


class AtMost(msgspec.Struct, frozen=True, tag="at_most", gc=False):
    """A measure is not beyond a bound: conversations, or milliseconds."""

    measure: Measure
    bound: int


class Window(msgspec.Struct, frozen=True, gc=False):
    """Which waits a share is of: those that ended in the last ``over_ms`` (whole minutes).

    Well went those that an agent ended ``within_ms`` of the arrival; whenever, if that is None.
    """

    over_ms: int
    within_ms: int | None = None

    @property
    def measure(self) -> str:
        """Name what is measured, as a trigger is published."""
        return "answered_share" if self.within_ms is None else "service_level"


class Below(msgspec.Struct, frozen=True, tag="below", gc=False):
    """Of the waits that ended lately fewer than ``share`` in a hundred went well; some ended."""

    window: Window
    share: int


class Above(msgspec.Struct, frozen=True, tag="above", gc=False):
    """Of the waits that ended lately more than ``share`` in a hundred went well; some ended."""

    window: Window
    share: int


class Attendance(StrEnum):
    """Of those who serve a queue: logged in (can be reached), or available with room."""

    LOGGED_IN = "logged_in"
    AVAILABLE = "available"


class NoAgents(msgspec.Struct, frozen=True, tag="no_agents", gc=False):
    """Nobody who serves the queue is logged in, or available with room."""

    attendance: Attendance


class AnyHolds(msgspec.Struct, frozen=True, tag="any"):
    """At least one of the parts holds."""

    parts: tuple["Condition", ...]


class AllHold(msgspec.Struct, frozen=True, tag="all"):
    """All of the parts hold."""

    parts: tuple["Condition", ...]


Share = Below | Above
Single = AtLeast | AtMost | Share | NoAgents
Condition = Single | AnyHolds | AllHold


class Switch(msgspec.Struct, frozen=True, kw_only=True):
    """A pair of conditions: ``on`` turns it on; ``off`` turns it off again once ``on`` holds no more.

    ``off`` None: as soon as ``on`` holds no more. It stays on for ``at_least_ms``. ``name`` is
    unique in its pool; ``queue`` is whose state it looks at (None: all queues of the pool
    together).
    """

    name: str
    queue: str | None
    on: Condition
    off: Condition | None = None
    at_least_ms: int = 0


def single(condition: Condition) -> tuple[Single, ...]:
    """Give every single condition that a condition is made of, in the written order."""
    if isinstance(condition, AnyHolds | AllHold):
        return tuple(part for each in condition.parts for part in single(each))
    return (condition,)


def least_estimated(switch: Switch) -> int | None:
    """Give the lowest estimated wait (ms) that turns a switch on; None: none does."""
    bounds = [
        each.bound
        for each in single(switch.on)
        if isinstance(each, AtLeast) and each.measure is Measure.ESTIMATED_WAIT
    ]
    return min(bounds) if bounds else None


def lowered(switch: Switch, estimated_ms: int | None) -> Switch:
    """Give a switch that is turned on by this estimated wait already, and off in proportion.

    The switch as it is where no estimated wait turns it on, or a lower one does.
    """
    least = least_estimated(switch)
    if estimated_ms is None or least is None or estimated_ms >= least:
        return switch
    off = None if switch.off is None else _in_proportion(switch.off, estimated_ms, least)
    return replace(switch, on=_in_proportion(switch.on, estimated_ms, least), off=off)


def _in_proportion(condition: Condition, to: int, of: int) -> Condition:
    if isinstance(condition, AnyHolds | AllHold):
        parts = tuple(_in_proportion(each, to, of) for each in condition.parts)
        return replace(condition, parts=parts)
    if isinstance(condition, AtLeast | AtMost) and condition.measure is Measure.ESTIMATED_WAIT:
        return replace(condition, bound=condition.bound * to // of)
    return condition


def windows(switch: Switch) -> tuple[Window, ...]:
    """Give of which waits that ended lately a switch asks, each once."""
    parts = single(switch.on) + (() if switch.off is None else single(switch.off))
    return tuple(dict.fromkeys(each.window for each in parts if isinstance(each, Share)))
