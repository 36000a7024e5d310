"""Decisions become figures by queue and minute, each counted once however it comes."""

from collections.abc import Iterable, Sequence

from hypothesis import given
from hypothesis import strategies as st

from streams.decisions import Decision
from streams.figures import (
    MINUTE_MS,
    Figures,
    Key,
    Minute,
    OpenConversation,
    Row,
    Waits,
    decode_conversation,
    decode_minute,
    encode_key,
    encode_row,
    minute_of,
)
from streams.fold import NO_QUEUE, Fold
from tests.unit.streams.stories import NOON, counted, pool_stories, told

HOUR_MS = 60 * MINUTE_MS
EVER_MS = 10**15


def fold_of(
    decisions: Iterable[Decision] = (), *, retention_ms: int = EVER_MS, life_ms: int = EVER_MS
) -> Fold:
    fold = Fold(retention_ms=retention_ms, life_ms=life_ms)
    for decision in decisions:
        fold.add(decision)
    return fold


def kept(fold: Fold) -> dict[bytes, bytes]:
    """Write the changes down and keep the last word on each key, as a compacted topic does."""
    return written({}, fold.changes())


def written(
    rows: dict[bytes, bytes], changes: Sequence[tuple[Key, Row | None]]
) -> dict[bytes, bytes]:
    for key, row in changes:
        if row is None:
            rows.pop(encode_key(key), None)
        else:
            rows[encode_key(key)] = encode_row(row)
    return rows


def read_back(rows: dict[bytes, bytes]) -> Fold:
    fold = fold_of()
    for key, value in rows.items():
        is_minute = b'"minute"' in key
        fold.restore([decode_minute(key, value) if is_minute else decode_conversation(key, value)])
    return fold


def in_queue(fold: Fold, queue: str, *, pool: str = "fr", at: int = NOON) -> Figures:
    return fold.figures[Minute(pool, queue, minute_of(at))]


TWO_POOLS = st.tuples(pool_stories("fr"), pool_stories("be"))


def test_a_conversation_that_is_answered_is_counted_at_each_step_with_its_wait() -> None:
    fold = fold_of(
        told(
            "fr",
            ("conversation.queued", {"conversation": "c1", "queue": "claims"}),
            ("conversation.offered", {"conversation": "c1", "queue": "claims"}),
            (
                "conversation.assigned",
                {"conversation": "c1", "queue": "claims", "waited_ms": 12_000},
            ),
            (
                "conversation.closed",
                {"conversation": "c1", "waited_ms": 12_000, "handled_ms": 90_000},
            ),
        )
    )

    assert in_queue(fold, "claims") == Figures(
        seq=4,
        queued=1,
        offered=1,
        assigned=1,
        closed=1,
        handled=1,
        handled_ms=90_000,
        answered=Waits(count=1, wait_ms=12_000, buckets_s={15: 1}),
    )
    assert not fold.open


def test_an_offer_that_ends_is_counted_where_its_conversation_waits() -> None:
    offered = ("conversation.offered", {"conversation": "c1", "queue": "claims"})
    fold = fold_of(
        told(
            "fr",
            ("conversation.queued", {"conversation": "c1", "queue": "claims"}),
            offered,
            ("offer.declined", {"conversation": "c1"}),
            offered,
            ("offer.expired", {"conversation": "c1"}),
            offered,
            ("offer.withdrawn", {"conversation": "c1"}),
            ("conversation.abandoned", {"conversation": "c1", "waited_ms": 31_000}),
        )
    )

    claims = in_queue(fold, "claims")
    assert (claims.offered, claims.declined, claims.expired, claims.withdrawn) == (3, 1, 1, 1)
    assert claims.left == Waits(count=1, wait_ms=31_000, buckets_s={45: 1})


