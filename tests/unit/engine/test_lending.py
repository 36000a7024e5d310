"""Lending: a team helps another queue with so many of its people at once, and no more."""

import pytest

from router.engine.candidates import candidate
from router.engine.remedies import smallest_change
from router.model import inputs
from router.model.reasons import PassedOver
from tests.unit.engine.centre import POOL, Centre

RULES = """
version: 1
topics: [reimbursement, contracts]
channels:
  chat: {units: 10, offer: {mode: automatic}}
  voice: {units: 10, offer: {mode: manual, expires: 15s}}
teams: {paris: {}, lyon: {}}
agents: {lease: 24h}
queues:
  contracts:
    takes: topic == "contracts"
    teams: [paris]
    overflows: [{to: {team: lyon}, after: 1m, lends_at_most: 1}]
  reimbursement: {takes: true, teams: [lyon]}
"""
MEANS = {"chat": 9, "voice": 9}


def centre(rules: str = RULES, helpers: tuple[str, ...] = ("lea", "luc")) -> Centre:
    """Make a centre where these work in Lyon, and two wait for Paris."""
    made = Centre(rules)
    for helper in helpers:
        made.works(helper, team="lyon", channels=MEANS, capacity=20)
    return made


def wait(story: Centre, *conversations: str, channel: str = "voice") -> list[str]:
    for each in conversations:
        story.asks(each, channel, topic="contracts")
    return [each for each in story.wait(60) if not each.startswith("overflowed")]


def test_one_is_lent_and_what_else_waits_goes_to_him_too_or_to_nobody() -> None:
    story = centre()
    assert wait(story, "c1", "c2", "c3", channel="chat") == [
        "assigned c1 to lea",
        "assigned c2 to lea",
    ]
    assert story.asks("r1", "chat")[1:] == ["assigned r1 to luc"]


def test_an_open_offer_counts_and_its_end_makes_room_for_another() -> None:
    story = centre()
    assert wait(story, "c1", "c2") == ["offered c1 to lea", "offered c2 to lea"]
    assert story.answers("declines", "c1") == ["declined c1 from lea"]
    assert story.answers("declines", "c2") == [
        "declined c2 from lea",
        "offered c1 to luc",
        "offered c2 to luc",
    ]


def test_when_one_is_lent_no_more_another_may_be() -> None:
    story = centre()
    wait(story, "c1", channel="chat")
    story.asks("r1", "chat")
    story.asks("c2", "chat", topic="contracts")
    assert story.wait(60)[-1] == "assigned c2 to lea"
    story.declares("lea", "busy")
    story.about(inputs.ConversationEnded, conversation="c1")
    assert wait(story, "c3", channel="chat") == []
    assert story.about(inputs.ConversationEnded, conversation="c2")[-1] == "assigned c3 to luc"


def test_of_several_who_are_asked_at_once_each_counts() -> None:
    story = centre(RULES.replace("mode: manual", "mode: manual, to: 3"))
    assert wait(story, "c1") == ["offered c1 to lea"]
    story = centre(
        RULES.replace("mode: manual", "mode: manual, to: 3").replace("most: 1", "most: 2")
    )
    assert wait(story, "c1") == ["offered c1 to lea", "offered c1 to luc"]


def test_whoever_serves_the_queue_anyway_is_not_lent() -> None:
    story = centre(RULES.replace("teams: [paris]", "teams: [paris, lyon]"))
    assert story.asks("c1", "chat", topic="contracts")[1:] == ["assigned c1 to lea"]
    story.declares("lea", "busy")
    assert story.asks("c2", "chat", topic="contracts")[1:] == ["assigned c2 to luc"]


def test_a_supervisor_is_not_bound_and_what_he_gives_counts() -> None:
    story = centre()
    wait(story, "c1", channel="chat")
    story.asks("c2", "voice", topic="contracts")
    order = {"conversation": "c2", "agent": "luc", "by": "eve", "reason": "r"}
    assert story.about(inputs.CommandAssign, **order)[-1] == "assigned c2 to luc"


def test_why_nobody_else_and_what_would_help_are_told() -> None:
    story = centre()
    wait(story, "c1", channel="chat")
    story.declares("lea", "busy")
    wait(story, "c2", channel="chat")
    pool = story.engine.pools[POOL]
    found = candidate(pool, pool.conversations["c2"], "luc")
    assert found.reason is PassedOver.LENT_ENOUGH
    assert found.words == "the team lyon lends lea to the queue contracts, at most 1 at once"
    remedy = smallest_change(pool, pool.conversations["c2"])
    assert remedy is not None
    assert remedy.words == "if the team lyon lent one more, luc could have it"


@pytest.mark.parametrize("again", ["restart", "other rules"])
def test_who_is_lent_is_known_after_a_restart_and_under_other_rules(again: str) -> None:
    story = centre()
    wait(story, "c1", channel="chat")
    story.declares("lea", "busy")
    wait(story, "c2", channel="chat")
    if again == "restart":
        story.restarted()
        story.works("luc", team="lyon", channels=MEANS)
        assert story.asks("r1", "chat")[1:] == ["assigned r1 to luc"]
    else:
        assert story.swapped(RULES.replace("most: 1", "most: 2"))[-1] == "assigned c2 to luc"
