"""Numbers, positions, causes: whatever is out of order is found, and order is not."""

import json
from typing import Any

import pytest

from tests.checker import Topics, check
from tests.checker.events import partition_of
from tests.checker.report import Rule
from tests.checker.story import POOL, Story


def broken(story: Story) -> set[Rule]:
    """Tell which promises the checker finds broken."""
    return set(check(story.topics()).broken())


def a_conversation_offered_and_taken() -> Story:
    story = Story()
    story.agent()
    cause = story.create()
    story.give("conversation.offered", cause=cause)
    story.now += 1_000
    accept = story.answer("offer.accepted", offer="o2")
    story.give("conversation.assigned", cause=accept, offer="o2", waited_s=1.0)
    story.now += 60_000
    story.close(waited_s=1.0, handled_s=60.0)
    story.pass_by(story.put("agents", "agent.wrapup_ended", subject="ana", conversation="c1"))
    story.create("c2", skills={"claims": 3})
    story.now += 5_000
    left = story.put("conversations", "conversation.abandoned", subject="c2")
    told = {"conversation": "c2", "waited_s": 5.0, "reason": None}
    story.decide("conversation.abandoned", cause=left, **told)
    return story


def test_a_sound_history_has_no_violation_and_is_counted() -> None:
    report = check(a_conversation_offered_and_taken().topics(), settled_at=0)
    assert report.text().endswith("0 violations")
    assert report.counts["inputs"] == 8
    assert report.counts["decisions"] == 6
    assert report.counts["inputs silent"] == 3


def test_a_gap_in_the_numbers_is_found() -> None:
    story = Story()
    story.create()
    story.seq += 1
    story.create("c2")
    assert broken(story) == {Rule.SEQUENCE}


def test_a_number_given_twice_is_found() -> None:
    story = Story()
    story.create()
    story.seq -= 1
    story.create("c2")
    assert Rule.SEQUENCE in broken(story)


def test_numbers_that_do_not_begin_at_one_are_found_unless_the_beginning_is_gone() -> None:
    story = Story()
    story.seq = 41
    story.create()
    assert broken(story) == {Rule.SEQUENCE}
    late = check(story.topics(truncated=frozenset({("assignments", 0)})))
    assert late.is_clean
    assert late.notes


def test_a_clock_that_goes_back_is_found() -> None:
    story = Story()
    story.create()
    story.now -= 1
    story.create("c2")
    assert broken(story) == {Rule.SEQUENCE}


def test_a_decision_published_twice_is_found_by_its_number_and_its_event_id() -> None:
    story = Story()
    story.create()
    story.records["assignments"].append(story.records["assignments"][0])
    assert {Rule.SEQUENCE, Rule.ENVELOPE} <= broken(story)


def test_positions_that_go_back_are_found() -> None:
    story = Story()
    story.agent()
    story.create()
    story.read["agents"] = 0
    story.create("c2")
    assert Rule.READ in broken(story)


def test_a_decision_that_has_not_read_its_cause_is_found() -> None:
    story = Story()
    first = story.put("conversations", "conversation.created", subject="c1", channel="chat")
    second = story.put("conversations", "conversation.created", subject="c2", channel="chat")
    story.queued("c2", cause=second)
    story.queued("c1", cause=first)
    assert Rule.READ in broken(story)


def test_a_cause_that_was_never_written_is_found() -> None:
    story = Story()
    story.queued("c1", cause=("routing.conversations", 0, 7))
    assert Rule.CAUSE in broken(story)


def test_a_cause_named_by_another_id_is_found() -> None:
    story = Story()
    place = story.put("conversations", "conversation.created", subject="c1", channel="chat")
    story.queued("c1", cause=place)
    held = json.loads(story.records["assignments"][0].value or b"")
    held["data"]["cause"]["id"] = "another"
    story.records["assignments"].clear()
    story.publish(held["type"], held["data"])
    assert broken(story) == {Rule.CAUSE}


def test_a_cause_of_another_pool_is_found() -> None:
    story = Story()
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": "x",
        "source": "/t",
        "type": "conversation.abandoned",
    }
    event |= {"subject": "c1", "time": "2026-03-02T10:00:00Z"}
    place = story.write("conversations", json.dumps(event).encode(), key=b"spain")
    story.decide(
        "input.refused",
        cause=place,
        reason="unknown_conversation",
        type="conversation.abandoned",
        subject="c1",
    )
    assert broken(story) == {Rule.CAUSE}


def test_a_cause_that_comes_back_later_is_found() -> None:
    story = Story()
    story.agent()
    timer = {"timer": "offer_expires", "due": "2026-03-02T10:00:00Z", "of": "c1"}
    story.create()
    story.give("conversation.assigned", cause=timer, units=10)
    story.create("c2")
    story.give("conversation.assigned", "c2", cause=timer, units=10)
    assert broken(story) == {Rule.CONTIGUOUS}


