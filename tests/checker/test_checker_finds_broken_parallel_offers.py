"""Several agents asked at once: one offer, one winner, and nothing left open to the others."""

from typing import Any

import pytest

from tests.checker import Centre, check
from tests.checker.centre import ChannelRules
from tests.checker.decisions import Place
from tests.checker.report import Rule
from tests.checker.story import Story


def broken(story: Story) -> set[Rule]:
    """Tell which promises the checker finds broken."""
    return set(check(story.topics(), centre=Centre()).broken())


def asked(**second: Any) -> Story:
    """Offer a conversation to ana and, in the same cause, to ben."""
    story = Story()
    story.agent()
    story.agent("ben")
    cause = story.create()
    story.give("conversation.offered", cause=cause)
    story.give("conversation.offered", cause=cause, **{"offer": "o2", "agent": "ben", **second})
    return story


def end(story: Story, agent: str, *, cause: Place, reason: str = "taken") -> None:
    told = {"conversation": "c1", "offer": "o2", "agent": agent, "reason": reason}
    story.decide("offer.withdrawn", cause=cause, **told)


def test_two_who_are_asked_at_once_and_one_who_takes_it_are_in_order() -> None:
    story = asked()
    accept = story.answer("offer.accepted", offer="o2", agent="ben")
    end(story, "ana", cause=accept)
    story.give("conversation.assigned", cause=accept, offer="o2", agent="ben")
    assert broken(story) == set()


def test_more_who_are_asked_than_the_channel_says_are_found() -> None:
    topics = asked().topics()
    for most, rules in ((2, set()), (1, {Rule.LIFE})):
        centre = Centre(channels={"chat": ChannelRules(addressees=most)})
        assert set(check(topics, centre=centre).broken()) == rules


def test_more_who_are_asked_than_the_queue_says_are_found_whatever_the_channel_says() -> None:
    topics = asked().topics()
    for own, channel, rules in ((2, 1, set()), (1, 2, {Rule.LIFE}), (0, 2, {Rule.LIFE})):
        centre = Centre(
            channels={"chat": ChannelRules(addressees=channel)}, addressees={"all": own}
        )
        assert set(check(topics, centre=centre).broken()) == rules
    elsewhere = Centre(
        channels={"chat": ChannelRules(addressees=1)}, addressees={"another queue": 2}
    )
    assert set(check(topics, centre=elsewhere).broken()) == {Rule.LIFE}


def test_who_is_assigned_unasked_where_the_queue_asks_is_found() -> None:
    story = Story()
    story.agent()
    story.give("conversation.assigned", cause=story.create())
    for own, rules in ((0, set()), (1, {Rule.LIFE}), (3, {Rule.LIFE})):
        centre = Centre(addressees={"all": own})
        assert set(check(story.topics(), centre=centre).broken()) == rules


def test_one_who_declines_leaves_the_offer_to_the_other() -> None:
    story = asked()
    decline = story.answer("offer.declined", offer="o2")
    told = {"conversation": "c1", "offer": "o2", "agent": "ana", "reason": None}
    story.decide("offer.declined", cause=decline, **told)
    accept = story.answer("offer.accepted", offer="o2", agent="ben")
    story.give("conversation.assigned", cause=accept, offer="o2", agent="ben")
    assert broken(story) == set()


def test_an_offer_left_open_to_another_when_it_is_taken_is_found() -> None:
    story = asked()
    accept = story.answer("offer.accepted", offer="o2", agent="ben")
    story.give("conversation.assigned", cause=accept, offer="o2", agent="ben")
    assert broken(story) == {Rule.LIFE}


def test_an_offer_taken_back_after_it_was_taken_is_found() -> None:
    story = asked()
    accept = story.answer("offer.accepted", offer="o2", agent="ben")
    story.give("conversation.assigned", cause=accept, offer="o2", agent="ben")
    end(story, "ana", cause=accept)
    assert Rule.LIFE in broken(story)


def test_an_offer_taken_back_as_taken_that_nobody_took_is_found() -> None:
    story = asked()
    other = story.put("agents", "agent.presence", subject="ana", presence="available")
    end(story, "ana", cause=other)
    assert broken(story) == {Rule.CAUSE}


@pytest.mark.parametrize(
    ("second", "rule"),
    [
        ({"offer": "o3"}, Rule.LIFE),
        ({"agent": "ana"}, Rule.LIFE),
        ({"units": 20}, Rule.LIFE),
        ({"expires_at": "2030-01-01T00:00:00.000Z"}, Rule.LIFE),
        ({"attempt": 2}, Rule.ATTEMPT),
    ],
)
def test_an_offer_that_is_not_the_same_for_both_is_found(
    second: dict[str, Any], rule: Rule
) -> None:
    assert rule in broken(asked(**second))
