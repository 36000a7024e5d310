"""How long people take and how long they wait, as measured in real centres.

Handle times are lognormal with parameters fitted on the calls of a bank; patience has the published
shares of callers who have left after 10, 30 and 60 seconds, and their median. All durations are
seconds of the centre; how fast those are played is for `pace` to say. A draw comes from a stream
that is named after the seed and the person, so that nobody's luck depends on anybody else's.
"""

import math
import random
from bisect import bisect_left
from enum import Enum
from typing import Final

LONGEST_HANDLE_S: Final = 480.0
"""No conversation takes longer in the demo, or its last minute would be spent waiting for one."""

AGENT_SPREAD: Final = 0.5
"""Mean handle times of single agents range this far around their team's, either way."""

LEFT: Final = (
    (0.0, 0.0),
    (10.0, 0.036),
    (30.0, 0.10),
    (60.0, 0.18),
    (280.0, 0.50),
    (900.0, 0.75),
    (3_600.0, 0.95),
)
"""Share of the customers who have left after so many seconds of waiting; up to the median as
measured, beyond it our continuation of a hazard that goes down."""


class Work(Enum):
    """Kinds of conversation by how long they take: mean and deviation of the log of seconds."""

    REGULAR = (4.874, 0.874)
    PROSPECT = (4.285, 0.915)
    HARD = (5.253, 0.969)


def stream(*names: object) -> random.Random:
    """Make the source of chance of one person or thing; the same names, the same luck."""
    return random.Random("/".join(map(str, names)))


def handle_s(luck: random.Random, work: Work) -> float:
    """Draw how long a conversation takes, in seconds."""
    mean, deviation = work.value
    return min(luck.lognormvariate(mean, deviation), LONGEST_HANDLE_S)


def patience_s(luck: random.Random) -> float:
    """Draw how long a customer waits before leaving, in seconds; 5 % wait for more than an hour.

    Between the points of `LEFT` the hazard is constant, as it is after the last.
    """
    staying = -math.log(1.0 - luck.random())
    hazards = [-math.log(1.0 - share) for _, share in LEFT]
    right = min(max(bisect_left(hazards, staying), 1), len(LEFT) - 1)
    (start, _), (end, _) = LEFT[right - 1], LEFT[right]
    done = (staying - hazards[right - 1]) / (hazards[right] - hazards[right - 1])
    return start + done * (end - start)


def around(luck: random.Random, mean_s: float) -> float:
    """Draw a short human delay: most near the mean, none below a third of it, a few long ones."""
    return mean_s * (0.35 + luck.gammavariate(2.0, 0.325))


def burst(luck: random.Random, variation: float) -> float:
    """Draw a factor with mean 1 and this coefficient of variation, gamma as volumes have it."""
    shape = 1.0 / variation**2
    return luck.gammavariate(shape, 1.0 / shape)
