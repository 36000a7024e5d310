"""What a stage of a surge makes of a switch, in the engine and in the reference."""

import pytest

from router.model.conditions import Switch, least_estimated, lowered
from tests.properties.chance import Dice
from tests.properties.loads import a_switch
from tests.properties.worlds import World
from tests.reference.surge import Surge

REFERENCE = Surge("north", World(rules={}, pools=("north",), window_ms=1))


def switches(seed: int) -> list[Switch]:
    dice = Dice(seed)
    return [a_switch("red", dice, queue="red") for _ in range(100)]


@pytest.mark.parametrize("seed", range(10))
def test_engine_and_reference_lower_a_switch_the_same(seed: int) -> None:
    changed = 0
    for it in switches(seed):
        for lowest in (1, 999, 7_000, 299_999, 300_000):
            assert lowered(it, lowest) == REFERENCE.lower(it, lowest)
            changed += lowered(it, lowest) != it
    assert changed > 20


@pytest.mark.parametrize("seed", range(10))
def test_it_begins_at_the_lower_wait_and_no_later_than_its_own(seed: int) -> None:
    for it in switches(seed):
        own = least_estimated(it)
        for lowest in (1, 7_000, 300_000):
            now = least_estimated(lowered(it, lowest))
            assert now == (None if own is None else min(own, lowest))
