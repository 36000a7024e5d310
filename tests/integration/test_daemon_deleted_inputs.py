"""Inputs that were deleted before they were read are missed; what holds no input is not."""

import json

import pytest
from confluent_kafka import Producer, TopicPartition
from confluent_kafka.admin import AdminClient, DeletedRecords

from router.wire.partitions import partition_of
from tests.faults.events import Pen
from tests.faults.site import Site
from tests.integration.test_daemon_process import command
from tests.integration.test_daemon_shards import POOL, Platform, until


@pytest.mark.parametrize("choice", ["stop", "skip"])
def test_inputs_that_were_deleted_unread_stop_the_shard_unless_told_otherwise(
    site: Site, *, choice: str
) -> None:
    first = site.router("first")
    first.start()
    first.wait_ready()
    platform = Platform(site)
    platform.says("conversation.created", "c1", channel="voice", topic="claims")
    platform.done()
    site.decisions(1)
    assert first.stop() == 0
    for number in (2, 3):
        platform.says("conversation.created", f"c{number}", channel="voice", topic="claims")
    platform.done()
    shard = partition_of(POOL.encode(), partitions=site.partitions)
    delete(site, TopicPartition(f"{site.prefix}conversations", shard, 2))

    second = site.router("second", CONTACT_ROUTER_SHARDS__DELETED_INPUTS=choice)
    second.start()

    if choice == "skip":
        second.wait_ready()
        decided = site.decisions(2)
        assert [each["subject"] for each in decided] == ["c1", "c3"]
    else:
        until(lambda: "deleted before they were read" in second.tail())
        assert '"cause": "deleted_inputs"' in second.tail()
        assert second.stop() == 0
        assert len(site.decisions(1)) == 1


@pytest.mark.parametrize("end", [2, 4], ids=["committed", "taken back too"])
def test_the_end_of_a_transaction_is_no_input_that_could_be_lost(site: Site, end: int) -> None:
    """It has an offset and holds nothing: where all is deleted up to `end`, no input is missed."""
    first = site.router("first")
    first.start()
    first.wait_ready()
    letter = Pen("/desk").write(
        "conversation.created",
        pool=POOL,
        subject="c1",
        at=site.now(),
        channel="voice",
        topic="claims",
    )
    shard = partition_of(POOL.encode(), partitions=site.partitions)
    topic = f"{site.prefix}conversations"
    producer = Producer(
        {
            "bootstrap.servers": site.bootstrap_servers,
            "transactional.id": f"{site.prefix}platform",
        }
    )
    producer.init_transactions(30)
    producer.begin_transaction()
    producer.produce(topic, letter.value, letter.key, shard, headers=list(letter.headers))
    producer.commit_transaction(30)
    site.decisions(1)
    if end == 4:
        producer.begin_transaction()
        producer.produce(topic, letter.value, letter.key, shard, headers=list(letter.headers))
        producer.flush(30)
        producer.abort_transaction(30)
        until(lambda: _position(site, shard) == end, seconds=30)
    assert first.stop() == 0
    delete(site, TopicPartition(topic, shard, end))

    second = site.router("second")
    second.start()
    second.wait_ready()
    platform = Platform(site)
    platform.says("conversation.created", "c2", channel="voice", topic="claims")
    platform.done()

    assert [each["subject"] for each in site.decisions(2)] == ["c1", "c2"]


def _position(site: Site, shard: int) -> int:
    """Tell how far the conversations of a shard were read, by its state."""
    shown = command("state", "--json", "--partition", str(shard), settings=site.settings)
    position: int = json.loads(shown.stdout)["positions"]["conversations"]
    return position


def delete(site: Site, before: TopicPartition) -> None:
    """Delete the records of a partition up to an offset, as retention does."""
    admin = AdminClient({"bootstrap.servers": site.bootstrap_servers})
    for deleted in admin.delete_records([before]).values():
        result: DeletedRecords = deleted.result(30)
        assert result.low_watermark == before.offset
