"""Everything between two commits of a shard, as one object.

A batch takes inputs from the feed, lets the engine decide, and packs what follows: decisions,
changed entities, dead letters, conversations sent to other pools and the positions reached. It is
published as a whole or forgotten as a whole, together with the engine. Promises: decisions in the
order they were taken, each with the positions it was taken at. Publishes nothing, counts nothing:
effects come after the commit.
"""

import time
from typing import Any, Final

from router.daemon.feed import Feed
from router.daemon.outbox import Outbox, Parcel
from router.daemon.surroundings import Surroundings
from router.engine import Engine
from router.model.inputs import ConversationCreated
from router.model.outputs import Decision
from router.model.state import PositionsRecord, ShardsRecord
from router.wire.changelog import encode_change, encode_positions, encode_shards
from router.wire.dead_letters import DeadLetter, encode_dead_letter
from router.wire.partitions import partition_of

LONGEST_KEY: Final = 64 * 1024
"""A dead letter drops a longer key: the notice of any input must fit into its topic."""


class Batch:
    """What one shard does between two commits, at one time `now` (ms).

    `positions`: next offset of each input, in the order of `Topic`; moved on by the batch itself.
    """

    def __init__(
        self,
        around: Surroundings,
        *,
        outbox: Outbox,
        partition: int,
        positions: list[int],
    ) -> None:
        self.opened_at = time.monotonic()
        self.now = around.now()
        self.positions = positions
        self.chunks: list[tuple[int, list[Any], float]] = []
        """Inputs taken: which input, records, seconds to decide one of them."""
        self.decisions: list[Decision] = []
        self.dead_letters: list[DeadLetter] = []
        self._around = around
        self._outbox = outbox
        self._partition = partition
        names = around.names
        self._assignments = outbox.parcel(names.assignments, partition, at=self.now)
        self._state = outbox.parcel(names.state, partition, at=self.now)
        self._notices: dict[int, Parcel] = {}
        self._sent: dict[int, Parcel] = {}
        self._shards: list[ShardsRecord] = []
        self._keeps_positions = False

    def count_shards(self) -> None:
        """Write down how many shards there are."""
        self._shards.append(ShardsRecord(count=self._around.shard_count))

    def write(self, decisions: list[Decision]) -> None:
        """Pack decisions that were taken at the present positions."""
        conversations, agents, commands = self.positions
        read = (conversations - 1, agents - 1, commands - 1)
        add = self._assignments.add
        encode = self._around.writer.decision
        for decision in decisions:
            add(*encode(decision, read))
            if decision.sent is not None:
                self._send(decision.pool, decision.sent)
        self.decisions += decisions

    def take(self, feed: Feed, engine: Engine) -> None:
        """Decide what waits in the feed, as far as one batch may go."""
        limits = self._around.settings.shards
        until = self.opened_at + limits.batch_ms / 1_000
        left = limits.batch_inputs
        before = time.monotonic()
        while left > 0 and len(feed) and before < until:
            source, records = feed.take()
            self._decide(source, records, engine)
            left -= len(records)
            after = time.monotonic()
            self.chunks.append((source, records, (after - before) / len(records)))
            before = after

    def pass_over(self, reached: list[int]) -> bool:
        """Move the positions on past what holds no input; tell whether there was such.

        `reached`: behind which offset of each input there is nothing yet, when all was taken.
        """
        before, self.positions = self.positions, list(map(max, self.positions, reached))
        return self.positions != before

    def keep_positions(self) -> None:
        """Write the positions down, whether anything else happened or not."""
        self._keeps_positions = True

    def parcels(self, engine: Engine) -> list[Parcel]:
        """Pack what changed, and give all there is to publish; none where nothing happened."""
        changes = engine.changes()
        happened = changes or self.chunks or self.decisions or self._shards
        if not happened and not self._keeps_positions:
            return []
        state = self._state
        for shards in self._shards:
            state.add(*encode_shards(shards))
        for change in changes:
            state.add(*encode_change(change))
        conversations, agents, commands = self.positions
        state.add(
            *encode_positions(
                PositionsRecord(conversations=conversations, agents=agents, commands=commands)
            )
        )
        decided = [self._assignments] if self.decisions else []
        return [*decided, state, *self._notices.values(), *self._sent.values()]

    def _decide(self, source: int, records: list[Any], engine: Engine) -> None:
        """Apply inputs of one topic, in their order. This is the hot path."""
        read = self._around.reader.read
        encode = self._around.writer.decision
        add = self._assignments.add
        kept = self.decisions
        topic = self._around.names.inputs[source]
        partition = self._partition
        positions = self.positions
        apply = engine.apply
        # The engine's clock never goes back, whatever the wall's does.
        now = max(self.now, engine.clock)
        for record in records:
            offset = record.offset
            event = read(
                topic=topic,
                partition=partition,
                offset=offset,
                timestamp=record.timestamp,
                key=record.key,
                value=record.value,
                headers=record.headers,
            )
            due = engine.next_deadline
            if due is not None and due <= now:
                # What a timer decides was decided before this input was read.
                self.write(engine.advance(now))
            positions[source] = offset + 1
            if isinstance(event, DeadLetter):
                self._notice(event)
            else:
                decisions = apply(event, now)
                if decisions:
                    read_to = (positions[0] - 1, positions[1] - 1, positions[2] - 1)
                    for decision in decisions:
                        add(*encode(decision, read_to))
                        if decision.sent is not None:
                            self._send(decision.pool, decision.sent)
                    kept += decisions

    def _send(self, pool: str, sent: ConversationCreated) -> None:
        """Let another pool, perhaps on another shard, hear of a conversation that a pool sent there."""
        record = self._around.writer.sent(sent, by=pool)
        key = sent.pool.encode("utf-8")
        partition = partition_of(key, partitions=self._around.shard_count)
        parcel = self._sent.get(partition)
        if parcel is None:
            parcel = self._sent[partition] = self._outbox.parcel(
                self._around.names.conversations, partition, at=self.now
            )
        parcel.add(*record)

    def _notice(self, letter: DeadLetter) -> None:
        key, value, headers = encode_dead_letter(letter, self.now)
        if key is not None and len(key) > LONGEST_KEY:
            key = None
        partitions = self._around.dead_letter_partitions
        partition = (
            letter.offset % partitions if key is None else partition_of(key, partitions=partitions)
        )
        parcel = self._notices.get(partition)
        if parcel is None:
            parcel = self._notices[partition] = self._outbox.parcel(
                self._around.names.dead_letters, partition, at=self.now
            )
        parcel.add(key, value, headers)
        self.dead_letters.append(letter)