def test_a_refusal_beside_another_decision_is_found() -> None:
    story = Story()
    cause = story.create()
    told = {"reason": "conversation_exists", "type": "conversation.created", "subject": "c1"}
    story.decide("input.refused", cause=cause, **told)
    assert Rule.CONTIGUOUS in broken(story)


def test_an_offer_that_ends_after_the_match_it_made_room_for_is_found() -> None:
    story = Story()
    story.agent()
    story.give("conversation.offered", cause=story.create(), units=10)
    story.create("c2")
    decline = story.answer("offer.declined", offer="o2")
    story.give("conversation.assigned", "c2", cause=decline, units=10)
    told = {"conversation": "c1", "offer": "o2", "agent": "ana", "reason": None}
    story.decide("offer.declined", cause=decline, **told)
    assert Rule.CONTIGUOUS in broken(story)


def test_a_timer_that_fires_before_it_is_due_is_found() -> None:
    story = Story()
    story.agent()
    story.give("conversation.offered", cause=story.create(), expires_at="2026-03-02T11:00:00Z")
    story.decide(
        "offer.expired",
        cause={"timer": "offer_expires", "due": "2026-03-02T11:00:00Z", "of": "c1"},
        conversation="c1",
        offer="o2",
        agent="ana",
        reason="no_answer",
    )
    assert Rule.CAUSE in broken(story)


def test_other_rules_in_force_without_a_word_are_found() -> None:
    story = Story()
    story.create()
    cause = story.put("conversations", "conversation.created", subject="c2", channel="chat")
    story.queued("c2", cause=cause, policy="p2")
    assert broken(story) == {Rule.POLICY}


def change_rules(story: Story, *, from_: str, to: str, requeued: str) -> None:
    """Let other rules come into force, by which a conversation has another queue."""
    cause = {"router": "reload"}
    story.decide("policy.changed", cause=cause, policy=to, to=to, files=[], **{"from": from_})
    told = {"conversation": "c1", "queue": requeued, "reason": "queue_removed", "place": 1}
    story.decide("conversation.requeued", cause=cause, policy=to, **told)


def test_rules_that_change_twice_in_a_row_are_in_order() -> None:
    story = Story()
    story.create()
    change_rules(story, from_="p1", to="p2", requeued="other")
    change_rules(story, from_="p2", to="p1", requeued="all")
    assert not broken(story)


def test_what_is_said_to_follow_from_other_rules_before_they_are_is_found() -> None:
    story = Story()
    story.create()
    told = {"conversation": "c1", "queue": "other", "reason": "queue_removed", "place": 1}
    story.decide("conversation.requeued", cause={"router": "reload"}, **told)
    assert broken(story) == {Rule.CONTIGUOUS}


def test_a_lost_trace_is_found() -> None:
    story = Story()
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": "x",
        "source": "/t",
        "type": "conversation.created",
    }
    event |= {"subject": "c1", "time": "2026-03-02T10:00:00Z", "data": {"channel": "chat"}}
    event["traceparent"] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    story.queued("c1", cause=story.write("conversations", json.dumps(event).encode()))
    assert broken(story) == {Rule.CAUSE}


@pytest.mark.parametrize("wrong", [{}, {"by": "ben"}, {"command": "x"}, {"conversation": "c2"}])
def test_an_answer_to_another_command_than_its_cause_is_found(wrong: dict[str, str]) -> None:
    story = Story()
    story.create()
    told = {"conversation": "c1", "by": "ana", "reason": "urgent"}
    order = story.put("commands", "command.prioritise", subject="c1", priority=9, **told)
    answer: dict[str, Any] = {"command": "commands-0", **told, **wrong}
    story.decide("command.applied", cause=order, **answer)
    assert broken(story) == ({Rule.CAUSE} if wrong else set())


def test_what_is_no_cloudevent_is_found_among_the_decisions() -> None:
    story = Story()
    story.write("assignments", b"not json")
    story.write("assignments", b'{"type": "conversation.queued"}')
    assert broken(story) == {Rule.ENVELOPE}


def test_a_pool_on_the_wrong_partition_is_found() -> None:
    story = Story()
    story.create()
    right = story.topics()
    # With as many partitions as it takes for the pool to belong elsewhere.
    partitions = next(n for n in range(2, 20) if partition_of(POOL.encode(), n) != 0)
    wrong = Topics(prefix="routing.", partitions=partitions, records=right.records)
    assert set(check(wrong).broken()) == {Rule.PARTITION}


def test_partitions_are_chosen_as_javas_client_does() -> None:
    # Values of org.apache.kafka.common.utils.Utils.murmur2, from its own unit test.
    known = {b"21": -973932308, b"foobar": -790332482, b"a-little-bit-long-string": -985981536}
    for key, hashed in known.items():
        assert partition_of(key, 2**31) == hashed & 0x7FFFFFFF
