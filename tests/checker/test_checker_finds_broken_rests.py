"""Who should rest is given nothing, nobody has too much of a kind in a row, no rule is taken twice."""

from typing import Any

import pytest

from tests.checker import Centre, check
from tests.checker.report import Rule
from tests.checker.story import Story, rfc3339

CALM = Centre(rests=True, label_rests={"angry": 30_000}, in_a_row={"angry": 2})
SHARED = Centre(rests=True, occupancy=(50, 60_000))


def broken(story: Story, centre: Centre) -> set[Rule]:
    """Tell which promises the checker finds broken."""
    return set(check(story.topics(), centre=centre).broken())


def worked(*labels: str, wrap_up_ms: int = 0, handled_s: float = 60.0) -> Story:
    """Let ana have a conversation with these labels and be done with it."""
    story = Story()
    story.agent()
    story.give("conversation.assigned", cause=story.create(), **labelled(*labels))
    story.now += int(handled_s * 1_000)
    until = rfc3339(story.now + wrap_up_ms)
    story.close(handled_s=handled_s, wrapup_until=until)
    story.now += wrap_up_ms
    return story


def labelled(*labels: str) -> dict[str, Any]:
    return {"labels": list(labels)} if labels else {}


@pytest.mark.parametrize("wrap_up_ms", [0, 20_000])
@pytest.mark.parametrize(("later_ms", "is_early"), [(29_999, True), (30_000, False)])
def test_a_conversation_for_who_rests_after_a_hard_one_is_found(
    wrap_up_ms: int, later_ms: int, *, is_early: bool
) -> None:
    story = worked("angry", wrap_up_ms=wrap_up_ms)
    story.now += later_ms
    story.give("conversation.assigned", "c2", cause=story.create("c2"))
    assert broken(story, CALM) == ({Rule.REST} if is_early else set())


def test_after_an_easy_one_nobody_rests_unless_everybody_does() -> None:
    story = worked()
    story.give("conversation.offered", "c2", cause=story.create("c2"))
    assert broken(story, CALM) == set()
    assert broken(story, Centre(rests=True, rest_ms=1_000)) == {Rule.REST}


def test_an_agent_who_ended_his_wrap_up_himself_rests_from_then_on() -> None:
    story = Story()
    story.agent()
    story.give("conversation.assigned", cause=story.create(), labels=["angry"])
    story.close(handled_s=0.0)
    story.now += 60_000
    story.create("c2", skills={"calm": 1})
    story.pass_by(story.put("agents", "agent.wrapup_ended", subject="ana", conversation="c1"))
    story.now += 29_000
    story.give("conversation.assigned", "c3", cause=story.create("c3"))
    assert broken(story, CALM) == {Rule.REST}


def test_a_supervisor_may_give_work_to_who_rests() -> None:
    story = worked("angry")
    story.create("c2")
    order = {"conversation": "c2", "agent": "ana", "by": "sam", "reason": "now"}
    place = story.put("commands", "command.assign", subject="c2", **order)
    story.decide("command.applied", cause=place, command="commands-0", **order)
    story.give("conversation.assigned", "c2", cause=place)
    assert broken(story, CALM) == set()


@pytest.mark.parametrize(("between", "is_run"), [((), True), (("easy",), False)])
def test_one_more_of_a_kind_than_is_borne_in_a_row_is_found(
    between: tuple[str, ...], *, is_run: bool
) -> None:
    story = Story()
    story.agent(channels={"chat": 9})
    kinds = ("angry", "angry", *between, "angry")
    for number, label in enumerate(kinds):
        cause = story.create(f"c{number}")
        story.give("conversation.assigned", f"c{number}", cause=cause, units=1, labels=[label])
    assert broken(story, CALM) == ({Rule.RUN} if is_run else set())


def test_who_was_offline_has_nothing_behind_him() -> None:
    story = Story()
    story.agent(channels={"chat": 9})
    for number in range(3):
        if number == 2:
            for presence in ("offline", "available"):
                place = story.put("agents", "agent.presence", subject="ana", presence=presence)
                story.pass_by(place)
        cause = story.create(f"c{number}")
        story.give("conversation.assigned", f"c{number}", cause=cause, units=1, labels=["angry"])
    assert broken(story, CALM) == set()


