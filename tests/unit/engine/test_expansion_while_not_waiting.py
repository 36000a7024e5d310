"""A ladder goes on by the customer's arrival while the customer does not wait, and while it is closed."""

from typing import Any

import pytest

from router.engine.obstacles import obstacle
from router.engine.remedies import Change, smallest_change
from router.model import inputs
from tests.unit.engine.centre import POOL, Centre

RULES = """
version: 1
skills: {advice: 1..3}
channels:
  voice: {exclusive: true, offer: {mode: manual, expires: 15s}}
  chat: {units: 50, offer: {mode: automatic}}
agents: {lease: 1d}
calendars:
  office: {timezone: Europe/Paris, weekly: {mon-fri: ["01:00-02:00", "03:00-04:00"]}}
queues:
  advice:
    takes: true
    requires: {advice: 3}
    order: {by: arrival}
    hours: office
    expands:
      - {after: 10s, requires: {advice: 2}}
      - {after: 20s, requires: {advice: 1}}
      - {then: hold}
    deflects:
      - {offer: callback, on: {closed: true}, channels: [voice], text: Ring you back?, expires: 30s,
         attempts: 2, retry: 20m}
"""
TO_CLOSING = 43 * 60 + 20
HOUR = 3_600
FIRST = "expanded c1 in advice: 1 {'advice': 2}"
SECOND = "expanded c1 in advice: 2 {'advice': 1}"
ORDER: dict[str, Any] = {"by": "eve", "reason": "because"}


@pytest.fixture
def closed() -> Centre:
    centre = Centre(RULES)
    centre.works("ana", {"advice": 1})
    centre.wait(TO_CLOSING)
    return centre


def test_a_closed_queue_expands_and_gives_nothing_until_it_opens(closed: Centre) -> None:
    closed.asks("c1", "chat")
    assert closed.wait(20) == [FIRST, SECOND]
    assert closed.wait(HOUR - 21) == []
    assert closed.wait(1) == ["assigned c1 to ana"]


def test_who_is_deflected_takes_no_step_until_it_waits_again(closed: Centre) -> None:
    assert closed.asks("c1", "voice") == ["queued c1 in advice at 1", "deflected c1: callback"]
    assert closed.wait(29) == []
    assert closed.wait(1) == [
        "unanswered c1",
        "requeued c1 in advice at 1: deflection_expired",
        FIRST,
        SECOND,
    ]


def test_who_is_deflected_in_the_cause_of_the_arrival_takes_no_step_that_is_past(
    closed: Centre,
) -> None:
    arrived = closed.milliseconds - 60_000
    assert closed.asks("c1", "voice", arrived_at=arrived)[1:] == ["deflected c1: callback"]
    assert closed.prefers_to_wait("c1")[1:] == [FIRST, SECOND]


def test_a_customer_who_prefers_to_wait_takes_what_is_past_and_the_rest_in_its_time(
    closed: Centre,
) -> None:
    closed.asks("c1", "voice")
    closed.wait(12)
    assert closed.prefers_to_wait("c1") == [
        "requeued c1 in advice at 1: deflection_declined",
        FIRST,
    ]
    assert closed.wait(7) == []
    assert closed.wait(1) == [SECOND]


def test_a_callback_takes_no_step_while_held_and_all_that_are_past_when_its_turn_comes(
    closed: Centre,
) -> None:
    closed.asks("c1", "voice")
    closed.takes("c1")
    assert closed.wait(HOUR - 1) == []
    assert closed.wait(1) == [
        "requeued c1 in advice at 1: callback_due",
        FIRST,
        SECOND,
        "offered c1 to ana",
    ]


def test_a_callback_nobody_picks_up_keeps_the_steps_it_has_taken(closed: Centre) -> None:
    closed.asks("c1", "voice")
    closed.takes("c1")
    closed.wait(HOUR)
    closed.answers("accepts", "c1")
    ended = closed.about(inputs.ConversationEnded, conversation="c1", outcome="no_answer")
    assert ended[1:] == ["deflected c1: callback", "accepted c1"]
    assert closed.wait(20 * 60) == [
        "requeued c1 in advice at 1: callback_due",
        "offered c1 to ana",
    ]


def test_who_is_deflected_when_it_closes_takes_no_step_any_more() -> None:
    centre = Centre(RULES)
    centre.wait(TO_CLOSING - 10)
    centre.asks("c1", "voice")
    # Both are due at once; expands comes before hours_change by its name.
    assert centre.wait(10) == [FIRST, "deflected c1: callback"]
    assert centre.wait(29) == []


@pytest.mark.parametrize("answer", ["none", "taken"])
def test_a_restart_while_deflected_forgets_no_step_and_adds_none(
    closed: Centre, answer: str
) -> None:
    closed.asks("c1", "voice")
    closed.wait(12)
    if answer == "taken":
        closed.takes("c1")
    assert closed.restarted() == []
    assert closed.wait(17) == []
    requeued = closed.about(inputs.CommandRequeue, conversation="c1", **ORDER)
    assert requeued[2:] == [FIRST, SECOND]


@pytest.mark.parametrize("way", ["restart", "reload"])
def test_other_rules_while_deflected_give_it_in_silence_what_is_past(
    closed: Centre, way: str
) -> None:
    closed.asks("c1", "voice")
    closed.wait(12)
    other = RULES.replace("text: Ring you", "text: Call you")
    if way == "restart":
        closed.rules = Centre(other).rules
    assert (closed.restarted() if way == "restart" else closed.swapped(other)) == ["policy.changed"]
    assert closed.engine.pools[POOL].conversations["c1"].step == 1
    assert closed.wait(17) == []
    assert closed.wait(1)[2:] == [SECOND]


def test_why_not_and_what_would_help_are_told_by_what_is_asked_for_now() -> None:
    centre = Centre(RULES.replace("    hours: office\n", "").partition("    deflects")[0])
    centre.works("ana", {"advice": 1})
    centre.asks("c1", "chat")
    pool = centre.engine.pools[POOL]
    told = []
    for seconds in (0, 10):
        centre.wait(seconds)
        found = obstacle(pool, pool.conversations["c1"], "ana")
        helps = smallest_change(pool, pool.conversations["c1"])
        assert found is not None
        assert helps is not None
        assert helps.change is Change.LEARN
        told.append((found.words, helps.steps))
    assert told == [
        ("has advice 1, asked for is 3", 2),
        ("has advice 1, asked for is 2", 1),
    ]
    assert centre.wait(10) == [SECOND, "assigned c1 to ana"]
    assert obstacle(pool, pool.conversations["c1"], "ana") is None
