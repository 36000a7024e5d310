"""What the state topic says: the last record of every key.

A new owner folds up to its barrier to take a shard over; the command `state` folds what is
committed now, to show it. Promises: the same records fold to the same entities. Decides nothing.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from router.daemon.connection import Connection
from router.daemon.deadline import within
from router.daemon.hard_stop import stop_consumer
from router.daemon.hazards import as_read
from router.daemon.settings import Settings
from router.daemon.topics import TopicNames
from router.model.state import Entity, Key, PositionsRecord
from router.wire.changelog import (
    OF_THE_SHARD,
    POSITIONS_KEY,
    SHARDS_KEY,
    decode_entity,
    decode_positions,
    decode_shards,
)

POLL_MS: Final = 1_000


class Fold:
    """The last record of each key, undecoded until asked for: most are replaced before that."""

    def __init__(self) -> None:
        self.records = 0
        """How many records were folded."""
        self._last: dict[bytes, bytes] = {}

    def add(self, records: Iterable[Any]) -> None:
        """Take committed records of a state partition, in their order."""
        last = self._last
        for record in records:
            self.records += 1
            if record.value is None:
                last.pop(record.key, None)
            else:
                last[record.key] = record.value

    def entities(self) -> list[tuple[Key, Entity]]:
        """Decode what the shard's engine held."""
        return [
            decode_entity(key, value)
            for key, value in self._last.items()
            if key not in OF_THE_SHARD
        ]

    def positions(self) -> PositionsRecord | None:
        """Decode where the shard goes on; None where it never read anything."""
        value = self._last.get(POSITIONS_KEY)
        return None if value is None else decode_positions(value)

    def shards(self) -> int | None:
        """Decode how many shards there are; None where no owner has written that down."""
        value = self._last.get(SHARDS_KEY)
        return None if value is None else decode_shards(value).count


async def fold_committed(
    connection: Connection, settings: Settings, *, shards: Sequence[int]
) -> dict[int, Fold]:
    """Fold what is committed now of these shards, beside whoever owns them.

    Raises aiokafka's errors and `DeadlineError`.
    """
    topic = TopicNames.with_prefix(settings.topics.prefix).state
    sources = [TopicPartition(topic, shard) for shard in shards]
    folds = {source: Fold() for source in sources}
    consumer = connection.consumer(key_deserializer=as_read)
    try:
        await within(settings.kafka.call_timeout_s, "connecting to Kafka", consumer.start())
        await within(
            settings.shards.restore_timeout_s,
            "reading the state topic",
            _read_to_the_end(consumer, folds),
        )
    finally:
        await stop_consumer(consumer, timeout_s=settings.stop.close_timeout_s)
    return {source.partition: fold for source, fold in folds.items()}


async def assign_from_beginning(
    consumer: AIOKafkaConsumer, sources: Sequence[TopicPartition]
) -> None:
    """Let a consumer without a group read partitions from their first record."""
    beginnings = await consumer.beginning_offsets(list(sources))
    consumer.assign(list(sources))
    for source in sources:
        consumer.seek(source, beginnings[source])


async def _read_to_the_end(consumer: AIOKafkaConsumer, folds: dict[TopicPartition, Fold]) -> None:
    # For a takeover this end would not do: it lies before transactions that are still open.
    ends = await consumer.end_offsets(list(folds))
    await assign_from_beginning(consumer, list(folds))
    while any([await consumer.position(source) < end for source, end in ends.items()]):
        for source, records in (await consumer.getmany(timeout_ms=POLL_MS)).items():
            folds[source].add(records)
