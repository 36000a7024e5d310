"""Other measures in a storm: by load, by order, and never for ever."""

from typing import Any

from msgspec import UNSET

from router.model import inputs
from router.model.outputs import ConversationExpanded, SurgeChanged, TimerCause, Trigger
from tests.unit.engine.centre import Centre

RULES = """
version: 1
skills: {billing: 1..3}
topics: [billing, other]
channels:
  chat: {units: 50, offer: {mode: automatic}}
  voice: {offer: {mode: manual, expires: 15s}}
agents: {lease: 1d}
queues:
  billing:
    takes: [billing]
    requires: {billing: ">= level"}
    order: {by: arrival}
    deflects:
      - {offer: callback, on: {waiting: 100}, off: {waiting: 50}, text: Ring you back?, expires: 1h}
    expands:
      - {after: 60s, requires: {billing: ">= level - 1"}}
      - {after: 90s, then: anyone}
  rest: {takes: true, order: {by: arrival}}
surge:
  busy: {on: {waiting: 3}, off: {waiting: 1}, expires: 10m, sets: {expansion_speed: 3x}}
  storm: {on: {waiting: 5}, off: {waiting: 3}, expires: 10m, sets: {offer_expires: 5s}}
  flood: {expires: 1h, sets: {deflects: all}}
"""


def orders(story: Centre, stage: str) -> list[str]:
    return story.about(inputs.CommandSurge, stage=stage, by="eve", reason="rain")


def come(story: Centre, *conversations: str, topic: str = "other") -> None:
    for each in conversations:
        story.asks(each, topic=topic)


def changes(story: Centre, event: inputs.Input | None = None) -> list[SurgeChanged]:
    decided = story.decide(event) if event else story.engine.advance(story.milliseconds)
    return [each.body for each in decided if isinstance(each.body, SurgeChanged)]


def command(story: Centre, stage: str) -> inputs.Input:
    more: dict[str, Any] = {"by": "eve", "reason": "rain"}
    return inputs.CommandSurge(**story.envelope(), stage=stage, **more)


def test_all_queues_together_call_for_a_stage() -> None:
    story = Centre(RULES)
    come(story, "c1", "c2")
    come(story, "c3", topic="billing")
    (said,) = changes(story)
    assert (said.from_, said.to, said.reason) == (None, "busy", "load")
    assert said.trigger == Trigger("waiting", 3.0)
    assert said.expires_at == story.milliseconds + 600_000


def test_the_strongest_that_is_called_for_is_in_force() -> None:
    story = Centre(RULES)
    come(story, "c1", "c2", "c3", "c4", "c5")
    assert [(each.from_, each.to) for each in changes(story)] == [("busy", "storm")]
    for gone in ("c1", "c2"):
        story.about(inputs.ConversationAbandoned, conversation=gone)
    (said,) = changes(story)
    assert (said.from_, said.to, said.trigger) == ("storm", "busy", Trigger("waiting", 3.0))
    for gone in ("c3", "c4"):
        story.about(inputs.ConversationAbandoned, conversation=gone)
    (said,) = changes(story)
    assert (said.from_, said.to, said.trigger, said.expires_at) == ("busy", None, UNSET, UNSET)


def test_steps_come_faster_for_those_who_wait_too_and_slower_again_when_it_is_over() -> None:
    story = Centre(RULES)
    come(story, "c1", topic="billing")
    story.wait(25)
    come(story, "c2", "c3")
    assert story.wait(0) == ["surge.changed"]
    # The step after 60 s comes after 20 now, which have gone by.
    assert story.wait(0.001) == ["expanded c1 in billing: 1 {'billing': 0}"]
    for gone in ("c2", "c3"):
        story.about(inputs.ConversationAbandoned, conversation=gone)
    assert story.wait(0) == ["surge.changed"]
    assert story.wait(64.998) == []
    assert story.wait(0.001) == ["expanded c1 in billing: 2 {}"]


def test_steps_that_are_past_in_a_storm_come_at_once_when_it_begins_and_together() -> None:
    story = Centre(RULES.replace("3x", "20x"))
    story.asks("c1", topic="billing", level=3)
    story.now += 50
    assert orders(story, "busy") == ["command applied", "surge.changed"]
    begun = story.milliseconds
    assert story.wait(0) == []
    story.now += 30
    decided = story.engine.advance(story.milliseconds)
    climbed = [each for each in decided if isinstance(each.body, ConversationExpanded)]
    assert [each.body.step for each in climbed if hasattr(each.body, "step")] == [1, 2]
    assert {each.cause for each in climbed} == {TimerCause("expands", begun + 1, "c1")}


