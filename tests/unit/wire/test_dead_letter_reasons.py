"""Every way a record can be unreadable has its reason, the first that applies."""

import hashlib
import json

import pytest

from router.model import limits
from router.model.reasons import Unreadable
from tests.unit.wire.events import HOME, PARTITIONS, Event, event, refused, taken

DEEP = {"a": 1}
for _ in range(14):
    DEEP = {"a": DEEP}


def without(whole: Event, name: str) -> Event:
    return {each: value for each, value in whole.items() if each != name}


def test_a_record_without_key_has_no_pool() -> None:
    assert refused(event(), key=None).reason is Unreadable.NO_KEY


@pytest.mark.parametrize(
    "key", [b"", b"fr|x", b"f r", b"fr\n", "été".encode(), b"\xff", b"x" * 129, b"!barrier"]
)
def test_a_key_that_is_no_pool_id_is_invalid(key: bytes) -> None:
    dead = refused(event(), key=key)
    assert (dead.reason, dead.key) == (Unreadable.INVALID_KEY, key)


def test_a_record_of_a_pool_on_another_partition_is_refused() -> None:
    dead = refused(event(), partition=(HOME + 1) % PARTITIONS)
    assert dead.reason is Unreadable.WRONG_PARTITION
    assert f"partition {HOME}" in dead.explanation


def test_a_record_without_value_has_no_bytes_and_the_digest_of_nothing() -> None:
    dead = refused(None)
    assert (dead.reason, dead.bytes) == (Unreadable.NO_VALUE, 0)
    assert dead.sha256 == hashlib.sha256(b"").hexdigest()


def test_a_value_of_just_256_kib_is_read_and_one_byte_more_is_too_large() -> None:
    text = json.dumps(event())
    most = text + " " * (limits.MAX_VALUE_BYTES - len(text))
    taken(most.encode())
    assert refused(most.encode() + b" ").reason is Unreadable.TOO_LARGE


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"hello",
        b"{",
        b'{"a":1}}',
        b'\xef\xbb\xbf{"a":1}',
        '{"a":1}'.encode("utf-16"),
        b'{"a":"\xff"}',
        b'{"a":"\xed\xa0\x80"}',
        b'{"a":"\\ud800"}',
        b'{"\\udc00":1}',
        b'{"a":"\\ud800","a":1}',
        b'{"a":NaN}',
        b'{"a":-Infinity}',
        b'{"a":01}',
        b"{'a':1}",
        b'{"a":1,}',
        b'{"a":"\n"}',
        b'// no\n{"a":1}',
        b"[" * 100_000,
    ],
)
def test_what_is_not_json_is_refused(value: bytes) -> None:
    assert refused(value).reason is Unreadable.NOT_JSON


def test_a_pair_of_escaped_surrogates_is_one_character() -> None:
    text = json.dumps(event(topic="TOPIC")).replace("TOPIC", "\\ud83d\\ude00 \\\\ud800")
    assert getattr(taken(text.encode()), "topic_", None) == "\U0001f600 \\ud800"


def test_sixteen_levels_are_read_and_seventeen_are_too_deep() -> None:
    taken(event(strange=DEEP["a"]))
    assert refused(event(strange=DEEP)).reason is Unreadable.TOO_DEEP


def test_depth_counts_everywhere_in_the_document() -> None:
    assert refused({**event(), "strange": {"a": DEEP}}).reason is Unreadable.TOO_DEEP
    assert refused(b"[" * 100_000 + b"]" * 100_000).reason is Unreadable.TOO_DEEP


def test_brackets_in_a_text_are_no_depth() -> None:
    taken(event(topic="[{" * 100 + '"[\\"'))


def test_a_deep_text_that_is_broken_is_not_json() -> None:
    text = json.dumps(event(strange=DEEP))
    assert refused(text[:-1].encode()).reason is Unreadable.NOT_JSON


@pytest.mark.parametrize("value", [b"null", b"1", b'"text"', b"[]", b"true"])
def test_json_that_is_no_object_is_no_cloudevent(value: bytes) -> None:
    assert refused(value).reason is Unreadable.NOT_CLOUDEVENT


@pytest.mark.parametrize("name", ["specversion", "id", "source", "type"])
@pytest.mark.parametrize("wrong", [None, 1, True, {}, []])
def test_an_event_without_its_attributes_is_no_cloudevent(name: str, wrong: object) -> None:
    for whole in (without(event(), name), {**event(), name: wrong}):
        dead = refused(whole, topic="routing.conversations")
        assert (dead.reason, dead.field) == (Unreadable.NOT_CLOUDEVENT, name)


