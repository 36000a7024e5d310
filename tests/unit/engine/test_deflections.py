"""Something better than waiting: offered once, taken or not, and the place is never lost."""

from typing import Any

import pytest
from msgspec import UNSET

from router.model import inputs
from router.model.outputs import ConversationDeflected, DeflectionAccepted, Trigger
from tests.unit.engine.centre import Centre

RULES = """
version: 1
topics: [contracts, other]
teams: {lyon: {partner: true}}
channels:
  voice: {exclusive: true, offer: {mode: manual, expires: 15s}}
  chat: {units: 50, offer: {mode: automatic}}
  message: {units: 20}
agents: {lease: 1d}
calendars:
  office: {timezone: Europe/Paris, weekly: {mon-fri: ["01:00-02:00", "03:00-04:00"]}}
queues:
  contracts:
    takes: [contracts]
    order: {by: arrival}
    hours: office
    deflects:
      - {offer: callback, on: {closed: true}, channels: [voice], text: Ring you back?, expires: 30s,
         attempts: 2, retry: 20m}
      - {offer: channel, channel: message, on: {closed: true}, text: Write to us?, expires: 1m}
  rest: {takes: true}
"""
TO_CLOSING = 43 * 60 + 20
HOUR = 3_600
ORDER: dict[str, Any] = {"by": "eve", "reason": "because"}


@pytest.fixture
def centre() -> Centre:
    return Centre(RULES)


@pytest.fixture
def closed(centre: Centre) -> Centre:
    centre.works("ana")
    centre.wait(TO_CLOSING)
    return centre


def asks(centre: Centre, conversation: str, channel: str = "voice", **facts: Any) -> list[str]:
    return centre.asks(conversation, channel=channel, topic="contracts", **facts)


def test_who_asks_while_it_is_closed_is_queued_and_offered_something_else(closed: Centre) -> None:
    assert asks(closed, "c1") == ["queued c1 in contracts at 1", "deflected c1: callback"]
    assert asks(closed, "c2", "chat") == ["queued c2 in contracts at 1", "deflected c2: channel"]


def test_what_is_offered_is_said_with_its_cause_and_its_end(closed: Centre) -> None:
    event = inputs.ConversationCreated(
        **closed.envelope(), conversation="c1", channel="chat", topic_="contracts"
    )
    body = closed.decide(event)[1].body
    assert body == ConversationDeflected(
        conversation="c1",
        deflection="d2",
        kind="channel",
        trigger=Trigger("closed", 1),
        text="Write to us?",
        expires_at=closed.milliseconds + 60_000,
        to="message",
    )


def test_who_waits_when_it_closes_is_told_at_that_moment(centre: Centre) -> None:
    asks(centre, "c1")
    asks(centre, "c2", "chat")
    assert centre.wait(TO_CLOSING - 1) == []
    assert centre.wait(1) == ["deflected c1: callback", "deflected c2: channel"]


def test_who_is_offered_to_an_agent_at_closing_is_told_when_that_comes_to_nothing(
    centre: Centre,
) -> None:
    centre.works("ana")
    centre.wait(TO_CLOSING - 10)
    asks(centre, "c1")
    assert centre.wait(14) == []
    assert centre.wait(1) == ["expired c1 from ana", "deflected c1: callback"]


def test_a_queue_without_such_rules_deflects_nobody(closed: Centre) -> None:
    assert closed.asks("c1", topic="other") == ["queued c1 in rest at 1", "assigned c1 to ana"]


def test_a_customer_who_prefers_to_wait_is_offered_the_next_thing_and_then_waits(
    closed: Centre,
) -> None:
    asks(closed, "c1")
    assert closed.prefers_to_wait("c1") == [
        "requeued c1 in contracts at 1: deflection_declined",
        "deflected c1: channel",
    ]
    assert closed.prefers_to_wait("c1") == ["requeued c1 in contracts at 1: deflection_declined"]
    assert closed.wait(HOUR) == ["offered c1 to ana"]


def test_no_answer_means_waiting_on(closed: Centre) -> None:
    asks(closed, "c1", "chat")
    assert closed.wait(59) == []
    assert closed.wait(1) == ["unanswered c1", "requeued c1 in contracts at 1: deflection_expired"]


def test_the_place_is_kept_while_a_customer_thinks(closed: Centre) -> None:
    asks(closed, "c1", "chat")
    closed.wait(1)
    asks(closed, "c2", "chat")
    closed.prefers_to_wait("c2")
    closed.wait(1)
    assert closed.prefers_to_wait("c1") == ["requeued c1 in contracts at 1: deflection_declined"]
    assert closed.wait(HOUR) == ["assigned c1 to ana", "assigned c2 to ana"]


