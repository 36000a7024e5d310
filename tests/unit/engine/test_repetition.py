"""An event that comes twice is refused once for each repetition, and changes nothing."""

import itertools
import tracemalloc
from collections.abc import Iterator

import msgspec

from router.engine.repetition import MERGE_AFTER, Seen
from router.model.inputs import AgentHeartbeat, AgentUpdated, Origin
from router.model.state import SeenRecord
from tests.unit.engine.centre import Centre


def beat(name: str, at: int, source: str = "/desk") -> AgentHeartbeat:
    origin = Origin("routing.agents", 0, 0, at)
    return AgentHeartbeat(pool="france", id=name, source=source, agent="ana", origin=origin)


def folded(seen: Seen) -> Iterator[dict[int, SeenRecord | None]]:
    """What a changelog of this pool holds after each batch."""
    kept: dict[int, SeenRecord | None] = {}
    while True:
        kept.update(seen.changes())
        kept = {number: block for number, block in kept.items() if block is not None}
        yield kept


def test_each_repetition_is_one_refusal() -> None:
    centre = Centre()
    described = AgentUpdated(
        pool="france",
        id="e1",
        source="/desk",
        agent="ana",
        team="t",
        skills={},
        channels={"chat": 1},
    )
    assert centre.hear(described) == []
    assert centre.hear(described) == ["refused ana: duplicate"]
    assert centre.hear(described) == ["refused ana: duplicate"]
    assert centre.restarted() == []
    assert centre.hear(described) == ["refused ana: duplicate"]


def test_an_id_is_remembered_for_the_window_of_record_time_and_for_its_source() -> None:
    seen = Seen(window_ms=1_000, at_most=100)
    assert not seen.repeated(beat("e1", 0))
    assert seen.repeated(beat("e1", 1_000))
    assert not seen.repeated(beat("e1", 1_000, source="/other"))
    assert not seen.repeated(beat("e1", 1_001))
    assert seen.repeated(beat("e1", 2_000))


def test_of_too_many_ids_the_oldest_are_forgotten_and_it_is_told_what_the_window_lacks() -> None:
    seen = Seen(window_ms=1_000, at_most=100)
    kept = folded(seen)
    for number in range(100):
        assert not seen.repeated(beat(f"e{number}", 10 * number))
        next(kept)
        assert seen.missing_ms == 0
    for number in range(100, 200):
        assert not seen.repeated(beat(f"e{number}", 1_000 + number))
        next(kept)
    reach = 1_000 - seen.missing_ms
    assert 0 < reach < 1_000
    known = [n for n in range(100) if seen.repeated(beat(f"e{n}", 1_200))]
    assert known == [n for n in range(100) if 1_199 - 10 * n < reach]
    for number in range(200, 300):
        seen.repeated(beat(f"e{number}", 100 * number))
        next(kept)
    assert seen.missing_ms == 0


def test_blocks_stay_few_and_a_restart_remembers_all_of_them() -> None:
    seen = Seen(window_ms=1_000_000, at_most=1_000_000)
    kept = folded(seen)
    for number in range(10 * MERGE_AFTER):
        assert not seen.repeated(beat(f"e{number}", number))
        blocks = next(kept)
    assert len(blocks) <= 2 * MERGE_AFTER
    again = Seen(window_ms=1_000_000, at_most=1_000_000)
    for block in blocks.values():
        assert block is not None
        again.restore(block)
    assert all(again.repeated(beat(f"e{n}", 10 * MERGE_AFTER)) for n in range(10 * MERGE_AFTER))


def test_what_is_past_the_window_or_over_the_limit_is_forgotten() -> None:
    by_time = Seen(window_ms=100, at_most=1_000_000)
    by_number = Seen(window_ms=1_000_000, at_most=50)
    for seen in (by_time, by_number):
        kept = folded(seen)
        for number in range(500):
            seen.repeated(beat(f"e{number}", 10 * number))
            blocks = next(kept)
        held = itertools.chain.from_iterable(
            ids for block in blocks.values() if block for ids in block.ids.values()
        )
        assert len(list(held)) < 100 + MERGE_AFTER
        assert not seen.repeated(beat("e0", 5_001))
        assert seen.repeated(beat("e499", 5_001))


def test_a_source_of_which_no_id_is_known_any_more_takes_no_room() -> None:
    seen = Seen(window_ms=1_000_000, at_most=50)
    kept = folded(seen)
    tracemalloc.start()
    sizes = []
    for number in range(3_000):
        seen.repeated(beat("e", number, source=f"/chat/{number}"))
        next(kept)
        if number % 1_000 == 999:
            sizes.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert sizes[2] < 1.5 * sizes[0]
    assert not seen.repeated(beat("e", 3_000, source="/chat/0"))
    assert seen.repeated(beat("e", 3_000, source="/chat/2999"))


def test_no_block_is_too_large_for_a_record_of_the_state_topic() -> None:
    seen = Seen(window_ms=1_000_000, at_most=1_000_000)
    kept = folded(seen)
    numbers = itertools.count()
    for batch in range(3 * MERGE_AFTER):
        for _ in range(2_000 if batch % 10 == 0 else 600):
            number = next(numbers)
            seen.repeated(beat(f"{number:0128}", number, source=f"/{number:0255}"))
        blocks = next(kept)

    largest = max(len(msgspec.json.encode(block)) for block in blocks.values())
    assert largest < 900_000
    assert sum(
        len(ids) for block in blocks.values() if block for ids in block.ids.values()
    ) == next(numbers)
