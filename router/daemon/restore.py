"""Read back what a shard must not forget: fold its state topic up to our own barrier.

A new owner commits a barrier record and reads until it meets that very record. Nothing of an
earlier owner can come after it (the producer that wrote the barrier has fenced them), and nothing
committed can be missing before it. An end offset would not do: under `read_committed` it stops
before transactions that are still open.
"""

import time
import uuid
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition

from router.daemon.connection import Connection
from router.daemon.deadline import within
from router.daemon.errors import WrongStateError
from router.daemon.fold import Fold, assign_from_beginning, fold_committed
from router.daemon.hard_stop import stop_consumer
from router.daemon.hazards import as_read
from router.daemon.outbox import Outbox
from router.daemon.settings import Settings
from router.daemon.topics import TopicNames
from router.model.state import BarrierRecord, Entity, Key, PositionsRecord
from router.wire.changelog import BARRIER_KEY, decode_barrier, encode_barrier

POLL_MS = 1_000


class Restored(NamedTuple):
    """What a shard held: its entities, and where to go on (None: it never read anything).

    `beginnings`: the first offset that is still there of each input, in the order of `Topic`;
    `is_counted`: it holds how many shards there are; `records`: how many were folded.
    """

    entities: list[tuple[Key, Entity]]
    positions: PositionsRecord | None
    is_counted: bool
    beginnings: tuple[int, ...]
    records: int


async def restore(
    connection: Connection,
    settings: Settings,
    *,
    names: TopicNames,
    outbox: Outbox,
    partition: int,
    shards: int,
) -> Restored:
    """Write a barrier through an open outbox, and fold the state until it is read.

    `shards`: how many there are by now. Raises `WrongStateError` where the state is not that of
    this shard, `DeadlineError`, or whatever Kafka refuses with.
    """
    barrier = BarrierRecord(nonce=uuid.uuid4().hex)
    parcel = outbox.parcel(names.state, partition, at=time.time_ns() // 1_000_000)
    parcel.add(*encode_barrier(barrier))
    await outbox.publish([parcel])
    source = TopicPartition(names.state, partition)
    inputs = [TopicPartition(name, partition) for name in names.inputs]
    fold = Fold()
    consumer = connection.consumer(key_deserializer=as_read)
    try:
        await within(settings.kafka.call_timeout_s, "connecting to Kafka", consumer.start())
        await within(
            settings.shards.restore_timeout_s,
            f"restoring shard {partition}",
            _read_until(barrier, consumer=consumer, source=source, fold=fold),
        )
        if fold.positions() is None:
            decisions = TopicPartition(names.assignments, partition)
            await within(
                settings.kafka.call_timeout_s,
                "asking for the last decision",
                _expect_no_decision(consumer, decisions),
            )
        beginnings = await within(
            settings.kafka.call_timeout_s,
            "asking for the first offsets",
            consumer.beginning_offsets(inputs),
        )
    finally:
        await stop_consumer(consumer, timeout_s=settings.stop.close_timeout_s)
    known = fold.shards()
    if known is None:
        # It may be a new one beside those there were: the first one knows.
        known = (await fold_committed(connection, settings, shards=[0]))[0].shards()
    if known not in {None, shards}:
        raise WrongStateError(
            f"there are {shards} partitions, and there were {known}: the inputs of a pool are on"
            " another one now than what is known of it"
        )
    return Restored(
        entities=fold.entities(),
        positions=fold.positions(),
        is_counted=fold.shards() is not None,
        beginnings=tuple(beginnings[each] for each in inputs),
        records=fold.records,
    )


async def _read_until(
    barrier: BarrierRecord, *, consumer: AIOKafkaConsumer, source: TopicPartition, fold: Fold
) -> None:
    await assign_from_beginning(consumer, [source])
    found = False
    # Another owner's barrier may lie right behind ours: then this life ends at its first commit.
    while not found:
        records = (await consumer.getmany(timeout_ms=POLL_MS)).get(source, ())
        fold.add(records)
        barriers = (decode_barrier(each.value) for each in records if each.key == BARRIER_KEY)
        found = barrier in barriers


async def _expect_no_decision(consumer: AIOKafkaConsumer, decisions: TopicPartition) -> None:
    """A shard whose state holds no positions has decided nothing yet, or its state was lost."""
    count = (await consumer.end_offsets([decisions]))[decisions]
    if count > 0:
        raise WrongStateError(
            f"the state of this shard is gone: {decisions.topic}-{decisions.partition} has had"
            f" {count} records, and nothing is known of them"
        )
