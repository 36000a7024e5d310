"""Rules under which whoever would wait for long is deflected, sooner in a surge."""

from msgspec.structs import replace

from router.model.conditions import (
    AllHold,
    AnyHolds,
    AtLeast,
    AtMost,
    Condition,
    Measure,
    Switch,
)
from router.model.deflection import Deflection, DeflectionKind
from router.model.estimate import Estimates
from router.model.policy import Policy
from router.model.requirement import AllOf
from router.model.surge import Stage
from tests.properties.chance import Chance, one_in

LONG_MS = (60_000, 20_000, 150_000, 400_000)
CALM_MS = (19_000, 50_000, 140_000, 0)
LOWER_MS = (45_000, 7_000, 1, 19_999, 90_000)


def storming(rules: Policy, chance: Chance) -> Policy:
    """Make other rules of these: every queue deflects on an estimated wait, stages lower it."""
    queues = {
        name: replace(
            queue,
            estimates=Estimates(handling_ms=60_000, patience_ms=chance.one_of((600_000, 60_000))),
            requires=queue.requires if one_in(4, chance) else AllOf(),
            hours=None,
            deflects=(_deflection(name, chance),),
        )
        for name, queue in rules.queues.items()
    }
    return replace(rules, queues=queues, stages=(_stage("busy", chance), _stage("storm", chance)))


def _stage(name: str, chance: Chance) -> Stage:
    on = AtLeast(Measure.WAITING, chance.one_of((3, 2, 5)))
    return Stage(
        name=name,
        switch=None if one_in(3, chance) else Switch(name=name, queue=None, on=on),
        expires_ms=chance.one_of((300_000, 5_000, 60_000)),
        deflect_estimated_ms=None if one_in(5, chance) else chance.one_of(LOWER_MS),
    )


def _deflection(queue: str, chance: Chance) -> Deflection:
    name = f"{queue}: channel"
    return Deflection(
        name=name,
        kind=DeflectionKind.CHANNEL,
        text=f"the words of {name}",
        to="email",
        expires_ms=chance.one_of((5_000, 60_000)),
        on=Switch(
            name=name,
            queue=queue,
            on=_waits(chance, on=True),
            off=None if one_in(4, chance) else _waits(chance, on=False),
            at_least_ms=chance.one_of((0, 0, 15_000)),
        ),
    )


def _waits(chance: Chance, *, on: bool) -> Condition:
    """Make a condition on an estimated wait, or on several and on who waits."""
    made, bounds = (AtLeast, LONG_MS) if on else (AtMost, CALM_MS)
    estimated = made(Measure.ESTIMATED_WAIT, chance.one_of(bounds))
    if one_in(2, chance):
        return estimated
    other = chance.one_of(
        (
            made(Measure.WAITING, 3 if on else 1),
            made(Measure.ESTIMATED_WAIT, chance.one_of(bounds)),
        )
    )
    return chance.one_of((AnyHolds, AllHold))((estimated, other))
