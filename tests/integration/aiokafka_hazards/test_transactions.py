"""What the daemon leans on in aiokafka, shown on a real broker: an upgrade has to pass this first.

Each test names a hazard or a look inside that `router/daemon` relies on. Where one of them fails
with a newer release the hazard may be gone; then the code that guards against it may go too.
"""

import asyncio
import time

import aiokafka.producer.sender
import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from router.daemon import hazards
from router.daemon.connection import Connection
from router.daemon.errors import Cause, cause_of
from router.daemon.hard_stop import stop_consumer
from router.daemon.outbox import Outbox
from router.daemon.settings import Settings
from tests.integration.aiokafka_hazards.batches import LARGEST, send


async def committed(connection: Connection, source: TopicPartition) -> list[bytes | None]:
    """Read the values of all that is committed now, in order."""
    consumer = connection.consumer()
    await consumer.start()
    try:
        end = (await consumer.end_offsets([source]))[source]
        consumer.assign([source])
        consumer.seek(source, 0)
        values: list[bytes | None] = []
        while await consumer.position(source) < end:
            for records in (await consumer.getmany(timeout_ms=500)).values():
                values += [record.value for record in records]
        return values
    finally:
        await stop_consumer(consumer, timeout_s=3)


async def test_a_commit_succeeds_although_a_record_of_the_transaction_was_refused(
    producer: AIOKafkaProducer, topic: str
) -> None:
    await producer.begin_transaction()
    delivery = await send(producer, topic, b"x" * (2 * LARGEST))

    await producer.commit_transaction()

    with pytest.raises(MessageSizeTooLargeError):
        await delivery


async def test_our_outbox_does_not_commit_when_a_record_was_refused(
    connection: Connection, settings: Settings, topic: str
) -> None:
    outbox = Outbox(connection, settings, partition=0)
    await outbox.open()
    good, bad = (outbox.parcel(topic, partition, at=1) for partition in (0, 1))
    good.add(b"k", b"good")
    bad.add(b"k", b"x" * (2 * LARGEST))

    with pytest.raises(MessageSizeTooLargeError):
        await outbox.publish([good, bad])
    await outbox.close()

    follower = Outbox(connection, settings, partition=0)
    await follower.open()
    await follower.close()
    assert await committed(connection, TopicPartition(topic, 0)) == []


async def test_after_a_refused_batch_the_producer_never_recovers(
    producer: AIOKafkaProducer, topic: str
) -> None:
    await producer.begin_transaction()
    refused = await send(producer, topic, b"x" * (2 * LARGEST))
    with pytest.raises(MessageSizeTooLargeError):
        await refused
    await producer.abort_transaction()

    await producer.begin_transaction()
    with pytest.raises((KafkaError, TimeoutError)):
        await asyncio.wait_for(await send(producer, topic, b"small"), timeout=3)


async def test_a_later_producer_of_the_same_shard_fences_the_earlier_one(
    connection: Connection, settings: Settings, topic: str
) -> None:
    zombie, owner = (Outbox(connection, settings, partition=3) for _ in range(2))
    await zombie.open()
    first = zombie.parcel(topic, 0, at=1)
    first.add(b"k", b"before")
    await zombie.publish([first])

    await owner.open()
    late = zombie.parcel(topic, 0, at=1)
    late.add(b"k", b"from the grave")
    with pytest.raises(KafkaError) as fenced:
        await zombie.publish([late])
    mine = owner.parcel(topic, 0, at=1)
    mine.add(b"k", b"after")
    await owner.publish([mine])

    assert cause_of(fenced.value) is Cause.FENCED
    assert await committed(connection, TopicPartition(topic, 0)) == [b"before", b"after"]
    await zombie.close()
    await owner.close()


async def test_a_new_owner_ends_the_transaction_that_the_old_one_left_open(
    connection: Connection, settings: Settings, producer: AIOKafkaProducer, topic: str
) -> None:
    await producer.begin_transaction()
    await (await send(producer, topic, b"never committed"))
    consumer = connection.consumer()
    await consumer.start()
    source = TopicPartition(topic, 0)
    before = (await consumer.end_offsets([source]))[source]

    owner = Outbox(connection, settings, partition=0)
    await owner.open()
    mine = owner.parcel(topic, 0, at=1)
    mine.add(b"k", b"barrier")
    await owner.publish([mine])

    # While it was open the end offset lay before it: no bound for a restore.
    assert before == 0
    assert await committed(connection, source) == [b"barrier"]
    await owner.close()
    await stop_consumer(consumer, timeout_s=3)


async def test_the_wait_between_transactions_is_the_constant_we_set(
    producer: AIOKafkaProducer, topic: str
) -> None:
    async def one() -> float:
        began = time.monotonic()
        await producer.begin_transaction()
        await (await send(producer, topic, b"x"))
        await producer.commit_transaction()
        return time.monotonic() - began

    assert hasattr(aiokafka.producer.sender, "BACKOFF_OVERRIDE")
    hazards.mend(backoff_ms=2_000)
    slowest = 0.0
    for _ in range(50):
        # Not every time is the last transaction still being ended; soon enough it is.
        slowest = max(slowest, await one())
        if slowest >= 2:
            break
    hazards.mend(backoff_ms=1)
    quick = sorted([await one() for _ in range(11)])

    assert slowest >= 2
    assert quick[5] < 1
