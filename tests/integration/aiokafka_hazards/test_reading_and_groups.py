"""What the daemon leans on in aiokafka where it reads, and where instances share the shards.

See the tests of transactions beside this: an upgrade has to pass both first.
"""

import asyncio
import time

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import NewTopic
from aiokafka.errors import NoOffsetForPartitionError

from router.daemon import hazards, inside_aiokafka
from router.daemon.connection import Connection
from router.daemon.deadline import within
from router.daemon.errors import DeadlineError
from router.daemon.hard_stop import stop_admin, stop_consumer, stop_producer
from router.daemon.hazards import as_read
from router.daemon.outbox import Outbox
from router.daemon.ownership import Ownership
from router.daemon.settings import KafkaSettings, Settings
from router.embedded import EmbeddedKafka
from tests.integration.aiokafka_hazards.batches import send


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
