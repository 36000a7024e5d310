"""What is said of waits and queues must be true: estimates, what came of them, how a queue stands."""

from typing import Any

import pytest

from tests.checker import Centre
from tests.checker.centre import StatusRules
from tests.checker.report import Rule
from tests.checker.story import Story, rfc3339
from tests.checker.verdict import broken

TELLS = Centre(
    rests=True, status={"all": StatusRules(every_ms=10_000, within_ms=20_000, over_ms=900_000)}
)
WAIT = {"p50": 12.5, "p90": 60.0}


def told(estimate: object = WAIT) -> Story:
    """Tell a conversation its wait, and let it wait for seven seconds."""
    story = Story()
    place = story.put("conversations", "conversation.created", subject="c1", channel="chat")
    story.queued("c1", cause=place, estimated_wait_s=estimate)
    story.now += 7_000
    return story


def taken(story: Story, **changed: Any) -> None:
    """Let ana come in and have the conversation."""
    story.agent()
    told = story.put("agents", "agent.presence", subject="ana", presence="available")
    story.give("conversation.assigned", cause=told, waited_s=7.0, **changed)


def status(story: Story, *, cause: Any = None, **changed: Any) -> None:
    """Say how the queue stands: nobody waits, nobody is there."""
    told: dict[str, Any] = {
        "queue": "all",
        "waiting": 0,
        "oldest_wait_s": 0.0,
        "available_agents": 0,
        "estimated_wait_s": None,
        "service_level": None,
    }
    timer = {"timer": "status_due", "due": rfc3339(story.now), "of": "all"}
    story.decide("queue.status", cause=cause or timer, **{**told, **changed})


def left(story: Story, id_: str = "c1", *, waited_s: float) -> Any:
    """Let a customer leave."""
    gone = story.put("conversations", "conversation.abandoned", subject=id_)
    said = {"conversation": id_, "waited_s": waited_s, "reason": None}
    story.decide("conversation.abandoned", cause=gone, **said)
    return gone


def test_a_wait_that_was_told_and_is_said_again_with_what_it_took_is_in_order() -> None:
    story = told()
    taken(story, estimate_s={**WAIT, "actual": 7.0})
    assert broken(story) == set()


@pytest.mark.parametrize(
    "wrong",
    [
        {"p50": 61.0, "p90": 60.0},
        {"p50": -1.0, "p90": 60.0},
        {"p50": 12.55, "p90": 60.0},
        {"p50": 12.5},
        {"p50": "12", "p90": "60"},
        12.5,
    ],
)
def test_what_is_no_estimate_is_found(wrong: object) -> None:
    assert broken(told(wrong)) == {Rule.ESTIMATE}


@pytest.mark.parametrize(
    "said",
    [
        None,
        {**WAIT, "actual": 9.0},
        {**WAIT, "actual": None},
        {"p50": 10.0, "p90": 60.0, "actual": 7.0},
    ],
)
def test_an_assignment_that_does_not_say_what_was_told_and_what_it_took_is_found(
    said: object,
) -> None:
    story = told()
    taken(story, **({} if said is None else {"estimate_s": said}))
    assert broken(story) == {Rule.ESTIMATE}


def test_an_assignment_that_says_what_nobody_was_told_is_found() -> None:
    story = told(None)
    taken(story, estimate_s={**WAIT, "actual": 7.0})
    assert broken(story) == {Rule.ESTIMATE}


@pytest.mark.parametrize("is_said", [True, False])
def test_what_was_told_in_another_queue_is_void(*, is_said: bool) -> None:
    story = told()
    timer = {"timer": "overflows", "due": rfc3339(story.now), "of": "c1"}
    spill = {"from": "all", "to": "late", "kind": "queue"}
    trigger = {"name": "waited_s", "value": 7.0}
    story.decide(
        "conversation.overflowed", cause=timer, conversation="c1", trigger=trigger, **spill
    )
    said = {"estimate_s": {**WAIT, "actual": 7.0}} if is_said else {}
    taken(story, queue="late", **said)
    assert broken(story) == ({Rule.ESTIMATE} if is_said else set())


