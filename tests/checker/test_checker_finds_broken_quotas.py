"""What is given beyond a team's quota is found by who is told of it."""

from typing import Any

import pytest

from tests.checker import Centre, check
from tests.checker.centre import QuotaRules
from tests.checker.report import Rule
from tests.checker.story import Story, rfc3339

HOUR_MS = 3_600_000
BOUND = Centre(rests=True, quotas={"t": QuotaRules(at_most=1)})


def broken(story: Story, *, centre: Centre = BOUND) -> set[Rule]:
    """Tell which promises the checker finds broken."""
    return set(check(story.topics(), centre=centre).broken())


def given(story: Story, id_: str, **changed: Any) -> None:
    """Let a conversation arrive and be given to ana."""
    story.give("conversation.assigned", id_, cause=story.create(id_), **changed)


def two_at_once(seconds: float = 0) -> Story:
    """Give ana two conversations, the second one so much later."""
    story = Story()
    story.agent()
    given(story, "c1")
    story.now += round(seconds * 1_000)
    given(story, "c2")
    return story


def test_a_second_one_in_the_same_hour_is_found() -> None:
    assert broken(two_at_once()) == {Rule.QUOTA}
    assert broken(two_at_once(), centre=Centre(rests=True)) == set()


def test_another_hour_has_a_quota_of_its_own() -> None:
    left = (HOUR_MS - Story().now % HOUR_MS) / 1_000
    assert broken(two_at_once(left)) == set()
    assert broken(two_at_once(left - 0.001)) == {Rule.QUOTA}


def test_a_day_is_that_of_the_time_zone() -> None:
    story = Story()
    story.now += 12 * HOUR_MS  # 22:00 in London, 23:00 in Paris
    story.agent()
    given(story, "c1")
    story.now += HOUR_MS
    given(story, "c2")
    for zone, found in (("Europe/Paris", set()), ("Europe/London", {Rule.QUOTA})):
        rules = QuotaRules(at_most=1, timezone=zone)
        assert broken(story, centre=Centre(rests=True, quotas={"t": rules})) == found


def test_an_offer_counts_as_if_it_were_accepted() -> None:
    story = Story()
    story.agent()
    story.give("conversation.offered", "c1", cause=story.create("c1"))
    assert broken(story) == set()
    story.give("conversation.offered", "c2", cause=story.create("c2"))
    assert broken(story) == {Rule.QUOTA}


def test_an_offer_that_nobody_answered_gives_its_place_back() -> None:
    story = Story()
    story.agent()
    story.give("conversation.offered", "c1", cause=story.create("c1"))
    offer, story.now = f"o{story.seq}", story.now + 20_000
    timer = {"timer": "offer_expires", "due": rfc3339(story.now), "of": offer}
    said = {"conversation": "c1", "offer": offer, "agent": "ana", "reason": "no_answer"}
    story.decide("offer.expired", cause=timer, **said)
    given(story, "c2")
    assert Rule.QUOTA not in broken(story)


def test_another_team_is_not_bound_by_it() -> None:
    assert broken(two_at_once(), centre=Centre(rests=True, quotas={"u": QuotaRules(0)})) == set()


def test_a_supervisor_is_not_bound_and_what_he_gives_counts() -> None:
    story = two_by_command()
    assert Rule.QUOTA not in broken(story)
    given(story, "c3")
    assert Rule.QUOTA in broken(story)


def of_four(*, to: int) -> Story:
    """Let two teams have four conversations, the first team the last `to` of them."""
    story = Story()
    story.agent("bob", team="u", channels={"chat": 9}, capacity=900)
    story.agent(channels={"chat": 9}, capacity=900)
    for n in range(4):
        given(story, f"c{n}", agent="ana" if n >= 4 - to else "bob")
    return story


@pytest.mark.parametrize(("share", "to", "found"), [(25, 1, set()), (24, 1, {Rule.SHARE})])
def test_a_larger_share_than_a_team_may_have_is_found(
    share: int, to: int, *, found: set[Rule]
) -> None:
    rules = Centre(rests=True, quotas={"t": QuotaRules(share=share)})
    assert broken(of_four(to=to), centre=rules) == found


def test_a_share_holds_from_the_first_conversation_on() -> None:
    rules = Centre(rests=True, quotas={"t": QuotaRules(share=99)})
    assert broken(of_four(to=4), centre=rules) == {Rule.SHARE}


def test_a_surge_has_a_share_of_its_own() -> None:
    story = Story()
    story.agent("bob", team="u", channels={"chat": 9}, capacity=900)
    story.agent(channels={"chat": 9}, capacity=900)
    given(story, "c1", agent="bob")
    timer = {"timer": "condition_changes", "due": rfc3339(story.now), "of": "peak"}
    ends = rfc3339(story.now + HOUR_MS)
    load = {"name": "waiting", "value": 9.0}
    told = {"from": None, "to": "peak", "reason": "load", "trigger": load, "expires_at": ends}
    story.decide("surge.changed", cause=timer, **told)
    given(story, "c2")
    for in_a_surge, found in ((50, set()), (49, {Rule.SHARE})):
        rules = Centre(
            rests=True,
            quotas={"t": QuotaRules(share=10)},
            partner_shares={"peak": in_a_surge},
        )
        assert broken(story, centre=rules) == found


def two_by_command() -> Story:
    """Let a supervisor give ana two conversations."""
    story = Story()
    story.agent(channels={"chat": 3})
    for id_ in ("c1", "c2"):
        story.create(id_)
        order = {"conversation": id_, "agent": "ana", "by": "sue"}
        cause = story.put("commands", "command.assign", subject="sue", **order)
        told = {"command": f"commands-{cause[2]}", "by": "sue", "reason": None}
        story.decide("command.applied", cause=cause, **told, conversation=id_, agent="ana")
        story.give("conversation.assigned", id_, cause=cause)
    return story
