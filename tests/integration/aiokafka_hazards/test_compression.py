"""What producers and brokers compress with is theirs to choose: the client must be able to read it."""

import asyncio
import uuid
from collections.abc import Callable, Sequence

import aiokafka.codec
import pytest
from aiokafka import TopicPartition
from aiokafka.admin import NewTopic
from confluent_kafka import Producer

from router.daemon.connection import Connection
from router.daemon.deadline import within
from router.daemon.feed import Feed
from router.daemon.fold import assign_from_beginning
from router.daemon.hard_stop import stop_admin, stop_consumer
from router.daemon.hazards import as_read
from router.daemon.intake import Intake
from router.daemon.outbox import Outbox
from router.daemon.settings import Settings

CODECS = ("none", "gzip", "snappy", "lz4", "zstd")
VALUES = [b"%d of a hundred, and much that repeats itself" % number for number in range(100)]


def produce(settings: Settings, topic: str, partition: int, *, codec: str) -> None:
    """Write as a platform with this compression does."""
    producer = Producer(
        {
            "bootstrap.servers": settings.kafka.bootstrap_servers,
            "compression.type": codec,
            "linger.ms": 50,
        }
    )
    for value in VALUES:
        producer.produce(topic, value=value, key=b"spain", partition=partition)
    assert producer.flush(30) == 0


async def read(connection: Connection, source: TopicPartition) -> Sequence[bytes | None]:
    consumer = connection.consumer(key_deserializer=as_read)
    await consumer.start()
    await assign_from_beginning(consumer, [source])
    got: list[bytes | None] = []
    while len(got) < len(VALUES):
        found = await within(20, "what was written", consumer.getmany(timeout_ms=5_000))
        got += [record.value for record in found.get(source, ())]
    await stop_consumer(consumer, timeout_s=3)
    return got


async def until(holds: Callable[[], bool]) -> None:
    """Wait for what the broker and the intake do between them."""
    for _ in range(600):
        if holds():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it never came to that")


@pytest.mark.parametrize("codec", CODECS)
async def test_what_a_platform_compressed_is_read_whatever_with(
    connection: Connection, settings: Settings, topic: str, *, codec: str
) -> None:
    produce(settings, topic, 0, codec=codec)

    assert await read(connection, TopicPartition(topic, 0)) == VALUES


@pytest.mark.parametrize("codec", CODECS[1:])
async def test_state_that_the_broker_compresses_is_read_back(
    connection: Connection, settings: Settings, *, codec: str
) -> None:
    topic = f"t{uuid.uuid4().hex[:8]}"
    admin = connection.admin()
    await admin.start()
    await admin.create_topics([NewTopic(topic, 1, 1, topic_configs={"compression.type": codec})])
    await stop_admin(admin, timeout_s=3)
    outbox = Outbox(connection, settings, partition=0)
    await outbox.open()
    parcel = outbox.parcel(topic, 0, at=1_700_000_000_123)
    for value in VALUES:
        parcel.add(b"key", value)
    await outbox.publish([parcel])
    await outbox.close()

    assert await read(connection, TopicPartition(topic, 0)) == VALUES


async def test_an_input_that_comes_but_cannot_be_read_counts_as_silent_and_the_others_do_not(
    connection: Connection, settings: Settings, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aiokafka.codec, "cramjam", None)
    produce(settings, topic, 0, codec="snappy")
    produce(settings, topic, 1, codec="gzip")
    intake = Intake(connection, settings, inputs=(topic,))
    silent, heard = (
        Feed(partition, [0], most_inputs=1_000, most_bytes=1_000_000) for partition in (0, 1)
    )
    intake.attach(silent)
    work = asyncio.create_task(intake.run())

    await until(lambda: intake.silence_s() > 3)
    behind = intake.ends()[TopicPartition(topic, 0)] - silent.to_fetch[0]
    intake.detach(silent)
    intake.attach(heard)
    await until(lambda: intake.silence_s() < 1 and len(heard) == len(VALUES))
    of_the_other = intake.silence_s()
    intake.attach(silent)
    monkeypatch.undo()
    await until(lambda: len(silent) == len(VALUES))

    assert behind == len(VALUES)
    assert of_the_other < 1
    assert intake.silence_s() < 1
    work.cancel()
    await asyncio.wait({work})