@pytest.mark.parametrize("version", ["0.3", "1", "1.0.1", ""])
def test_only_version_1_0_of_cloudevents_is_read(version: str) -> None:
    dead = refused({**event(), "specversion": version})
    assert (dead.reason, dead.field) == (Unreadable.NOT_CLOUDEVENT, "specversion")


@pytest.mark.parametrize("kind", ["conversation.lost", "", "Conversation.Created", "input.refused"])
def test_a_type_that_is_not_of_the_contract_is_unknown(kind: str) -> None:
    dead = refused({**event(), "type": kind})
    assert (dead.reason, dead.field) == (Unreadable.UNKNOWN_TYPE, "type")


@pytest.mark.parametrize(
    ("kind", "topic"),
    [
        ("conversation.created", "agents"),
        ("agent.heartbeat", "conversations"),
        ("command.close", "conversations"),
        ("offer.accepted", "commands"),
    ],
)
def test_a_type_on_another_topic_is_refused(kind: str, topic: str) -> None:
    assert refused(event(kind), topic=f"routing.{topic}").reason is Unreadable.WRONG_TOPIC


def test_type_and_topic_are_looked_at_before_anything_else_in_the_event() -> None:
    bad = {**event("agent.presence"), "time": 3, "data": None}
    assert refused(bad, topic="routing.conversations").reason is Unreadable.WRONG_TOPIC
    assert refused({**bad, "type": "x"}).reason is Unreadable.UNKNOWN_TYPE


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("id", ""),
        ("id", "with space"),
        ("id", "x" * 129),
        ("id", "line\n"),
        ("source", ""),
        ("source", "with space"),
        ("source", "é"),
        ("source", "%zz"),
        ("source", "x" * 257),
        ("time", None),
        ("time", 1_772_439_300_123),
        ("time", "2026-03-02"),
        ("time", "2026-03-02T08:15:00"),
        ("time", "2026-03-02 08:15:00Z"),
        ("time", "2026-02-29T08:15:00Z"),
        ("time", "2026-03-02T24:00:00Z"),
        ("subject", None),
        ("subject", ""),
        ("subject", 7),
        ("subject", "Mme Dupont"),
        ("subject", "x" * 129),
        ("traceparent", 7),
        ("traceparent", {}),
    ],
)
def test_an_attribute_that_is_wrong_is_named(name: str, wrong: object) -> None:
    dead = refused({**event(), name: wrong})
    assert (dead.reason, dead.field) == (Unreadable.INVALID_ATTRIBUTE, name)


@pytest.mark.parametrize("name", ["time", "subject"])
def test_time_and_subject_are_required(name: str) -> None:
    dead = refused(without(event("agent.presence"), name))
    assert (dead.reason, dead.field) == (Unreadable.INVALID_ATTRIBUTE, name)
    assert "missing" in dead.explanation


def test_the_first_attribute_that_is_wrong_is_told() -> None:
    assert refused({**event(), "subject": 1, "time": 2, "source": ""}).field == "source"


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("conversation.created", "channel"),
        ("conversation.transferred", "agent"),
        ("conversation.transferred", "to"),
        ("offer.accepted", "offer"),
        ("offer.declined", "agent"),
        ("deflection.accepted", "deflection"),
        ("agent.updated", "team"),
        ("agent.updated", "skills"),
        ("agent.updated", "channels"),
        ("agent.presence", "presence"),
        ("agent.wrapup_ended", "conversation"),
        ("command.assign", "agent"),
        ("command.prioritise", "priority"),
        ("command.pause_queue", "queue"),
        ("command.set_presence", "presence"),
        ("command.surge", "stage"),
    ],
)
def test_a_field_that_must_be_there_is_missing(kind: str, name: str) -> None:
    whole = event(kind)
    dead = refused({**whole, "data": without(whole["data"], name)})
    assert (dead.reason, dead.field) == (Unreadable.MISSING_FIELD, f"data.{name}")


@pytest.mark.parametrize("to", [{}, {"queue": None}, {"somewhere": "else"}])
def test_a_transfer_to_nowhere_lacks_its_target(to: Event) -> None:
    dead = refused(event("conversation.transferred", to=to))
    assert (dead.reason, dead.field) == (Unreadable.MISSING_FIELD, "data.to")


