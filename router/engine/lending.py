"""Lending: a rule lends so many agents at once, and then no more until one of them is done.

Counted are agents, not conversations, and open offers as if they were accepted. Nothing is taken
back: what is on stays, and nothing new is lent.
"""

from router.engine.bounds import bounds, lends_to
from router.engine.groups import Agent
from router.engine.pool import Pool
from router.model.state import ConversationRecord


def lend(pool: Pool, agent: Agent, record: ConversationRecord) -> None:
    """Count an agent who has or is asked for a conversation as lent, if he is."""
    lenders, queue = pool.lenders, pool.policy.queues.get(record.queue)
    if lenders is None:
        return
    found = bounds(queue, record) if queue is not None else ()
    bound = lends_to(found, agent.profile)
    pool.fresh_lanes.update(dict.fromkeys(lenders.take(agent.id, record.id, bound)))


def lend_anew(pool: Pool, agent: Agent) -> None:
    """Count again what an agent has, who is of another team now."""
    for name in agent.claims:
        lend(pool, agent, pool.conversations[name])


def lend_to_another(pool: Pool, record: ConversationRecord) -> None:
    """Count again who is asked for a conversation that may be in another queue now."""
    for name in record.offer.agents if record.offer is not None else ():
        lend(pool, pool.agents[name], record)
