"""Interruptible work: it waits while something else comes between, and never comes between itself."""

import pytest

from router.model import inputs
from router.model.outputs import ConversationAssigned, ConversationOffered
from tests.unit.engine.centre import POOL, RULES, Centre

INTERRUPTIBLE = RULES.replace("email: {units: 25,", "email: {units: 25, interruptible: true,")


@pytest.fixture
def writing() -> Centre:
    """Ana writes as many letters as she can hold."""
    made = Centre(INTERRUPTIBLE)
    made.works("ana", channels={"chat": 3, "voice": 1, "email": 9})
    for number in range(4):
        made.asks(f"e{number}", "email")
        made.answers("accepts", f"e{number}")
    return made


def test_a_call_comes_between_and_then_nothing_else(writing: Centre) -> None:
    assert writing.asks("e9", "email") == ["queued e9 in letters at 1"]
    assert writing.asks("v1", "voice")[1:] == ["offered v1 to ana"]
    assert writing.asks("c1") == ["queued c1 in letters at 2"]
    assert writing.asks("v2", "voice") == ["queued v2 in letters at 3"]
    assert writing.engine.pools[POOL].agents["ana"].used == 200


def test_chats_come_between_as_many_as_without_letters(writing: Centre) -> None:
    assert writing.asks("c1")[1:] == ["assigned c1 to ana"]
    assert writing.asks("c2")[1:] == ["assigned c2 to ana"]
    assert writing.asks("c3") == ["queued c3 in letters at 1"]
    assert writing.asks("v1", "voice") == ["queued v1 in letters at 2"]


def test_no_letter_is_given_beyond_what_an_agent_holds(writing: Centre) -> None:
    writing.asks("c1")
    writing.asks("e9", "email")
    for number in range(3):
        done = {"conversation": f"e{number}"}
        assert writing.about(inputs.ConversationEnded, **done) == [f"closed e{number}"]
    wrapped = {"kind": inputs.AgentWrapupEnded, "agent": "ana"}
    assert writing.about(**wrapped, conversation="e0") == []
    assert writing.about(**wrapped, conversation="e1") == []
    assert writing.about(**wrapped, conversation="e2") == ["offered e9 to ana"]


def test_the_work_after_a_letter_may_be_interrupted_too_also_after_a_restart(
    writing: Centre,
) -> None:
    writing.about(inputs.ConversationEnded, conversation="e0")
    assert writing.restarted() == []
    assert writing.asks("v1", "voice")[1:] == ["offered v1 to ana"]


def test_other_rules_say_anew_what_may_be_interrupted(writing: Centre) -> None:
    assert writing.swapped(RULES) == ["policy.changed"]
    assert writing.asks("c1") == ["queued c1 in letters at 1"]
    assert writing.swapped(INTERRUPTIBLE) == ["policy.changed", "assigned c1 to ana"]


def test_offers_and_assignments_say_what_may_be_interrupted() -> None:
    centre = Centre(INTERRUPTIBLE)
    centre.works("ana")
    said = []
    for name, channel in (("e1", "email"), ("c1", "chat")):
        event = inputs.ConversationCreated(**centre.envelope(), conversation=name, channel=channel)
        body = centre.decide(event)[-1].body
        assert isinstance(body, ConversationOffered | ConversationAssigned)
        said.append(body.interruptible is True)
    assert said == [True, False]
