"""The checker follows the stages of a surge, and finds one that nothing brought about."""

from typing import Any

import pytest

from tests.checker import check
from tests.checker.report import Rule
from tests.checker.story import Story, rfc3339

HOUR_MS = 3_600_000


def turned(story: Story, timer: str = "condition_changes") -> dict[str, Any]:
    return {"timer": timer, "due": rfc3339(story.now), "of": "storm"}


def begun() -> Story:
    """Tell of a storm that the load began, for an hour at most."""
    story = Story()
    story.create()
    ends = rfc3339(story.now + HOUR_MS)
    trigger = {"name": "waiting", "value": 1.0}
    told: dict[str, Any] = {"from": None, "to": "storm", "reason": "load", "trigger": trigger}
    story.decide("surge.changed", cause=turned(story), **told, expires_at=ends)
    return story


def ended(story: Story, *, after_ms: int, **changed: Any) -> set[Rule]:
    story.now += after_ms
    told: dict[str, Any] = {"from": "storm", "to": None, "reason": "expired", **changed}
    story.decide("surge.changed", cause=turned(story, "surge_expires"), **told)
    return set(check(story.topics(), settled_at=0).broken())


def test_a_storm_that_begins_and_expires_is_sound() -> None:
    assert ended(begun(), after_ms=HOUR_MS) == set()


@pytest.mark.parametrize("after_ms", [HOUR_MS - 1, HOUR_MS + 1])
def test_one_that_expires_at_another_time_than_was_said_is_found(after_ms: int) -> None:
    assert ended(begun(), after_ms=after_ms) == {Rule.SURGE}


def test_one_that_follows_on_another_than_was_in_force_is_found() -> None:
    assert ended(begun(), after_ms=HOUR_MS, **{"from": "busy"}) == {Rule.SURGE}


def test_none_in_force_that_has_an_end_is_found() -> None:
    story = begun()
    ends = rfc3339(story.now + 2 * HOUR_MS)
    assert ended(story, after_ms=HOUR_MS, expires_at=ends) == {Rule.SURGE}


def test_a_switch_that_turns_off_in_the_moment_it_turned_on_begins_its_decisions_anew() -> None:
    for timer, rules in (("condition_changes", set()), ("expands", {Rule.CONTIGUOUS, Rule.CAUSE})):
        story = Story()
        story.agent()
        story.create()
        cause = turned(story, timer)
        told: dict[str, Any] = {"from": None, "to": "storm", "reason": "load"}
        ends = rfc3339(story.now + HOUR_MS)
        story.decide("surge.changed", cause=cause, **told, expires_at=ends)
        story.give("conversation.offered", cause=cause)
        back = {"from": "storm", "to": None, "reason": "load"}
        story.decide("surge.changed", cause=cause, **back)
        assert set(check(story.topics(), settled_at=0).broken()) == rules


@pytest.mark.parametrize("timer", ["expands", "presence_until", "overflows", "lost_agent"])
def test_a_timer_that_fires_twice_for_one_moment_is_found(timer: str) -> None:
    story = Story()
    story.create()
    step = {"timer": timer, "due": rfc3339(story.now), "of": "c1"}
    climbed: dict[str, Any] = {"conversation": "c1", "queue": "all", "requirements": {}}
    story.decide("conversation.expanded", cause=step, step=1, **climbed)
    told: dict[str, Any] = {"from": None, "to": "storm", "reason": "load"}
    ends = rfc3339(story.now + HOUR_MS)
    story.decide("surge.changed", cause=turned(story), **told, expires_at=ends)
    story.decide("conversation.expanded", cause=step, step=2, **climbed)
    assert set(check(story.topics(), settled_at=0).broken()) == {Rule.CONTIGUOUS}


def test_a_change_by_load_that_no_condition_turned_is_found() -> None:
    assert ended(begun(), after_ms=HOUR_MS, reason="load") == {Rule.CAUSE}
