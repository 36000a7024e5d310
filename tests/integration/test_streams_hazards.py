"""What Faust does that the streams had to correct, seen on a real broker.

Where one of these fails after an upgrade, the correction in `streams/driver.py` may not be needed
any more, or may not work any more.
"""

from collections.abc import AsyncIterator
from types import SimpleNamespace

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread

from router.embedded import EmbeddedKafka
from streams.driver import ConsumerThread
from tests.integration.streams_site import StreamsSite, site

__all__ = ["site"]


@pytest.fixture
async def just_assigned(
    kafka: EmbeddedKafka, site: StreamsSite
) -> AsyncIterator[tuple[AIOKafkaConsumer, TopicPartition]]:
    """A consumer that was given a partition with three committed records this very moment."""
    site.create("changelog", partitions=1)
    producer = site.producer()
    producer.begin_transaction()
    for number in range(3):
        producer.produce(f"{site.prefix}changelog", key=b"row", value=b"%d" % number)
    producer.commit_transaction()
    consumer = AIOKafkaConsumer(
        bootstrap_servers=kafka.bootstrap_servers,
        group_id=None,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
    )
    await consumer.start()
    partition = TopicPartition(f"{site.prefix}changelog", 0)
    consumer.assign([partition])
    yield consumer, partition
    await consumer.stop()


def thread_with(consumer: AIOKafkaConsumer, kind: type[AIOKafkaConsumerThread]) -> object:
    # Its parts that answer the question; the whole would need an app and a thread.
    thread = object.__new__(kind)
    thread._consumer = consumer
    thread.consumer = SimpleNamespace(in_transaction=True)  # type: ignore[assignment]  # one of its parts
    return thread


async def test_fausts_own_driver_takes_a_full_changelog_for_an_empty_one(
    just_assigned: tuple[AIOKafkaConsumer, TopicPartition],
) -> None:
    consumer, partition = just_assigned
    thread = thread_with(consumer, AIOKafkaConsumerThread)

    ends = await AIOKafkaConsumerThread._highwaters(thread, [partition])  # type: ignore[arg-type]  # noqa: SLF001 - what is mended

    assert ends == {partition: None}


async def test_the_corrected_driver_knows_where_a_changelog_ends(
    just_assigned: tuple[AIOKafkaConsumer, TopicPartition],
) -> None:
    consumer, partition = just_assigned
    thread = thread_with(consumer, ConsumerThread)

    ends = await ConsumerThread._highwaters(thread, [partition])  # type: ignore[arg-type]  # noqa: SLF001 - what is mended

    # Three records, and the marker that says they are committed.
    assert ends == {partition: 4}
