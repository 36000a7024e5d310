"""What an agent can bear: units, channels, wrap-ups, labels, what may be interrupted; more is found."""

from typing import Any

from tests.checker import Centre
from tests.checker.centre import ChannelRules
from tests.checker.report import Rule
from tests.checker.story import Story, assigned, rfc3339
from tests.checker.verdict import broken


def test_too_many_units_are_found() -> None:
    story = assigned()
    story.give("conversation.assigned", "c2", cause=story.create("c2"), units=67)
    assert broken(story) == {Rule.CAPACITY}


def test_one_too_many_of_a_channel_is_found() -> None:
    story = assigned(channels={"chat": 1})
    story.give("conversation.assigned", "c2", cause=story.create("c2"))
    assert broken(story) == {Rule.CAPACITY}


def test_a_channel_the_agent_does_not_have_is_found() -> None:
    assert broken(assigned(channels={"voice": 1})) == {Rule.CAPACITY}


def test_another_channel_beside_an_exclusive_one_is_found() -> None:
    story = assigned(channels={"chat": 2, "voice": 1})
    cause = story.put("conversations", "conversation.created", subject="c2", channel="voice")
    story.queued("c2", cause=cause)
    story.give("conversation.assigned", "c2", cause=cause, units=50)
    assert broken(story) == set()
    centre = Centre(channels={"voice": ChannelRules(exclusive=True)})
    assert broken(story, centre=centre) == {Rule.CAPACITY}


def test_another_cost_than_the_channels_is_found() -> None:
    centre = Centre(channels={"chat": ChannelRules(units=50)})
    assert broken(assigned(), centre=centre) == {Rule.CAPACITY}


def test_a_wrap_up_holds_what_the_conversation_held_until_its_time() -> None:
    for later, found in ((4_999, {Rule.CAPACITY}), (5_000, set())):
        story = assigned()
        story.close(wrapup_until=rfc3339(story.now + 5_000))
        story.now += later
        story.give("conversation.assigned", "c2", cause=story.create("c2"), units=67)
        assert broken(story) == found


def test_a_life_that_needs_no_wrap_up_leaves_the_wrap_up_of_a_former_one() -> None:
    story = Story()
    story.agent()
    for ends in (None, rfc3339(story.now)):
        story.give("conversation.assigned", cause=story.create())
        story.close(wrapup_until=ends)
    for later, found in (("c2", set()), ("c3", {Rule.ACCOUNTED})):
        story.pass_by(story.put("agents", "agent.wrapup_ended", subject="ana", conversation="c1"))
        story.give("conversation.assigned", later, cause=story.create(later))
        assert broken(story) == found


def test_a_wrap_up_that_the_agent_ended_holds_nothing() -> None:
    story = assigned()
    story.close()
    story.pass_by(story.put("agents", "agent.wrapup_ended", subject="ana", conversation="c1"))
    story.give("conversation.assigned", "c2", cause=story.create("c2"), units=100)
    assert broken(story) == set()


def test_a_lowered_profile_takes_nothing_away_and_gives_nothing_new() -> None:
    story = assigned()
    lower: dict[str, Any] = {
        "team": "t",
        "skills": {"claims": 2},
        "channels": {"chat": 2},
        "capacity": 30,
    }
    story.pass_by(story.put("agents", "agent.updated", subject="ana", **lower))
    story.create("c2", skills={"claims": 3})
    assert broken(story) == set()
    story.give("conversation.assigned", "c3", cause=story.create("c3"), units=10)
    assert broken(story) == {Rule.CAPACITY}


def test_more_of_a_label_than_an_agent_can_bear_is_found() -> None:
    for most, rules in ((1, {Rule.CAPACITY}), (2, set())):
        story = assigned(channels={"chat": 5})
        first = story.put("conversations", "conversation.created", subject="c2", channel="chat")
        story.queued("c2", cause=first)
        story.give("conversation.assigned", "c2", cause=first, labels=["heated"], units=20)
        second = story.put("conversations", "conversation.created", subject="c3", channel="chat")
        story.queued("c3", cause=second)
        story.give("conversation.assigned", "c3", cause=second, labels=["heated"], units=20)
        assert broken(story, centre=Centre(labels={"heated": most})) == rules


def beside_letters(**second: Any) -> Story:
    """Give ana a letter that may be interrupted, of nearly all she holds, and then something else."""
    story = Story()
    story.agent(channels={"chat": 2, "voice": 1})
    letter = {"units": 80, "interruptible": True}
    story.give("conversation.assigned", cause=story.create(), **letter)
    cause = story.put("conversations", "conversation.created", subject="c2", channel="voice")
    story.queued("c2", cause=cause)
    story.give("conversation.assigned", "c2", cause=cause, **{"units": 100, **second})
    return story


def test_a_call_beside_letters_that_may_be_interrupted_is_in_order() -> None:
    centre = Centre(channels={"voice": ChannelRules(exclusive=True)})
    assert broken(beside_letters(), centre=centre) == set()


def test_too_much_of_what_may_be_interrupted_is_found() -> None:
    assert broken(beside_letters(interruptible=True)) == {Rule.CAPACITY}


def test_more_than_an_agent_holds_beside_his_letters_is_found() -> None:
    assert broken(beside_letters(units=101)) == {Rule.CAPACITY}
