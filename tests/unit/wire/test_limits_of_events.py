"""At a limit an event is read, one step beyond it is refused."""

import json

import pytest
from pydantic import ValidationError

from router.model import limits
from router.model.reasons import Unreadable
from router.wire.exact import MODELS
from router.wire.fields import LOOKED_AT
from tests.unit.wire.events import Event, event, refused, taken

MOST = limits.MAX_INTEGER

EDGES: list[tuple[str, str, object, object]] = [
    ("conversation.created", "channel", "é" * 256, "é" * 257),
    ("conversation.created", "topic", "😀" * 256, "😀" * 257),
    ("conversation.created", "text", "😀" * 4000, "😀" * 4001),
    ("conversation.created", "language", "en-a" + "-abcdefgh" * 28, "en-a" + "-abcdefgh" * 29),
    ("conversation.created", "level", 1, 0),
    ("conversation.created", "level", MOST, MOST + 1),
    ("conversation.created", "level", MOST, 10**400),
    ("conversation.created", "priority", 0, -1),
    ("conversation.created", "priority", 1000, 1001),
    ("conversation.created", "skills", {"a": 0}, {"a": -1}),
    ("conversation.created", "skills", {"a": MOST}, {"a": MOST + 1}),
    ("conversation.created", "skills", {"x" * 256: 1}, {"x" * 257: 1}),
    (
        "conversation.created",
        "skills",
        {f"s{n}": 1 for n in range(64)},
        {f"s{n}": 1 for n in range(65)},
    ),
    ("conversation.created", "preferred_agents", ["a"] * 64, ["a"] * 65),
    ("conversation.created", "customer", {"id": "x" * 256}, {"id": "x" * 257}),
    ("conversation.created", "customer", {"tier": "x" * 256}, {"tier": "x" * 257}),
    ("conversation.created", "attributes", {"a": "x" * 256}, {"a": "x" * 257}),
    ("conversation.created", "attributes", {"x" * 256: 1}, {"x" * 257: 1}),
    ("conversation.created", "attributes", {"a": MOST}, {"a": MOST + 1}),
    ("conversation.created", "attributes", {"a": -MOST}, {"a": -MOST - 1}),
    ("conversation.created", "attributes", {"a": MOST}, {"a": 2**64}),
    (
        "conversation.created",
        "attributes",
        {f"a{n}": n for n in range(32)},
        {f"a{n}": n for n in range(33)},
    ),
    ("conversation.created", "hops", 3, 4),
    ("conversation.created", "hops", 0, -1),
    ("conversation.updated", "topic", "x" * 256, "x" * 257),
    ("conversation.abandoned", "reason", "x" * 256, "x" * 257),
    ("conversation.ended", "outcome", "x" * 256, "x" * 257),
    (
        "conversation.transferred",
        "to",
        {"skills": {f"s{n}": 1 for n in range(64)}},
        {"skills": {f"s{n}": 1 for n in range(65)}},
    ),
    ("conversation.transferred", "to", {"level": 1}, {"level": 0}),
    ("offer.declined", "reason", "x" * 256, "x" * 257),
    ("deflection.accepted", "phone_ref", "x" * 256, "x" * 257),
    ("agent.updated", "team", "x" * 256, "x" * 257),
    (
        "agent.updated",
        "skills",
        {f"s{n}": 1 for n in range(64)},
        {f"s{n}": 1 for n in range(65)},
    ),
    ("agent.updated", "preferences", {"a": 5, "b": -5}, {"a": 6}),
    ("agent.updated", "preferences", {"a": -5}, {"a": -6}),
    ("agent.updated", "channels", {"chat": 0}, {"chat": -1}),
    (
        "agent.updated",
        "channels",
        {f"c{n}": 1 for n in range(64)},
        {f"c{n}": 1 for n in range(65)},
    ),
    ("agent.updated", "capacity", 0, -1),
    ("agent.updated", "languages", ["fr"] * 64, ["fr"] * 65),
    ("agent.updated", "cost", MOST, MOST + 1),
    ("agent.presence", "reason", "x" * 256, "x" * 257),
    ("command.close", "by", "x" * 256, "x" * 257),
    ("command.prioritise", "priority", 1000, 1001),
    ("command.pause_queue", "queue", "x" * 256, "x" * 257),
    ("command.surge", "stage", "x" * 256, "x" * 257),
]


