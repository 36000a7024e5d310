"""Messages no router can read, one of each kind, with the reason its dead letter must give."""

import json
from dataclasses import dataclass
from typing import Any

from tests.faults.events import Letter, rfc3339
from tests.faults.scene import CANARY

STRUCTURED = ("content-type", b"application/cloudevents+json")
BEYOND = 2**53


@dataclass(frozen=True, slots=True)
class Poison:
    """One kind of bad message; `field` is what its dead letter must name, None where it need not."""

    kind: str
    letter: Letter
    reason: str
    field: str | None = None


def every_kind(*, pool: str, at: float, tag: str, wrong_partition: int) -> list[Poison]:
    """Write one message of each kind; `tag` keeps their ids apart from those of other calls."""
    made: list[Poison] = []
    key = pool.encode()
    # The tag tells messages with the same value apart.
    headers = (STRUCTURED, ("tag", tag.encode()))

    def event(**changed: Any) -> dict[str, Any]:
        whole = {
            "specversion": "1.0",
            "id": f"poison-{tag}-{len(made)}",
            "source": "/poison",
            "type": "conversation.created",
            "subject": f"poisoned-{tag}-{len(made)}",
            "time": rfc3339(at),
            "data": {"channel": "chat", "text": f"my {CANARY} is ill"},
        }
        merged = {**whole, **changed}
        return {name: value for name, value in merged.items() if value is not None}

    def add(kind: str, reason: str, value: bytes | None, **rest: Any) -> None:
        letter = Letter(rest.get("topic", "conversations"), rest.get("key", key), value, headers)
        made.append(Poison(kind, letter, reason, rest.get("field")))

    def bad_event(kind: str, reason: str, field: str | None = None, **changed: Any) -> None:
        add(kind, reason, json.dumps(event(**changed)).encode(), field=field)

    def bad_data(kind: str, reason: str, field: str | None = None, **data: Any) -> None:
        given = {"channel": "chat", "text": f"my {CANARY} is ill", **data}
        bad_event(kind, reason, field, data={n: v for n, v in given.items() if v is not None})

    whole = json.dumps(event()).encode()
    add("no key", "no_key", whole, key=None)
    add("key with a blank", "invalid_key", whole, key=b"two words")
    add("key that is no text", "invalid_key", whole, key=b"\xff\xfe")
    made.append(
        Poison(
            "wrong partition",
            Letter("conversations", key, whole, headers, partition=wrong_partition),
            "wrong_partition",
        )
    )
    add("no value", "no_value", None)
    add("too large", "too_large", whole[:-1] + b" " * (256 * 1024) + b"}")
    add("words", "not_json", f"the {CANARY} says hello".encode())
    add("cut off", "not_json", whole[: len(whole) // 2])
    add("no UTF-8", "not_json", b'{"specversion": "\xff\xfe"}')
    add("not a number", "not_json", whole.replace(b'"channel": "chat"', b'"level": NaN'))
    deep: Any = "leaf"
    for _ in range(20):
        deep = {"deeper": deep}
    bad_data("too deep", "too_deep", attributes=deep)
    add("a list", "not_cloudevent", json.dumps([event()]).encode())
    bad_event("another envelope", "not_cloudevent", specversion=None)
    bad_event("unknown type", "unknown_type", type="conversation.exploded")
    bad_event("agents' event on the conversations", "wrong_topic", type="agent.heartbeat")
    bad_event("no time", "invalid_attribute", "time", time=None)
    bad_event("a time without zone", "invalid_attribute", "time", time="2026-03-02T10:00:00")
    bad_event("a subject with a blank", "invalid_attribute", "subject", subject="c 1")
    bad_event("source too long", "invalid_attribute", "source", source="/" + "s" * 300)
    bad_data("no channel", "missing_field", "data.channel", channel=None)
    bad_data("a level in words", "invalid_field", "data.level", level="high")
    bad_data("skills as a list", "invalid_field", "data.skills", skills=["claims"])
    bad_data("priority beyond", "limit_exceeded", "data.priority", priority=1_001)
    bad_data(
        "too many skills", "limit_exceeded", "data.skills", skills={f"s{n}": 1 for n in range(65)}
    )
    bad_data("integer beyond", "limit_exceeded", attributes={"n": BEYOND})
    bad_data("long name", "limit_exceeded", "data.topic", topic="t" * 257)
    bad_data("long text", "limit_exceeded", "data.text", text=CANARY + "t" * 4_000)
    return made
