"""A small centre without a broker: rules, events as bytes, an engine, and what shards share."""

import asyncio
import itertools
import json
from typing import Any, Final

from aiokafka.record.default_records import DefaultRecord
from aiokafka.record.memory_records import MemoryRecords

from router.daemon.connection import Connection
from router.daemon.intake import Intake
from router.daemon.metrics import Metrics
from router.daemon.outbox import Parcel
from router.daemon.reload import RulesInForce
from router.daemon.settings import Settings, ShardSettings
from router.daemon.surroundings import Surroundings
from router.daemon.topics import TopicNames
from router.engine import Engine
from router.model.inputs import Input
from router.rules import loads
from router.wire.reader import Reader
from router.wire.writer import Writer

POOL: Final = "france"
NAMES: Final = TopicNames.with_prefix("routing.")
RULES: Final = """
version: 1
skills: {claims: 1..3}
topics: [claims]
teams: {day: {}}
channels:
  chat: {units: 34, at_most: 3, offer: {mode: automatic}}
  voice: {units: 100, exclusive: true, offer: {mode: manual, expires: 15s}}
agents: {capacity: 100, lease: 60s}
qualification:
  - {name: everything, set: {topic: claims, level: 1}}
queues:
  claims: {takes: true, requires: {claims: 1}, order: {by: priority}, selects: longest_idle}
"""

_numbers = itertools.count(1)


def surroundings(*, dead_letter_partitions: int = 1, **shards: Any) -> Surroundings:
    """Make what shards share, with one shard and no broker; `shards` are settings of theirs."""
    settings = Settings(shards=ShardSettings(**shards))
    connection = Connection(settings.kafka)
    return Surroundings(
        settings=settings,
        connection=connection,
        names=NAMES,
        shard_count=1,
        dead_letter_partitions=dead_letter_partitions,
        rules=RulesInForce(loads(RULES)),
        reader=Reader(topics=NAMES.by_input(), partitions=1),
        writer=Writer(source="/contact-router"),
        intake=Intake(connection, settings, inputs=NAMES.inputs),
        turns=asyncio.Semaphore(1),
        metrics=Metrics(),
    )


def event(type_: str, subject: str, **data: Any) -> bytes:
    """Write an event as a platform does."""
    return json.dumps(
        {
            "specversion": "1.0",
            "id": f"e{next(_numbers)}",
            "source": "/test",
            "type": type_,
            "subject": subject,
            "time": "2026-03-02T09:00:00Z",
            "data": data,
        }
    ).encode()


def record(offset: int, value: bytes | None, *, key: bytes | None = POOL.encode()) -> DefaultRecord:
    """Put a value at an offset, as the client's inner reader gives it."""
    return DefaultRecord(
        offset,
        1_772_442_000_000,
        0,
        key,
        value,
        [("content-type", b"application/cloudevents+json")],
    )


def agent_logs_in(name: str = "anna") -> list[bytes]:
    """Describe an agent who takes chats and calls, and bring him in."""
    return [
        event(
            "agent.updated",
            name,
            team="day",
            skills={"claims": 2},
            channels={"chat": 3, "voice": 1},
        ),
        event("agent.presence", name, presence="available"),
    ]


def contents(parcel: Parcel) -> list[DefaultRecord]:
    """Give the records of a parcel, as a broker would store them; seals it."""
    found = []
    for page in parcel.seal():
        page._set_producer_state(1, 0, 0)  # noqa: SLF001 - as the client sends it
        log = MemoryRecords(bytes(page._build()))  # noqa: SLF001 - the bytes it sends
        while log.has_next():
            found += list(log.next_batch())
    return found


NOON = 1_772_452_800_000
"""2026-03-02T12:00:00Z."""


def apply(engine: Engine, *inputs: Input) -> Engine:
    for each in inputs:
        engine.apply(each, NOON)
    return engine
