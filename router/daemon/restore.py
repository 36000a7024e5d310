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
from router.daemon.fold import Fold, assign_from_beginning
from router.daemon.hard_stop import stop_consumer
from router.daemon.hazards import as_read
from router.daemon.outbox import Outbox
from router.daemon.settings import Settings
from router.daemon.topics import TopicNames
from router.model.state import BarrierRecord, Entity, Key, PositionsRecord
from router.wire.changelog import encode_barrier

POLL_MS = 1_000


class Restored(NamedTuple):
    """What a shard held: its entities, and where to go on (None: it never read anything).

    `beginnings`: the first offset that is still there of each input, in the order of `Topic`;
    `records`: how many were folded.
    """

    entities: list[tuple[Key, Entity]]
    positions: PositionsRecord | None
    beginnings: tuple[int, ...]
    records: int


async def restore(
    connection: Connection, settings: Settings, *, names: TopicNames, outbox: Outbox, partition: int
) -> Restored:
    """Write a barrier through an open outbox, and fold the state until it is read.

    Raises `DeadlineError`, or whatever Kafka refuses with.
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
        beginnings = await within(
            settings.kafka.call_timeout_s,
            "asking for the first offsets",
            consumer.beginning_offsets(inputs),
        )
    finally:
        await stop_consumer(consumer, timeout_s=settings.stop.close_timeout_s)
    return Restored(
        entities=fold.entities(),
        positions=fold.positions(),
        beginnings=tuple(beginnings[each] for each in inputs),
        records=fold.records,
    )


async def _read_until(
    barrier: BarrierRecord, *, consumer: AIOKafkaConsumer, source: TopicPartition, fold: Fold
) -> None:
    await assign_from_beginning(consumer, [source])
    while not fold.holds(barrier):
        read = await consumer.getmany(timeout_ms=POLL_MS)
        fold.add(read.get(source, ()))