def test_a_rule_deflects_a_conversation_once_in_its_life(closed: Centre) -> None:
    asks(closed, "c1", "chat")
    closed.prefers_to_wait("c1")
    assert closed.wait(HOUR) == ["assigned c1 to ana"]
    assert closed.about(inputs.CommandRequeue, conversation="c1", **ORDER) == [
        "command applied",
        "requeued c1 in contracts at 1: command",
    ]
    assert closed.wait(8 * 60) == []
    assert closed.wait(HOUR - 8 * 60) == ["assigned c1 to ana"]


def test_who_takes_another_way_is_done(closed: Centre) -> None:
    asks(closed, "c1", "chat")
    assert closed.takes("c1") == ["accepted c1", "closed c1"]
    assert closed.about(inputs.ConversationAbandoned, conversation="c1") == [
        "refused c1: unknown_conversation"
    ]


@pytest.mark.parametrize("kind", [inputs.DeflectionAccepted, inputs.DeflectionDeclined])
def test_an_answer_to_what_is_not_offered_any_more_is_refused(
    closed: Centre, kind: type[inputs.Input]
) -> None:
    asks(closed, "c1")
    closed.takes("c1")
    named = {"conversation": "c1", "deflection": "d2"}
    assert closed.about(kind, **named) == ["refused c1: stale_deflection"]
    closed.asks("c2", topic="other")
    assert closed.about(kind, **named | {"conversation": "c2"}) == ["refused c2: stale_deflection"]
    assert closed.about(kind, **named | {"conversation": "c9"}) == [
        "refused c9: unknown_conversation"
    ]


def test_while_deflected_a_conversation_is_nobodys_to_take_and_may_leave(closed: Centre) -> None:
    asks(closed, "c1")
    this = {"conversation": "c1"}
    assert closed.about(inputs.ConversationEnded, **this) == ["refused c1: not_assigned"]
    to = inputs.TransferTarget(queue="rest")
    assert closed.about(inputs.ConversationTransferred, **this, agent="ana", to=to) == [
        "refused c1: not_assigned"
    ]
    assert closed.about(inputs.OfferAccepted, **this, offer="o1", agent="ana") == [
        "refused c1: stale_offer"
    ]
    assert closed.about(inputs.CommandAssign, **this, agent="ana", **ORDER) == [
        "command refused: not_waiting"
    ]
    assert closed.about(inputs.ConversationUpdated, **this, level=2) == []
    assert closed.about(inputs.ConversationAbandoned, **this) == ["abandoned c1"]
    assert closed.wait(HOUR) == []


def test_a_supervisor_may_take_a_deflected_conversation_back_or_close_it(closed: Centre) -> None:
    asks(closed, "c1", "chat")
    asks(closed, "c2", "chat")
    assert closed.about(inputs.CommandRequeue, conversation="c1", **ORDER) == [
        "command applied",
        "requeued c1 in contracts at 1: command",
    ]
    assert closed.about(inputs.CommandClose, conversation="c2", **ORDER) == [
        "command applied",
        "closed c2",
    ]


# Callbacks.


def test_a_callback_comes_back_when_its_turn_comes(centre: Centre) -> None:
    centre.wait(TO_CLOSING)
    for each in ("c1", "c2", "c3"):
        asks(centre, each)
        centre.wait(1)
    centre.takes("c1")
    centre.prefers_to_wait("c2")
    centre.prefers_to_wait("c2")
    centre.takes("c3")
    centre.works("ana")
    centre.works("bob")
    assert centre.wait(HOUR - 3) == [
        "requeued c1 in contracts at 1: callback_due",
        "offered c1 to ana",
        "offered c2 to bob",
        "requeued c3 in contracts at 1: callback_due",
    ]


def test_a_callback_waits_until_nobody_is_before_it_in_the_queue() -> None:
    centre = Centre(RULES.replace("on: {closed: true}", "share: 100%"))
    asks(centre, "c1", "chat")
    centre.prefers_to_wait("c1")
    centre.wait(1)
    asks(centre, "c2")
    centre.takes("c2")
    centre.wait(1)
    asks(centre, "c3", "chat")
    centre.prefers_to_wait("c3")
    assert centre.wait(60) == []
    assert centre.works("ana") == ["assigned c1 to ana", "assigned c3 to ana"]
    assert centre.wait(0) == ["requeued c2 in contracts at 1: callback_due"]
    assert centre.about(inputs.ConversationEnded, conversation="c1") == ["closed c1"]
    assert centre.about(inputs.ConversationEnded, conversation="c3") == [
        "closed c3",
        "offered c2 to ana",
    ]


def test_a_callback_goes_before_who_came_after_it() -> None:
    centre = Centre(RULES.replace("on: {closed: true}", "share: 100%"))
    asks(centre, "c1", "chat")
    centre.prefers_to_wait("c1")
    centre.wait(1)
    asks(centre, "c2")
    centre.takes("c2")
    centre.wait(1)
    asks(centre, "c3", "chat")
    centre.prefers_to_wait("c3")
    assert centre.about(inputs.ConversationAbandoned, conversation="c1") == ["abandoned c1"]
    assert centre.wait(0) == ["requeued c2 in contracts at 1: callback_due"]
    assert centre.works("ana") == ["offered c2 to ana"]


