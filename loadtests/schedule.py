"""When inputs are to be sent: planned before anything is sent, and never changed by what happens.

An open loop: customers do not wait for one another, so a slow answer must not slow the next input
down. A latency that is taken from the *planned* time holds all the waiting that a stalled system
causes (a generator that waits would leave it out: coordinated omission).
"""

import random
from array import array

NS_PER_S = 1_000_000_000


def arrivals(per_second: float, *, seconds: float, rng: random.Random) -> "array[int]":
    """Plan the times (ns from the start, ascending) of arrivals that know nothing of one another.

    A Poisson stream: gaps are exponential with mean 1 / `per_second`; all times are below
    `seconds`. Raises `ValueError` where the rate is not positive.
    """
    if per_second <= 0:
        raise ValueError("a stream of arrivals needs a positive rate")
    end = round(seconds * NS_PER_S)
    planned = array("q")
    at = 0.0
    while True:
        at += rng.expovariate(per_second) * NS_PER_S
        if at >= end:
            return planned
        planned.append(int(at))
