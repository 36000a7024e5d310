"""What the daemon leans on in aiokafka, shown on a real broker: an upgrade has to pass this first.

Each test names a hazard or a look inside that `router/daemon` relies on. Where one of them fails with
a newer release the hazard may be gone; then the code that guards against it may go too.
"""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator

import aiokafka.producer.sender
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import NewTopic
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, NoOffsetForPartitionError

from router.daemon import hazards, inside_aiokafka
from router.daemon.connection import Connection
from router.daemon.deadline import within
from router.daemon.errors import Cause, DeadlineError, cause_of
from router.daemon.hard_stop import stop_admin, stop_consumer, stop_producer
from router.daemon.hazards import as_read
from router.daemon.outbox import Outbox
from router.daemon.ownership import Ownership
from router.daemon.settings import HttpSettings, KafkaSettings, ProducerSettings, Settings
from router.embedded import EmbeddedKafka

LARGEST = 20_000
"""What the broker takes as one message on the topics of these tests, in bytes."""


@pytest.fixture
def settings(kafka: EmbeddedKafka) -> Settings:
    hazards.mend(backoff_ms=1)
    return Settings(
        group=f"g{uuid.uuid4().hex[:8]}",
        kafka=KafkaSettings(bootstrap_servers=kafka.bootstrap_servers),
        http=HttpSettings(port=0),
        producer=ProducerSettings(batch_bytes=16_384),
    )


@pytest.fixture
def connection(settings: Settings) -> Connection:
    return Connection(settings.kafka)


@pytest.fixture
async def topic(connection: Connection) -> str:
    name = f"t{uuid.uuid4().hex[:8]}"
    admin = connection.admin()
    await admin.start()
    configs = {"max.message.bytes": str(LARGEST)}
    await admin.create_topics([NewTopic(name, 4, 1, topic_configs=configs)])
    await stop_admin(admin, timeout_s=3)
    return name


@pytest.fixture
async def producer(connection: Connection, settings: Settings) -> AsyncIterator[AIOKafkaProducer]:
    made = connection.producer(f"{settings.group}.0", settings.producer)
    await made.start()
    yield made
    await stop_producer(made, timeout_s=1)


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


async def send(producer: AIOKafkaProducer, topic: str, *values: bytes) -> "asyncio.Future[object]":
    """Put values into one batch, and give its delivery."""
    page = producer.create_batch()
    for value in values:
        page.append(key=b"k", value=value, timestamp=None)
    delivery: asyncio.Future[object] = await producer.send_batch(page, topic, partition=0)
    return delivery


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


async def test_a_consumer_that_may_not_choose_an_offset_waits_to_be_told(
    connection: Connection, topic: str
) -> None:
    consumer = connection.consumer()
    await consumer.start()
    consumer.assign([TopicPartition(topic, 0)])

    with pytest.raises(NoOffsetForPartitionError):
        await consumer.getmany(timeout_ms=5_000)
    await stop_consumer(consumer, timeout_s=3)


async def test_a_new_assignment_forgets_every_position(
    connection: Connection, producer: AIOKafkaProducer, topic: str
) -> None:
    await producer.begin_transaction()
    await (await send(producer, topic, b"0", b"1", b"2"))
    await producer.commit_transaction()
    first, second = TopicPartition(topic, 0), TopicPartition(topic, 1)
    consumer = connection.consumer(key_deserializer=as_read)
    await consumer.start()
    consumer.assign([first])
    consumer.seek(first, 0)
    read = (await consumer.getmany(timeout_ms=5_000))[first]

    consumer.assign([first, second])
    consumer.seek(first, 1)
    consumer.seek(second, 0)
    again = (await consumer.getmany(timeout_ms=5_000))[first]

    assert [record.offset for record in read] == [0, 1, 2]
    assert [record.offset for record in again] == [1, 2]
    await stop_consumer(consumer, timeout_s=3)


async def test_records_as_read_have_what_the_wire_needs(
    connection: Connection, settings: Settings, topic: str
) -> None:
    outbox = Outbox(connection, settings, partition=0)
    await outbox.open()
    parcel = outbox.parcel(topic, 0, at=1_700_000_000_123)
    headers = (("ce_id", b"1"), ("empty", None))
    parcel.add(b"key", b"value", headers)
    parcel.add(b"key", None)
    for _ in range(40):
        parcel.add(b"key", b"x" * 1_000)
    await outbox.publish([parcel])
    source = TopicPartition(topic, 0)
    consumer = connection.consumer(key_deserializer=as_read)
    await consumer.start()
    consumer.assign([source])
    consumer.seek(source, 0)
    read = []
    while len(read) < 42:
        for records in (await consumer.getmany(timeout_ms=1_000)).values():
            read += records

    assert [record.offset for record in read] == list(range(42))
    first, second = read[0], read[1]
    assert (first.key, first.value, first.timestamp) == (b"key", b"value", 1_700_000_000_123)
    assert list(first.headers) == list(headers)
    assert (second.key, second.value, list(second.headers)) == (b"key", None, [])
    await stop_consumer(consumer, timeout_s=3)
    await outbox.close()


