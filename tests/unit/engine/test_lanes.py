"""A lane and a line keep their order whatever comes and goes."""

from random import Random

from router.engine.lanes import Key, Ranks
from router.model.state import ConversationRecord


def key(points: int, sequence: int) -> Key:
    record = ConversationRecord(
        id=f"c{sequence}", channel="chat", arrived_at=0, sequence=sequence, queue="q", priority=0
    )
    return (points, 0, sequence, record, None)


def test_order_and_rank_hold_through_any_coming_and_going() -> None:
    rng = Random(7)
    ranks = Ranks()
    expected: list[Key] = []
    for sequence in range(3_000):
        if expected and rng.random() < 0.45:
            leaving = expected[0] if rng.random() < 0.7 else rng.choice(expected)
            expected.remove(leaving)
            ranks.remove(leaving)
        else:
            coming = key(rng.randrange(10) if rng.random() < 0.2 else 5, sequence)
            expected.append(coming)
            expected.sort(key=lambda each: each[:3])
            ranks.add(coming)
        assert len(ranks) == len(expected)
        if expected:
            assert ranks.head() == expected[0]
            probe = rng.choice(expected)
            assert ranks.before(probe) == expected.index(probe)
    assert [each.sequence for each in ranks.records()] == [each[2] for each in expected]
