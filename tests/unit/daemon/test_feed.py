"""What was read for a shard comes out once, in order, and not more than it can hold."""

import asyncio

import pytest
from aiokafka.record.default_records import DefaultRecord

from router.daemon.errors import DeletedInputsError
from router.daemon.feed import CHUNK, CHUNK_BYTES, Feed

CONVERSATIONS, AGENTS = 0, 1


def feed(*, most_inputs: int = 1_000, most_bytes: int = 1_000_000) -> Feed:
    return Feed(5, [10, 0, 0], most_inputs=most_inputs, most_bytes=most_bytes)


def records(*offsets: int, size: int = 1) -> list[DefaultRecord]:
    return [DefaultRecord(offset, 0, 0, b"pool", b"x" * size, []) for offset in offsets]


def everything(waiting: Feed) -> list[tuple[int, int]]:
    """Take all there is, as pairs of input and offset."""
    taken = []
    while len(waiting):
        source, chunk = waiting.take()
        taken += [(source, record.offset) for record in chunk]
    return taken


def test_topics_come_out_in_the_order_in_which_they_were_read() -> None:
    waiting = feed()
    waiting.give(AGENTS, records(0, 1))
    waiting.give(CONVERSATIONS, records(10))
    waiting.give(AGENTS, records(2))

    assert everything(waiting) == [(AGENTS, 0), (AGENTS, 1), (CONVERSATIONS, 10), (AGENTS, 2)]


def test_what_was_given_before_is_left_out() -> None:
    waiting = feed()
    waiting.give(CONVERSATIONS, records(9, 10, 12))
    waiting.give(CONVERSATIONS, records(10, 12, 13))
    waiting.give(CONVERSATIONS, records(11, 13))

    assert everything(waiting) == [(CONVERSATIONS, offset) for offset in (10, 12, 13)]
    assert waiting.to_fetch == [14, 0, 0]


def test_a_long_stretch_comes_in_chunks() -> None:
    waiting = feed()
    waiting.give(AGENTS, records(*range(CHUNK + 3)))

    _, first = waiting.take()
    _, rest = waiting.take()

    assert (len(first), len(rest), len(waiting)) == (CHUNK, 3, 0)


@pytest.mark.parametrize(
    ("limits", "size"), [({"most_inputs": 200}, 1), ({"most_bytes": 200 * 104}, 100)]
)
def test_a_full_feed_has_room_again_when_half_of_it_is_taken(
    limits: dict[str, int], size: int
) -> None:
    waiting = feed(**limits)
    waiting.give(AGENTS, records(*range(199), size=size))
    assert not waiting.is_full

    waiting.give(AGENTS, records(199, size=size))
    assert waiting.is_full

    waiting.take()
    assert waiting.is_full
    waiting.take()
    assert not waiting.is_full


@pytest.mark.parametrize(
    ("record", "size"),
    [
        (DefaultRecord(0, 0, 0, None, None, []), 0),
        (DefaultRecord(0, 0, 0, b"pool", None, []), 4),
        (DefaultRecord(0, 0, 0, b"pool", b"x" * 10, [("name", b"v" * 20), ("n", None)]), 39),
    ],
)
def test_a_record_takes_the_room_of_its_key_value_and_headers(
    record: DefaultRecord, size: int
) -> None:
    for most_bytes, is_full in ((size, True), (size + 1, False)):
        waiting = feed(most_bytes=most_bytes)
        waiting.give(AGENTS, [record])
        assert waiting.is_full == is_full


def test_a_chunk_of_large_records_is_short() -> None:
    waiting = feed()
    waiting.give(AGENTS, [*records(0, 1, size=CHUNK_BYTES // 2), *records(2), *records(3)])
    assert [len(waiting.take()[1]) for _ in range(2)] == [2, 2]


async def test_who_waits_is_woken_by_an_input_a_nudge_or_the_time() -> None:
    waiting = feed()
    for wake in (lambda: waiting.give(AGENTS, records(len(waiting))), waiting.nudge):
        sleeper = asyncio.create_task(waiting.wait(60))
        await asyncio.sleep(0)  # the sleeper begins to wait
        wake()
        await sleeper
        while len(waiting):
            waiting.take()
    await waiting.wait(0.001)
    await waiting.wait(-1)


async def test_an_input_that_waits_already_lets_nobody_sleep() -> None:
    waiting = feed()
    waiting.give(AGENTS, records(0))

    await asyncio.wait_for(waiting.wait(60), timeout=1)


async def test_a_nudge_before_the_wait_is_not_forgotten() -> None:
    waiting = feed()
    waiting.nudge()

    await asyncio.wait_for(waiting.wait(60), timeout=1)


async def test_a_feed_that_failed_says_so_to_who_waits() -> None:
    waiting = feed()
    waiting.fail(DeletedInputsError("gone"))

    with pytest.raises(DeletedInputsError):
        await waiting.wait(60)
