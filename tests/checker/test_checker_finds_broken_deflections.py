"""Something offered instead of waiting, and the customer's answer: a wrong turn is found."""

from typing import Any

from tests.checker import Centre, check
from tests.checker.report import Rule
from tests.checker.story import Story, rfc3339
from tests.checker.verdict import broken


def deflected(kind: str = "callback") -> Story:
    story = Story()
    cause = story.create()
    story.decide(
        "conversation.deflected",
        cause=cause,
        conversation="c1",
        deflection="d2",
        kind=kind,
        trigger={"name": "closed", "value": 1},
        text="May we ring you back?",
        expires_at=rfc3339(story.now + 60_000),
    )
    return story


def back(story: Story, reason: str, *, cause: Any) -> None:
    story.decide(
        "conversation.requeued",
        cause=cause,
        conversation="c1",
        queue="all",
        reason=reason,
        place=1,
    )


def customer(story: Story, answer: str, deflection: str = "d2") -> Any:
    return story.put("conversations", f"deflection.{answer}", subject="c1", deflection=deflection)


def timer(story: Story, name: str) -> dict[str, str]:
    return {"timer": name, "due": rfc3339(story.now), "of": "c1"}


def test_a_callback_from_offer_to_return_is_no_fault() -> None:
    story = deflected()
    accept = customer(story, "accepted")
    story.decide("deflection.accepted", cause=accept, conversation="c1", deflection="d2")
    assert broken(story) == set()
    assert check(story.topics(), settled_at=story.now + 120_000).is_clean
    back(story, "callback_due", cause=timer(story, "callback_due"))
    assert broken(story) == set()


def test_a_deflection_declined_or_unanswered_is_no_fault() -> None:
    declined, unanswered = deflected(), deflected()
    back(declined, "deflection_declined", cause=customer(declined, "declined"))
    unanswered.now += 60_000
    due = timer(unanswered, "deflection_expires")
    unanswered.decide("deflection.expired", cause=due, conversation="c1", deflection="d2")
    back(unanswered, "deflection_expired", cause=due)
    assert broken(declined) == broken(unanswered) == set()


def test_a_return_that_nobody_asked_for_is_found() -> None:
    for reason in ("callback_due", "deflection_expired"):
        story = deflected()
        due = timer(story, "deflection_expires" if "expired" in reason else "callback_due")
        back(story, reason, cause=due)
        assert broken(story) == {Rule.LIFE}, reason


def test_another_deflection_taken_than_was_offered_is_found() -> None:
    story = deflected()
    accept = customer(story, "accepted", "d1")
    story.decide("deflection.accepted", cause=accept, conversation="c1", deflection="d1")
    assert broken(story) == {Rule.LIFE}


def test_a_conversation_sent_elsewhere_against_its_customers_will_is_found() -> None:
    story = deflected("message")
    accept = customer(story, "accepted")
    told = {"conversation": "c1", "waited_s": 0.0, "reason": "deflected"}
    story.decide("conversation.closed", cause=accept, **told)
    assert broken(story) == {Rule.LIFE}
    taken = deflected("message")
    accept = customer(taken, "accepted")
    taken.decide("deflection.accepted", cause=accept, conversation="c1", deflection="d2")
    taken.decide("conversation.closed", cause=accept, **told)
    assert broken(taken) == set()


def test_who_was_promised_a_callback_and_is_deflected_again_is_found() -> None:
    story = deflected()
    accept = customer(story, "accepted")
    story.decide("deflection.accepted", cause=accept, conversation="c1", deflection="d2")
    due = timer(story, "callback_due")
    back(story, "callback_due", cause=due)
    again = {"conversation": "c1", "deflection": "d5", "kind": "message", "text": "?"}
    told = {"trigger": {"name": "closed", "value": 1}, "expires_at": rfc3339(story.now + 1_000)}
    story.decide("conversation.deflected", cause=due, **again, **told)
    assert broken(story) == {Rule.LIFE}


def test_an_answer_refused_although_it_was_asked_for_is_found() -> None:
    story = deflected()
    accept = customer(story, "accepted")
    told = {"type": "deflection.accepted", "subject": "c1"}
    story.decide("input.refused", cause=accept, reason="stale_deflection", **told)
    assert broken(story) == {Rule.REFUSAL}


def test_a_deflection_whose_time_is_up_is_found_once_the_router_had_its_time() -> None:
    assert check(deflected().topics(), settled_at=Story().now).is_clean
    late = check(deflected().topics(), settled_at=Story().now + 60_000)
    assert set(late.broken()) == {Rule.LIVENESS}


def test_a_customer_who_waits_in_a_queue_with_hours_may_wait_beside_a_free_agent() -> None:
    story = Story()
    story.agent()
    story.create()
    story.give("conversation.assigned", cause=story.create("c2"), id_="c2")
    story.close("c2")
    done = story.put("agents", "agent.wrapup_ended", subject="ana", conversation="c2")
    story.pass_by(done)
    story.create("c3")
    assert broken(story) == {Rule.MATCH}
    assert broken(story, centre=Centre(closing=frozenset({"all"}))) == set()


def test_a_callback_nobody_picked_up_that_is_rung_again_is_no_fault() -> None:
    story = deflected()
    story.agent()
    accept = customer(story, "accepted")
    story.decide("deflection.accepted", cause=accept, conversation="c1", deflection="d2")
    due = timer(story, "callback_due")
    back(story, "callback_due", cause=due)
    story.give("conversation.assigned", cause=due)
    ended = story.put(
        "conversations", "conversation.ended", subject="c1", agent="ana", outcome="no_answer"
    )
    told = {"conversation": "c1", "queue": "all", "place": 1, "agent": "ana"}
    reason = {"reason": "callback_unanswered", "wrapup_until": rfc3339(story.now + 1)}
    story.decide("conversation.requeued", cause=ended, **told, **reason)
    again = {"conversation": "c1", "deflection": "d7", "kind": "callback", "text": "?"}
    trigger = {"name": "no_answer", "value": 1}
    expires = {"trigger": trigger, "expires_at": rfc3339(story.now + 1_000)}
    story.decide("conversation.deflected", cause=ended, **again, **expires)
    story.decide("deflection.accepted", cause=ended, conversation="c1", deflection="d7")
    assert broken(story) == set()
