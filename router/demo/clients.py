"""The demo's own Kafka clients: everybody's producer, the reader of decisions, the reader for the proof.

Ordinary clients, as a platform would use them; they connect as the router's settings say.
Everything that is read is committed.
"""

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka import errors as kafka_errors
from aiokafka.structs import RecordMetadata

from router.daemon.connection import Connection
from router.daemon.deadline import within
from router.daemon.errors import DeadlineError
from router.daemon.hard_stop import stop_admin, stop_consumer, stop_producer
from router.daemon.topics import TopicNames
from router.demo.errors import LostError
from router.demo.events import Letter
from router.demo.evidence import Record

KAFKA_LOST: Final = (kafka_errors.KafkaError, DeadlineError, OSError)
"""What it looks like when a broker does not answer."""

CALL_S: Final = 20.0
STOP_S: Final = 2.0
POLL_MS: Final = 200
READ_S: Final = 60.0
FETCH_BYTES: Final = 4 * 1024 * 1024


class Post:
    """Takes letters in and brings them to their topics, in the order in which they were given."""

    def __init__(self, connection: Connection, names: TopicNames) -> None:
        self._names = {topic: name for name, topic in names.by_input().items()}
        self._letters: asyncio.Queue[Letter] = asyncio.Queue()
        self._producer: AIOKafkaProducer = connection.plain_producer(enable_idempotence=True)
        self._undelivered: BaseException | None = None

    async def start(self) -> None:
        """Connect."""
        await within(CALL_S, "connecting to Kafka", self._producer.start())

    def send(self, letter: Letter) -> None:
        """Take a letter; it is sent as soon as can be."""
        self._letters.put_nowait(letter)

    async def run(self) -> None:
        """Send what comes in until cancelled. Raises `LostError` where a letter was not taken."""
        while True:
            letter = await self._letters.get()
            sending = self._producer.send(
                self._names[letter.topic],
                key=letter.key,
                value=letter.value,
                headers=list(letter.headers),
            )
            delivery = await within(CALL_S, "sending an event", sending)
            delivery.add_done_callback(self._delivered)
            if self._undelivered is not None:
                raise LostError(f"an event was not delivered: {self._undelivered}")
            self._letters.task_done()

    async def flush(self) -> None:
        """Wait until the broker has everything that was given."""
        await within(CALL_S, "sending the last events", self._letters.join())
        await within(CALL_S, "delivering the last events", self._producer.flush())

    async def stop(self) -> None:
        """Disconnect."""
        await stop_producer(self._producer, timeout_s=STOP_S)

    def _delivered(self, delivery: "asyncio.Future[RecordMetadata]") -> None:
        if not delivery.cancelled() and delivery.exception() is not None:
            self._undelivered = delivery.exception()


class Reader:
    """Reads a few topics from their beginning."""

    def __init__(self, connection: Connection, partitions: Iterable[TopicPartition]) -> None:
        self._partitions = list(partitions)
        self._consumer: AIOKafkaConsumer = connection.consumer(
            max_partition_fetch_bytes=FETCH_BYTES, fetch_max_bytes=8 * FETCH_BYTES
        )

    async def start(self) -> None:
        """Connect, and go to the beginning."""
        await within(CALL_S, "connecting to Kafka", self._consumer.start())
        self._consumer.assign(self._partitions)
        seeking = self._consumer.seek_to_beginning(*self._partitions)
        await within(CALL_S, "finding the first offsets", seeking)

    async def follow(self, hear: Callable[[bytes, float], None]) -> None:
        """Give every value as soon as it is seen, with the time (seconds), until cancelled."""
        while True:
            batches = await self._consumer.getmany(timeout_ms=POLL_MS)
            now = time.time()
            for records in batches.values():
                for record in records:
                    if record.value is not None:
                        hear(record.value, now)

    async def read_all(self) -> list[Record]:
        """Read up to where the topics end now. Raises `LostError` where that does not come about."""
        asking = self._consumer.end_offsets(self._partitions)
        ends = await within(CALL_S, "asking for the last offsets", asking)
        found: list[Record] = []
        deadline = time.monotonic() + READ_S
        while not await self._is_past(ends):
            if time.monotonic() > deadline:
                raise LostError(f"the topics could not be read to their end in {READ_S:.0f} s")
            batches = await self._consumer.getmany(timeout_ms=POLL_MS)
            found += [
                Record(
                    topic=record.topic,
                    partition=record.partition,
                    offset=record.offset,
                    key=record.key,
                    value=record.value,
                    headers=tuple(record.headers),
                )
                for records in batches.values()
                for record in records
            ]
        return found

    async def stop(self) -> None:
        """Disconnect."""
        await stop_consumer(self._consumer, timeout_s=STOP_S)

    async def _is_past(self, ends: dict[TopicPartition, int]) -> bool:
        for partition, end in ends.items():
            if end > await self._consumer.position(partition):
                return False
        return True


async def delete_topics(connection: Connection, names: TopicNames) -> None:
    """Remove the demo's topics from a broker that was there before."""
    admin = connection.admin()
    try:
        await within(CALL_S, "connecting to Kafka", admin.start())
        await within(CALL_S, "deleting the demo's topics", admin.delete_topics(list(names.all)))
    finally:
        await stop_admin(admin, timeout_s=STOP_S)
