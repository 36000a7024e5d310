"""Lost, doubled, misreported: an input without its one account is found."""

import json

import pytest

from tests.checker import check
from tests.checker.report import Rule
from tests.checker.story import Story


def broken(story: Story, *, settled_at: int | None = None) -> set[Rule]:
    """Tell which promises the checker finds broken."""
    return set(check(story.topics(), settled_at=settled_at).broken())


def test_a_conversation_passed_without_a_word_is_found() -> None:
    story = Story()
    story.put("conversations", "conversation.created", subject="c1", channel="chat")
    story.create("c2")
    assert broken(story) == {Rule.ACCOUNTED}


def test_a_conversation_not_reached_yet_is_no_fault_until_the_router_had_its_time() -> None:
    story = Story()
    story.create("c1")
    story.put("conversations", "conversation.created", subject="c2", channel="chat")
    assert broken(story) == set()
    assert broken(story, settled_at=story.now - 1) == set()
    assert broken(story, settled_at=story.now) == {Rule.LIVENESS}


def test_an_unreadable_record_without_a_dead_letter_is_found() -> None:
    story = Story()
    story.write("conversations", b"\xff\xfe not an event")
    story.create("c2")
    assert broken(story) == {Rule.ACCOUNTED}


def test_an_unreadable_record_with_its_dead_letter_is_accounted_for() -> None:
    story = Story()
    story.bury(story.write("conversations", b"\xff\xfe not an event"))
    story.create("c2")
    report = check(story.topics(), settled_at=story.now)
    assert report.is_clean
    assert report.counts["dead letters"] == 1


def test_two_dead_letters_of_one_record_are_found() -> None:
    story = Story()
    place = story.write("conversations", b"nonsense")
    story.bury(place)
    story.bury(place)
    assert broken(story) == {Rule.ACCOUNTED}


def test_a_record_both_decided_and_buried_is_found() -> None:
    story = Story()
    story.bury(story.create())
    assert Rule.ACCOUNTED in broken(story)


@pytest.mark.parametrize(
    "wrong",
    [
        {"bytes": 3},
        {"sha256": "0" * 64},
        {"reason": "bad_luck"},
        {"reason": "no_value"},
        {"explanation": ""},
        {"offset": 5},
    ],
)
def test_a_dead_letter_that_does_not_fit_its_record_is_found(wrong: dict[str, object]) -> None:
    story = Story()
    reason = str(wrong.pop("reason", "not_json"))
    story.bury(story.write("conversations", b"nonsense"), reason=reason, **wrong)
    assert broken(story) == {Rule.DEAD_LETTER}


def test_a_dead_letter_under_another_key_is_found() -> None:
    story = Story()
    story.bury(story.write("conversations", b"nonsense"))
    story.write("dead-letters", story.records["dead-letters"].pop().value, key=b"spain")
    assert broken(story) == {Rule.DEAD_LETTER}


def test_a_repetition_with_an_effect_is_found() -> None:
    story = Story()
    story.create("c1", event_id="once")
    story.create("c2", event_id="once")
    assert broken(story) == {Rule.REPETITION}


def test_a_repetition_that_passed_in_silence_is_found() -> None:
    story = Story()
    for _ in range(2):
        story.pass_by(story.put("agents", "agent.heartbeat", subject="ana", event_id="once"))
    story.create()
    assert broken(story) == {Rule.REPETITION}


def test_a_repetition_refused_once_is_right_and_the_first_one_refused_is_found() -> None:
    story = Story()
    story.create("c1", event_id="once")
    again = story.put("conversations", "conversation.created", subject="c1", event_id="once")
    told = {"type": "conversation.created", "subject": "c1"}
    story.decide("input.refused", cause=again, reason="duplicate", **told)
    assert broken(story) == set()
    first = story.put("conversations", "conversation.created", subject="c1")
    story.decide("input.refused", cause=first, reason="duplicate", **told)
    assert broken(story) == {Rule.REPETITION}


def test_a_dead_letter_does_not_use_up_an_id() -> None:
    story = Story()
    bad = story.put(
        "conversations", "conversation.created", subject="c1", event_id="once", level=-1
    )
    story.bury(bad, reason="limit_exceeded")
    story.create("c1", event_id="once")
    assert broken(story) == set()


@pytest.mark.parametrize("topic", ["assignments", "state", "dead-letters"])
def test_a_customers_words_in_what_the_router_wrote_are_found(topic: str) -> None:
    story = Story()
    story.create(text="I lost my parrot-4711")
    assert check(story.topics(), canary="parrot-4711").is_clean
    story.write(topic, b'{"said": "parrot-4711"}')
    assert Rule.TEXT in check(story.topics(), canary="parrot-4711").broken()


def test_events_in_binary_mode_are_read_too() -> None:
    story = Story()
    story.put("conversations", "conversation.created", subject="c1", channel="chat")
    whole = story.records["conversations"].pop()
    event = json.loads(whole.value or b"")
    data = json.dumps(event.pop("data")).encode()
    headers = tuple((f"ce_{name}", str(value).encode()) for name, value in event.items())
    binary = type(whole)(whole.topic, 0, 0, whole.key, data, whole.timestamp, headers)
    story.records["conversations"].append(binary)
    story.decide(
        "input.refused",
        cause=("routing.conversations", 0, 0),
        reason="unconfigured_channel",
        type="conversation.created",
        subject="c1",
    )
    assert {each.what for each in check(story.topics()).violations} == {
        f"id '', the event has {event['id']!r}"
    }
