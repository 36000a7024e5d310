"""The rows say what they counted, and stay the same on their way through a topic."""

import json

import pytest

from streams.figures import (
    BOUNDS_S,
    ConversationKey,
    Figures,
    Minute,
    OpenConversation,
    Waits,
    decode_conversation,
    decode_minute,
    encode_key,
    encode_row,
    minute_of,
)


def test_a_wait_on_a_bound_is_within_it() -> None:
    waits = Waits()
    for wait_ms in (0, 20_000, 20_001, 3_600_000, 3_600_001):
        waits.add(wait_ms)

    assert waits.buckets_s == {5: 1, 20: 1, 30: 1, 3_600: 1}
    assert waits.count == 5
    assert [waits.within(bound) for bound in (5, 15, 20, 30, 3_600)] == [1, 1, 2, 3, 4]


def test_a_service_level_is_only_given_where_the_buckets_can_tell() -> None:
    assert 20 in BOUNDS_S
    with pytest.raises(ValueError, match="25 is not among the bounds"):
        Waits().within(25)


def test_figures_are_published_under_queue_and_minute_in_words_and_times() -> None:
    key = encode_key(Minute("fr", "sinistres été", minute_of(1_750_000_000_000)))
    row = encode_row(Figures(seq=7, answered=Waits(count=1, wait_ms=9_000, buckets_s={10: 1})))

    assert json.loads(key) == {
        "pool": "fr",
        "queue": "sinistres été",
        "minute": "2025-06-15T15:06:00Z",
    }
    assert json.loads(row)["answered"] == {"count": 1, "wait_ms": 9_000, "buckets_s": {"10": 1}}
    assert decode_minute(key, row)[0].minute == 1_749_999_960_000


def test_rows_come_back_from_a_topic_as_they_went() -> None:
    minute = Minute("fr", "claims", 1_750_000_000_000 // 60_000 * 60_000)
    figures = Figures(seq=7, missing=2, left=Waits(count=2, wait_ms=4, buckets_s={5: 2}))
    conversation = ConversationKey("fr", "c1")
    state = OpenConversation("claims", 60_000, answered=True)

    assert decode_minute(encode_key(minute), encode_row(figures)) == (minute, figures)
    assert decode_conversation(encode_key(conversation), encode_row(state)) == (conversation, state)