def test_offers_made_in_a_storm_are_shorter_and_those_before_stay() -> None:
    story = Centre(RULES)
    story.works("ana", {"billing": 1}, channels={"voice": 1})
    story.works("ben", {"billing": 1}, channels={"voice": 1})
    story.asks("v1", "voice", topic="billing")
    orders(story, "storm")
    story.asks("v2", "voice", topic="billing")
    assert "expired v2 from ben" in story.wait(5)
    assert "expired v1 from ana" in story.wait(10)


def test_in_a_flood_those_who_wait_and_those_who_come_are_deflected_whatever_the_load() -> None:
    story = Centre(RULES)
    come(story, "c1", topic="billing")
    assert orders(story, "flood") == ["command applied", "surge.changed", "deflected c1: callback"]
    assert story.asks("c2", topic="billing")[-1] == "deflected c2: callback"
    assert orders(story, "off") == ["command applied", "surge.changed"]
    assert story.asks("c3", topic="billing") == ["queued c3 in billing at 1"]


def test_an_order_wins_over_the_load() -> None:
    story = Centre(RULES)
    (said,) = changes(story, command(story, "flood"))
    assert (said.to, said.reason, said.trigger) == ("flood", "command", UNSET)
    come(story, "c1", "c2", "c3", "c4", "c5")
    assert changes(story) == []
    (said,) = changes(story, command(story, "busy"))
    assert (said.from_, said.to) == ("flood", "busy")


def test_off_ends_what_the_load_began_until_the_load_has_gone() -> None:
    story = Centre(RULES)
    come(story, "c1", "c2", "c3")
    assert [each.to for each in changes(story)] == ["busy"]
    (said,) = changes(story, command(story, "off"))
    assert (said.from_, said.to, said.reason) == ("busy", None, "command")
    come(story, "c4")
    assert changes(story) == []
    for gone in ("c1", "c2", "c3"):
        story.about(inputs.ConversationAbandoned, conversation=gone)
    come(story, "c5", "c6")
    assert [each.to for each in changes(story)] == ["busy"]


def test_a_stronger_stage_may_still_come_after_off() -> None:
    story = Centre(RULES)
    come(story, "c1", "c2", "c3")
    story.wait(0)
    orders(story, "off")
    come(story, "c4", "c5")
    assert [each.to for each in changes(story)] == ["storm"]


def test_off_where_nothing_is_in_force_says_no_more_than_that_it_is_applied() -> None:
    story = Centre(RULES)
    assert orders(story, "off") == ["command applied"]
    assert orders(story, "gale") == ["command refused: unknown_stage"]


def test_ordered_again_it_begins_anew() -> None:
    story = Centre(RULES)
    orders(story, "flood")
    story.wait(3_000)
    (said,) = changes(story, command(story, "flood"))
    assert (said.from_, said.to) == ("flood", "flood")
    assert story.wait(3_599.999) == []
    assert story.wait(0.001) == ["surge.changed"]


def test_what_expired_does_not_begin_again_by_the_same_load() -> None:
    story = Centre(RULES)
    come(story, "c1", "c2", "c3")
    story.wait(0)
    story.wait(599.999)
    (said,) = [each for each in _after(story, 0.001) if each.reason == "expired"]
    assert (said.from_, said.to) == ("busy", None)
    come(story, "c4")
    assert changes(story) == []


def _after(story: Centre, seconds: float) -> list[SurgeChanged]:
    story.now += seconds
    return changes(story)


def test_a_restart_changes_nothing_and_other_rules_keep_what_they_know() -> None:
    story = Centre(RULES)
    orders(story, "flood")
    story.wait(1_800)
    assert story.restarted() == []
    assert story.asks("c1", topic="billing")[-1] == "deflected c1: callback"
    story.about(inputs.ConversationAbandoned, conversation="c1")
    other = RULES.replace("flood: {expires: 1h", "flood: {expires: 2h")
    assert story.swapped(other) == ["policy.changed"]
    assert story.wait(5_399.999) == []
    assert story.wait(0.001) == ["surge.changed"]


def test_a_stage_that_the_rules_have_no_more_ends_and_the_load_decides() -> None:
    story = Centre(RULES)
    come(story, "c1", "c2", "c3")
    story.wait(0)
    orders(story, "flood")
    without = RULES[: RULES.index("  flood:")]
    assert story.swapped(without) == ["policy.changed", "surge.changed"]
    assert orders(story, "off") == ["command applied", "surge.changed"]
    assert story.swapped(RULES) == ["policy.changed"]


def test_a_stage_that_had_lost_its_condition_meanwhile_may_begin_by_load_at_once() -> None:
    story = Centre(RULES)
    come(story, "c1", "c2", "c3")
    story.wait(0)
    orders(story, "off")
    by_order = RULES.replace("busy: {on: {waiting: 3}, off: {waiting: 1},", "busy: {")
    assert story.swapped(by_order) == ["policy.changed"]
    assert story.swapped(RULES) == ["policy.changed"]
    assert [each.to for each in changes(story)] == ["busy"]
