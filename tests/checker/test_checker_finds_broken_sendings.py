"""The checker follows a conversation to the pool it was sent to, and finds one that went astray."""

import json
from typing import Any

import pytest

from tests.checker import check
from tests.checker.report import Rule
from tests.checker.story import Story, rfc3339


def sent(story: Story) -> None:
    """Tell that the router has sent a conversation to Belgium."""
    story.create()
    trigger = {"name": "waited_s", "value": 240.0}
    due = {"timer": "overflows", "due": rfc3339(story.now), "of": "c1"}
    told: dict[str, Any] = {"from": "all", "to": "belgium", "kind": "pool", "trigger": trigger}
    story.decide("conversation.overflowed", cause=due, conversation="c1", **told)


def comes(story: Story, *, id_: str = "sent-2", key: bytes = b"belgium", **changed: Any) -> None:
    event = {
        "specversion": "1.0",
        "id": id_,
        "source": "/contact-router",
        "type": "conversation.created",
        "subject": "c1",
        "time": rfc3339(story.now),
        "data": {"channel": "chat", "arrived_at": rfc3339(story.now), "hops": 1, **changed},
    }
    story.write("conversations", json.dumps(event).encode(), key=key)


def found(story: Story) -> set[Rule]:
    return set(check(story.topics(), settled_at=0).broken())


def test_one_that_comes_as_it_was_is_sound() -> None:
    story = Story()
    sent(story)
    comes(story)
    assert found(story) == set()


def test_one_that_never_comes_is_found() -> None:
    story = Story()
    sent(story)
    assert found(story) == {Rule.SENT}


def test_one_that_comes_twice_is_found() -> None:
    story = Story()
    sent(story)
    comes(story)
    comes(story)
    assert Rule.SENT in found(story)


@pytest.mark.parametrize(
    "changed",
    [
        {"channel": "voice"},
        {"arrived_at": "2026-03-02T09:00:00.000Z"},
        {"hops": 0},
        {"hops": 4},
        {"key": b"spain"},
    ],
    ids=str,
)
def test_one_that_comes_otherwise_than_it_was_is_found(changed: dict[str, Any]) -> None:
    story = Story()
    sent(story)
    comes(story, **changed)
    assert found(story) == {Rule.SENT}


def test_one_that_comes_with_the_customers_words_is_found() -> None:
    story = Story()
    sent(story)
    comes(story, text="my refund")
    assert found(story) == {Rule.TEXT}


def test_one_that_nobody_has_sent_is_found() -> None:
    story = Story()
    sent(story)
    comes(story)
    comes(story, id_="sent-77")
    assert found(story) == {Rule.SENT}


def test_what_happens_to_it_in_the_pool_it_has_left_is_found() -> None:
    story = Story()
    sent(story)
    comes(story)
    cause = story.put("conversations", "conversation.abandoned", subject="c1")
    story.decide(
        "conversation.abandoned", cause=cause, conversation="c1", waited_s=0.0, reason=None
    )
    assert Rule.LIFE in found(story)
