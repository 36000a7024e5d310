"""Events come whole in the value or split over headers, and mean the same."""

import json

import pytest

from router.model.inputs import (
    INPUT_TYPES,
    AgentHeartbeat,
    AgentPresence,
    AgentUpdated,
    CommandClose,
    ConversationCreated,
    ConversationEnded,
    ConversationTransferred,
    ConversationUpdated,
    Customer,
    Origin,
    Presence,
    TransferTarget,
)
from router.model.reasons import Unreadable
from tests.unit.wire.events import HOME, binary, event, refused, taken

AT = 1_772_439_300_123
ORIGIN = Origin("routing.conversations", HOME, 41, 1_772_439_301_000)


def test_all_that_a_platform_tells_of_a_conversation_is_read() -> None:
    whole = event(
        channel="chat",
        topic="reimbursement",
        level=2,
        language="fr",
        priority=200,
        skills={"reimbursement": 2},
        preferred_agents=["agent-1", "agent-2"],
        customer={"id": "cust-1", "tier": "gold", "name": "ignored"},
        attributes={"brand": "blue", "vip": True, "age": 40, "score": 0.5, "none": None},
        text="where is my money",
        arrived_at="2026-03-02T08:14:58+00:00",
        hops=1,
    )
    assert taken(whole) == ConversationCreated(
        pool="fr",
        id="evt-1",
        source="/platforms/chat",
        at=AT,
        origin=ORIGIN,
        conversation="conv-1",
        channel="chat",
        topic_="reimbursement",
        level=2,
        language="fr",
        priority=200,
        skills={"reimbursement": 2},
        preferred_agents=("agent-1", "agent-2"),
        customer=Customer(id="cust-1", tier="gold"),
        attributes={"brand": "blue", "vip": True, "age": 40, "score": 0.5, "none": None},
        text="where is my money",
        arrived_at=1_772_439_298_000,
        hops=1,
    )


@pytest.mark.parametrize("kind", sorted(INPUT_TYPES))
def test_every_input_is_read_in_both_modes_alike(kind: str) -> None:
    whole = event(kind)
    assert type(taken(whole)) is INPUT_TYPES[kind]
    assert taken(**binary(whole)) == taken(whole)


@pytest.mark.parametrize(
    "content_type", [None, b"application/json; charset=utf-8", b"Text/JSON", b"application/x+json"]
)
def test_binary_data_is_json_by_any_name_or_none(content_type: bytes | None) -> None:
    taken(**binary(event(), content_type=content_type))


def test_binary_data_of_another_content_type_is_not_json() -> None:
    dead = refused(**binary(event(), content_type=b"application/avro"))
    assert dead.reason is Unreadable.NOT_JSON


def test_a_record_without_headers_is_structured() -> None:
    assert taken(event(), headers=()) == taken(event())


def test_other_headers_do_not_matter() -> None:
    other = (("traceparent", b"00"), ("x-retry", None), ("ce_id", b"\xff"))
    assert taken(event(), headers=other) == taken(event())


def test_a_structured_content_type_wins_over_attributes_in_headers() -> None:
    headers = (*binary(event("agent.heartbeat"))["headers"][:-1],)
    content_type = ("Content-Type", b"Application/CloudEvents+JSON")
    assert taken(event(), headers=(*headers, content_type)) == taken(event())


def test_a_batch_of_events_is_no_event() -> None:
    headers = (("content-type", b"application/cloudevents-batch+json"),)
    dead = refused(json.dumps([event()]).encode(), headers=headers)
    assert dead.reason is Unreadable.NOT_CLOUDEVENT


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("specversion", b"0.3", Unreadable.NOT_CLOUDEVENT),
        ("specversion", None, Unreadable.NOT_CLOUDEVENT),
        ("id", None, Unreadable.NOT_CLOUDEVENT),
        ("source", b"\xff", Unreadable.NOT_CLOUDEVENT),
        ("type", b"conversation.lost", Unreadable.UNKNOWN_TYPE),
        ("type", b"agent.heartbeat", Unreadable.WRONG_TOPIC),
        ("time", b"\xff", Unreadable.INVALID_ATTRIBUTE),
        ("time", None, Unreadable.INVALID_ATTRIBUTE),
        ("subject", "é".encode(), Unreadable.INVALID_ATTRIBUTE),
        ("traceparent", b"\xff", Unreadable.INVALID_ATTRIBUTE),
    ],
)
def test_attributes_in_headers_have_the_same_rules(
    name: str, value: bytes | None, reason: Unreadable
) -> None:
    record = binary(event())
    kept = [each for each in record["headers"] if each[0] != f"ce_{name}"]
    dead = refused(**{**record, "headers": (*kept, (f"ce_{name}", value))})
    assert (dead.reason, dead.field) == (reason, name)