def test_a_transferred_conversation_has_waited_once() -> None:
    fold = fold_of(
        told(
            "fr",
            ("conversation.queued", {"conversation": "c1", "queue": "claims"}),
            (
                "conversation.assigned",
                {"conversation": "c1", "queue": "claims", "waited_ms": 4_000},
            ),
            ("conversation.requeued", {"conversation": "c1", "queue": "sales"}),
            ("conversation.assigned", {"conversation": "c1", "queue": "sales", "waited_ms": 4_000}),
            ("conversation.requeued", {"conversation": "c1", "queue": "sales"}),
            ("conversation.abandoned", {"conversation": "c1", "waited_ms": 4_000}),
        )
    )

    assert in_queue(fold, "claims").answered.count == 1
    sales = in_queue(fold, "sales")
    assert (sales.assigned, sales.requeued, sales.abandoned) == (1, 2, 1)
    assert sales.answered.count == sales.left.count == 0


def test_a_conversation_qualified_again_is_no_second_arrival() -> None:
    fold = fold_of(
        told(
            "fr",
            ("conversation.queued", {"conversation": "c1", "queue": "claims"}),
            ("conversation.queued", {"conversation": "c1", "queue": "sales"}),
            ("conversation.abandoned", {"conversation": "c1", "waited_ms": 9_000}),
            ("conversation.queued", {"conversation": "c1", "queue": "sales"}),
        )
    )

    assert in_queue(fold, "claims").queued == 1
    assert (in_queue(fold, "sales").requalified, in_queue(fold, "sales").queued) == (1, 1)
    assert in_queue(fold, "sales").abandoned == 1


def test_an_overflow_is_counted_in_the_queue_it_leaves() -> None:
    fold = fold_of(
        told(
            "fr",
            ("conversation.queued", {"conversation": "c1", "queue": "claims"}),
            ("conversation.overflowed", {"conversation": "c1", "queue": "partner"}),
            ("conversation.abandoned", {"conversation": "c1", "waited_ms": 9_000}),
        )
    )

    assert in_queue(fold, "claims").overflowed == 1
    assert in_queue(fold, "partner").abandoned == 1


def test_who_went_to_another_pool_is_over_in_this_one() -> None:
    fold = fold_of(
        told(
            "fr",
            ("conversation.queued", {"conversation": "c1", "queue": "claims"}),
            ("conversation.overflowed", {"conversation": "c1", "is_sent": True}),
            ("conversation.queued", {"conversation": "c1", "queue": "claims"}),
        )
    )

    assert in_queue(fold, "claims").overflowed == 1
    assert (in_queue(fold, "claims").queued, in_queue(fold, "claims").requalified) == (2, 0)


def test_each_decision_counts_in_the_minute_it_was_taken_in() -> None:
    fold = fold_of(
        told(
            "fr",
            ("conversation.queued", {"conversation": "c1", "queue": "claims"}),
            (
                "conversation.assigned",
                {"conversation": "c1", "queue": "claims", "waited_ms": 0, "wait_ms": 2 * MINUTE_MS},
            ),
        )
    )

    assert in_queue(fold, "claims").assigned == 0
    assert in_queue(fold, "claims", at=NOON + 2 * MINUTE_MS).assigned == 1


def test_decisions_about_no_queue_and_types_nobody_knows_are_counted_apart() -> None:
    fold = fold_of(
        told(
            "fr",
            ("input.refused", {}),
            ("command.refused", {}),
            ("agent.suspended", {}),
            ("weather.changed", {}),
            ("conversation.closed", {"conversation": "before-our-time", "waited_ms": 1}),
        )
    )

    assert in_queue(fold, NO_QUEUE) == Figures(seq=5, refused=2, other=2, closed=1)
    assert not fold.open


def test_decisions_never_seen_show_as_missing() -> None:
    first, _, _, fourth = told("fr", *[("agent.released", {})] * 4)
    fold = fold_of()

    assert fold.add(first) == 0
    assert fold.add(fourth) == 2
    assert in_queue(fold, NO_QUEUE).missing == 2


def test_a_pool_first_seen_in_the_middle_misses_nothing() -> None:
    *_, third = told("fr", *[("agent.released", {})] * 3)
    fold = fold_of()

    assert fold.add(third) == 0


