"""Two agents, one who is away, a forgotten customer: what must never happen is found."""

from typing import Any

import pytest

from tests.checker import Centre, check
from tests.checker.report import Rule
from tests.checker.story import Story, assigned, rfc3339
from tests.checker.verdict import broken


def offered() -> Story:
    story = Story()
    story.agent()
    story.agent("ben")
    story.give("conversation.offered", cause=story.create())
    return story


def test_an_assignment_of_what_was_never_queued_is_found() -> None:
    story = Story()
    story.agent()
    cause = story.put("conversations", "conversation.created", subject="c1", channel="chat")
    story.give("conversation.assigned", cause=cause)
    assert Rule.LIFE in broken(story)


def test_a_second_agent_for_an_assigned_conversation_is_found() -> None:
    story = assigned()
    story.agent("ben")
    timer = {"timer": "wrap_up_ends", "due": rfc3339(story.now), "of": "ben"}
    story.give("conversation.assigned", cause=timer, agent="ben", attempt=2)
    assert broken(story) == {Rule.LIFE}


def test_a_second_offer_while_one_is_open_is_found() -> None:
    story = offered()
    timer = {"timer": "wrap_up_ends", "due": rfc3339(story.now), "of": "ben"}
    story.give("conversation.offered", cause=timer, agent="ben", attempt=2)
    assert Rule.LIFE in broken(story)


def test_an_offer_taken_by_another_agent_is_found() -> None:
    story = offered()
    accept = story.answer("offer.accepted", offer="o2", agent="ben")
    story.give("conversation.assigned", cause=accept, offer="o2", agent="ben")
    assert Rule.LIFE in broken(story)


def test_an_offer_taken_without_its_accept_is_found() -> None:
    story = offered()
    other = story.put("agents", "agent.presence", subject="ben", presence="available")
    story.give("conversation.assigned", cause=other, offer="o2")
    assert broken(story) == {Rule.CAUSE}


def test_a_conversation_closed_while_offered_is_found() -> None:
    story = offered()
    order = story.put("commands", "command.close", subject="c1", conversation="c1", by="s")
    told = {"conversation": "c1", "waited_s": 0.0, "reason": "command"}
    story.decide("conversation.closed", cause=order, **told)
    assert broken(story) == {Rule.LIFE}


def test_a_life_that_goes_on_after_its_end_is_found() -> None:
    story = assigned()
    story.close()
    timer = {"timer": "lost_agent", "due": rfc3339(story.now), "of": "ana"}
    told = {"conversation": "c1", "queue": "all", "place": 1}
    story.decide("conversation.requeued", cause=timer, reason="agent_lost", **told)
    assert broken(story) == {Rule.LIFE}


def test_a_conversation_created_twice_while_open_is_found() -> None:
    story = Story()
    story.create()
    story.create()
    assert broken(story) == {Rule.LIFE}


def test_attempts_that_do_not_count_up_are_found() -> None:
    story = offered()
    decline = story.answer("offer.declined", offer="o2")
    told = {"conversation": "c1", "offer": "o2", "agent": "ana", "reason": None}
    story.decide("offer.declined", cause=decline, **told)
    story.give("conversation.offered", cause=decline, agent="ben")
    assert broken(story) == {Rule.ATTEMPT}


def test_a_wait_that_does_not_follow_from_the_arrival_is_found() -> None:
    story = Story()
    story.agent()
    cause = story.create(arrived_at=rfc3339(story.now - 90_000))
    story.give("conversation.assigned", cause=cause, waited_s=0.0)
    assert broken(story) == {Rule.WAITED}


def test_the_wait_stays_what_it_was_at_the_first_assignment() -> None:
    story = assigned()
    story.now += 30_000
    story.close(waited_s=30.0)
    assert broken(story) == {Rule.WAITED}


def test_an_offer_expired_at_another_time_than_said_is_found() -> None:
    story = offered()
    story.now += 30_000
    timer = {"timer": "offer_expires", "due": rfc3339(story.now), "of": "c1"}
    told = {"conversation": "c1", "offer": "o2", "agent": "ana", "reason": "no_answer"}
    story.decide("offer.expired", cause=timer, **told)
    assert Rule.CAUSE in broken(story)


@pytest.mark.parametrize("presence", ["break", "offline", "draining"])
def test_work_for_an_agent_who_is_away_is_found(presence: str) -> None:
    story = Story()
    story.agent()
    story.pass_by(story.put("agents", "agent.presence", subject="ana", presence=presence))
    story.give("conversation.assigned", cause=story.create())
    assert broken(story) == {Rule.PRESENCE}


def test_a_break_that_is_over_is_no_hindrance() -> None:
    story = Story()
    story.agent()
    until = rfc3339(story.now + 1_000)
    away = story.put("agents", "agent.presence", subject="ana", presence="break", until=until)
    story.pass_by(away)
    story.now += 1_000
    story.give("conversation.assigned", cause=story.create())
    assert broken(story) == set()


def test_an_offer_left_open_to_an_agent_who_went_away_is_found() -> None:
    story = offered()
    story.pass_by(story.put("agents", "agent.presence", subject="ana", presence="break"))
    story.create("c2", skills={"claims": 3})
    assert Rule.ACCOUNTED in broken(story)


