"""Before a measurement: all agents log in, and the router shows that it has taken them all."""

import time
from typing import Final

import orjson
from confluent_kafka import Producer

from loadtests.topics import ASSIGNMENTS, Topics
from loadtests.workload import HEADERS, LAST_TOPIC, Planned, Workload

TIMEOUT_S: Final = 30.0
STEP_S: Final = 0.05


def wall_ms() -> int:
    """Give the wall clock in milliseconds."""
    return time.time_ns() // 1_000_000


def send(topics: Topics, inputs: list[Planned]) -> None:
    """Send inputs in their order as fast as the broker takes them; return when it has them all."""
    producer = Producer(
        {
            "bootstrap.servers": topics.bootstrap,
            "acks": "all",
            "linger.ms": 5,
            "batch.size": 500_000,
            "queue.buffering.max.messages": len(inputs) + 1,
            "queue.buffering.max.kbytes": 1_000_000,
        }
    )
    for each in inputs:
        producer.produce(
            topics.prefix + each.topic, each.value, each.key, each.partition, headers=HEADERS
        )
    if producer.flush(TIMEOUT_S):
        raise TimeoutError(f"the broker did not take {len(inputs)} inputs in {TIMEOUT_S} s")


def log_in(topics: Topics, workload: Workload) -> None:
    """Bring all agents in; return when the last agent of each pool has got its conversation.

    That agent's inputs are the last of its partition, so all the others are in by then. Raises
    `TimeoutError` where the router does not come to it.
    """
    now = wall_ms()
    send(topics, workload.log_in(wall_ms=now) + workload.roll_call(wall_ms=now))
    deadline = time.monotonic() + TIMEOUT_S
    since = [0] * topics.partitions
    missing = set(range(topics.partitions))
    while missing:
        if time.monotonic() > deadline:
            raise TimeoutError(f"the router did not take the agents in within {TIMEOUT_S} s")
        for record in topics.read(ASSIGNMENTS, since=since):
            since[record.partition] = record.offset + 1
            event = orjson.loads(record.value or b"")
            if event["type"] == "conversation.assigned" and event["subject"] == LAST_TOPIC:
                missing.discard(record.partition)
        time.sleep(STEP_S)  # between two reads of a topic
