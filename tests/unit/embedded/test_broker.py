"""A real broker starts, outlives outages with its data, and ends with its owner."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Consumer, KafkaError, Producer
from confluent_kafka.admin import AdminClient, NewTopic

from router.embedded import EmbeddedKafka, KafkaUnavailableError
from tests.processes import wait_for_end

pytestmark = pytest.mark.kafka


@pytest.fixture(scope="module")
def own_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedKafka]:
    """A broker of this module's own, to be stopped and killed without harm to others."""
    with EmbeddedKafka(data_dir=tmp_path_factory.mktemp("kafka")) as broker:
        yield broker


def create_topic(broker: EmbeddedKafka, name: str) -> None:
    admin = AdminClient({"bootstrap.servers": broker.bootstrap_servers})
    admin.create_topics([NewTopic(name, num_partitions=1)])[name].result(timeout=30)


def produce(broker: EmbeddedKafka, topic: str, value: bytes) -> None:
    """Commit one record in a transaction: that needs the group and transaction coordinators."""
    producer = Producer(
        {"bootstrap.servers": broker.bootstrap_servers, "transactional.id": f"{topic}-writer"}
    )
    producer.init_transactions(60)
    producer.begin_transaction()
    producer.produce(topic, value)
    producer.commit_transaction(60)


def read(broker: EmbeddedKafka, topic: str, *, records: int) -> list[bytes | None]:
    consumer = Consumer(
        {
            "bootstrap.servers": broker.bootstrap_servers,
            "group.id": f"{topic}-reader",
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }
    )
    try:
        consumer.subscribe([topic])
        return [message.value() for message in consumer.consume(records, timeout=60)]
    finally:
        consumer.close()


def test_what_was_committed_survives_a_restart_and_a_kill(own_kafka: EmbeddedKafka) -> None:
    create_topic(own_kafka, "kept")
    address, first_pid = own_kafka.bootstrap_servers, own_kafka.pid

    produce(own_kafka, "kept", b"before")
    own_kafka.restart()
    produce(own_kafka, "kept", b"after the restart")
    own_kafka.kill()
    assert not own_kafka.is_running
    own_kafka.start()
    produce(own_kafka, "kept", b"after the kill")

    assert own_kafka.bootstrap_servers == address
    assert own_kafka.pid != first_pid
    assert read(own_kafka, "kept", records=3) == [
        b"before",
        b"after the restart",
        b"after the kill",
    ]


def test_a_running_broker_is_not_started_twice(own_kafka: EmbeddedKafka) -> None:
    pid = own_kafka.pid

    own_kafka.start()

    assert own_kafka.pid == pid


def test_a_paused_broker_can_be_stopped(own_kafka: EmbeddedKafka) -> None:
    pid = own_kafka.pid
    os.kill(pid, signal.SIGSTOP)

    own_kafka.stop()

    assert wait_for_end(pid, seconds=0)
    own_kafka.start()


def test_topics_are_not_made_by_mistake(own_kafka: EmbeddedKafka) -> None:
    consumer = Consumer({"bootstrap.servers": own_kafka.bootstrap_servers, "group.id": "mistaken"})
    consumer.subscribe(["no-such-topic"])

    [answer] = consumer.consume(1, timeout=60)
    consumer.close()

    error = answer.error()
    assert error is not None
    assert error.code() == KafkaError.UNKNOWN_TOPIC_OR_PART


def test_a_temporary_broker_leaves_no_folder() -> None:
    with EmbeddedKafka() as broker:
        folder, pid = broker.data_dir, broker.pid
        assert folder.is_dir()

    assert not folder.exists()
    assert wait_for_end(pid, seconds=0)


def test_a_setting_the_broker_refuses_is_shown_in_its_words(tmp_path: Path) -> None:
    broker = EmbeddedKafka(data_dir=tmp_path, settings={"group.initial.rebalance.delay.ms": "soon"})

    with pytest.raises(KafkaUnavailableError, match=r"group\.initial\.rebalance\.delay\.ms"):
        broker.start()

    assert not broker.is_running


def test_two_brokers_do_not_share_a_folder(own_kafka: EmbeddedKafka) -> None:
    create_topic(own_kafka, "undisturbed")
    second = EmbeddedKafka(data_dir=own_kafka.data_dir)

    with pytest.raises(KafkaUnavailableError, match="Another Kafka runs on the data in"):
        second.start()

    produce(own_kafka, "undisturbed", b"still served")
    own_kafka.kill()
    own_kafka.start()
    assert read(own_kafka, "undisturbed", records=1) == [b"still served"]


def test_a_broker_ends_when_its_owner_is_killed() -> None:
    script = (
        "from router.embedded import EmbeddedKafka\n"
        "broker = EmbeddedKafka()\n"
        "broker.start()\n"
        "print(broker.pid, flush=True)\n"
        "input()\n"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None
    pid = int(owner.stdout.readline())

    owner.kill()
    owner.communicate()

    assert wait_for_end(pid, seconds=10)
