"""Let looks that take long be taken one after the other, with room for decisions between them.

Whoever asks why a conversation waits has every agent examined: some 30 ms, in which nothing else
moves in this process. Promises: however many ask at once, one such look at a time, and after it at
least as long again for everything else; who asks when too many wait already is sent away. A shard
that is in the middle of a long transaction keeps nobody else waiting for long.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from router.daemon.errors import BusyError
from router.engine import Engine

MOST_WAITING: Final = 32
"""So many wait for their turn, which is two seconds' worth of looks."""

Shown = TypeVar("Shown")
Look = Callable[[Engine], Shown]


class Unhurried:
    """Takes turns. One for the process; looks of all shards stand in the same line."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def view(
        self, view: Callable[[int, Look[Shown]], Awaitable[Shown]], shard: int, look: Look[Shown]
    ) -> Shown:
        """Have `view` take a look at a shard when it is our turn.

        Raises `BusyError` where too many wait, and whatever `view` raises, which must not take
        long.
        """
        if self._waiting >= MOST_WAITING:
            raise BusyError(f"{self._waiting} look at this process already")
        self._waiting += 1
        try:
            async with self._turn:
                return await self._look(view, shard, look)
        finally:
            self._waiting -= 1

    async def _look(
        self, view: Callable[[int, Look[Shown]], Awaitable[Shown]], shard: int, look: Look[Shown]
    ) -> Shown:
        took = 0.0

        def timed(engine: Engine) -> Shown:
            nonlocal took
            began = time.monotonic()
            try:
                return look(engine)
            finally:
                took = time.monotonic() - began

        try:
            return await view(shard, timed)
        finally:
            await asyncio.sleep(took)
