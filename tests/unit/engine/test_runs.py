"""Runs: of some conversations an agent gets so many in a row, then something else comes between."""

import pytest

from router.engine.candidates import candidate
from router.engine.remedies import smallest_change
from router.model import inputs
from router.model.inputs import Presence
from router.model.reasons import PassedOver
from tests.unit.engine.centre import POOL, Centre

RUNS = """
version: 1
topics: [reimbursement]
channels:
  chat: {units: 20, at_most: 5, offer: {mode: automatic}}
  voice: {units: 20, offer: {mode: manual, expires: 15s}}
labels: {heated: {at_most: 5, in_a_row: 2}, long: {at_most: 5}}
agents: {lease: 24h}
qualification:
  - name: angry
    when: text.mentions(["angry"])
    set: {labels: [heated]}
  - name: hard
    when: level >= 3
    set: {labels: [long]}
queues: {all: {takes: true}}
"""


@pytest.fixture
def centre() -> Centre:
    """A centre where ana has had two heated conversations on end, and c3 waits, which is a third."""
    made = Centre(RUNS)
    made.works("ana", channels={"chat": 5, "voice": 2})
    assert made.asks("c1", text="angry")[1:] == ["assigned c1 to ana"]
    assert made.asks("c2", text="angry")[1:] == ["assigned c2 to ana"]
    assert made.asks("c3", text="angry") == ["queued c3 in all at 1"]
    return made


def test_another_conversation_ends_the_run(centre: Centre) -> None:
    assert centre.asks("c4", level=3)[1:] == ["assigned c4 to ana", "assigned c3 to ana"]
    assert centre.asks("c5", text="angry")[1:] == ["assigned c5 to ana"]
    assert centre.asks("c6", text="angry") == ["queued c6 in all at 1"]


def test_neither_time_nor_the_end_of_the_work_ends_it(centre: Centre) -> None:
    assert centre.about(inputs.ConversationEnded, conversation="c1") == ["closed c1"]
    assert centre.about(inputs.ConversationEnded, conversation="c2") == ["closed c2"]
    assert centre.wait(3_600) == []


def test_a_break_does_not_end_it_and_going_home_does(centre: Centre) -> None:
    for presence in (Presence.BREAK, Presence.AVAILABLE, Presence.OFFLINE):
        assert centre.about(inputs.AgentPresence, agent="ana", presence=presence) == []
    back = centre.about(inputs.AgentPresence, agent="ana", presence=Presence.AVAILABLE)
    assert back == ["assigned c3 to ana"]


def test_what_is_only_offered_does_not_count(centre: Centre) -> None:
    assert centre.asks("v1", "voice")[1:] == ["offered v1 to ana"]
    assert centre.answers("declines", "v1") == ["declined v1 from ana"]
    assert centre.asks("v2", "voice")[1:] == ["offered v2 to ana"]
    assert centre.answers("accepts", "v2") == ["assigned v2 to ana", "assigned c3 to ana"]


def test_another_agent_has_a_run_of_his_own(centre: Centre) -> None:
    assert centre.works("bob", channels={"chat": 5}) == ["assigned c3 to bob"]
    assert centre.asks("c4", text="angry")[1:] == ["assigned c4 to bob"]
    assert centre.asks("c5", text="angry") == ["queued c5 in all at 1"]


def test_a_supervisor_may_give_more_and_that_counts_too(centre: Centre) -> None:
    order = {"conversation": "c3", "agent": "ana", "by": "eve", "reason": "r"}
    assert centre.about(inputs.CommandAssign, **order) == [
        "command applied",
        "assigned c3 to ana",
    ]
    assert centre.asks("c4", text="angry") == ["queued c4 in all at 1"]


def test_it_is_remembered_through_a_restart(centre: Centre) -> None:
    assert centre.restarted() == []
    assert centre.asks("c4")[1:] == ["assigned c4 to ana", "assigned c3 to ana"]


def test_other_rules_ask_again_who_has_had_enough(centre: Centre) -> None:
    more = RUNS.replace("in_a_row: 2", "in_a_row: 3")
    assert centre.swapped(more) == ["policy.changed", "assigned c3 to ana"]
    assert centre.asks("c4", text="angry") == ["queued c4 in all at 1"]
    none = RUNS.replace(", in_a_row: 2", "")
    assert centre.swapped(none) == ["policy.changed", "assigned c4 to ana"]
    assert centre.swapped(RUNS) == ["policy.changed"]
    assert centre.asks("c5", text="angry")[1:] == ["assigned c5 to ana"]


def test_why_not_says_how_many_in_a_row_and_what_would_help(centre: Centre) -> None:
    pool = centre.engine.pools[POOL]
    record = pool.conversations["c3"]
    told = candidate(pool, record, "ana")
    assert told.reason is PassedOver.LABEL_RUN
    assert told.words == "has had 2 in a row that are heated"
    remedy = smallest_change(pool, record)
    assert remedy is not None
    assert remedy.words == "if ana had something else in between"
