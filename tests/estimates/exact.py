"""The wait of the k-th in line of M/M/n+M, exactly, without anything of the router's."""

from functools import cache
from math import exp, expm1, lgamma, log


@cache
def quantile(capacity: float, leaving: float, *, ahead: int, share: float) -> float:
    """Give a quantile of the time until ``ahead`` + 1 have left the head of the line.

    ``capacity``: all agents' rate; ``leaving``: the rate of one who waits. The sum of exponential
    times of rates capacity + j x leaving are the spacings of an order statistic: exp(-leaving x
    sum) has a beta distribution. Its density, in time, is integrated by Simpson's rule.
    """
    shape = capacity / leaving
    scale = lgamma(shape + ahead + 1) - lgamma(shape) - lgamma(ahead + 1) + log(leaving)

    def density(at: float) -> float:
        if at == 0:
            return capacity if ahead == 0 else 0.0
        return exp(scale - capacity * at + ahead * log(-expm1(-leaving * at)))

    def through(until: float) -> float:
        parts = 2_000
        step = until / parts
        inner = sum((4 if n % 2 else 2) * density(n * step) for n in range(1, parts))
        return (density(0) + inner + density(until)) * step / 3

    low, high = 0.0, 6 * sum(1 / (capacity + leaving * each) for each in range(ahead + 1))
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if through(middle) < share else (low, middle)
    return low
