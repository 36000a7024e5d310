"""Timers fire once, soonest first, at their last due time."""

from router.engine.deadlines import Deadlines


def due(deadlines: Deadlines, now: int) -> list[tuple[int, str, str]]:
    fired = []
    while (timer := deadlines.pop(now)) is not None:
        fired.append((timer.due, timer.timer, timer.of))
    return fired


def test_timers_fire_in_the_order_of_time_name_and_id() -> None:
    deadlines = Deadlines()
    for when, timer, of in (
        (5, "b", "x"),
        (5, "a", "y"),
        (5, "a", "x"),
        (3, "z", "z"),
        (9, "a", "a"),
    ):
        deadlines.set("pool", timer, of, when)
    assert due(deadlines, 5) == [(3, "z", "z"), (5, "a", "x"), (5, "a", "y"), (5, "b", "x")]
    assert deadlines.next == 9


def test_a_timer_that_moved_fires_at_its_new_time_only() -> None:
    deadlines = Deadlines()
    deadlines.set("pool", "lease", "ana", 10)
    deadlines.set("pool", "lease", "ana", 30)
    assert due(deadlines, 20) == []
    deadlines.set("pool", "lease", "ana", 25)
    assert due(deadlines, 25) == [(25, "lease", "ana")]
    assert due(deadlines, 100) == []


def test_a_timer_that_was_disarmed_does_not_fire_and_may_be_set_again() -> None:
    deadlines = Deadlines()
    deadlines.set("pool", "offer", "c1", 10)
    deadlines.set("pool", "offer", "c1", None)
    assert due(deadlines, 50) == []
    deadlines.set("pool", "offer", "c1", 60)
    assert due(deadlines, 60) == [(60, "offer", "c1")]


def test_moving_a_timer_a_thousand_times_keeps_one_entry() -> None:
    deadlines = Deadlines()
    for now in range(1_000):
        deadlines.set("pool", "lease", "ana", now + 60)
        due(deadlines, now)
    assert deadlines.armed() == {("lease", "ana", "pool"): 1_059}
    assert due(deadlines, 2_000) == [(1_059, "lease", "ana")]
