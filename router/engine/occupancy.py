"""Occupancy: over time nobody's work takes more than a share of him; then he rests until it fits.

An agent is at work while he holds anything: an offer, a conversation, a wrap-up. Work adds to his
strain, free time takes from it, in such a proportion that it stays as it is at exactly the share
that the rules allow. Whoever comes free with more strain than the window bears rests it off, to the
millisecond. Nothing is looked at while he works, and nothing where the rules set no share.
"""

from router.engine.groups import Agent
from router.engine.pool import Pool
from router.engine.rest import rest_until


def begin_work(pool: Pool, agent: Agent) -> None:
    """Note that an agent is at work from now on, if he was not."""
    record, share = agent.record, pool.policy.agents.occupancy
    if share is None or record.busy_since is not None:
        return
    record.strain = max(0, record.strain - share * (pool.now - record.strained_at))
    record.busy_since = pool.now
    pool.touch_agent(record)


def let_rest_who_came_free(pool: Pool) -> None:
    """Let those in hand rest who have come free after too much work."""
    if pool.policy.agents.occupancy is None:
        return
    for agent in pool.hands:
        if agent.record.busy_since is not None and not _is_at_work(agent):
            _end_work(pool, agent, agent.record.busy_since)


def resume_work(pool: Pool, agent: Agent) -> None:
    """Count an agent's work under other rules: from now on, or no more."""
    record = agent.record
    if pool.policy.agents.occupancy is not None:
        if _is_at_work(agent):
            begin_work(pool, agent)
    elif record.strain or record.busy_since is not None:
        record.strain, record.busy_since = 0, None
        pool.touch_agent(record)


def _is_at_work(agent: Agent) -> bool:
    return bool(agent.claims or agent.record.wrap_ups)


def _end_work(pool: Pool, agent: Agent, since: int) -> None:
    record, rules = agent.record, pool.policy.agents
    share = rules.occupancy or 0
    bears = share * (100 - share) * rules.occupancy_ms // 100
    record.strain = min(2 * bears, record.strain + (100 - share) * (pool.now - since))
    record.strained_at, record.busy_since = pool.now, None
    pool.touch_agent(record)
    if record.strain > bears:
        rest_until(pool, agent, pool.now - (bears - record.strain) // share)