def test_the_last_of_two_headers_with_a_name_counts() -> None:
    record = binary(event())
    record["headers"] = (*record["headers"], ("ce_id", b"evt-2"))
    assert taken(**record).id == "evt-2"


@pytest.mark.parametrize("value", [b"[]", b'"text"', b"3"])
def test_binary_data_is_an_object(value: bytes) -> None:
    dead = refused(**{**binary(event()), "value": value})
    assert (dead.reason, dead.field) == (Unreadable.INVALID_FIELD, "data")


def test_a_trace_context_is_kept_and_a_malformed_one_is_ignored() -> None:
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    assert taken({**event(), "traceparent": trace}).traceparent == trace
    for wrong in ("", "00-xyz", trace.upper(), "ff" + trace[2:], trace + "-x", None):
        assert taken({**event(), "traceparent": wrong}).traceparent is None
    assert taken({**event("command.close"), "traceparent": "rubbish"}).traceparent is None


def test_null_is_as_good_as_nothing_for_an_optional_field() -> None:
    fields = ("topic", "level", "language", "skills", "customer", "attributes", "arrived_at")
    assert taken(event(**dict.fromkeys(fields))) == taken(event())
    profile = taken(event("agent.updated", languages=None, preferences=None))
    assert isinstance(profile, AgentUpdated)
    assert (profile.languages, profile.preferences) == ((), {})


def test_the_last_of_two_fields_with_a_name_counts() -> None:
    text = json.dumps(event()).replace('"channel": "chat"', '"channel": 1, "channel": "voice"')
    created = taken(text.encode())
    assert isinstance(created, ConversationCreated)
    assert created.channel == "voice"


def test_data_may_be_left_out_where_nothing_in_it_is_required() -> None:
    for kind in ("agent.heartbeat", "conversation.ended", "conversation.updated"):
        whole = event(kind)
        assert taken({**whole, "data": None}) == taken({**whole, "data": {}})
        del whole["data"]
        taken(whole)


def test_an_arrival_in_an_update_is_ignored_whatever_it_is() -> None:
    assert isinstance(taken(event("conversation.updated", arrived_at=[1])), ConversationUpdated)


def test_who_an_event_is_about_is_its_subject() -> None:
    ended = taken(event("conversation.ended", conversation="conv-9", agent="agent-1"))
    assert isinstance(ended, ConversationEnded)
    assert (ended.conversation, ended.agent) == ("conv-1", "agent-1")
    beat = taken(event("agent.heartbeat", agent="agent-9"))
    assert isinstance(beat, AgentHeartbeat)
    assert beat.agent == "agent-1"


def test_a_transfer_says_where_to() -> None:
    moved = taken(event("conversation.transferred", to={"skills": {"contracts": 3}, "level": 3}))
    assert isinstance(moved, ConversationTransferred)
    assert moved.to == TransferTarget(skills={"contracts": 3}, level=3)


def test_a_presence_may_have_an_end() -> None:
    declared = taken(event("agent.presence", presence="break", until="2026-03-02T09:45:00+01:00"))
    assert isinstance(declared, AgentPresence)
    assert (declared.presence, declared.until) == (Presence.BREAK, AT + 1_799_877)


@pytest.mark.parametrize("data", [{}, {"by": None, "reason": None}])
def test_a_command_without_by_or_reason_is_read_for_the_engine_to_refuse(
    data: dict[str, None],
) -> None:
    order = taken(event("command.close", **data))
    assert isinstance(order, CommandClose)
    assert (order.by, order.reason) == (None, None)


def test_a_command_needs_no_subject() -> None:
    whole = event("command.close")
    del whole["subject"]
    taken(whole)
    assert refused({**whole, "subject": "not an id"}).field == "subject"
