"""A lane and a line keep their order whatever comes and goes."""

from random import Random

from router.engine.lanes import Key, Ranks, rank_of
from router.model.state import ConversationRecord


def key(points: int, sequence: int) -> Key:
    record = ConversationRecord(
        id=f"c{sequence}", channel="chat", arrived_at=0, sequence=sequence, queue="q", priority=0
    )
    return (rank_of(points, 0, sequence), points, 0, record, None)


def test_a_rank_orders_as_points_arrival_and_sequence_do() -> None:
    rng = Random(11)
    far = 253_402_300_800_000  # the year 10000
    every = [
        (
            rng.choice((-1, 0, 1)) * rng.choice((0, 1, 1_000_000, far * 10**9)),
            rng.choice((-far, -1, 0, 1, far - 1, far)),
            rng.choice((0, 1, 2, 1 << 40)),
        )
        for _ in range(2_000)
    ]
    assert sorted(every) == sorted(every, key=lambda each: rank_of(*each))
    assert len({rank_of(*each) for each in every}) == len(set(every))


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
            expected.sort(key=lambda each: (each[1], each[2], each[3].sequence))
            ranks.add(coming)
        assert len(ranks) == len(expected)
        if expected:
            assert ranks.head() == expected[0]
            probe = rng.choice(expected)
            assert ranks.before(probe) == expected.index(probe)
    assert [each.sequence for each in ranks.records()] == [each[3].sequence for each in expected]
