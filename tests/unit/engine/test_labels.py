"""Labels: of some conversations an agent can bear only so many at once, whatever their channels."""

import pytest

from router.engine.candidates import candidate
from router.engine.remedies import smallest_change
from router.model import inputs
from router.model.outputs import ConversationAssigned, ConversationQueued
from router.model.reasons import PassedOver
from tests.unit.engine.centre import POOL, Centre

LABELLED = """
version: 1
topics: [reimbursement]
channels:
  chat: {units: 20, at_most: 5, offer: {mode: automatic}, wrap_up: {fixed: 30s}}
  message: {units: 20, at_most: 5, offer: {mode: automatic}}
  voice: {units: 20, exclusive: true, offer: {mode: manual, expires: 15s}}
labels: {heated: {at_most: 1}, long: {at_most: 2}}
agents: {lease: 24h}
qualification:
  - name: angry
    when: text.mentions(["angry"])
    set: {labels: [heated]}
  - name: hard
    when: level >= 3
    set: {labels: [long, heated]}
  - name: slow
    when: attributes.slow == true
    set: {labels: [long]}
queues: {all: {takes: true}}
"""


@pytest.fixture
def centre() -> Centre:
    """A centre with labels, and ana."""
    made = Centre(LABELLED)
    made.works("ana", channels={"chat": 5, "message": 5, "voice": 1})
    return made


def test_so_many_of_a_label_on_all_channels_together(centre: Centre) -> None:
    assert centre.asks("c1", text="angry")[1:] == ["assigned c1 to ana"]
    assert centre.asks("c2", "message", text="angry") == ["queued c2 in all at 1"]
    assert centre.asks("c3", "message")[1:] == ["assigned c3 to ana"]
    assert centre.works("bob", channels={"message": 5}) == ["assigned c2 to bob"]


def test_each_of_several_labels_counts(centre: Centre) -> None:
    assert centre.asks("c1", level=3)[1:] == ["assigned c1 to ana"]
    assert centre.asks("c2", attributes={"slow": True})[1:] == ["assigned c2 to ana"]
    assert centre.asks("c3", attributes={"slow": True}) == ["queued c3 in all at 1"]
    assert centre.asks("c4", text="angry") == ["queued c4 in all at 2"]
    assert centre.about(inputs.ConversationEnded, conversation="c2") == ["closed c2"]
    assert centre.wait(30) == ["assigned c3 to ana"]


def test_a_label_is_no_other_channel(centre: Centre) -> None:
    assert centre.asks("v1", "voice", text="angry")[1:] == ["offered v1 to ana"]
    assert centre.answers("declines", "v1") == ["declined v1 from ana"]
    centre.works("bob", channels={"voice": 2})
    assert centre.asks("v2", "voice")[1:] == ["offered v2 to ana"]


def test_the_work_after_it_counts_too(centre: Centre) -> None:
    centre.asks("c1", text="angry")
    centre.asks("c2", text="angry")
    assert centre.about(inputs.ConversationEnded, conversation="c1") == ["closed c1"]
    assert centre.restarted() == []
    assert centre.wait(30) == ["assigned c2 to ana"]


def test_who_has_it_goes_on_with_what_he_was_given(centre: Centre) -> None:
    assert centre.asks("v1", "voice", text="angry")[1:] == ["offered v1 to ana"]
    assert centre.about(inputs.ConversationUpdated, conversation="v1", text="calm") == [
        "queued v1 in all at 1"
    ]
    centre.answers("accepts", "v1")
    assert centre.swapped(LABELLED.replace("exclusive: true, ", "")) == ["policy.changed"]
    assert centre.asks("c1", text="angry") == ["queued c1 in all at 1"]
    assert centre.asks("c2", text="calm")[1:] == ["assigned c2 to ana"]


def test_by_hand_too_nobody_is_given_more_than_he_can_bear(centre: Centre) -> None:
    centre.asks("c1", text="angry")
    centre.asks("c2", text="angry")
    order = {"conversation": "c2", "agent": "ana", "by": "eve", "reason": "r"}
    assert centre.about(inputs.CommandAssign, **order) == ["command refused: no_room"]


def test_other_rules_may_have_other_labels(centre: Centre) -> None:
    centre.asks("c1", text="angry")
    centre.asks("c2", text="angry")
    more = LABELLED.replace("heated: {at_most: 1}", "heated: {at_most: 2}")
    assert centre.swapped(more) == ["policy.changed", "assigned c2 to ana"]
    assert centre.asks("c3", text="angry") == ["queued c3 in all at 1"]
    none = LABELLED.replace("labels: {heated: {at_most: 1}, long: {at_most: 2}}\n", "")
    for labels in ("[heated]", "[long, heated]", "[long]"):
        none = none.replace(f"{{labels: {labels}}}", "{level: 1}")
    assert centre.swapped(none) == ["policy.changed", "assigned c3 to ana"]


def test_labels_are_said_where_there_are_some(centre: Centre) -> None:
    event = inputs.ConversationCreated(
        **centre.envelope(), conversation="c1", channel="chat", level=3, text="angry"
    )
    queued, assigned = (each.body for each in centre.decide(event))
    assert isinstance(queued, ConversationQueued)
    assert isinstance(assigned, ConversationAssigned)
    assert queued.qualified.labels == assigned.labels == ("heated", "long")


def test_why_not_says_which_label_is_full_and_what_would_help(centre: Centre) -> None:
    centre.asks("c1", text="angry")
    centre.asks("c2", text="angry")
    pool = centre.engine.pools[POOL]
    record = pool.conversations["c2"]
    told = candidate(pool, record, "ana")
    assert told.reason is PassedOver.LABEL_FULL
    assert told.words == "has 1 of at most 1 that are heated"
    remedy = smallest_change(pool, record)
    assert remedy is not None
    assert remedy.words == "if ana were done with c1 and the work after it"