def test_a_conversation_given_from_a_queue_it_does_not_wait_in_is_found() -> None:
    story = told(None)
    taken(story, queue="late")
    assert broken(story) == {Rule.LIFE}


def test_a_status_that_tells_who_waits_and_since_when_is_in_order() -> None:
    story = Story()
    status(story, cause=story.create(), waiting=1)
    story.now += 17_000
    gone = left(story, waited_s=17.0)
    status(story, cause=gone, service_level=0.0)
    assert broken(story, centre=TELLS) == set()


@pytest.mark.parametrize(
    "wrong",
    [
        {"waiting": 0},
        {"waiting": 2},
        {"oldest_wait_s": 6.0},
        {"oldest_wait_s": None},
        {"available_agents": 1},
        {"available_agents": -1},
        {"service_level": 0.5},
        {"service_level": 1.5},
    ],
)
def test_a_status_that_is_not_true_is_found(wrong: dict[str, object]) -> None:
    story = told(None)
    status(story, **{"waiting": 1, "oldest_wait_s": 7.0, **wrong})
    assert broken(story) == {Rule.STATUS}


def test_a_status_whose_wait_is_none_is_found() -> None:
    story = told(None)
    status(story, waiting=1, oldest_wait_s=7.0, estimated_wait_s={"p50": 9.0, "p90": 3.0})
    assert broken(story) == {Rule.ESTIMATE}


def test_a_status_said_again_though_nothing_has_changed_is_found() -> None:
    story = told(None)
    status(story, waiting=1, oldest_wait_s=7.0)
    story.now += 60_000
    status(story, waiting=1, oldest_wait_s=67.0)
    assert broken(story) == {Rule.STATUS}


def test_a_status_said_before_its_period_is_over_is_found_by_who_knows_the_period() -> None:
    story = told(None)
    status(story, waiting=1, oldest_wait_s=7.0)
    story.now += 3_000
    gone = left(story, waited_s=10.0)
    status(story, cause=gone, service_level=0.0)
    assert broken(story) == set()
    assert broken(story, centre=TELLS) == {Rule.STATUS}


def test_a_status_that_is_never_said_is_found_by_who_knows_the_period() -> None:
    story = told(None)
    assert broken(story) == set()
    assert broken(story, centre=TELLS) == {Rule.STATUS}


@pytest.mark.parametrize(("level", "is_true"), [(0.5, True), (1.0, False), (None, False)])
def test_a_service_level_that_is_not_of_the_waits_that_ended_is_found(
    level: float | None, *, is_true: bool
) -> None:
    story = Story()
    story.agent()
    cause = story.create()
    story.give("conversation.assigned", cause=cause)
    status(story, cause=cause, service_level=1.0)
    created = story.create("c2")
    story.now += 11_000
    gone = left(story, "c2", waited_s=11.0)
    status(story, cause=gone, service_level=level)
    assert created
    assert broken(story, centre=TELLS) == (set() if is_true else {Rule.STATUS})


@pytest.mark.parametrize(
    ("target", "is_true"),
    [
        ({"answer": 0.8, "within_s": 20.0}, True),
        ({"answer": 0.9, "within_s": 20.0}, False),
        ({"answer": 0.8, "within_s": 30.0}, False),
        (None, False),
    ],
)
def test_a_service_target_that_is_not_that_of_the_rules_is_found(
    target: object, *, is_true: bool
) -> None:
    story = Story()
    status(story, cause=story.create(), waiting=1, service_target=target)
    promises = StatusRules(every_ms=10_000, within_ms=20_000, over_ms=900_000, answer=80)
    found = broken(story, centre=Centre(rests=True, status={"all": promises}))
    assert found == (set() if is_true else {Rule.STATUS})


def test_a_wait_that_ended_long_ago_counts_no_more() -> None:
    story = Story()
    story.agent()
    cause = story.create()
    story.give("conversation.assigned", cause=cause)
    status(story, cause=cause, service_level=1.0)
    story.now += 16 * 60_000
    other = story.put("conversations", "conversation.created", subject="c2", channel="chat")
    story.queued("c2", cause=other)
    status(story, cause=other, waiting=1, service_level=1.0)
    assert broken(story, centre=TELLS) == {Rule.STATUS}
