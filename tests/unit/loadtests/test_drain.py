"""How fast a backlog is worked off follows from what was visible when."""

import pytest

from loadtests.drain import rate

# Partition 0 has the first decisions about its inputs at 0, 2, 4 … 18, partition 1 at 5 … 14.
DECIDED = [list(range(0, 20, 2)), list(range(5, 15))]


def test_the_rate_is_from_the_first_visible_decisions_to_the_last() -> None:
    samples = [(10.0, [0, 0]), (11.0, [4, 5]), (12.0, [10, 10]), (13.0, [21, 20]), (14.0, [22, 20])]

    # Two inputs at 11 s, all twenty at 13 s; what was visible first is not counted.
    assert rate(samples, decided=DECIDED, from_share=0) == pytest.approx(18 / 2)


def test_the_warm_rate_leaves_the_beginning_out() -> None:
    samples = [(10.0, [0, 0]), (11.0, [4, 5]), (12.0, [10, 10]), (13.0, [21, 20])]

    # Ten inputs at 12 s, which is more than a quarter of twenty.
    assert rate(samples, decided=DECIDED, from_share=0.25) == pytest.approx(10 / 1)


def test_a_backlog_that_became_visible_at_once_has_no_rate() -> None:
    assert rate([(1.0, [0, 0]), (2.0, [20, 20])], decided=DECIDED, from_share=0) == 0
