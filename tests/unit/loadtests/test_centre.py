"""The example centre of the benches lives under all its rules, and under its plain queues."""

import gc
from collections.abc import Iterator

import pytest

from loadtests.centre import Centre
from loadtests.engine_run import replay
from loadtests.tape import Tape, record
from loadtests.worlds import OnePolicy

PLAIN, WHOLE = True, False


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """Give the tests after these the collector back as it was."""
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)


def centre(*, is_plain: bool) -> Centre:
    return Centre(agents=120, waiting=400, seed=5, is_plain=is_plain)


def lived(*, is_plain: bool) -> Tape:
    return record(centre(is_plain=is_plain), warm_up_s=30, warm_up=500, inputs=3_000)


def test_plain_queues_ask_order_and_select_as_the_whole_rules_do_and_do_nothing_else() -> None:
    plain, whole = centre(is_plain=PLAIN).policy(), centre(is_plain=WHOLE).policy()

    assert set(plain.queues) == set(whole.queues)
    for name, queue in plain.queues.items():
        asked = whole.queues[name]
        assert (queue.requires, queue.order, queue.selects) == (
            asked.requires,
            asked.order,
            asked.selects,
        )
        assert not queue.expands
        assert not queue.deflects
        assert queue.hours is None
    assert any(queue.expands for queue in whole.queues.values())


def test_the_same_people_come_to_both_and_a_replay_decides_what_was_recorded() -> None:
    decided = {}
    for is_plain in (PLAIN, WHOLE):
        tape = lived(is_plain=is_plain)
        assert {"conversation.created", "offer.accepted", "conversation.ended"} <= {
            name for _, name, _ in tape.inputs
        }
        policies = OnePolicy(centre(is_plain=is_plain).policy())
        decided[is_plain] = replay(tape, policies=policies).decisions

    assert decided[WHOLE] != decided[PLAIN]
