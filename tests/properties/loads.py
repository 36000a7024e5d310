"""Conditions on how queues stand, made by chance, and what is turned by them: switches, stages."""

from router.model.conditions import (
    AllHold,
    AnyHolds,
    AtLeast,
    AtMost,
    Attendance,
    Condition,
    Measure,
    NoAgents,
    Switch,
)
from router.model.surge import Stage
from tests.properties.chance import Chance, one_in, some_of
from tests.properties.counting import a_share

STAGES = ("busy", "storm")


def stages(queues: tuple[str, ...], chance: Chance) -> tuple[Stage, ...]:
    """Make the stages of a surge, in half of the pools none."""
    return tuple(_stage(name, queues, chance) for name in STAGES[: chance.one_of((0, 0, 1, 2))])


def _stage(name: str, queues: tuple[str, ...], chance: Chance) -> Stage:
    return Stage(
        name=name,
        switch=None if one_in(4, chance) else a_switch(name, chance, queue=None),
        expires_ms=chance.one_of((300_000, 60_000, 5_000)),
        offer_expires_ms=chance.one_of((None, 5_000, 60_000)),
        expansion_speed=chance.one_of((1, 2, 3, 20)),
        deflects=frozenset(some_of(queues, chance, most=2)),
        partner_share=chance.one_of((None, None, 20, 60, 100)),
        deflect_estimated_ms=chance.one_of((None, 1_000, 7_000, 60_000)),
    )


def a_switch(name: str, chance: Chance, *, queue: str | None) -> Switch:
    """Make a switch of a queue (None: of the pool), flapping or not."""
    off = a_condition(chance, depth=1, on=False) if one_in(2, chance) else None
    return Switch(
        name=name,
        queue=queue,
        on=a_condition(chance, depth=1, on=True),
        off=off,
        at_least_ms=chance.one_of((0, 0, 5_000, 60_000)),
    )


def a_condition(chance: Chance, *, depth: int, on: bool) -> Condition:
    """Make a condition, of those that turn something on or of those that turn it off."""
    kinds = ("waiting", "oldest_wait", "estimated_wait", "no_agents" if on else "waiting", "share")
    match chance.one_of((*kinds, "any", "all") if depth else kinds):
        case "waiting":
            bound = chance.one_of((2, 1, 3, 5) if on else (0, 1, 2))
            made = AtLeast if on else AtMost
            return made(Measure.WAITING, bound)
        case "oldest_wait":
            made = AtLeast if on else AtMost
            return made(Measure.OLDEST_WAIT, chance.one_of((5_000, 1_000, 60_000, 0)))
        case "estimated_wait":
            made = AtLeast if on else AtMost
            return made(Measure.ESTIMATED_WAIT, chance.one_of((30_000, 1_000, 300_000, 0)))
        case "share":
            return a_share(chance, on=on)
        case "no_agents":
            return NoAgents(chance.one_of(tuple(Attendance)))
        case kind:
            parts = range(chance.number(1, 3))
            joined = AnyHolds if kind == "any" else AllHold
            return joined(tuple(a_condition(chance, depth=depth - 1, on=on) for _ in parts))
