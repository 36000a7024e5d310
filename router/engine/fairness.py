"""Fairness: how little an agent was given lately, so that work is spread over all who can do it.

What is given is counted in slices of five minutes, and only under rules that ask for it: the record
of an agent holds twelve small numbers at most. A score needs no timer: it reads what counts at that
moment.
"""

from router.engine.groups import Agent
from router.engine.pool import Pool

SLICE_MS = 300_000
SLICES = 12
"""An hour: the slice of the present moment, and the eleven before it."""
PERCENT = 2
"""What each offer takes; after fifty in the last hour nothing is left."""


def count_given(pool: Pool, agent: Agent) -> None:
    """Count an offer to an agent in hand, or a conversation given to him directly."""
    record, present = agent.record, pool.now // SLICE_MS
    given = [(each, n) for each, n in record.given if each > present - SLICES]
    n = given.pop()[1] if given and given[-1][0] == present else 0
    record.given = (*given, (present, n + 1))
    pool.touch_agent(record)


def forget_given(pool: Pool, agent: Agent) -> None:
    """Forget what was counted of an agent where the rules in force do not ask for it."""
    if agent.record.given and not pool.sharing:
        agent.record.given = ()
        pool.touch_agent(agent.record)


def fairness(given: tuple[tuple[int, int], ...], now: int) -> int:
    """Give in percent how little was given in the last hour."""
    left, present = 100, now // SLICE_MS
    for each, n in given:
        if each > present - SLICES:
            left -= PERCENT * n
    return max(0, left)
