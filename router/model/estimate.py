"""How long somebody will probably wait: what was measured of a queue, and the formula.

The wait of who has k others before him is the time until k + 1 conversations have left the head of
the line: the sum of k + 1 exponential times, of rates nμ + jθ for j = k … 0 (n agents' worth of
capacity, μ conversations an agent finishes in a time, θ the rate at which one who waits gives up):
the birth and death process of Erlang A seen from within the line. It depends on how things stand
and not on how long anybody has waited: time alone makes no estimate longer.

Only sums, products, quotients and square roots are used, which every machine rounds alike: the same
measures give the same estimate anywhere. Times are milliseconds.
"""

from math import sqrt

import msgspec

from router.model.outputs import EstimatedWait

WHOLE = 1_000_000
"""Agents are counted in millionths, because one who serves several queues is divided between them."""
LEAST_SHARE = 10
"""A queue that an agent serves gets at least one in so many parts of what his queues took together."""
MINUTE_MS = 60_000
"""How an agent is divided follows what his queues took in the minutes that have gone by."""
FADING = 32
"""Each minute takes one part in so many from what the minutes before it count: half is left after 22."""
SERVED_LATELY = 200
WAITED_LATELY = 500
PRIOR_SERVED = 4
"""So many conversations the expectation of the rules is worth, beside what was measured."""
PRIOR_LEFT = 2
PRIOR_WAITED = 20
"""The rates are believed, beside the waits that were observed, as if so many conversations' time
had been waited as they say."""
MOST_CORRECTED = 5
LONGEST_MS = 86_400_000
EXACT = 4
"""Stages are taken one by one at first, then in blocks of one part in so many of those before."""
Z90 = 1.2815515655446004
"""The standard normal distribution is below this with a probability of 0.9."""


class Estimates(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is expected of a queue before anything was measured.

    ``handling_ms``: an agent's time for one conversation, the work after it included, shared where
    he has several at once. ``patience_ms``: how long people wait on average before they give up.
    """

    handling_ms: int = 240_000
    patience_ms: int = 300_000


class Lately(msgspec.Struct, array_like=True, gc=False):
    """Sums over the last cases, the older ones counting less. The first sum counts the cases.

    After so many cases what was counted before is halved with them: nothing is forgotten while
    nothing happens.
    """

    new: list[int]
    old: list[int]

    def add(self, amounts: tuple[int, ...], most: int) -> None:
        """Add to each sum; ``most`` cases are a full count."""
        new = self.new
        for index, amount in enumerate(amounts):
            new[index] += amount
        if new[0] >= most:
            self.old = [(before + now) // 2 for before, now in zip(self.old, new, strict=True)]
            self.new = [0] * len(new)


def nothing_yet(sums: int) -> Lately:
    """Make sums over no cases."""
    return Lately([0] * sums, [0] * sums)


class Rates(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How fast a queue moves: an agent's conversations, and those who give up, in a ms.

    ``correction``: waits lately, over those the rates alone would have given.
    """

    handled: float
    leaving: float
    correction: float


def rates(expected: Estimates, served: Lately, waited: Lately) -> Rates:
    """Give the rates that measures say.

    ``served``: [conversations, ms of agents' time]; ``waited``: [waits, ms, of whom so many left,
    ms that the rates would have given].
    """
    new, old = waited.new, waited.old
    waited_ms = new[1] + old[1]
    doubt = PRIOR_WAITED * expected.handling_ms
    correction = (waited_ms + doubt) / (new[3] + old[3] + doubt)
    left = new[2] + old[2] + PRIOR_LEFT
    new, old = served.new, served.old
    busy_ms = new[1] + old[1] + PRIOR_SERVED * expected.handling_ms
    return Rates(
        handled=(new[0] + old[0] + PRIOR_SERVED) / busy_ms,
        leaving=left / (waited_ms + PRIOR_LEFT * expected.patience_ms),
        correction=min(max(correction, 1 / MOST_CORRECTED), MOST_CORRECTED),
    )


def mean_ms(cases: Lately) -> float:
    """Give the mean of [cases, ms]; 0 where there was none."""
    new, old = cases.new, cases.old
    count = new[0] + old[0]
    return (new[1] + old[1]) / count if count else 0.0


class Foreseen(msgspec.Struct, frozen=True, gc=False):
    """An estimate, and ``wait_ms``: the mean time in line, for some until they leave, uncorrected."""

    told: EstimatedWait
    wait_ms: int


def foresee(ahead: int, agents: int, *, rates: Rates, answering_ms: float) -> Foreseen:
    """Estimate the wait of who has so many before him, with every agent busy.

    ``agents`` in millionths, more than 0; ``answering_ms``: how long agents take to accept. Cost: a
    few microseconds, growing with the logarithm of the line.
    """
    capacity = agents / WHOLE * rates.handled
    leaving = rates.leaving
    mean = variance = 0.0
    stage = 0
    while stage <= ahead:
        if stage < 2 * EXACT:
            part = 1 / (capacity + stage * leaving)
            mean += part
            variance += part * part
            stage += 1
            continue
        size = min(stage // EXACT, ahead + 1 - stage)
        rate = capacity + (stage + (size - 1) / 2) * leaving
        mean += size / rate
        variance += size / (rate * rate)
        stage += size
    # Quantiles of the gamma distribution with this mean and variance, after Wilson and Hilferty.
    narrow = variance / (9 * mean * mean)
    half = 1 - narrow
    most = half + Z90 * sqrt(narrow)
    told = EstimatedWait(
        _tenths(mean * half * half * half * rates.correction + answering_ms),
        _tenths(mean * most * most * most * rates.correction + answering_ms),
    )
    return Foreseen(told, int((ahead + 1) / (capacity + (ahead + 1) * leaving)))


def at_once(answering_ms: float) -> Foreseen:
    """Estimate the wait of who can have an agent at once."""
    if not answering_ms:
        return NO_WAIT
    answering = _tenths(answering_ms)
    return Foreseen(EstimatedWait(answering, answering), 0)


NO_WAIT = Foreseen(EstimatedWait(0.0, 0.0), 0)


def _tenths(ms: float) -> float:
    """Give seconds in tenths, at most a day."""
    return int(min(ms, LONGEST_MS) + 50) // 100 / 10


def faded(work: int, minutes: int) -> int:
    """Give what is left of agents' time after so many minutes."""
    while minutes > 0 and work:
        work = work * (FADING - 1) // FADING
        minutes -= 1
    return work


def shares(work: list[int]) -> list[int]:
    """Divide an agent between the queues he serves, in millionths, by what they took lately."""
    total = sum(work)
    parts = [max(LEAST_SHARE * each, total) for each in work] if total else [1] * len(work)
    whole = sum(parts)
    return [WHOLE * part // whole for part in parts]
