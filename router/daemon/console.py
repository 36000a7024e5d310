"""Put a few records on a topic by hand, and read a topic back: for first steps and for a look.

Promises: a key goes to the partition where every other client puts it; what is read is committed.
Not for load: it reads a topic from its beginning.
"""

from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple

from aiokafka import TopicPartition

from router.daemon.connection import Connection
from router.daemon.deadline import within
from router.daemon.hard_stop import stop_consumer, stop_producer
from router.daemon.settings import Settings
from router.daemon.topics import Found, describe

CALL_S = 15.0
POLL_MS = 500
QUEUE_MINUTES = "queue-minutes"
"""What the streams publish, which run beside the router."""


class Record(NamedTuple):
    """A committed record, and where it is."""

    key: bytes | None
    value: bytes
    partition: int
    offset: int


async def put(
    connection: Connection, topic: str, *, settings: Settings, key: str, values: Sequence[bytes]
) -> list[tuple[int, int]]:
    """Append values under one key; give partition and offset of each.

    Raises `LookupError` where there is no such topic, `DeadlineError` or a Kafka error where the
    broker cannot be reached or refuses.
    """
    await _find(connection, topic, settings=settings)
    producer = connection.plain_producer()
    try:
        await within(CALL_S, "connecting to Kafka", producer.start())
        placed = []
        for value in values:
            sent = producer.send_and_wait(topic, value=value, key=key.encode())
            record = await within(CALL_S, f"a record for {topic}", sent)
            placed.append((record.partition, record.offset))
        return placed
    finally:
        await stop_producer(producer, timeout_s=1)


async def read(
    connection: Connection, topic: str, *, settings: Settings, follow: bool
) -> AsyncIterator[Record]:
    """Give the committed records of a topic from its beginning, each partition's in its order.

    Null values are left out. Ends when nothing more came for half a second, or never (``follow``).
    Raises `LookupError` where there is no such topic.
    """
    found = await _find(connection, topic, settings=settings)
    consumer = connection.consumer()
    try:
        await within(CALL_S, "connecting to Kafka", consumer.start())
        partitions = [TopicPartition(topic, number) for number in range(found.partitions)]
        consumer.assign(partitions)
        await within(CALL_S, "the first offsets", consumer.seek_to_beginning(*partitions))
        while True:
            batches = await consumer.getmany(timeout_ms=POLL_MS)
            if not batches and not follow:
                return
            for records in batches.values():
                for record in records:
                    if record.value is not None:
                        yield Record(record.key, record.value, record.partition, record.offset)
    finally:
        await stop_consumer(consumer, timeout_s=settings.stop.close_timeout_s)


async def _find(connection: Connection, topic: str, *, settings: Settings) -> Found:
    found = (await describe(connection, settings, names=(topic,))).get(topic)
    if found is None:
        maker = "contact-router topics create"
        if topic == settings.topics.prefix + QUEUE_MINUTES:
            maker = "python -m streams worker"
        raise LookupError(f"there is no topic {topic}; {maker} makes it")
    return found