def test_work_for_a_suspended_agent_and_unpaired_suspensions_are_found() -> None:
    lease = {"timer": "lease_expires", "due": rfc3339(Story().now), "of": "ana"}
    story = Story()
    story.agent()
    story.decide("agent.suspended", cause=lease, agent="ana", reason="lease_expired")
    beat = story.put("agents", "agent.heartbeat", subject="ana")
    story.decide("agent.released", cause=beat, agent="ana", reason="heartbeat")
    assert broken(story) == set()
    again = story.put("agents", "agent.heartbeat", subject="ana")
    story.decide("agent.released", cause=again, agent="ana", reason="heartbeat")
    assert broken(story) == {Rule.SUSPENSION}
    gone = Story()
    gone.agent()
    gone.decide("agent.suspended", cause=lease, agent="ana", reason="lease_expired")
    gone.give("conversation.assigned", cause=gone.create())
    assert broken(gone) == {Rule.SUSPENSION}


@pytest.mark.parametrize(
    ("type_", "reason", "data"),
    [
        ("conversation.abandoned", "unknown_conversation", {}),
        ("conversation.ended", "not_assigned", {"agent": "ana"}),
        ("conversation.transferred", "not_assigned", {"agent": "ana", "to": {"level": 2}}),
    ],
)
def test_a_router_that_forgot_who_has_a_conversation_is_found(
    type_: str, reason: str, data: dict[str, Any]
) -> None:
    story = assigned()
    cause = story.put("conversations", type_, subject="c1", **data)
    story.decide("input.refused", cause=cause, reason=reason, type=type_, subject="c1")
    assert broken(story) == {Rule.REFUSAL}


def test_a_router_that_forgot_an_offer_an_agent_or_a_wrap_up_is_found() -> None:
    story = offered()
    accept = story.answer("offer.accepted", offer="o2")
    told = {"type": "offer.accepted", "subject": "c1"}
    story.decide("input.refused", cause=accept, reason="stale_offer", **told)
    beat = story.put("agents", "agent.heartbeat", subject="ana")
    told = {"type": "agent.heartbeat", "subject": "ana"}
    story.decide("input.refused", cause=beat, reason="unknown_agent", **told)
    closed = assigned()
    closed.close()
    done = closed.put("agents", "agent.wrapup_ended", subject="ana", conversation="c1")
    told = {"type": "agent.wrapup_ended", "subject": "ana"}
    closed.decide("input.refused", cause=done, reason="no_wrap_up", **told)
    assert len(check(story.topics()).violations) == 2
    assert broken(story) == broken(closed) == {Rule.REFUSAL}


def test_an_update_of_a_waiting_conversation_may_not_pass_in_silence() -> None:
    for story, found in ((assigned(), set()), (Story(), {Rule.ACCOUNTED})):
        story.create("c9", skills={"claims": 3})
        subject = "c9" if found else "c1"
        story.pass_by(story.put("conversations", "conversation.updated", subject=subject, level=2))
        story.create("c2", skills={"claims": 3})
        assert broken(story) - {Rule.MATCH} == found


def test_a_customer_left_waiting_beside_a_free_agent_is_found() -> None:
    story = Story()
    story.agent()
    story.create()
    assert broken(story) == set()
    story.give("conversation.assigned", cause=story.create("c2"), id_="c2")
    story.close("c2")
    done = story.put("agents", "agent.wrapup_ended", subject="ana", conversation="c2")
    story.pass_by(done)
    story.create("c3", skills={"claims": 3})
    assert broken(story) == {Rule.MATCH}
    assert broken(story, centre=Centre(rests=True)) == set()


@pytest.mark.parametrize(
    "profile",
    [
        {"skills": {"claims": 0}},
        {"channels": {"voice": 1}},
        {"capacity": 33},
        {"channels": {"chat": 0}},
    ],
)
def test_a_customer_nobody_may_serve_is_no_fault(profile: dict[str, Any]) -> None:
    story = Story()
    story.agent("ben")
    story.give("conversation.assigned", "c0", cause=story.create("c0"), agent="ben")
    gone = story.put("agents", "agent.presence", subject="ben", presence="break")
    story.pass_by(gone)
    story.agent(**profile)
    story.create()
    assert broken(story) == set()


def test_an_offer_whose_time_is_up_is_found_once_the_router_had_its_time() -> None:
    story = offered()
    assert check(story.topics(), settled_at=story.now).is_clean
    late = check(story.topics(), settled_at=story.now + 60_000)
    assert set(late.broken()) == {Rule.LIVENESS}


def expanded(story: Story, step: int, **changed: Any) -> None:
    timer = {"timer": "expands", "due": rfc3339(story.now), "of": "c1"}
    told = {"queue": "all", "step": step, "requirements": {"claims": 1}, **changed}
    story.decide("conversation.expanded", cause=timer, conversation="c1", **told)


def test_a_ladder_climbed_step_by_step_is_sound() -> None:
    story = Story()
    story.create()
    expanded(story, 1)
    expanded(story, 2, requirements={})
    assert broken(story) == set()


@pytest.mark.parametrize("step", [0, 1])
def test_a_step_of_the_ladder_that_was_passed_or_said_twice_is_found(step: int) -> None:
    story = Story()
    story.create()
    expanded(story, 1)
    expanded(story, step)
    assert broken(story) == {Rule.LIFE}


def test_a_step_of_another_queues_ladder_is_found() -> None:
    story = Story()
    story.create()
    expanded(story, 1, queue="another")
    assert broken(story) == {Rule.LIFE}


def test_an_expansion_while_an_offer_is_open_is_found() -> None:
    story = offered()
    expanded(story, 1)
    assert Rule.LIFE in broken(story)
