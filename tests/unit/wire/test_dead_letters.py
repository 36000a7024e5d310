"""A dead letter says where the record is and what is wrong, and nothing of what it said."""

import hashlib
import json

import pytest
from jsonschema import Draft202012Validator

from router.model.reasons import Unreadable
from router.wire import DeadLetter, encode_dead_letter
from router.wire.schemas import publications, schema_of
from tests.unit.wire.events import HOME, Event, binary, event, refused, taken

SECRET = "mademoiselle"
"""A customer's word, in every place of a record where a word can be."""

SPOILT: list[Event | bytes] = [
    f'{{"text": "{SECRET}'.encode(),
    json.dumps([SECRET]).encode(),
    {**event(), "id": f"{SECRET} {SECRET}"},
    {**event(), "specversion": SECRET},
    {**event(), "source": f"{SECRET} {SECRET}"},
    {**event(), "type": SECRET},
    {**event(), "time": SECRET},
    {**event(), "subject": f"{SECRET} {SECRET}"},
    {**event(), "traceparent": [SECRET]},
    {**event(), "data": SECRET},
    event(text=[SECRET]),
    event(text=SECRET * 400),
    event(channel={SECRET: SECRET}),
    event(language=f"{SECRET} {SECRET}"),
    event(skills={f"{SECRET} {SECRET}": SECRET}),
    event(skills={SECRET * 30: 1}),
    event(skills={f"Chère {SECRET}": -1}),
    event(attributes={f"Chère {SECRET}": {SECRET: 1}}),
    event(attributes={"said": SECRET * 30}),
    event(preferred_agents=[f"{SECRET}!"]),
    event(customer=SECRET),
    event("agent.presence", presence=SECRET),
    event("agent.presence", until=SECRET),
    event("agent.updated", cost=SECRET),
    event("conversation.transferred", to={SECRET: SECRET}),
]


@pytest.mark.parametrize("record", SPOILT, ids=range(len(SPOILT)))
def test_a_dead_letter_never_quotes_the_record(record: Event | bytes) -> None:
    dead = refused(record)
    written = encode_dead_letter(dead, 0)
    assert SECRET not in repr(dead)
    assert SECRET.encode() not in (written.value or b"")


def test_headers_are_never_quoted() -> None:
    spoilt = binary({**event(), "subject": f"{SECRET} {SECRET}", SECRET: SECRET})
    assert SECRET not in repr(refused(**spoilt))


def test_names_that_look_declared_are_told_and_others_are_not() -> None:
    assert refused(event(skills={"contracts": "x"})).field == "data.skills.contracts"
    assert refused(event(skills={"Mme Dupont": "x"})).field == "data.skills"
    assert refused(event(attributes={"a b": []})).field == "data.attributes"


def test_a_dead_letter_says_where_the_record_is_and_what_it_was() -> None:
    value = b"not json"
    dead = refused(value, topic="routing.agents")
    assert (dead.topic, dead.partition, dead.offset) == ("routing.agents", HOME, 41)
    assert (dead.bytes, dead.sha256) == (8, hashlib.sha256(value).hexdigest())
    assert dead.key == b"fr"


@pytest.mark.parametrize("kind", ["conversation.created", "conversation.updated"])
def test_an_input_does_not_show_the_text_of_its_conversation(kind: str) -> None:
    made = taken(event(kind, text=SECRET, topic="contracts"))
    assert getattr(made, "text", None) == SECRET
    assert SECRET not in f"{made} {made!r}"
    assert "contracts" in repr(made)


@pytest.mark.parametrize("reason", list(Unreadable))
@pytest.mark.parametrize("field", [None, "data.channel"])
def test_a_notice_is_an_event_of_its_published_schema(
    reason: Unreadable, field: str | None
) -> None:
    dead = DeadLetter(
        topic="routing.agents",
        partition=3,
        offset=41,
        reason=reason,
        field=field,
        explanation="It is wrong.",
        bytes=8,
        sha256="0" * 64,
        key=b"fr",
    )
    record = encode_dead_letter(dead, 1_772_439_300_123)
    notice = json.loads(record.value or b"")
    published = next(each for each in publications() if each.topic == "dead-letters")
    Draft202012Validator(schema_of(published)).validate(notice)
    assert notice["id"] == "routing.agents:3:41"
    assert notice["time"] == "2026-03-02T08:15:00.123Z"
    assert notice["data"]["reason"] == reason
    assert notice["data"].get("field") == field
    assert ("field" in notice["data"]) == (field is not None)
    assert dict(record.headers)["content-type"].startswith(b"application/cloudevents+json")


@pytest.mark.parametrize("key", [None, b"", b"\xff", b"fr"])
def test_a_notice_keeps_the_original_key(key: bytes | None) -> None:
    assert encode_dead_letter(refused(b"not json", key=key), 0).key == key
