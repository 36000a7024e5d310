"""Records as a platform's producer sends them, right unless a test spoils them."""

import json
from typing import Any

from router.model.inputs import INPUT_TYPES, Input, Topic
from router.wire import DeadLetter, Reader, partition_of

POOL = "fr"
PARTITIONS = 8
HOME = partition_of(b"fr", partitions=PARTITIONS)
TOPICS = {f"routing.{topic}": topic for topic in Topic}
STRUCTURED = (("content-type", b"application/cloudevents+json; charset=UTF-8"),)

Event = dict[str, Any]

_DATA: dict[str, Event] = {
    "conversation.created": {"channel": "chat"},
    "conversation.transferred": {"agent": "agent-1", "to": {"queue": "contracts"}},
    "offer.accepted": {"offer": "o7", "agent": "agent-1"},
    "offer.declined": {"offer": "o7", "agent": "agent-1"},
    "deflection.accepted": {"deflection": "d8"},
    "deflection.declined": {"deflection": "d8"},
    "agent.updated": {"team": "contracts", "skills": {"contracts": 2}, "channels": {"chat": 3}},
    "agent.presence": {"presence": "available"},
    "agent.wrapup_ended": {"conversation": "conv-1"},
    "command.assign": {"conversation": "conv-1", "agent": "agent-1"},
    "command.requeue": {"conversation": "conv-1"},
    "command.close": {"conversation": "conv-1"},
    "command.prioritise": {"conversation": "conv-1", "priority": 900},
    "command.pause_queue": {"queue": "contracts"},
    "command.resume_queue": {"queue": "contracts"},
    "command.set_presence": {"agent": "agent-1", "presence": "break"},
    "command.surge": {"stage": "storm"},
}


def event(kind: str = "conversation.created", /, **data: object) -> Event:
    """Give an event with what it must have, and with these fields in its data."""
    return {
        "specversion": "1.0",
        "id": "evt-1",
        "source": "/platforms/chat",
        "type": kind,
        "time": "2026-03-02T08:15:00.123Z",
        "subject": "agent-1" if kind.startswith("agent.") else "conv-1",
        "data": {**_DATA.get(kind, {}), **data},
    }


def topic_of(kind: str) -> str:
    """Name the topic a type belongs on; an unknown type is sent to the conversations."""
    known = INPUT_TYPES.get(kind)
    return f"routing.{Topic.CONVERSATIONS if known is None else known.topic}"


def read(
    value: bytes | Event | None,
    *,
    topic: str | None = None,
    partition: int = HOME,
    key: bytes | None = b"fr",
    headers: tuple[tuple[str, bytes | None], ...] = STRUCTURED,
) -> Input | DeadLetter:
    """Send one record to a reader of eight partitions."""
    if isinstance(value, dict):
        topic = topic or topic_of(str(value.get("type")))
        value = json.dumps(value).encode()
    return Reader(topics=TOPICS, partitions=PARTITIONS).read(
        topic=topic or "routing.conversations",
        partition=partition,
        offset=41,
        timestamp=1_772_439_301_000,
        key=key,
        value=value,
        headers=headers,
    )


def refused(value: bytes | Event | None, **record: Any) -> DeadLetter:
    """Send a record that cannot be read, and give its dead letter."""
    answer = read(value, **record)
    assert isinstance(answer, DeadLetter), answer
    return answer


def taken(value: bytes | Event | None, **record: Any) -> Input:
    """Send a record that can be read, and give its input."""
    answer = read(value, **record)
    assert isinstance(answer, Input), answer
    return answer


def binary(whole: Event, *, content_type: bytes | None = b"application/json") -> dict[str, Any]:
    """Split an event into the value and headers of binary mode."""
    headers = tuple(
        (f"ce_{name}", str(value).encode()) for name, value in whole.items() if name != "data"
    )
    if content_type is not None:
        headers = (*headers, ("content-type", content_type))
    return {
        "value": json.dumps(whole["data"]).encode(),
        "headers": headers,
        "topic": topic_of(whole["type"]),
    }
