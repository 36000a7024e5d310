"""Percentiles of what was measured, exact: every value is kept, nothing is put into buckets.

A percentile is the nearest rank: the smallest measured value that at least that share of all values
do not exceed. So each figure in a report is a value that was really seen, and p99 of few values is
honest about being one of the largest.
"""

import math
from collections.abc import Iterable, Sequence

import msgspec


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """How measured values are distributed; all in the unit of the values."""

    count: int
    mean: float
    p50: float
    p90: float
    p99: float
    p999: float
    max: float


def percentile(ordered: Sequence[float], share: float) -> float:
    """Give the nearest rank of a share (0 to 1) among values in ascending order.

    Raises `ValueError` without values, or where the share is not a share.
    """
    if not ordered:
        raise ValueError("no values, no percentile")
    if not 0 <= share <= 1:
        raise ValueError(f"{share} is not between 0 and 1")
    # Ten digits are more than any share asked for; without them 0.07 x 100 would be above 7.
    rank = math.ceil(round(share * len(ordered), 10))
    return ordered[max(rank, 1) - 1]


def summarise(values: Iterable[float], *, unit: float = 1) -> Summary:
    """Sum values up, each divided by `unit` (1000 makes microseconds of nanoseconds).

    Raises `ValueError` without values.
    """
    ordered = sorted(values)
    if not ordered:
        raise ValueError("no values, no summary")
    p50, p90, p99, p999 = (percentile(ordered, share) / unit for share in (0.5, 0.9, 0.99, 0.999))
    return Summary(
        count=len(ordered),
        mean=math.fsum(ordered) / len(ordered) / unit,
        p50=p50,
        p90=p90,
        p99=p99,
        p999=p999,
        max=ordered[-1] / unit,
    )