@given(TWO_POOLS)
def test_the_figures_are_those_of_a_slow_and_simple_count(
    stories: tuple[list[Decision], list[Decision]],
) -> None:
    told_in_turn = [*stories[0], *stories[1]]

    assert dict(fold_of(told_in_turn).figures) == counted(told_in_turn)


@given(TWO_POOLS, st.randoms(use_true_random=False))
def test_the_order_between_pools_does_not_matter(
    stories: tuple[list[Decision], list[Decision]], chance: st.DataObject
) -> None:
    fr, be = list(stories[0]), list(stories[1])
    mixed = []
    while fr or be:
        mixed.append(chance.choice([story for story in (fr, be) if story]).pop(0))  # type: ignore[attr-defined]  # a Random

    one, other = fold_of(mixed), fold_of([*stories[1], *stories[0]])

    assert one.figures == other.figures
    assert one.open == other.open


@given(TWO_POOLS, st.data())
def test_a_fold_given_its_rows_goes_on_as_if_it_had_never_stopped(
    stories: tuple[list[Decision], list[Decision]], data: st.DataObject
) -> None:
    decisions = [*stories[0], *stories[1]]
    cut = data.draw(st.integers(0, len(decisions)))
    first = fold_of(decisions[:cut])

    second = read_back(kept(first))
    for decision in decisions[cut:]:
        second.add(decision)

    whole = fold_of(decisions)
    assert second.figures == whole.figures
    assert second.open == whole.open


@given(pool_stories("fr"), st.data())
def test_decisions_that_come_a_second_time_change_no_figures(
    story: list[Decision], data: st.DataObject
) -> None:
    stopped = data.draw(st.integers(0, len(story)))
    again_from = data.draw(st.integers(0, stopped))
    rows = kept(fold_of(story[:stopped]))

    fold = read_back(rows)
    for decision in story[again_from:]:
        fold.add(decision)
        # Every step is written down, as one that is stopped again right there would have.
        written(rows, fold.changes())

    assert fold.figures == fold_of(story).figures
    assert read_back(rows).figures == fold.figures
    assert set(fold.open) == set(fold_of(story).open)


@given(pool_stories("fr"))
def test_the_changes_are_all_there_is_to_know(story: list[Decision]) -> None:
    fold = fold_of(retention_ms=5 * MINUTE_MS, life_ms=20 * MINUTE_MS)
    rows: dict[bytes, bytes] = {}
    for decision in story:
        fold.add(decision)
        written(rows, fold.changes())

    restored = read_back(rows)
    assert restored.figures == fold.figures
    assert restored.open == fold.open
    assert fold.changes() == []


def test_figures_behind_the_retention_are_dropped_by_the_pools_own_time() -> None:
    hourly = told(
        "fr",
        *[
            ("conversation.offered", {"conversation": "c1", "queue": "claims", "wait_ms": HOUR_MS})
            for _ in range(30)
        ],
    )
    quiet = told("be", ("conversation.queued", {"conversation": "c1", "queue": "claims"}))

    fold = fold_of([*quiet, *hourly], retention_ms=24 * HOUR_MS)

    assert sum(minute.pool == "fr" for minute in fold.figures) == 25
    assert in_queue(fold, "claims", pool="be").queued == 1
    assert [key for key, row in fold.changes() if row is None] == [
        Minute("fr", "claims", minute_of(hourly[number].at)) for number in range(5)
    ]


def test_a_conversation_that_never_ends_is_forgotten_in_the_end() -> None:
    fold = fold_of(
        told(
            "fr",
            ("conversation.queued", {"conversation": "c1", "queue": "claims"}),
            ("conversation.queued", {"conversation": "c2", "queue": "claims", "wait_ms": HOUR_MS}),
            ("agent.released", {"wait_ms": 7 * 24 * HOUR_MS}),
        ),
        life_ms=7 * 24 * HOUR_MS,
    )

    assert [key.conversation for key in fold.open] == ["c2"]
    assert list(fold.open.values()) == [OpenConversation("claims", minute_of(NOON + HOUR_MS))]
