"""Let each shard we own have its life, and another one when that ends.

Promises: a shard has at most one life at a time in this process; a life is begun only after the
group has just confirmed that the shard is ours; a shard that stays ours through a rebalance keeps
its life; one that fails again and again is tried ever more slowly, and the others do not suffer.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Final, TypeVar

import structlog

from router.daemon import memory
from router.daemon.errors import (
    Cause,
    SettingRefusedError,
    ShardGoneError,
    StalledError,
    cause_of,
)
from router.daemon.ownership import Ownership
from router.daemon.partition import Life
from router.daemon.surroundings import Surroundings
from router.engine import Engine

log = structlog.get_logger(__name__)

UNCONFIRMED_S: Final = 0.1
"""Wait before the group is asked again whether a shard is ours."""
LONG_LIFE_S: Final = 60.0
"""A life that lasted so long begins the back-off anew."""

Shown = TypeVar("Shown")


class Shards:
    """The shards of this process. `run` is its task, `drain` ends it well."""

    def __init__(self, around: Surroundings, ownership: Ownership) -> None:
        self._around = around
        self._ownership = ownership
        self._lives: dict[int, Life] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._is_draining = False
        self._refused: SettingRefusedError | None = None
        self.changed = asyncio.Event()
        """Set whenever a shard begins or ceases to decide."""

    @property
    def count(self) -> int:
        """How many shards there are, ours or not."""
        return self._around.shard_count

    @property
    def owned(self) -> frozenset[int]:
        """The shards that are ours, as far as the group has told.

        A partition that was added while we run is none: every pool's home would change with it.
        """
        return frozenset(each for each in self._ownership.owned or () if each < self.count)

    @property
    def running(self) -> frozenset[int]:
        """The shards that are restored and decide."""
        return frozenset(number for number, life in self._lives.items() if life.is_running)

    @property
    def are_ready(self) -> bool:
        """Whether the group has dealt, and every shard that is ours decides."""
        return (
            not self._is_draining
            and self._ownership.owned is not None
            and self.owned <= self.running
        )

    async def run(self) -> None:
        """Follow the group's assignments until cancelled.

        Raises `SettingRefusedError` where the broker lets no shard begin because of a setting.
        """
        while True:
            await self._ownership.changed.wait()
            self._ownership.changed.clear()
            if self._refused is not None:
                raise self._refused
            owned = self.owned
            log.info("shards dealt", owned=sorted(owned), of=self._around.shard_count)
            for number, life in self._lives.items():
                if number not in owned:
                    life.end()
            for number in owned:
                if number not in self._tasks:
                    task = asyncio.create_task(self._tend(number), name=f"shard {number}")
                    self._tasks[number] = task
            self.changed.set()

    async def drain(self) -> None:
        """Finish the open batches, then end every shard; after the time limit, drop them."""
        self._is_draining = True
        if not self._tasks:
            return
        for number, task in self._tasks.items():
            if number in self.running:
                self._lives[number].end()
            else:
                # It has published nothing that could be finished.
                task.cancel()
        stop = self._around.settings.stop
        _, late = await asyncio.wait(self._tasks.values(), timeout=stop.drain_timeout_s)
        if late:
            log.warning("batches were dropped: the next owner decides them again", shards=len(late))
            for task in late:
                task.cancel()
            await asyncio.wait(late, timeout=stop.close_timeout_s)

    def start_over(self, error: StalledError) -> None:
        """End every life; each shard begins another one."""
        for life in self._lives.values():
            life.fail(error)

    def change_rules(self) -> None:
        """Have every shard change over to the rules in force, between two batches."""
        for life in self._lives.values():
            life.look_up()

    async def view(self, shard: int, look: Callable[[Engine], Shown]) -> Shown:
        """Look at a shard's committed state; `ShardGoneError` where it is not ours or not ready."""
        life = self._lives.get(shard)
        if life is None:
            raise ShardGoneError(f"shard {shard} is not served by this process")
        return await life.view(look)

    def positions(self) -> Mapping[int, list[int]]:
        """Give the committed next offsets of each input, by running shard."""
        return {
            number: list(life.positions) for number, life in self._lives.items() if life.is_running
        }

    def _note_running(self) -> None:
        self.changed.set()
        if self.owned <= self.running:
            memory.settle()

    async def _tend(self, number: int) -> None:
        """Give a shard life after life while it is ours."""
        shortest = self._around.settings.shards.backoff_min_s
        backoff = shortest
        try:
            while number in self.owned and not self._is_draining:
                began = time.monotonic()
                cause = await self._live(number)
                if cause is None:
                    await asyncio.sleep(UNCONFIRMED_S)
                elif cause not in {Cause.REVOKED, Cause.DRAINED}:
                    if time.monotonic() - began > LONG_LIFE_S:
                        backoff = shortest
                    await asyncio.sleep(backoff)
                    backoff = min(2 * backoff, self._around.settings.shards.backoff_max_s)
        finally:
            del self._tasks[number]

    async def _live(self, number: int) -> Cause | None:
        """Give a shard one life, to its end; None where the group does not confirm it is ours."""
        try:
            if not await self._ownership.confirm(number):
                return None
            self._lives[number] = Life(
                self._around, partition=number, on_running=self._note_running
            )
            await self._lives[number].run()
            cause = Cause.DRAINED if self._is_draining else Cause.REVOKED
            log.info("shard let go", shard=number, cause=cause.value)
        except SettingRefusedError as error:
            # Another life would fare no better, so the process ends and says why.
            cause = Cause.BROKER
            self._refused = error
            self._ownership.changed.set()
        # The task guard: whatever ended this life, what is true stands in the topics.
        except Exception as error:
            cause = cause_of(error)
            log.warning(
                "shard starts over",
                shard=number,
                cause=cause.value,
                error=f"{type(error).__name__}: {error}",
                exc_info=cause is Cause.INVARIANT,
            )
        finally:
            self._lives.pop(number, None)
            self.changed.set()
        self._around.metrics.life_ended(cause)
        return cause