async def dealt(ownership: Ownership, shards: int) -> None:
    """Wait until a member owns so many shards."""
    async with asyncio.timeout(20):
        while len(ownership.owned or ()) != shards:
            await ownership.changed.wait()
            ownership.changed.clear()


async def test_a_member_that_holds_no_data_stays_a_member_and_shares_the_shards(
    connection: Connection, settings: Settings, topic: str
) -> None:
    ours, theirs = (Ownership(connection, settings, topic=topic) for _ in range(2))
    mine = asyncio.create_task(ours.run())
    await within(20, "the first assignment", ours.changed.wait())
    assert ours.owned == {0, 1, 2, 3}

    others = asyncio.create_task(theirs.run())
    await dealt(ours, 2)
    await dealt(theirs, 2)
    kept = ours.owned
    assert ours.owned | theirs.owned == {0, 1, 2, 3}
    assert all([await ours.confirm(shard) for shard in kept])
    assert not any([await ours.confirm(shard) for shard in theirs.owned])

    others.cancel()
    await asyncio.wait({others})
    await dealt(ours, 4)
    assert kept < ours.owned
    mine.cancel()
    await asyncio.wait({mine})


async def test_a_group_tells_who_is_in_it_and_anybody_may_say_that_a_member_has_left(
    connection: Connection, settings: Settings, topic: str
) -> None:
    """And one who was said to have left, and lives, comes back by himself."""
    admin = connection.admin()
    await admin.start()
    assert await inside_aiokafka.members_of(admin, settings.group) == {}
    ownership = Ownership(connection, settings, topic=topic)
    work = asyncio.create_task(ownership.run())
    await dealt(ownership, 4)
    ((first, known),) = (await inside_aiokafka.members_of(admin, settings.group)).items()
    assert (known.client_id, known.address) == ("contact-router", "/127.0.0.1")

    for _ in range(2):
        await inside_aiokafka.leave_group(admin, settings.group, member=first)
    assert not await ownership.confirm(0)

    ownership.changed.clear()
    await within(20, "a new membership", ownership.changed.wait())
    (second,) = await inside_aiokafka.members_of(admin, settings.group)
    assert second != first
    assert await ownership.confirm(0)
    work.cancel()
    await asyncio.wait({work})
    await stop_admin(admin, timeout_s=3)


async def test_a_member_may_commit_offsets_of_topics_it_was_not_assigned(
    connection: Connection, settings: Settings, topic: str
) -> None:
    ownership = Ownership(connection, settings, topic=topic)
    work = asyncio.create_task(ownership.run())
    await within(20, "the first assignment", ownership.changed.wait())
    elsewhere = TopicPartition("__consumer_offsets", 0)

    await ownership.commit_courtesy({TopicPartition(topic, 1): 7, elsewhere: 5})

    consumer = AIOKafkaConsumer(
        bootstrap_servers=connection.servers, group_id=settings.group, enable_auto_commit=False
    )
    await consumer.start()
    assert await consumer.committed(TopicPartition(topic, 1)) == 7
    assert await consumer.committed(elsewhere) == 5
    await consumer.stop()
    work.cancel()
    await asyncio.wait({work})


async def test_a_fetcher_that_has_ended_is_noticed(connection: Connection, topic: str) -> None:
    consumer = connection.consumer()
    await consumer.start()
    assert not inside_aiokafka.has_fetcher_ended(consumer)

    await stop_consumer(consumer, timeout_s=3)

    assert inside_aiokafka.has_fetcher_ended(consumer)


@pytest.mark.timeout(120)
async def test_clients_end_in_bounded_time_when_their_broker_is_gone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    hazards.mend(backoff_ms=1)
    with EmbeddedKafka() as broker:
        settings = Settings(
            kafka=KafkaSettings(bootstrap_servers=broker.bootstrap_servers, call_timeout_s=5)
        )
        connection = Connection(settings.kafka)
        admin = connection.admin()
        await admin.start()
        await admin.create_topics([NewTopic("orphan", 1, 1)])
        consumer = connection.consumer(group_id="orphans")
        consumer.subscribe(["orphan"])
        await consumer.start()
        producer = connection.producer("orphans.0", settings.producer)
        await producer.start()
        await producer.begin_transaction()
        before = asyncio.all_tasks()
        broker.kill()

        delivery = await send(producer, "orphan", b"nobody takes it")
        with pytest.raises(DeadlineError):
            await within(2, "a delivery", delivery)
        attempts = sum("Unable to update metadata" in line for line in caplog.messages)
        began = time.monotonic()
        await stop_producer(producer, timeout_s=0)
        await stop_consumer(consumer, timeout_s=1)
        await stop_admin(admin, timeout_s=1)
        took = time.monotonic() - began

    assert took < 10
    # Left alone they ask a thousand times a second; here three clients may, ten times each.
    assert attempts < 100
    assert [task for task in before if not task.done()] == [asyncio.current_task()]
