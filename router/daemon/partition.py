"""One life of one shard: take it over, remember, decide and publish until something goes wrong.

A shard is a partition number: one engine, one transactional producer, the inputs and the state of
that number. A life begins by fencing whoever had the shard before and folding its state up to a
barrier of our own, and goes on batch by batch. Promises: what a batch decided is published together
with the positions it was taken at, or not at all. A life is never mended: on any error, deadline or
fence it ends, with its engine and its producer, and the next one begins from what the topics say.
"""

import asyncio
import math
import time
from collections.abc import Callable
from typing import Final, TypeVar

import structlog

from router.daemon import memory
from router.daemon.batch import Batch
from router.daemon.errors import AuditError, DeletedInputsError, ShardGoneError
from router.daemon.feed import Feed
from router.daemon.outbox import Outbox
from router.daemon.restore import Restored, restore
from router.daemon.surroundings import Surroundings
from router.engine import Engine

log = structlog.get_logger(__name__)

LONGEST_SLEEP_S: Final = 1.0
"""Timers are due by the wall clock, which may be set while a shard sleeps."""
FEW: Final = 8
"""A batch of fewer inputs is followed by a pause."""
KEEP_S: Final = 10.0
"""So often, at most, it is written that nothing is between the last input and the end."""
MIB: Final = 1024 * 1024

Shown = TypeVar("Shown")


