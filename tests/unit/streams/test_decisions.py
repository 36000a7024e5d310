"""What the router writes can be read; what breaks the contract is named, and never a crash."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import fields

from router.model.outputs import (
    OUTCOMES,
    ConversationAbandoned,
    ConversationAssigned,
    ConversationClosed,
    ConversationOverflowed,
    ConversationQueued,
    Decision,
    OfferExpired,
    Outcome,
    PolicyChanged,
    Qualified,
    RouterCause,
    Trigger,
    Why,
)
from router.wire.writer import Writer
from streams.decisions import SHAPES, UnreadableError, read_decision
from streams.decisions import Decision as ReadDecision
from tests.unit.streams.stories import ABOUT_A_CONVERSATION

AT = 1_750_000_000_123


def as_published(body: Outcome) -> bytes:
    decision = Decision("fr", 7, "v1", AT, RouterCause("restart"), body)
    return Writer(source="/router").decision(decision, (1, -1, -1)).value or b""


def event(**changes: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "type": "conversation.assigned",
        "time": "2025-06-15T15:06:40.123Z",
        "data": {
            "pool": "fr",
            "seq": 7,
            "conversation": "c1",
            "queue": "claims",
            "waited_s": 12.345,
        },
        **changes,
    }


@pytest.mark.parametrize(
    ("kind", "queue", "is_sent"),
    [("queue", "there", False), ("team", None, False), ("site", None, False), ("pool", None, True)],
)
def test_only_another_queue_is_where_somebody_waits_after_an_overflow(
    kind: str, queue: str | None, is_sent: bool
) -> None:
    trigger = Trigger("waited_s", 60.0)
    body = ConversationOverflowed(
        conversation="c1", from_="claims", to="there", kind=kind, trigger=trigger
    )
    read = read_decision(as_published(body), None)
    assert (read.queue, read.is_sent) == (queue, is_sent)


def test_what_the_router_publishes_about_a_conversation_is_read() -> None:
    queued = ConversationQueued(
        conversation="c1",
        queue="claims",
        place=1,
        estimated_wait_s=None,
        qualified=Qualified(
            topic=None, level=1, language="fr", priority=0, requirements={}, rules=()
        ),
    )
    assigned = ConversationAssigned(
        conversation="c1",
        offer="o1",
        agent="a1",
        queue="claims",
        attempt=1,
        waited_s=12.345,
        units=1,
        why=Why(0, {}),
    )
    expired = OfferExpired(conversation="c1", offer="o1", agent="a1", reason="no_answer")
    abandoned = ConversationAbandoned(conversation="c1", waited_s=0.5, reason=None)
    closed = ConversationClosed(
        conversation="c1", waited_s=12.345, reason="ended", handled_s=61.5, agent="a1"
    )

    def read(body: Outcome) -> ReadDecision:
        return read_decision(as_published(body), None)

    about = {"pool": "fr", "seq": 7, "at": AT, "conversation": "c1"}
    assert read(queued) == ReadDecision(**about, type="conversation.queued", queue="claims")
    assert read(assigned) == ReadDecision(
        **about, type="conversation.assigned", queue="claims", waited_ms=12_345
    )
    assert read(expired) == ReadDecision(**about, type="offer.expired")
    assert read(abandoned) == ReadDecision(**about, type="conversation.abandoned", waited_ms=500)
    assert read(closed) == ReadDecision(
        **about, type="conversation.closed", waited_ms=12_345, handled_ms=61_500
    )


def test_a_decision_about_no_conversation_keeps_its_number() -> None:
    changed = PolicyChanged(from_="v0", to="v1", files="f")

    assert read_decision(as_published(changed), None) == ReadDecision(
        pool="fr", seq=7, at=AT, type="policy.changed"
    )


def test_every_outcome_that_is_about_a_conversation_is_followed() -> None:
    named = {
        each.type
        for each in OUTCOMES
        if any(field.name == "conversation" and field.required for field in fields(each))
    }

    assert set(SHAPES) == named
    assert set(ABOUT_A_CONVERSATION) <= named


def test_an_unknown_type_is_read_as_far_as_its_number() -> None:
    strange = event(type="weather.changed", data={"pool": "fr", "seq": 8, "queue": 12})

    assert read_decision(orjson.dumps(strange), None) == ReadDecision(
        pool="fr", seq=8, at=AT, type="weather.changed"
    )


def test_the_binary_mode_is_read_like_the_structured() -> None:
    structured = event()
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_type", structured["type"].encode()),
        ("ce_time", structured["time"].encode()),
        ("content-type", b"application/json"),
    ]

    binary = read_decision(orjson.dumps(structured["data"]), headers)

    assert binary == read_decision(orjson.dumps(structured), [])


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "no value"),
        (b"", "truncated"),
        (b"not json", "malformed"),
        (b"\xff\xfe", "malformed"),
        (b"[1, 2]", "Expected `object`"),
        (b"[" * 200_000, "RecursionError|malformed|depth|Expected"),
        (orjson.dumps(event(type=3)), r"\$.type"),
        (orjson.dumps(event(time="noon")), r"\$.time"),
        (orjson.dumps(event(time="2025-06-15T15:06:40")), r"\$.time"),
        (orjson.dumps(event(time="1912-06-15T15:06:40Z")), r"\$.time"),
        (orjson.dumps({"type": "conversation.queued"}), "missing required field"),
        (orjson.dumps(event(data={"pool": "fr"})), "missing required field `seq`"),
        (orjson.dumps(event(data={**event()["data"], "seq": 0})), r"\$.seq"),
        (orjson.dumps(event(data={**event()["data"], "seq": 2**53})), r"\$.seq"),
        (orjson.dumps(event(data={**event()["data"], "waited_s": -1})), r"\$.waited_s"),
        (orjson.dumps(event(data={**event()["data"], "queue": "q" * 257})), r"\$.queue"),
        (orjson.dumps(event()).replace(b"claims", b"\\ud800"), "malformed"),
        (orjson.dumps(event(data={**event()["data"], "queue": None})), r"\$.queue"),
        (orjson.dumps(event(data={"pool": "fr", "seq": 7})), "missing required field"),
    ],
)
def test_what_breaks_the_contract_is_named_by_its_field(value: bytes | None, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason):
        read_decision(value, None)


def test_nothing_of_the_content_is_repeated() -> None:
    secret = orjson.dumps(event(data={"pool": "fr", "seq": "my number is 1 85 05 78"}))

    with pytest.raises(UnreadableError) as raised:
        read_decision(secret, None)

    assert "85" not in str(raised.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(
    st.binary()
    | JSON.map(lambda value: json.dumps(value).encode())
    | st.dictionaries(
        st.sampled_from(["type", "time", "data", "specversion"]),
        st.sampled_from([*SHAPES, "2025-06-15T15:06:40Z", "9999-12-31T23:59:59-14:00"])
        | st.dictionaries(st.sampled_from(["pool", "seq", "queue", "waited_s"]), JSON),
    ).map(lambda value: json.dumps(value).encode()),
    st.lists(st.tuples(st.sampled_from(["ce_type", "ce_time", "x"]), st.binary())),
)
def test_no_bytes_whatever_are_a_crash(value: bytes, headers: list[tuple[str, bytes]]) -> None:
    try:
        decision = read_decision(value, headers)
    except UnreadableError:
        return
    assert decision.seq >= 1
