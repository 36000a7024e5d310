"""Occupancy: over time work takes no more than a share of anybody; who comes free after more rests."""

import pytest

from router.engine.candidates import candidate
from router.model import inputs
from router.model.reasons import PassedOver
from tests.unit.engine.centre import POOL, Centre

BUSY = """
version: 1
topics: [reimbursement]
channels:
  chat: {units: 20, at_most: 5, offer: {mode: automatic}}
  voice: {units: 100, offer: {mode: manual, expires: 5m}, wrap_up: {fixed: 6m}}
agents: {lease: 24h, occupancy_at_most: 90%}
queues: {all: {takes: true}}
"""
HOUR = 3_600


@pytest.fixture
def centre() -> Centre:
    """A centre where ana may work for 54 minutes on end before she needs a rest."""
    made = Centre(BUSY)
    made.works("ana", channels={"chat": 5, "voice": 1})
    return made


def works(centre: Centre, conversation: str, *, minutes: float) -> list[str]:
    """Let ana have a chat for so long; give what is decided when it ends."""
    assert centre.asks(conversation)[-1] == f"assigned {conversation} to ana"
    centre.wait(round(60 * minutes))
    return centre.about(inputs.ConversationEnded, conversation=conversation)


def test_fifty_four_minutes_on_end_need_no_rest(centre: Centre) -> None:
    works(centre, "c1", minutes=54)
    assert centre.asks("c2")[1:] == ["assigned c2 to ana"]


def test_nine_minutes_more_are_followed_by_one_of_rest(centre: Centre) -> None:
    works(centre, "c1", minutes=63)
    assert centre.asks("c2") == ["queued c2 in all at 1"]
    assert centre.wait(59) == []
    assert centre.wait(1) == ["assigned c2 to ana"]


def test_what_is_free_by_itself_counts_as_rest(centre: Centre) -> None:
    works(centre, "c1", minutes=54)
    centre.wait(60)
    works(centre, "c2", minutes=9)
    assert centre.asks("c3")[1:] == ["assigned c3 to ana"]


def test_nobody_rests_for_longer_than_a_tenth_of_the_hour(centre: Centre) -> None:
    works(centre, "c1", minutes=600)
    centre.asks("c2")
    assert centre.wait(359) == []
    assert centre.wait(1) == ["assigned c2 to ana"]


def test_several_at_once_are_one_work_and_whoever_holds_one_goes_on(centre: Centre) -> None:
    centre.asks("c1")
    centre.asks("c2")
    centre.wait(2 * HOUR)
    assert centre.about(inputs.ConversationEnded, conversation="c1") == ["closed c1"]
    assert centre.asks("c3")[1:] == ["assigned c3 to ana"]
    centre.about(inputs.ConversationEnded, conversation="c2")
    centre.about(inputs.ConversationEnded, conversation="c3")
    assert centre.asks("c4") == ["queued c4 in all at 1"]


def test_offers_and_wrap_ups_are_work(centre: Centre) -> None:
    centre.asks("v1", "voice")
    centre.wait(180)
    centre.answers("accepts", "v1")
    centre.wait(54 * 60)
    assert centre.about(inputs.ConversationEnded, conversation="v1") == ["closed v1"]
    centre.asks("v2", "voice")
    assert centre.wait(360) == []
    assert centre.wait(59) == []
    assert centre.wait(1) == ["offered v2 to ana"]


def test_a_supervisor_may_assign_to_who_rests(centre: Centre) -> None:
    works(centre, "c1", minutes=63)
    centre.asks("c2")
    order = {"conversation": "c2", "agent": "ana", "by": "eve", "reason": "r"}
    decided = centre.about(inputs.CommandAssign, **order)
    assert decided == ["command applied", "assigned c2 to ana"]


def test_it_is_remembered_through_a_restart(centre: Centre) -> None:
    centre.asks("c1")
    centre.wait(HOUR)
    assert centre.restarted() == []
    centre.wait(180)
    centre.about(inputs.ConversationEnded, conversation="c1")
    centre.asks("c2")
    assert centre.wait(59) == []
    assert centre.restarted() == []
    assert centre.wait(1) == ["assigned c2 to ana"]


def test_other_rules_begin_to_count_and_cease(centre: Centre) -> None:
    centre.asks("c1")
    centre.wait(HOUR)
    centre.swapped(BUSY.replace(", occupancy_at_most: 90%", ""))
    centre.swapped(BUSY)
    centre.wait(54 * 60)
    centre.about(inputs.ConversationEnded, conversation="c1")
    assert centre.asks("c2")[1:] == ["assigned c2 to ana"]


def test_why_not_says_that_the_agent_rests_and_until_when(centre: Centre) -> None:
    works(centre, "c1", minutes=63)
    centre.asks("c2")
    pool = centre.engine.pools[POOL]
    told = candidate(pool, pool.conversations["c2"], "ana")
    assert told.reason is PassedOver.RESTING
    assert told.until == centre.milliseconds + 60_000