@pytest.mark.parametrize(("later_s", "is_early"), [(14, True), (15, False)])
def test_work_for_who_has_worked_too_long_is_found(later_s: int, *, is_early: bool) -> None:
    # Half of a minute is borne; of 45 s the other 15 are rested off.
    story = worked(handled_s=45.0)
    story.now += later_s * 1_000
    story.give("conversation.assigned", "c2", cause=story.create("c2"))
    assert broken(story, SHARED) == ({Rule.REST} if is_early else set())


def test_nobody_need_rest_for_longer_than_the_free_part_of_the_window() -> None:
    story = worked(handled_s=36_000.0)
    story.now += 30_000
    story.give("conversation.assigned", "c2", cause=story.create("c2"))
    assert broken(story, SHARED) == set()


def test_work_within_the_share_needs_no_rest() -> None:
    story = worked(handled_s=30.0)
    story.give("conversation.assigned", "c2", cause=story.create("c2"))
    assert broken(story, SHARED) == set()


def spilled(*steps: tuple[str, str, str]) -> Story:
    """Let a conversation that waits in `all` take these overflows: from, to, kind."""
    story = Story()
    story.create()
    for left, to, kind in steps:
        story.now += 60_000
        timer = {"timer": "overflows", "due": rfc3339(story.now), "of": "c1"}
        trigger = {"name": "waited_s", "value": 60.0}
        told = {"from": left, "to": to, "kind": kind, "trigger": trigger}
        story.decide("conversation.overflowed", cause=timer, conversation="c1", **told)
    return story


RULES = Centre(overflows={"all": ("late", "lyon"), "late": ("all",)})


def test_every_overflow_rule_taken_once_is_in_order() -> None:
    story = spilled(("all", "lyon", "team"), ("all", "late", "queue"), ("late", "all", "queue"))
    assert broken(story, RULES) == set()


def test_who_is_lent_again_in_another_stay_is_in_order() -> None:
    there, back = ("all", "late", "queue"), ("late", "all", "queue")
    lent = ("all", "lyon", "team")
    assert broken(spilled(lent, there, back, lent), RULES) == set()
    assert broken(spilled(lent, lent), RULES) == {Rule.OVERFLOW}


def test_an_overflow_rule_taken_twice_in_a_life_is_found() -> None:
    there, back = ("all", "late", "queue"), ("late", "all", "queue")
    assert broken(spilled(there, back, there), RULES) == {Rule.OVERFLOW}
    assert broken(spilled(there, back, there), Centre()) == set()


def test_an_overflow_that_no_rule_asks_for_is_found() -> None:
    assert broken(spilled(("all", "nowhere", "queue")), RULES) == {Rule.OVERFLOW}


def test_an_overflow_from_a_queue_it_does_not_wait_in_is_found() -> None:
    assert Rule.LIFE in broken(spilled(("late", "all", "queue")), RULES)


def test_what_is_known_of_the_rules_can_be_told_in_a_file() -> None:
    told = {
        "capacity": 100,
        "channels": {"chat": {"units": 34, "at_most": 3, "addressees": 2}},
        "closing": ["all"],
        "labels": {"angry": 1},
        "label_rests": {"angry": 30_000},
        "in_a_row": {"angry": 2},
        "occupancy": [90, 3_600_000],
        "status": {"all": {"every_ms": 10_000, "within_ms": 20_000, "over_ms": 900_000}},
        "overflows": {"all": ["late"]},
        "quotas": {"lyon": {"at_most": 300, "timezone": "Europe/Paris"}},
        "pools": {"france": {"rests": True, "rest_ms": 5_000}},
    }
    centre = Centre.from_json(told)
    assert centre.of("spain").occupancy == (90, 3_600_000)
    assert centre.of("spain").overflows == {"all": ("late",)}
    assert centre.of("spain").status["all"].within_ms == 20_000
    assert centre.of("spain").quotas["lyon"].timezone == "Europe/Paris"
    assert centre.of("france") == Centre(rests=True, rest_ms=5_000)
