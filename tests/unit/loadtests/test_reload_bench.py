"""The measurement of a reload: everybody waits on, and the swap is what is timed."""

from loadtests.reload_bench import run
from loadtests.worlds import Size


def test_a_swap_is_timed_and_everybody_waits_on() -> None:
    found = run(seed=1, size=Size(queues=24, agents=20, waiting=300), swaps=3, seconds=0.5)
    assert found.waiting > 200
    assert len(found.swaps_s) == 3
    assert all(seconds > 0 for seconds in found.swaps_s)
    assert found.written == [1, 1, 1]
    assert found.calm_ms.count == found.disturbed_ms.count == 500
    assert f"{found.waiting} waiting" in found.lines()[0]
