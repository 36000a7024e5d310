"""The topics of one run, fresh for each, and what is read from them after it.

Every run has a prefix of its own, so that none sees another's records. They are made as the router
makes them, and read with another client library than the router's.
"""

import asyncio
from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec
from confluent_kafka import Consumer, IsolationLevel, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec  # type: ignore[attr-defined]  # a name it does not export, but documents

from router.daemon.connection import Connection
from router.daemon.settings import KafkaSettings, Settings, TopicSettings
from router.daemon.topics import TopicNames, create
from router.model.inputs import Topic

INPUTS: Final = tuple(topic.value for topic in Topic)
ASSIGNMENTS: Final = "assignments"
STATE: Final = "state"
TIMEOUT_S: Final = 30.0
STEP_S: Final = 0.05
WARNING: Final = 4


class Record(NamedTuple):
    """One committed record: where it is, its key and value (None: a tombstone)."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None


class Topics(msgspec.Struct, frozen=True, kw_only=True):
    """The six topics under one prefix, on one broker."""

    bootstrap: str
    prefix: str
    partitions: int

    def create(self) -> None:
        """Create the topics as `contact-router topics create` does."""
        settings = Settings(
            kafka=KafkaSettings(bootstrap_servers=self.bootstrap),
            topics=TopicSettings(prefix=self.prefix, partitions=self.partitions),
        )
        asyncio.run(create(Connection(settings.kafka), settings))

    def delete(self) -> None:
        """Delete the topics, so that the broker's disk holds only the present run."""
        names = TopicNames.with_prefix(self.prefix).all
        # Held until the answers are in: a client that goes away takes its questions with it.
        admin = admin_of(self)
        for deleted in admin.delete_topics(list(names)).values():
            deleted.result(TIMEOUT_S)

    def ends(self, name: str) -> list[int]:
        """Tell for each partition the offset after the last one a committed reader may see."""
        return visible_ends(admin_of(self), self, name)

    def read(self, name: str, *, since: list[int] | None = None) -> Iterator[Record]:
        """Read all that is committed now in a topic, from the offsets given, or from the start."""
        start = since or [0] * self.partitions
        ends = self.ends(name)
        consumer = Consumer(
            {
                "bootstrap.servers": self.bootstrap,
                "group.id": "loadtests-reader",
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "fetch.queue.backoff.ms": 5,
            }
        )
        topic = self.prefix + name
        open_ones = {each for each in range(self.partitions) if start[each] < ends[each]}
        consumer.assign([TopicPartition(topic, each, start[each]) for each in sorted(open_ones)])
        try:
            while open_ones:
                for message in consumer.consume(2_000, timeout=STEP_S):
                    partition, offset = message.partition(), message.offset()
                    if partition is None or offset is None:
                        continue
                    # The end of a partition comes as an error, and only after all its records.
                    if message.error() is not None:
                        open_ones.discard(partition)
                        continue
                    yield Record(partition, offset, message.key(), message.value())
        finally:
            consumer.close()


def admin_of(topics: Topics) -> AdminClient:
    """Give a client that asks the broker about topics, and that logs nothing but trouble."""
    return AdminClient({"bootstrap.servers": topics.bootstrap, "log_level": WARNING})


def visible_ends(admin: AdminClient, topics: Topics, name: str) -> list[int]:
    """Ask for the last stable offset of each partition of a topic."""
    wanted = {
        TopicPartition(topics.prefix + name, each): OffsetSpec.latest()  # type: ignore[no-untyped-call]  # it has no type
        for each in range(topics.partitions)
    }
    answers = admin.list_offsets(
        wanted, isolation_level=IsolationLevel.READ_COMMITTED, request_timeout=TIMEOUT_S
    )
    found = {asked.partition: answer.result().offset for asked, answer in answers.items()}
    return [found[each] for each in range(topics.partitions)]
