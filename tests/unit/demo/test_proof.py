"""The proof holds for a day of the real engine, and for no day that was tampered with."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest

from router.demo.evidence import Record, gather
from router.demo.proof import Proof, prove
from tests.unit.demo.in_memory import PREFIX, InMemoryRouter

Records = list[Record]


def judge(records: Records) -> Proof:
    return prove(gather(records, prefix=PREFIX))


def broken(proof: Proof) -> set[str]:
    return {claim.name for claim in proof.claims if not claim.holds}


def of(records: Records, topic: str) -> Records:
    return [record for record in records if record.topic == PREFIX + topic]


def decision(record: Record) -> dict[str, Any]:
    event: dict[str, Any] = orjson.loads(record.value or b"")
    return {"type": event["type"], **event["data"]}


def first(records: Records, type_: str) -> Record:
    return next(each for each in of(records, "assignments") if decision(each)["type"] == type_)


def rewritten(record: Record, **data: Any) -> Record:
    event = orjson.loads(record.value or b"")
    event["data"] |= data
    return replace(record, value=orjson.dumps(event))


def without(records: Records, gone: Record) -> Records:
    """Remove a decision as if it had never been made: those after it move up."""
    kept: Records = []
    for record in records:
        if record.topic != gone.topic or record.offset < gone.offset:
            kept.append(record)
        elif record.offset > gone.offset:
            seq = decision(record)["seq"] - 1
            kept.append(replace(rewritten(record, seq=seq), offset=record.offset - 1))
    return kept


def with_one_more(records: Records, after: Record, more: Record) -> Records:
    """Insert a decision as if it had been made: those after it move down."""
    made = replace(
        rewritten(more, seq=decision(after)["seq"] + 1), offset=after.offset + 1, topic=after.topic
    )
    kept: Records = []
    for record in records:
        if record.topic == after.topic and record.offset > after.offset:
            seq = decision(record)["seq"] + 1
            kept.append(replace(rewritten(record, seq=seq), offset=record.offset + 1))
        else:
            kept.append(record)
    return [*kept, made]


def test_a_day_with_a_crash_in_it_is_proven(played: InMemoryRouter) -> None:
    proof = judge(played.records)

    assert proof.holds, [claim.faults[:3] for claim in proof.claims]
    assert sum(proof.states.values()) == played.floor.came
    assert proof.decisions == len(played.decisions)
    assert proof.dead_letters == len(of(played.records, "dead-letters")) > 0
    assert proof.repetitions > 0


def test_the_order_of_reading_does_not_matter(played: InMemoryRouter) -> None:
    assert judge(list(reversed(played.records))).holds


def lose_a_decision(records: Records) -> Records:
    return [each for each in records if each is not first(records, "conversation.closed")]


def publish_a_decision_twice(records: Records) -> Records:
    again = first(records, "conversation.closed")
    return [*records, replace(again, offset=len(records))]


def number_anew_after_the_crash(records: Records) -> Records:
    assignments = of(records, "assignments")
    middle = len(assignments) // 2
    return [
        rewritten(each, seq=decision(each)["seq"] - middle)
        if each.topic == PREFIX + "assignments" and each.offset >= middle
        else each
        for each in records
    ]


@pytest.mark.parametrize(
    "spoil", [lose_a_decision, publish_a_decision_twice, number_anew_after_the_crash]
)
def test_a_gap_or_a_repeat_in_seq_is_found(
    played: InMemoryRouter, spoil: Callable[[Records], Records]
) -> None:
    assert "order" in broken(judge(spoil(played.records)))


def test_a_conversation_given_to_a_second_agent_is_found(played: InMemoryRouter) -> None:
    given = first(played.records, "conversation.assigned")
    again = rewritten(given, agent="somebody-else", offer="o0")
    proof = judge(with_one_more(played.records, given, again))

    assert broken(proof) == {"agents"}
    (fault,) = proof.claims[2].faults
    assert "somebody-else" in fault
    assert f"assigned with {decision(given)['agent']}" in fault


def test_an_offer_made_to_two_agents_is_found(played: InMemoryRouter) -> None:
    offered = first(played.records, "conversation.offered")
    again = rewritten(offered, agent="somebody-else", offer="o0")

    assert "agents" in broken(judge(with_one_more(played.records, offered, again)))


def test_an_assignment_after_the_customer_left_is_found(played: InMemoryRouter) -> None:
    left = first(played.records, "conversation.abandoned")
    given = first(played.records, "conversation.assigned")
    late = rewritten(
        given, conversation=decision(left)["conversation"], cause=decision(left)["cause"]
    )

    assert "agents" in broken(judge(with_one_more(played.records, left, late)))


def test_a_conversation_nobody_answers_for_is_found(played: InMemoryRouter) -> None:
    queued = of(played.records, "assignments")
    lost = next(
        each
        for each in queued
        if decision(each)["type"] == "conversation.queued"
        and sum(decision(other)["cause"] == decision(each)["cause"] for other in queued) == 1
    )
    proof = judge(without(played.records, lost))

    assert "nothing lost" in broken(proof)
    assert "order" not in broken(proof)


def test_an_event_decided_a_second_time_is_found(played: InMemoryRouter) -> None:
    assignments = of(played.records, "assignments")
    ended = first(played.records, "conversation.closed")
    proof = judge(with_one_more(played.records, assignments[-1], ended))

    assert {"answers", "agents"} <= broken(proof)


def test_a_dead_letter_missing_doubled_or_about_nothing_is_found(played: InMemoryRouter) -> None:
    letter = of(played.records, "dead-letters")[0]
    rest = [each for each in played.records if each is not letter]
    doubled = [*played.records, replace(letter, offset=10_000)]
    about_nothing = [*rest, rewritten(letter, offset=10_000_000)]

    assert broken(judge(rest)) == {"nothing lost"}
    assert broken(judge(doubled)) == {"answers"}
    assert broken(judge(about_nothing)) == {"answers", "nothing lost"}


def test_an_event_both_decided_and_unreadable_is_found(played: InMemoryRouter) -> None:
    letter = of(played.records, "dead-letters")[0]
    cause = decision(first(played.records, "conversation.queued"))["cause"]
    about = {name: cause[name] for name in ("topic", "partition", "offset")}
    both = [*played.records, replace(rewritten(letter, **about), offset=10_000)]

    assert "answers" in broken(judge(both))


def test_a_repetition_that_had_its_effect_is_found(played: InMemoryRouter) -> None:
    created = next(each for each in of(played.records, "conversations") if each.offset == 5)
    again = replace(created, offset=10_000)

    assert "nothing lost" in broken(judge([*played.records, again]))


def test_a_decision_about_an_event_nobody_sent_is_found(played: InMemoryRouter) -> None:
    queued = first(played.records, "conversation.queued")
    cause = {**decision(queued)["cause"], "id": "never-sent"}
    spoilt = [rewritten(each, cause=cause) if each is queued else each for each in played.records]

    assert "answers" in broken(judge(spoilt))


def test_topics_without_a_single_conversation_prove_nothing() -> None:
    assert broken(judge([])) == {"nothing lost"}
