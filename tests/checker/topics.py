"""Fetch what the six topics hold, as anyone can who may read them.

Reads committed records only, with librdkafka, from the first kept offset to the end as it is at the
moment of reading. Decisions are fetched before inputs, so that on a living cluster every decision
finds its cause. Commits nothing, joins no group.
"""

import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

INPUTS: Final = ("conversations", "agents", "commands")
OUTPUTS: Final = ("assignments", "dead-letters", "state")
TIMEOUT_S: Final = 30.0
POLL_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it lies in a topic; `timestamp` in milliseconds."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    timestamp: int = 0
    headers: tuple[tuple[str, bytes | None], ...] = ()

    @property
    def where(self) -> str:
        """Topic, partition and offset, for people."""
        return f"{self.topic}[{self.partition}]@{self.offset}"


@dataclass(frozen=True, slots=True)
class Topics:
    """What the topics hold: records by topic name without prefix, in offset order by partition.

    `partitions` is the number of partitions of the inputs; `truncated` are the (topic, partition)
    whose beginning is no longer kept.
    """

    prefix: str
    partitions: int
    records: Mapping[str, Sequence[Record]]
    truncated: frozenset[tuple[str, int]] = field(default_factory=frozenset)

    def of(self, topic: str) -> Sequence[Record]:
        """Give the records of a topic named without its prefix."""
        return self.records.get(topic, ())


def read_topics(bootstrap_servers: str, *, prefix: str = "routing.") -> Topics:
    """Read all six topics of a cluster to their present end.

    Raises `KafkaException` where a topic is missing or the cluster does not answer.
    """
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap_servers,
            "log_level": 0,
            "group.id": f"checker-{uuid.uuid4()}",
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "auto.offset.reset": "earliest",
            "fetch.wait.max.ms": 50,
        }
    )
    try:
        records: dict[str, list[Record]] = {}
        truncated: set[tuple[str, int]] = set()
        partitions = 0
        for name in (*OUTPUTS, *INPUTS):
            here = _partitions(consumer, prefix + name)
            records[name], begun = _read(consumer, here)
            truncated.update((name, partition) for partition in begun)
            if name in INPUTS:
                partitions = max(partitions, len(here))
        return Topics(
            prefix=prefix, partitions=partitions, records=records, truncated=frozenset(truncated)
        )
    finally:
        consumer.close()


def _partitions(consumer: Consumer, topic: str) -> list[TopicPartition]:
    metadata = consumer.list_topics(topic, timeout=TIMEOUT_S).topics[topic]
    if metadata.error is not None:
        raise KafkaException(metadata.error)
    return [TopicPartition(topic, number, 0) for number in sorted(metadata.partitions)]


def _read(consumer: Consumer, parts: list[TopicPartition]) -> tuple[list[Record], list[int]]:
    truncated = []
    for part in parts:
        low, _ = consumer.get_watermark_offsets(part, timeout=TIMEOUT_S)
        part.offset = low
        if low > 0:
            truncated.append(part.partition)
    consumer.assign(parts)
    unread = {part.partition for part in parts}
    found: list[Record] = []
    deadline = time.monotonic() + TIMEOUT_S
    while unread:
        # This waits until it has so many, or for the whole of its timeout.
        messages = consumer.consume(num_messages=5_000, timeout=POLL_S)
        if messages:
            deadline = time.monotonic() + TIMEOUT_S
        elif time.monotonic() > deadline:
            raise KafkaException(KafkaError(KafkaError._TIMED_OUT, "no answer while reading"))  # noqa: SLF001  its public name
        for message in messages:
            error = message.error()
            if error is None:
                found.append(_record(message))
            elif error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001  its public name
                unread.discard(message.partition())
            elif not error.retriable():
                raise KafkaException(error)
    consumer.unassign()
    found.sort(key=lambda record: (record.partition, record.offset))
    return found, truncated


def _record(message: Message) -> Record:
    return Record(
        topic=message.topic() or "",
        partition=_number(message.partition()),
        offset=_number(message.offset()),
        key=_bytes(message.key()),
        value=_bytes(message.value()),
        timestamp=message.timestamp()[1],
        headers=tuple((name, _bytes(value)) for name, value in _pairs(message.headers())),
    )


def _number(value: int | None) -> int:
    return -1 if value is None else value


def _bytes(value: str | bytes | None) -> bytes | None:
    return value.encode() if isinstance(value, str) else value


def _pairs(headers: Any) -> Iterable[tuple[str, str | bytes | None]]:
    return headers.items() if isinstance(headers, dict) else headers or ()