def test_data_that_is_left_out_is_missing_where_something_in_it_is_required() -> None:
    for whole in (without(event(), "data"), {**event(), "data": None}):
        dead = refused(whole)
        assert (dead.reason, dead.field) == (Unreadable.MISSING_FIELD, "data")


@pytest.mark.parametrize("data", ["text", 1, [], True])
def test_data_that_is_no_object_is_invalid(data: object) -> None:
    dead = refused({**event("agent.heartbeat"), "data": data})
    assert (dead.reason, dead.field) == (Unreadable.INVALID_FIELD, "data")


@pytest.mark.parametrize(
    ("kind", "data", "field"),
    [
        ("conversation.created", {"channel": 1}, "channel"),
        ("conversation.created", {"channel": None}, "channel"),
        ("conversation.created", {"level": "2"}, "level"),
        ("conversation.created", {"level": 2.0}, "level"),
        ("conversation.created", {"level": True}, "level"),
        ("conversation.created", {"priority": 1e2}, "priority"),
        ("conversation.created", {"language": "fr_FR"}, "language"),
        ("conversation.created", {"language": ""}, "language"),
        ("conversation.created", {"skills": ["contracts"]}, "skills"),
        ("conversation.created", {"skills": {"contracts": "2"}}, "skills.contracts"),
        ("conversation.created", {"skills": {"contracts": None}}, "skills.contracts"),
        ("conversation.created", {"preferred_agents": "agent-1"}, "preferred_agents"),
        ("conversation.created", {"preferred_agents": ["a", "b c"]}, "preferred_agents.1"),
        ("conversation.created", {"customer": "Dupont"}, "customer"),
        ("conversation.created", {"customer": {"id": 7}}, "customer.id"),
        ("conversation.created", {"attributes": {"brand": {}}}, "attributes.brand"),
        ("conversation.created", {"attributes": {"brand": []}}, "attributes.brand"),
        ("conversation.created", {"text": ["a"]}, "text"),
        ("conversation.created", {"arrived_at": "2026-03-02"}, "arrived_at"),
        ("conversation.created", {"arrived_at": 1_772_439_300_123}, "arrived_at"),
        ("conversation.ended", {"agent": "not an id"}, "agent"),
        ("conversation.transferred", {"to": "contracts"}, "to"),
        ("conversation.transferred", {"to": {"level": "3"}}, "to.level"),
        ("offer.accepted", {"offer": ""}, "offer"),
        ("deflection.accepted", {"callback_at": "tomorrow"}, "callback_at"),
        ("agent.updated", {"languages": ["fr", "french people"]}, "languages.1"),
        ("agent.updated", {"channels": {"chat": True}}, "channels.chat"),
        ("agent.updated", {"cost": "cheap"}, "cost"),
        ("agent.updated", {"cost": True}, "cost"),
        ("agent.presence", {"presence": "Available"}, "presence"),
        ("agent.presence", {"presence": None}, "presence"),
        ("agent.presence", {"until": "12:45"}, "until"),
        ("command.close", {"by": 7}, "by"),
        ("command.close", {"reason": []}, "reason"),
        ("command.set_presence", {"presence": "away"}, "presence"),
    ],
)
def test_a_field_of_the_wrong_kind_is_invalid(kind: str, data: Event, field: str) -> None:
    dead = refused(event(kind, **data))
    assert (dead.reason, dead.field) == (Unreadable.INVALID_FIELD, f"data.{field}")


def test_the_first_reason_comes_before_the_first_field() -> None:
    whole = event("agent.updated", skills={"a": -1}, channels="none")
    assert refused(whole).field == "data.channels"
    del whole["data"]["team"]
    assert refused(whole).field == "data.team"


def test_of_one_reason_the_first_field_of_the_schema_is_told() -> None:
    assert refused(event(text=1, level="x", topic=[])).field == "data.topic"


@pytest.mark.parametrize(
    ("kind", "name", "entries"),
    [
        ("conversation.created", "skills", {"wrong": "1", **{f"s{n}": 1 for n in range(70)}}),
        ("conversation.created", "attributes", {**{f"a{n}": 1 for n in range(40)}, "wrong": {}}),
        ("conversation.created", "preferred_agents", [*["a"] * 70, "b c"]),
        ("agent.updated", "languages", ["fr_FR", *["fr"] * 70]),
    ],
)
def test_what_entries_are_comes_before_how_many(kind: str, name: str, entries: object) -> None:
    assert refused(event(kind, **{name: entries})).reason is Unreadable.INVALID_FIELD
