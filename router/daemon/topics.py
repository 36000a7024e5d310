"""The six topics: their names, how they must be, what differs, and making them.

An input that was deleted too soon, or state that was deleted at all, breaks the promises without a
sound, so the settings of the topics are checked before a router trusts them. Makes what is missing;
never changes a topic that is there.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec
from aiokafka import errors as kafka_errors
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from router.daemon.connection import Connection
from router.daemon.deadline import within
from router.daemon.errors import DeadlineError, TopicsWrongError
from router.daemon.hard_stop import stop_admin
from router.daemon.settings import Settings
from router.model.inputs import Topic
from router.model.limits import MAX_VALUE_BYTES

MIB: Final = 1024 * 1024
INPUT_MESSAGE_BYTES: Final = MIB
"""More than an input may have: what is too large is answered by a dead letter, not by silence."""
OUTPUT_MESSAGE_BYTES: Final = 4 * MIB
DEAD_LETTER_PARTITIONS: Final = 1
LARGEST_RECORD_BYTES: Final = 1_000_000
"""What one decision, or one record of the state, may need, however small batches are."""
STATE_SEGMENT_BYTES: Final = 16 * MIB
"""Compaction leaves the newest segment alone, and a new owner of a shard reads what it left."""
CALL_S: Final = 30.0
KNOWN_EVERY_S: Final = 0.05
LOST: Final = (kafka_errors.KafkaError, DeadlineError, OSError, RuntimeError)
"""What it looks like when a broker cannot be asked."""


class TopicNames(msgspec.Struct, frozen=True):
    """The names of the six topics, prefix included."""

    conversations: str
    agents: str
    commands: str
    assignments: str
    dead_letters: str
    state: str

    @classmethod
    def with_prefix(cls, prefix: str) -> "TopicNames":
        """Name the topics."""
        return cls(
            conversations=f"{prefix}conversations",
            agents=f"{prefix}agents",
            commands=f"{prefix}commands",
            assignments=f"{prefix}assignments",
            dead_letters=f"{prefix}dead-letters",
            state=f"{prefix}state",
        )

    @property
    def inputs(self) -> tuple[str, str, str]:
        """The three inputs, in the order of `Topic`."""
        return (self.conversations, self.agents, self.commands)

    @property
    def sharded(self) -> tuple[str, ...]:
        """The topics that must have the same number of partitions."""
        return (*self.inputs, self.assignments, self.state)

    @property
    def all(self) -> tuple[str, ...]:
        """All six."""
        return (*self.inputs, self.assignments, self.dead_letters, self.state)

    def by_input(self) -> dict[str, Topic]:
        """Map the name of each input to which input it is."""
        return dict(zip(self.inputs, Topic, strict=True))


class Found(NamedTuple):
    """A topic as the broker has it; `configs` is None where we may not ask for them."""

    partitions: int
    configs: Mapping[str, str] | None


async def describe(
    connection: Connection, settings: Settings, *, names: Sequence[str] = ()
) -> dict[str, Found]:
    """Ask the broker for topics, the six unless `names` says others; missing ones are left out.

    Raises aiokafka's errors and `DeadlineError` where the broker cannot be asked.
    """
    names = names or TopicNames.with_prefix(settings.topics.prefix).all
    admin = connection.admin()
    try:
        await within(CALL_S, "connecting to Kafka", admin.start())
        return await within(CALL_S, "asking for the topics", _described(admin, names))
    finally:
        await stop_admin(admin, timeout_s=settings.stop.close_timeout_s)


async def create(connection: Connection, settings: Settings) -> list[str]:
    """Make the topics that are missing, and name them once the broker knows them all.

    Raises `TopicsWrongError` where the broker refuses.
    """
    names = TopicNames.with_prefix(settings.topics.prefix)
    admin = connection.admin()
    try:
        await within(CALL_S, "connecting to Kafka", admin.start())
        there = await within(CALL_S, "asking for the topics", _described(admin, names.all))
        missing = [name for name in names.all if name not in there]
        if not missing:
            return []
        wanted = [_new_topic(name, names=names, settings=settings) for name in missing]
        answer = await within(CALL_S, "creating the topics", admin.create_topics(wanted))
        refused = [
            f"{name}: the broker refused to create it: {kafka_errors.for_code(code).__name__}"
            + (f", {message}" if message else "")
            for name, code, message in answer.topic_errors
            if code not in {0, kafka_errors.TopicAlreadyExistsError.errno}
        ]
        if refused:
            raise TopicsWrongError(refused)
        await within(CALL_S, "waiting for the new topics", _until_known(admin, names.all))
    finally:
        await stop_admin(admin, timeout_s=settings.stop.close_timeout_s)
    return missing


def problems(
    found: Mapping[str, Found], settings: Settings, *, partitions: int | None = None
) -> list[str]:
    """Say what must be otherwise, a line for each problem; nothing: a router may run on them.

    `partitions`: also say where a sharded topic has another number than this.
    """
    names = TopicNames.with_prefix(settings.topics.prefix)
    lines = [
        f"{name} does not exist: `contact-router topics create` makes it"
        for name in names.all
        if name not in found
    ]
    lines += _partition_problems(found, names=names, asked=partitions)
    for name, topic in found.items():
        if topic.configs is not None:
            lines += _config_problems(name, topic.configs, wanted=_wanted(name, names, settings))
    return lines


def shard_count(found: Mapping[str, Found], settings: Settings) -> int:
    """Tell how many shards there are; the topics must be without problems."""
    return found[TopicNames.with_prefix(settings.topics.prefix).conversations].partitions


def _partition_problems(
    found: Mapping[str, Found], *, names: TopicNames, asked: int | None
) -> list[str]:
    counts = {name: found[name].partitions for name in names.sharded if name in found}
    if asked is not None:
        return [
            f"{name} has {count} partitions, not {asked}; a topic that is there is left as it is"
            for name, count in counts.items()
            if count != asked
        ]
    if len(set(counts.values())) <= 1:
        return []
    each = ", ".join(f"{name} {count}" for name, count in counts.items())
    return [f"inputs, assignments and state differ in their number of partitions: {each}"]


class _Wanted(NamedTuple):
    cleanup: str
    retention_ms: int | None
    message_bytes: int


def _wanted(name: str, names: TopicNames, settings: Settings) -> _Wanted:
    """What a topic must have at least."""
    written = max(settings.producer.batch_bytes, LARGEST_RECORD_BYTES)
    if name == names.state:
        return _Wanted("compact", None, written)
    if name in names.inputs:
        return _Wanted("delete", settings.topics.retention_ms, 2 * MAX_VALUE_BYTES)
    return _Wanted("delete", settings.topics.retention_ms, written)


def _config_problems(name: str, configs: Mapping[str, str], *, wanted: _Wanted) -> list[str]:
    lines = []
    cleanup = configs.get("cleanup.policy", wanted.cleanup)
    if cleanup != wanted.cleanup:
        why = (
            "what the router must not forget would be deleted"
            if wanted.cleanup == "compact"
            else "events with the same key would be taken for one"
        )
        lines.append(f"{name}: cleanup.policy is {cleanup}, must be {wanted.cleanup}: {why}")
    retention = int(configs.get("retention.ms", -1))
    if wanted.retention_ms is not None and 0 <= retention < wanted.retention_ms:
        lines.append(
            f"{name}: retention.ms is {retention}, less than the {wanted.retention_ms} of the"
            " settings (topics.retention_ms): events could be gone before they are read"
        )
    size = int(configs.get("max.message.bytes", wanted.message_bytes))
    if size < wanted.message_bytes:
        lines.append(
            f"{name}: max.message.bytes is {size}, must be at least {wanted.message_bytes}"
        )
    return lines


def _new_topic(name: str, *, names: TopicNames, settings: Settings) -> NewTopic:
    asked = settings.topics
    configs = {
        "cleanup.policy": "delete",
        "retention.ms": str(asked.retention_ms),
        "max.message.bytes": str(
            INPUT_MESSAGE_BYTES if name in names.inputs else OUTPUT_MESSAGE_BYTES
        ),
    }
    if name == names.state:
        del configs["retention.ms"]
        configs |= {
            "cleanup.policy": "compact",
            "segment.bytes": str(STATE_SEGMENT_BYTES),
            "segment.ms": str(3_600_000),
            "min.cleanable.dirty.ratio": "0.1",
            # A tombstone must outlive any restore that began before it was written.
            "delete.retention.ms": str(3_600_000),
        }
    return NewTopic(
        name,
        DEAD_LETTER_PARTITIONS if name == names.dead_letters else asked.partitions,
        asked.replication,
        # The client takes 'the broker's default' only where replicas seem to be placed by hand.
        replica_assignments={} if asked.replication == -1 else None,
        topic_configs=configs,
    )


async def _until_known(admin: AIOKafkaAdminClient, names: Sequence[str]) -> None:
    # The controller has made them; a busy broker may hear of it a little later.
    found = await _described(admin, names)
    while len(found) < len(names):
        await asyncio.sleep(KNOWN_EVERY_S)
        found = await _described(admin, names)


async def _described(admin: AIOKafkaAdminClient, names: Sequence[str]) -> dict[str, Found]:
    # All topics are asked for: asking for one by name could create it.
    counts = {
        topic["topic"]: len(topic["partitions"])
        for topic in await admin.describe_topics()
        if topic["topic"] in names and not topic["error_code"]
    }
    if not counts:
        return {}
    answers = await admin.describe_configs(
        [ConfigResource(ConfigResourceType.TOPIC, name) for name in counts]
    )
    configs = {name: values for answer in answers for name, values in _configs(answer)}
    return {name: Found(counts[name], configs.get(name)) for name in names if name in counts}


def _configs(answer: Any) -> list[tuple[str, dict[str, str]]]:
    return [
        (name, {entry[0]: entry[1] for entry in entries if entry[1] is not None})
        for code, _, _, name, entries in answer.resources
        if code == 0
    ]