class Life:
    """A shard from its takeover to its end. `run` is its task and returns when asked to end.

    `on_running` is called once, when the shard begins to decide.
    """

    def __init__(
        self, around: Surroundings, *, partition: int, on_running: Callable[[], None]
    ) -> None:
        self.partition = partition
        self._on_running = on_running
        self.is_running = False
        """Whether it is restored and decides."""
        self.positions: list[int] = []
        """Next offset of each input, as committed."""
        settings = around.settings
        self._around = around
        self._outbox = Outbox(around.connection, settings, partition=partition)
        self._policies = around.rules.policies
        self._engine = Engine(
            self._policies,
            window_ms=settings.repetition.window_s * 1_000,
            seen_at_most=settings.repetition.at_most,
        )
        self._feed: Feed | None = None
        self._is_ending = False
        self._is_deciding = False
        self._viewers: list[asyncio.Future[None]] = []
        self._audited_at = time.monotonic()
        self._kept_at = -math.inf

    async def run(self) -> None:
        """Live until asked to end; raises whatever ends this life before that."""
        try:
            feed = await self._begin()
            while not self._is_ending:
                await feed.wait(self._sleep_s())
                # While it waits for its turn, its batch grows.
                async with self._around.turns:
                    taken = await self._decide(feed)
                await self._between()
                if 0 < taken < FEW and self._around.intake.has_others(feed):
                    # Small transactions of several shards, one behind the other, keep everybody
                    # waiting.
                    await asyncio.sleep(self._around.settings.shards.pause_ms / 1_000)
        finally:
            self.is_running = False
            if self._feed is not None:
                self._around.intake.detach(self._feed)
            for viewer in self._viewers:
                if not viewer.done():
                    viewer.set_exception(ShardGoneError(f"shard {self.partition} has ended"))
            await self._outbox.close()

    def end(self) -> None:
        """Ask the life to end after the batch it is in."""
        self._is_ending = True
        if self._feed is not None:
            self._feed.nudge()

    def look_up(self) -> None:
        """Have the life look at what is in force, and decide a batch under it."""
        if self._feed is not None:
            self._feed.nudge()

    def fail(self, error: Exception) -> None:
        """End the life with this error, after the batch it is in."""
        if self._feed is not None:
            self._feed.fail(error)

    async def view(self, look: Callable[[Engine], Shown]) -> Shown:
        """Look at the engine while all it holds is committed; `look` reads and does not wait.

        Raises `ShardGoneError` where the life ends before that, or has not yet begun to decide.
        """
        if not self.is_running:
            raise ShardGoneError(f"shard {self.partition} is not restored yet")
        if self._is_deciding:
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._viewers.append(turn)
            await turn
        return look(self._engine)

    async def _begin(self) -> Feed:
        around = self._around
        began = time.monotonic()
        await self._outbox.open()
        restored = await restore(
            around.connection,
            around.settings,
            names=around.names,
            outbox=self._outbox,
            partition=self.partition,
            shards=around.shard_count,
        )
        self.positions = self._where_to_begin(restored)
        await self._take_up(restored)
        feed = self._feed = Feed(
            self.partition,
            self.positions,
            most_inputs=around.settings.shards.buffered_inputs,
            most_bytes=around.settings.shards.buffered_mib * MIB,
        )
        around.intake.attach(feed)
        self.is_running = True
        self._on_running()
        took = time.monotonic() - began
        around.metrics.restored(took)
        log.info(
            "shard restored",
            shard=self.partition,
            entities=len(restored.entities),
            records=restored.records,
            seconds=round(took, 3),
            positions=self.positions,
        )
        return feed

    def _where_to_begin(self, restored: Restored) -> list[int]:
        """Find the next offset of each input; where nothing was ever read, the first there is."""
        if restored.positions is None:
            return list(restored.beginnings)
        kept = restored.positions
        positions = [kept.conversations, kept.agents, kept.commands]
        lost = {
            topic: beginning - position
            for topic, beginning, position in zip(
                self._around.names.inputs, restored.beginnings, positions, strict=True
            )
            if beginning > position
        }
        if not lost:
            return positions
        if self._around.settings.shards.deleted_inputs == "stop":
            raise DeletedInputsError(
                f"deleted before they were read, by topic: {lost}; shards.deleted_inputs=skip"
                " goes on without them"
            )
        log.error("inputs were deleted before they were read", shard=self.partition, lost=lost)
        return [max(each) for each in zip(positions, restored.beginnings, strict=True)]

    async def _take_up(self, restored: Restored) -> None:
        """Put the entities into the engine, and publish what it decides about them."""
        batch = self._new_batch()
        batch.write(self._engine.restore(restored.entities, batch.now))
        if not restored.is_counted:
            batch.count_shards()
        self._audit()
        await self._commit(batch)

    async def _decide(self, feed: Feed) -> int:
        """Decide one batch, with all inputs and timers there are by now; give how many inputs."""
        self._is_deciding = True
        batch = self._new_batch()
        if self._policies is not self._around.rules.policies:
            self._change_rules(batch)
        batch.write(self._engine.advance(batch.now))
        batch.take(feed, self._engine)
        if not len(feed):
            moved = batch.pass_over(self._around.intake.through(feed))
            if moved and not batch.chunks:
                self._keep_now_and_then(batch)
        await self._commit(batch)
        self._is_deciding = False
        self._around.intake.resume_if_room(feed)
        return sum(len(records) for _, records, _ in batch.chunks)

    def _keep_now_and_then(self, batch: Batch) -> None:
        """Have it written that there is nothing for us between two positions, but not at every look."""
        now = time.monotonic()
        if now - self._kept_at > KEEP_S:
            self._kept_at = now
            batch.keep_positions()

    def _change_rules(self, batch: Batch) -> None:
        """Let the rules that are in force by now be those of the engine, before the next input."""
        began = time.monotonic()
        self._policies = self._around.rules.policies
        with memory.set_aside():
            batch.write(self._engine.adopt(self._policies, batch.now))
        took = time.monotonic() - began
        self._around.metrics.changed_rules(took)
        log.info("rules changed", shard=self.partition, seconds=round(took, 3))

    async def _commit(self, batch: Batch) -> None:
        parcels = batch.parcels(self._engine)
        if not parcels:
            # Others must have their turn, however often there is nothing to do.
            await asyncio.sleep(0)
            return
        metrics = self._around.metrics
        committing_at = time.monotonic()
        try:
            await self._outbox.publish(parcels)
        # The batch boundary: whatever went wrong, nothing of the batch has happened, and that is
        # counted.
        except Exception:
            metrics.failed_transaction()
            raise
        # Effects only from here on: what is counted or shown has happened.
        self.positions = batch.positions
        metrics.committed(batch, took=time.monotonic() - committing_at)

    async def _between(self) -> None:
        """Do what must see committed state only."""
        if self._viewers:
            viewers, self._viewers = self._viewers, []
            for viewer in viewers:
                if not viewer.done():
                    viewer.set_result(None)
            # They look now, before the next batch begins.
            await asyncio.sleep(0)
        every = self._around.settings.shards.audit_every_s
        if every and time.monotonic() - self._audited_at > every:
            self._audit()

    def _audit(self) -> None:
        """Check the invariants, as far as that may be done without standing still for long."""
        self._audited_at = time.monotonic()
        settings = self._around.settings.shards
        size = sum(
            len(pool.conversations) + len(pool.agents) for pool in self._engine.pools.values()
        )
        if not settings.audit_every_s or size > settings.audit_at_most:
            return
        violations = self._engine.audit()
        if violations:
            raise AuditError("; ".join(violations[:10]))

    def _new_batch(self) -> Batch:
        return Batch(
            self._around,
            outbox=self._outbox,
            partition=self.partition,
            positions=list(self.positions),
        )

    def _sleep_s(self) -> float:
        due = self._engine.next_deadline
        if due is None:
            return LONGEST_SLEEP_S
        return min((due - self._around.now()) / 1_000, LONGEST_SLEEP_S)
