"""The guarantees of the contract, checked from the decisions alone by somebody who only reads them.

The ledger knows neither engine nor reference. That it would object is shown too: the same
decisions, tampered with in one place, break a promise each time.
"""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

import router.model.outputs as said
from router.engine import Engine
from router.model.inputs import Input
from router.model.outputs import Decision
from tests.properties.chance import Dice
from tests.properties.happenings import STEPS_MS, Happenings
from tests.properties.ledger import BrokenPromiseError, Ledgers
from tests.properties.story import MORNING
from tests.properties.worlds import World, a_crowd, a_lively_floor, a_world

STEPS = 400
Step = tuple[Input, list[Decision]]


def a_day(world: World, seed: int) -> tuple[Engine, Ledgers, list[Step]]:
    """Let a day go by under the eyes of the ledger, which objects to what must not be."""
    dice, now = Dice(seed), MORNING
    engine = Engine(world, window_ms=world.window_ms)
    ledgers, happenings = Ledgers(world), Happenings(world)
    steps: list[Step] = []
    for _ in range(STEPS):
        now += dice.one_of(STEPS_MS)
        event = happenings.next(dice, ledgers, now)
        decided = engine.apply(event, now)
        ledgers.follow(decided, event)
        steps.append((event, decided))
    return engine, ledgers, steps


@pytest.mark.parametrize("seed", range(30))
def test_nobody_has_two_agents_too_much_work_or_a_lost_place(seed: int) -> None:
    a_day(a_world(Dice(seed)), seed)


@pytest.mark.parametrize("seed", range(20))
def test_a_lively_floor_breaks_no_promise(seed: int) -> None:
    a_day(a_lively_floor(Dice(seed)), seed)


@pytest.mark.parametrize("seed", range(4))
def test_a_crowd_breaks_no_promise(seed: int) -> None:
    a_day(a_crowd(Dice(seed)), seed)


@pytest.mark.parametrize("seed", range(10))
def test_every_conversation_is_where_the_decisions_left_it(seed: int) -> None:
    engine, ledgers, _ = a_day(a_world(Dice(seed)), seed)
    kept = {
        (key.pool, key.id, getattr(record, "stage", ""))
        for key, record in engine.snapshot()
        if key.kind == "conversation"
    }
    told = {(ledger.pool, c.id, c.stage) for ledger in ledgers for c in ledger.open.values()}
    assert kept == told


def _without(step: list[Decision], at: int) -> list[Decision]:
    return step[:at] + step[at + 1 :]


def _twice(step: list[Decision], at: int) -> list[Decision]:
    return step[: at + 1] + step[at:]


def _changed(**news: object) -> Callable[[list[Decision], int], list[Decision]]:
    def tamper(step: list[Decision], at: int) -> list[Decision]:
        other = replace(step[at], body=replace(step[at].body, **news))
        return [*step[:at], other, *step[at + 1 :]]

    return tamper


TAMPERED: dict[str, tuple[type[said.Outcome], Callable[[list[Decision], int], list[Decision]]]] = {
    "a queued conversation is not said": (said.ConversationQueued, _without),
    "an offer is said twice": (said.ConversationOffered, _twice),
    "an assignment goes to another": (said.ConversationAssigned, _changed(agent="zoe")),
    "an offer ends that was not made": (said.OfferExpired, _changed(offer="o0")),
    "a place is wrong": (said.ConversationQueued, _changed(place=99)),
    "a place is lost on the way back": (said.ConversationRequeued, _changed(place=99)),
    "a wait starts again": (said.ConversationAbandoned, _changed(waited_s=0.125)),
    "an assignment of somebody unknown": (said.ConversationAssigned, _changed(conversation="x")),
    "more than the agent can bear": (said.ConversationOffered, _changed(units=10_000)),
    "an attempt is not counted": (said.ConversationOffered, _changed(attempt=77)),
    "a stage follows on another": (said.SurgeChanged, _changed(from_="gale")),
    "a release without suspension": (said.AgentReleased, _changed(agent="zoe")),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_the_ledger_objects_when(what: str) -> None:
    kind, tamper = TAMPERED[what]
    found = 0
    for seed in range(12):
        world = a_world(Dice(seed))
        _, _, steps = a_day(world, seed)
        for number, (_, decided) in enumerate(steps):
            at = next((i for i, each in enumerate(decided) if isinstance(each.body, kind)), None)
            if at is None:
                continue
            spoiled = [*steps]
            spoiled[number] = (steps[number][0], tamper(decided, at))
            with pytest.raises(BrokenPromiseError):
                read(world, spoiled)
            found += 1
            break
    assert found >= 3


def read(world: World, steps: list[Step]) -> None:
    """Read a whole day; raises BrokenPromiseError."""
    ledgers = Ledgers(world)
    for event, decided in steps:
        ledgers.follow(decided, event)


def test_the_ledger_objects_when_one_cause_speaks_out_of_order() -> None:
    objections = 0
    for seed in range(12):
        world = a_world(Dice(seed))
        _, _, steps = a_day(world, seed)
        for number, (event, decided) in enumerate(steps):
            if len(decided) < 2 or decided[0].cause != decided[-1].cause:
                continue
            turned = [replace(each, body=decided[-1 - i].body) for i, each in enumerate(decided)]
            if isinstance(turned[0].body, said.ConversationOffered | said.ConversationAssigned):
                spoiled = [*steps[:number], (event, turned)]
                with pytest.raises(BrokenPromiseError):
                    read(world, spoiled)
                objections += 1
                break
    assert objections >= 3