@pytest.mark.parametrize(("kind", "name", "last", "beyond"), EDGES)
def test_at_the_limit_it_is_read_and_beyond_it_is_not(
    kind: str, name: str, last: object, beyond: object
) -> None:
    taken(event(kind, **{name: last}))
    dead = refused(event(kind, **{name: beyond}))
    assert dead.reason is Unreadable.LIMIT_EXCEEDED
    assert str(dead.field).startswith(f"data.{name}")


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1" + "0" * 400 + ".0"])
def test_numbers_must_be_finite(number: str) -> None:
    text = json.dumps(event(attributes={"a": 77})).replace("77", number)
    dead = refused(text.encode())
    assert (dead.reason, dead.field) == (Unreadable.LIMIT_EXCEEDED, "data.attributes.a")


def test_a_number_of_five_thousand_digits_is_beyond_the_limit_and_not_beyond_reading() -> None:
    text = json.dumps(event(level=77)).replace("77", "9" * 5000)
    assert refused(text.encode()).reason is Unreadable.LIMIT_EXCEEDED


@pytest.mark.parametrize("wild", ["9" * 5000, "[1e999]", f'"{"x" * 9000}"', "null", "[[[]]]"])
def test_unknown_attributes_and_fields_may_hold_anything(wild: str) -> None:
    text = json.dumps({**event(strange="HERE"), "also": "HERE"})
    taken(text.replace('"HERE"', wild).encode())


def test_ids_of_128_characters_are_read() -> None:
    long = "A-z_0.9:@" * 14 + "xx"
    whole: Event = event("offer.accepted", offer=long, agent=long)
    taken({**whole, "id": long, "subject": long})


def test_a_source_of_256_characters_is_read() -> None:
    taken({**event(), "source": "urn:" + "x" * 252})


@pytest.mark.parametrize(
    "value",
    [
        "[" * limits.MAX_VALUE_BYTES,
        "[" * 20 + '"' + '\\"' * 130_000,
        "[" * 20 + '"' * 260_000,
        json.dumps(event(language="en-a" + "-abcdefgh" * 28_000 + "!")),
        json.dumps(event(attributes={f"a{n}": [] for n in range(15_000)})),
        json.dumps(event(level=77)).replace("77", "9" * 260_000),
        json.dumps(event(topic="HERE")).replace("HERE", "\\\\" * 130_000 + "\\ud800"),
    ],
    ids=["brackets", "open string", "quotes", "language", "attributes", "digits", "escapes"],
)
@pytest.mark.timeout(10)
def test_no_record_takes_long_to_refuse(value: str) -> None:
    """Each would take minutes if looking at it took the square of its length."""
    refused(value.encode())


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("preferred_agents", [""] * 60_000, Unreadable.INVALID_FIELD),
        ("preferred_agents", ["ana"] * 30_000, Unreadable.LIMIT_EXCEEDED),
        ("skills", {f"s{n}": "x" for n in range(15_000)}, Unreadable.INVALID_FIELD),
    ],
    ids=["wrong agents", "many agents", "wrong skills"],
)
def test_of_far_too_many_entries_only_the_first_are_looked_at(
    field: str, value: object, *, reason: Unreadable
) -> None:
    """A fault in each of them would keep everybody waiting for a third of a second."""
    assert refused(event(**{field: value})).reason is reason
    with pytest.raises(ValidationError) as wrong:
        MODELS["conversation.created"].model_validate({"channel": "chat", field: value})
    assert wrong.value.error_count() <= LOOKED_AT
