"""Customers arrive when it was planned, whatever happens."""

import itertools
import random

import pytest

from loadtests.schedule import NS_PER_S, arrivals


def test_the_same_seed_plans_the_same_arrivals() -> None:
    first = arrivals(1_000, seconds=2, rng=random.Random(7))
    again = arrivals(1_000, seconds=2, rng=random.Random(7))
    other = arrivals(1_000, seconds=2, rng=random.Random(8))

    assert first == again
    assert first != other


def test_arrivals_are_in_order_and_within_the_run() -> None:
    planned = arrivals(5_000, seconds=3, rng=random.Random(1))

    assert list(planned) == sorted(planned)
    assert planned[0] >= 0
    assert planned[-1] < 3 * NS_PER_S


def test_as_many_come_as_the_rate_says() -> None:
    planned = arrivals(1_000, seconds=20, rng=random.Random(3))

    # Standard deviation of a Poisson count of 20,000: 141.
    assert abs(len(planned) - 20_000) < 5 * 141


def test_gaps_are_as_irregular_as_those_of_independent_customers() -> None:
    planned = arrivals(1_000, seconds=20, rng=random.Random(3))
    gaps = [after - before for before, after in itertools.pairwise(planned)]
    mean = sum(gaps) / len(gaps)
    spread = (sum((gap - mean) ** 2 for gap in gaps) / len(gaps)) ** 0.5

    assert spread / mean == pytest.approx(1, abs=0.05)


def test_a_stream_without_a_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="rate"):
        arrivals(0, seconds=1, rng=random.Random(1))
