"""From the topics of a real Kafka the checker sees what was committed, and nothing else."""

import json
import subprocess
import sys
import uuid

import pytest
from confluent_kafka import KafkaException, Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from router.embedded import EmbeddedKafka
from tests.checker import read_topics
from tests.checker.story import Story
from tests.checker.topics import INPUTS, OUTPUTS


def published(story: Story, kafka: EmbeddedKafka) -> str:
    """Write a story to topics of its own and give their prefix."""
    prefix = f"t{uuid.uuid4().hex[:8]}."
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap_servers})
    new = [NewTopic(prefix + name, 1, 1) for name in (*INPUTS, *OUTPUTS)]
    for made in admin.create_topics(new).values():
        made.result(30)
    producer = Producer(
        {"bootstrap.servers": kafka.bootstrap_servers, "transactional.id": f"{prefix}writer"}
    )
    producer.init_transactions(30)
    producer.begin_transaction()
    producer.produce(f"{prefix}assignments", key=b"france", value=b"of a crashed router")
    producer.flush(30)
    producer.abort_transaction(30)
    producer.begin_transaction()
    for name, records in story.records.items():
        for record in records:
            producer.produce(prefix + name, key=record.key, value=record.value)
    producer.commit_transaction(30)
    return prefix


def run_checker(
    kafka: EmbeddedKafka, prefix: str, *more: str
) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "tests.checker", "--bootstrap", kafka.bootstrap_servers]
    return subprocess.run(
        [*command, "--prefix", prefix, *more],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_what_a_crashed_router_left_uncommitted_is_not_seen(kafka: EmbeddedKafka) -> None:
    story = Story()
    story.agent()
    story.create(text="my parrot is ill")
    prefix = published(story, kafka)
    topics = read_topics(kafka.bootstrap_servers, prefix=prefix)
    assert [record.value for record in topics.of("conversations")] == [
        record.value for record in story.records["conversations"]
    ]
    assert [json.loads(record.value or b"")["type"] for record in topics.of("assignments")] == [
        "conversation.queued"
    ]
    assert topics.of("assignments")[0].offset > 0
    assert topics.partitions == 1
    assert not topics.truncated


def test_the_command_ends_with_one_and_names_the_broken_promise(kafka: EmbeddedKafka) -> None:
    story = Story()
    lost = story.put("conversations", "conversation.created", subject="c0", channel="chat")
    story.pass_by(lost)
    # Causes name the topics by the usual prefix; seen under another they are of no input.
    story.create()
    run = run_checker(kafka, published(story, kafka), "--json")
    assert run.returncode == 1, run.stderr
    rules = {each["rule"] for each in json.loads(run.stdout)["violations"]}
    assert {"cause", "accounted"} <= rules


def test_the_command_ends_with_zero_on_topics_where_nothing_happened(kafka: EmbeddedKafka) -> None:
    run = run_checker(kafka, published(Story(), kafka), "--settled")
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.endswith("0 violations\n")


def test_topics_that_are_not_there_are_an_error_and_no_proof(kafka: EmbeddedKafka) -> None:
    with pytest.raises(KafkaException):
        read_topics(kafka.bootstrap_servers, prefix="nobody.")
    assert run_checker(kafka, "nobody.").returncode == 3
