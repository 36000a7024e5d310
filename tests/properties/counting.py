"""Rules that look at how the last waits ended, in every queue of a pool and in all together."""

from msgspec.structs import replace

from router.model.conditions import Above, AllHold, AnyHolds, Below, Condition, Switch, Window
from router.model.policy import Expansion, Policy
from router.model.requirement import AllOf
from router.model.surge import Stage
from tests.properties.chance import Chance, one_in

WINDOWS = (120_000, 60_000, 300_000)
"""So long ago the waits ended that conditions ask for."""


def a_share(chance: Chance, *, on: bool) -> Below | Above:
    """Make a condition on a share, of those that turn something on or of those that turn it off."""
    over, within = chance.one_of(WINDOWS), chance.one_of((0, None, 5_000, 60_000))
    share = chance.one_of((60, 100, 34, 1) if on else (75, 49, 0, 99))
    return (Below if on else Above)(Window(over, within), share)


def counting(rules: Policy, chance: Chance) -> Policy:
    """Make other rules of these: anybody may serve, and what turns is turned by shares."""
    estimating = one_in(2, chance)
    queues = {
        name: replace(
            queue,
            estimates=queue.estimates if estimating else None,
            requires=queue.requires if one_in(4, chance) else AllOf(),
            hours=None,
            deflects=(),
            overflows=(),
            expands=(Expansion(when=_switch(f"{name} expands 1", name, chance)),),
        )
        for name, queue in rules.queues.items()
    }
    stage = Stage(name="busy", switch=_switch("busy", None, chance), expires_ms=900_000)
    return replace(rules, queues=queues, stages=(stage,), calendars={})


def _switch(name: str, queue: str | None, chance: Chance) -> Switch:
    off = _joined(chance, on=False) if one_in(2, chance) else None
    at_least_ms = chance.one_of((0, 0, 5_000, 60_000))
    return Switch(
        name=name, queue=queue, on=_joined(chance, on=True), off=off, at_least_ms=at_least_ms
    )


def _joined(chance: Chance, *, on: bool) -> Condition:
    made = a_share(chance, on=on)
    if one_in(2, chance):
        return made
    return chance.one_of((AnyHolds, AllHold))((made, a_share(chance, on=on)))
