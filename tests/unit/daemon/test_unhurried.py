"""However many ask why, decisions have their turn between two looks."""

import asyncio
from typing import TypeVar

import pytest

from router.daemon.errors import BusyError
from router.daemon.unhurried import MOST_WAITING, Look, Unhurried
from router.engine import Engine
from router.rules import loads
from tests.unit.daemon.centre import RULES

Shown = TypeVar("Shown")
SHARD = 0


class Shard:
    """Lets one look at an engine at once, and notes what happens in which order."""

    def __init__(self) -> None:
        self.engine = Engine(loads(RULES))
        self.story: list[str] = []

    async def view(self, shard: int, look: Look[Shown]) -> Shown:
        assert shard == SHARD
        return look(self.engine)

    def examine(self, engine: Engine) -> int:
        self.story.append("look")
        for _ in range(2_000):
            engine.audit()
        return len(engine.pools)

    async def decide(self) -> None:
        while True:
            if self.story[-1:] != ["decide"]:
                self.story.append("decide")
            await asyncio.sleep(0)  # the others have their turn


async def test_between_two_looks_decisions_are_taken() -> None:
    shard, unhurried = Shard(), Unhurried()
    deciding = asyncio.create_task(shard.decide())

    shown = await asyncio.gather(
        *(unhurried.view(shard.view, SHARD, shard.examine) for _ in range(10))
    )

    deciding.cancel()
    assert shown == [0] * 10
    assert shard.story.count("look") == 10
    assert ("look", "look") not in set(zip(shard.story, shard.story[1:], strict=False))


async def test_who_asks_when_many_wait_already_is_sent_away() -> None:
    shard, unhurried = Shard(), Unhurried()

    answers = await asyncio.gather(
        *(unhurried.view(shard.view, SHARD, shard.examine) for _ in range(MOST_WAITING + 3)),
        return_exceptions=True,
    )

    assert [type(each) for each in answers[MOST_WAITING:]] == [BusyError] * 3
    assert answers[:MOST_WAITING] == [0] * MOST_WAITING
    assert await unhurried.view(shard.view, SHARD, shard.examine) == 0


async def test_a_look_that_fails_leaves_the_turn_to_the_next() -> None:
    shard, unhurried = Shard(), Unhurried()

    def fail(_: Engine) -> int:
        raise LookupError

    with pytest.raises(LookupError):
        await unhurried.view(shard.view, SHARD, fail)
    assert await unhurried.view(shard.view, SHARD, shard.examine) == 0
