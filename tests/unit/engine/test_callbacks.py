"""A callback nobody picks up is rung again, whoever rang first; a promise is kept or ended aloud."""

from typing import Any

import pytest

from router.model import inputs
from router.model.outputs import ConversationRequeued
from tests.unit.engine.centre import Centre

RULES = """
version: 1
topics: [contracts]
channels:
  voice: {exclusive: true, offer: {mode: manual, expires: 15s}}
agents: {lease: 1d}
calendars:
  office: {timezone: Europe/Paris, weekly: {mon-fri: ["01:00-02:00", "03:00-04:00"]}}
queues:
  contracts:
    takes: true
    order: {by: arrival}
    hours: office
    deflects:
      - {offer: callback, on: {closed: true}, text: Ring you back?, expires: 30s,
         attempts: 2, retry: 20m}
"""
CUSTOMER_FIRST = RULES.replace("attempts: 2", "first: customer, attempts: 2")
TO_CLOSING = 43 * 60 + 20
HOUR = 3_600
ORDER: dict[str, Any] = {"by": "eve", "reason": "because"}


def at_closing(rules: str) -> Centre:
    centre = Centre(rules)
    centre.works("ana")
    centre.wait(TO_CLOSING)
    return centre


@pytest.fixture
def closed() -> Centre:
    return at_closing(RULES)


def asks(centre: Centre, conversation: str) -> list[str]:
    return centre.asks(conversation, channel="voice", topic="contracts")


def rung(centre: Centre) -> Centre:
    """Let c1 have a callback, and ana ring it half an hour before closing."""
    asks(centre, "c1")
    centre.takes("c1")
    assert centre.wait(HOUR + 1_800)[0] == "requeued c1 in contracts at 1: callback_due"
    centre.declares("ana", "available")
    centre.about(inputs.CommandAssign, conversation="c1", agent="ana", **ORDER)
    return centre


def nobody_picks_up(centre: Centre) -> list[str]:
    return centre.about(inputs.ConversationEnded, conversation="c1", outcome="no_answer")


def test_a_callback_nobody_picks_up_is_rung_again_after_a_while(closed: Centre) -> None:
    centre = rung(closed)
    assert nobody_picks_up(centre) == [
        "requeued c1 in contracts at 1: callback_unanswered",
        "deflected c1: callback",
        "accepted c1",
    ]
    assert centre.wait(20 * 60 - 1) == []
    assert centre.wait(1) == [
        "requeued c1 in contracts at 1: callback_due",
        "offered c1 to ana",
    ]


def test_after_the_last_attempt_the_conversation_is_over(closed: Centre) -> None:
    centre = rung(closed)
    nobody_picks_up(centre)
    centre.wait(20 * 60)
    centre.answers("accepts", "c1")
    assert nobody_picks_up(centre) == ["closed c1"]


def test_a_callback_that_was_answered_is_over(closed: Centre) -> None:
    centre = rung(closed)
    ended = {"conversation": "c1", "outcome": "solved"}
    assert centre.about(inputs.ConversationEnded, **ended) == ["closed c1"]


def test_the_next_attempt_is_within_hours_too(closed: Centre) -> None:
    centre = rung(closed)
    centre.wait(15 * 60)
    nobody_picks_up(centre)
    assert centre.wait(16 * 60) == []
    next_day = 24 * HOUR - 3 * HOUR - 60
    assert centre.wait(next_day - 1) == []
    assert centre.wait(1)[:1] == ["requeued c1 in contracts at 1: callback_due"]


def test_no_answer_of_a_conversation_that_is_no_callback_ends_it() -> None:
    centre = Centre(RULES)
    centre.works("ana")
    asks(centre, "c1")
    centre.answers("accepts", "c1")
    assert nobody_picks_up(centre) == ["closed c1"]


def due(rules: str, *, agents: bool) -> Centre:
    """Let c1 have a callback whose turn has come; without agents nobody is there to take it."""
    centre = at_closing(rules)
    asks(centre, "c1")
    centre.takes("c1")
    if not agents:
        centre.declares("ana", "break")
    centre.wait(HOUR)
    return centre


def leaves(centre: Centre, reason: str) -> list[str]:
    return centre.about(inputs.ConversationAbandoned, conversation="c1", reason=reason)


@pytest.mark.parametrize(("rules", "first"), [(RULES, None), (CUSTOMER_FIRST, "customer")])
def test_whoever_is_to_be_rung_first_is_said_when_the_callback_is_due(
    rules: str, first: str | None
) -> None:
    centre = at_closing(rules)
    asks(centre, "c1")
    centre.takes("c1")
    (back,) = [
        each.body
        for each in centre.engine.advance(centre.milliseconds + HOUR * 1_000)
        if isinstance(each.body, ConversationRequeued)
    ]
    assert (back.reason, back.first or None) == ("callback_due", first)


def test_a_customer_rung_first_who_does_not_pick_up_is_rung_again_and_no_agent_was_troubled() -> (
    None
):
    centre = due(CUSTOMER_FIRST, agents=False)
    assert leaves(centre, "no_answer") == [
        "requeued c1 in contracts at 1: callback_unanswered",
        "deflected c1: callback",
        "accepted c1",
    ]
    assert centre.wait(20 * 60 - 1) == []
    assert centre.wait(1) == ["requeued c1 in contracts at 1: callback_due"]
    assert leaves(centre, "no_answer") == ["abandoned c1"]


def test_an_offer_to_an_agent_ends_when_the_customer_rung_first_does_not_pick_up() -> None:
    centre = due(CUSTOMER_FIRST, agents=True)
    assert leaves(centre, "no_answer") == [
        "withdrawn c1 from ana",
        "requeued c1 in contracts at 1: callback_unanswered",
        "deflected c1: callback",
        "accepted c1",
    ]


def test_a_customer_who_picked_up_and_then_left_is_gone() -> None:
    assert leaves(due(CUSTOMER_FIRST, agents=False), "hung up") == ["abandoned c1"]


def test_where_agents_ring_first_a_conversation_that_is_abandoned_is_over() -> None:
    assert leaves(due(RULES, agents=False), "no_answer") == ["abandoned c1"]