def test_a_callback_waits_while_its_queue_is_paused_and_is_the_first_when_it_is_resumed(
    centre: Centre,
) -> None:
    centre.wait(TO_CLOSING)
    asks(centre, "c1")
    centre.takes("c1")
    centre.wait(1)
    asks(centre, "c2", "chat")
    centre.prefers_to_wait("c2")
    queue = {"queue": "contracts", **ORDER}
    centre.about(inputs.CommandPauseQueue, **queue)
    assert centre.wait(HOUR) == []
    centre.works("ana")
    assert centre.about(inputs.CommandResumeQueue, **queue) == [
        "command applied",
        "requeued c1 in contracts at 1: callback_due",
        "offered c1 to ana",
    ]


def test_a_callback_comes_back_at_the_time_the_customer_named(closed: Centre) -> None:
    asks(closed, "c1")
    later = closed.milliseconds + (HOUR + 600) * 1_000
    assert closed.takes("c1", callback_at=later) == ["accepted c1"]
    assert closed.wait(HOUR + 599) == []
    assert closed.wait(1) == [
        "requeued c1 in contracts at 1: callback_due",
        "offered c1 to ana",
    ]


@pytest.mark.parametrize(
    ("asked_s", "told_s"),
    [(60, HOUR), (-5, HOUR), (HOUR + 5, HOUR + 5), (2 * HOUR, 24 * HOUR - HOUR)],
)
def test_nobody_is_rung_outside_hours(closed: Centre, asked_s: int, told_s: int) -> None:
    asks(closed, "c1")
    asked = closed.milliseconds + asked_s * 1_000
    accepted = inputs.DeflectionAccepted(
        **closed.envelope(), conversation="c1", deflection="d2", callback_at=asked
    )
    (said,) = closed.decide(accepted)
    assert isinstance(said.body, DeflectionAccepted)
    assert said.body.callback_at == closed.milliseconds + told_s * 1_000


def test_a_callback_without_a_time_names_none(closed: Centre) -> None:
    asks(closed, "c1")
    accepted = inputs.DeflectionAccepted(**closed.envelope(), conversation="c1", deflection="d2")
    (said,) = closed.decide(accepted)
    assert isinstance(said.body, DeflectionAccepted)
    assert said.body.callback_at is UNSET


def test_who_was_promised_a_callback_is_deflected_no_more(closed: Centre) -> None:
    asks(closed, "c1")
    closed.takes("c1")
    assert closed.about(inputs.CommandRequeue, conversation="c1", **ORDER)[1:] == [
        "requeued c1 in contracts at 1: command"
    ]


def test_a_customer_may_give_a_callback_up(closed: Centre) -> None:
    asks(closed, "c1")
    closed.takes("c1")
    assert closed.about(inputs.ConversationAbandoned, conversation="c1") == ["abandoned c1"]
    assert closed.wait(HOUR) == []


def test_a_callback_of_more_importance_comes_first(centre: Centre) -> None:
    centre.wait(TO_CLOSING)
    for each in ("c1", "c2"):
        asks(centre, each)
        centre.takes(each)
        centre.wait(1)
    centre.about(inputs.CommandPrioritise, conversation="c2", priority=900, **ORDER)
    assert centre.wait(HOUR) == ["requeued c2 in contracts at 1: callback_due"]


@pytest.mark.parametrize("answer", ["none", "turn", "time"])
def test_a_restart_keeps_what_was_offered_and_promised(closed: Centre, answer: str) -> None:
    asks(closed, "c1")
    later = closed.milliseconds + (HOUR + 60) * 1_000
    if answer != "none":
        closed.takes("c1", **({"callback_at": later} if answer == "time" else {}))
    assert closed.restarted() == []
    if answer == "none":
        assert closed.wait(30)[:1] == ["unanswered c1"]
    elif answer == "turn":
        assert closed.wait(HOUR - 1) == []
        assert closed.wait(1)[:1] == ["requeued c1 in contracts at 1: callback_due"]
    else:
        assert closed.wait(HOUR + 59) == []
        assert closed.wait(1)[:1] == ["requeued c1 in contracts at 1: callback_due"]


def test_rules_that_begin_to_deflect_do_so_at_the_swap() -> None:
    centre = Centre(RULES.replace("    hours: office\n", "").partition("    deflects")[0])
    centre.asks("c1", channel="voice", topic="contracts")
    centre.wait(TO_CLOSING)
    centre.rules = Centre(RULES).rules
    assert centre.restarted() == ["policy.changed", "deflected c1: callback"]
