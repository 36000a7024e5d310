"""The AsyncAPI 3.0 document: topics, who writes and reads them, keys and partitions.

It points to the JSON Schemas beside it for what the events hold. Leaves out the state topic, which
nobody else reads or writes. Promises the same text for the same code.
"""

from collections.abc import Iterable
from typing import Any, Final

from router.model import limits
from router.wire import shapes
from router.wire.record import STRUCTURED_TYPE
from router.wire.schemas import (
    ASSIGNMENTS,
    DEAD_LETTERS,
    VERSION,
    Publication,
    Schema,
    example_of,
    schema_of,
)

PREFIX: Final = "routing."
"""Default prefix of the topics."""

_KAFKA: Final = "0.5.0"
"""Version of AsyncAPI's Kafka bindings."""

_KEY: Final = (
    "The record's key is the pool. It says the partition: murmur2 of the key, as Java's default "
    "partitioner has it (librdkafka: partitioner=murmur2_random), modulo the number of partitions, "
    "which all topics but the dead letters share. "
)
_READ: Final = (
    "CloudEvents 1.0 are read in structured mode (content type application/cloudevents+json, or a "
    "record without CloudEvents headers) and in binary mode (ce_ headers, the data as the value). "
    f"A value has at most {limits.MAX_VALUE_BYTES} bytes and is nested at most {limits.MAX_DEPTH} "
    "deep. What cannot be read becomes a dead letter. "
)
_WRITTEN: Final = "Written in transactions: read it with isolation.level=read_committed. "

_CHANNELS: Final[dict[str, tuple[str, str]]] = {
    "conversations": ("What happens to conversations", _KEY + _READ),
    "agents": ("Who the agents are, what they do", _KEY + _READ),
    "commands": ("What supervisors order", _KEY + _READ),
    ASSIGNMENTS: ("Every decision of the router, in order, exactly once", _KEY + _WRITTEN),
    DEAD_LETTERS: (
        "A notice of each input that could not be read",
        "The record's key is the original key, where there is one. " + _WRITTEN,
    ),
}
"""Summary and description of each topic, by its name without prefix."""

_OPERATIONS: Final[dict[str, tuple[str, str, str]]] = {
    "readConversations": ("receive", "conversations", "Read what happens to conversations."),
    "readAgents": ("receive", "agents", "Read who the agents are and what they do."),
    "readCommands": ("receive", "commands", "Read what supervisors order."),
    "publishDecisions": ("send", ASSIGNMENTS, "Publish every decision."),
    "publishDeadLetters": ("send", DEAD_LETTERS, "Publish notices of unreadable inputs."),
}
"""What the router does: action, topic and summary."""


def document(events: Iterable[Publication]) -> Schema:
    """Describe the router's topics and the events on them."""
    of_topic: dict[str, list[Publication]] = {topic: [] for topic in _CHANNELS}
    for event in events:
        of_topic[event.topic].append(event)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "contact-router",
            "version": f"{VERSION}.0.0",
            "description": (
                "Skills-based routing of contact-centre conversations over Apache Kafka, exactly "
                f"once. Topic names begin with a prefix, {PREFIX} by default."
            ),
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": STRUCTURED_TYPE,
        "servers": {
            "kafka": {
                "host": "{bootstrapServers}",
                "protocol": "kafka",
                "description": "The Kafka that platforms, desktops and the router share.",
                "variables": {"bootstrapServers": {"default": "127.0.0.1:9092"}},
            }
        },
        "channels": {topic: _channel(topic, listed) for topic, listed in of_topic.items()},
        "operations": {
            name: {
                "action": action,
                "channel": {"$ref": f"#/channels/{topic}"},
                "summary": summary,
                "messages": [
                    {"$ref": f"#/channels/{topic}/messages/{event.type}"}
                    for event in of_topic[topic]
                ],
            }
            for name, (action, topic, summary) in _OPERATIONS.items()
        },
        "components": {
            "messages": {
                event.name: _message(event) for each in of_topic.values() for event in each
            }
        },
    }


def _channel(topic: str, events: list[Publication]) -> Schema:
    summary, description = _CHANNELS[topic]
    return {
        "address": f"{PREFIX}{topic}",
        "summary": summary,
        "description": description.strip(),
        "servers": [{"$ref": "#/servers/kafka"}],
        "messages": {
            event.type: {"$ref": f"#/components/messages/{event.name}"} for event in events
        },
        "bindings": {"kafka": {"topic": f"{PREFIX}{topic}", "bindingVersion": _KAFKA}},
    }


def _message(event: Publication) -> Schema:
    schema = schema_of(event)
    message: dict[str, Any] = {
        "name": event.type,
        "title": event.type,
        "summary": schema["description"],
        "contentType": STRUCTURED_TYPE,
        "payload": {"$ref": f"./{event.name}.json"},
        "bindings": {"kafka": {"key": _key(event.topic), "bindingVersion": _KAFKA}},
        "examples": [{"name": "example", "payload": example_of(event)}],
    }
    return message


def _key(topic: str) -> Schema:
    if topic == DEAD_LETTERS:
        return {"type": "string", "description": "The original key; there may be none."}
    return {"type": "string", "pattern": shapes.ID_SHAPE, "description": "The pool."}
