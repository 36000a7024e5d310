"""Decisions are written as the contract says, whatever came before them."""

import json
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator
from msgspec import UNSET

from router.model.outputs import (
    OUTCOMES,
    Cause,
    ConversationOffered,
    InputCause,
    InputRefused,
    Outcome,
    RouterCause,
    TimerCause,
)
from router.wire import Record, Writer
from router.wire.schemas import ASSIGNMENTS, publications, schema_of
from tests.unit.wire.outcomes import AT, BODIES, CAUSE, LATER, READ, decision, given

SCHEMAS = {each.type: schema_of(each) for each in publications() if each.topic == ASSIGNMENTS}
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
TIMES = ("expires_at", "wrapup_until", "callback_at")


def content(record: Record) -> dict[str, Any]:
    assert record.value is not None
    whole: dict[str, Any] = json.loads(record.value)
    return whole


@pytest.mark.parametrize("body", BODIES, ids=lambda each: each.type)
def test_a_decision_is_an_event_of_its_published_schema(body: Outcome) -> None:
    whole = content(Writer(source="/contact-router").decision(decision(body), READ))
    schema = SCHEMAS[body.type]
    Draft202012Validator(schema).validate(whole)
    assert set(whole) <= set(schema["properties"])
    assert set(whole["data"]) <= set(schema["properties"]["data"]["properties"])


@pytest.mark.parametrize("body", BODIES, ids=lambda each: each.type)
def test_a_decision_says_what_its_body_says_and_who_decided(body: Outcome) -> None:
    whole = content(Writer(source="/contact-router").decision(decision(body), READ))
    data = whole.pop("data")
    subject = whole.pop("subject", None)
    assert whole == {
        "specversion": "1.0",
        "id": "12",
        "source": "/contact-router/fr",
        "type": body.type,
        "time": "2026-03-02T08:15:00.123Z",
    }
    expected = json.loads(msgspec.json.encode(given(body)))
    for name in TIMES:
        if isinstance(expected.get(name), int):
            assert expected[name] == LATER
            expected[name] = "2026-03-02T08:15:20.123Z"
    names = {name: data.get(name) for name in ("conversation", "agent", "queue", "subject")}
    assert subject == next(filter(None, names.values()), None)
    if body.type == "input.refused":
        data.pop("conversation", None)
        data.pop("agent", None)
    assert data == {
        "pool": "fr",
        "seq": 12,
        "policy": "7c1e09aa",
        "cause": {"topic": "routing.conversations", "partition": 3, "offset": 41, "id": "evt-1"},
        "read": {"conversations": 41, "agents": 7, "commands": -1},
        **expected,
    }


def test_every_kind_of_decision_is_tried_with_every_field() -> None:
    fields = {(kind, name) for kind in OUTCOMES for name in kind.__struct_fields__}
    tried = {
        (type(body), name)
        for body in BODIES
        for name in body.__struct_fields__
        if (value := getattr(body, name)) is not UNSET and value is not None
    }
    assert tried == fields


@pytest.mark.parametrize(
    ("kind", "about"),
    [
        ("offer.accepted", {"conversation": "x-1"}),
        ("agent.presence", {"agent": "x-1"}),
        ("agent.wrapup_ended", {"agent": "x-1"}),
        ("command.close", {"conversation": "x-1"}),
        ("command.assign", {"conversation": "x-1"}),
        ("command.set_presence", {"agent": "x-1"}),
        ("command.pause_queue", {}),
    ],
)
def test_a_refused_input_names_the_conversation_or_agent_it_was_about(
    kind: str, about: dict[str, str]
) -> None:
    body = InputRefused(reason="duplicate", input_type=kind, subject="x-1")
    data = content(Writer(source="/r").decision(decision(body), READ))["data"]
    assert {name: data[name] for name in ("conversation", "agent") if name in data} == about


def test_an_event_about_nobody_has_no_subject() -> None:
    nobody = InputRefused(reason="duplicate", input_type="command.pause_queue", subject="")
    assert "subject" not in content(Writer(source="/r").decision(decision(nobody), READ))


@pytest.mark.parametrize(
    ("cause", "written"),
    [
        (CAUSE, {"topic": "routing.conversations", "partition": 3, "offset": 41, "id": "evt-1"}),
        (
            TimerCause(timer="offer_expires", due=AT, of="conv-1"),
            {"timer": "offer_expires", "due": "2026-03-02T08:15:00.123Z", "of": "conv-1"},
        ),
        (RouterCause(router="restart"), {"router": "restart"}),
    ],
)
def test_a_cause_is_an_input_a_timer_or_the_router(
    cause: Cause, written: dict[str, object]
) -> None:
    record = Writer(source="/r").decision(decision(BODIES[0], cause=cause), READ)
    assert content(record)["data"]["cause"] == written


def test_the_record_is_keyed_by_its_pool_and_says_that_it_is_a_cloudevent() -> None:
    record = Writer(source="/r").decision(decision(BODIES[0], pool="be:nl"), READ)
    assert record.key == b"be:nl"
    assert record.headers == (("content-type", b"application/cloudevents+json; charset=UTF-8"),)
    assert content(record)["source"] == "/r/be:nl"


def test_a_trace_goes_on_where_there_is_one() -> None:
    writer = Writer(source="/r")
    traced = content(writer.decision(decision(BODIES[0], trace=TRACE), READ))
    untraced = content(writer.decision(decision(BODIES[0]), READ))
    assert traced.pop("traceparent") == TRACE
    assert traced == untraced


def test_one_writer_writes_what_a_new_one_would_whatever_it_wrote_before() -> None:
    other = InputCause(topic="routing.agents", partition=3, offset=8, id="evt-1")
    stream = [
        (decision(body, seq=seq, cause=cause, at=at, pool=pool, policy=policy, trace=trace), read)
        for seq, body in enumerate(BODIES, start=1)
        for cause in (CAUSE, other, CAUSE)
        for at in (AT, AT + 1)
        for pool in ("fr", "de")
        for policy in ("p1", "p2")
        for trace in (None, TRACE)
        for read in (READ, (42, 7, -1))
    ]
    writer = Writer(source="/r")
    for made, read in stream:
        assert writer.decision(made, read) == Writer(source="/r").decision(made, read)


def test_pools_without_end_do_not_fill_the_memory() -> None:
    writer = Writer(source="/r")
    for number in range(2_500):
        record = writer.decision(decision(BODIES[0], pool=f"pool-{number}"), READ)
        assert record.key == f"pool-{number}".encode()


def test_an_offer_expires_at_a_time_anyone_can_read() -> None:
    offered = next(body for body in BODIES if isinstance(body, ConversationOffered))
    data = content(Writer(source="/r").decision(decision(offered), READ))["data"]
    assert data["expires_at"] == "2026-03-02T08:15:20.123Z"
