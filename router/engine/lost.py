"""Agents who hold conversations and cannot be reached: after a while others get their work."""

from router.engine.groups import Agent
from router.engine.pool import Pool
from router.engine.waiting import enter, place
from router.model.inputs import Presence
from router.model.outputs import ConversationRequeued
from router.model.reasons import Requeue, Suspension


def watch_lost(pool: Pool, agent: Agent) -> None:
    """Note since when an agent who holds conversations cannot be reached."""
    record = agent.record
    out = record.presence is Presence.OFFLINE or Suspension.LEASE_EXPIRED in record.suspended
    after = pool.policy.agents.lost_after_ms
    if not out or not agent.claims:
        if record.lost_at is not None:
            record.lost_at = None
            pool.set_timer("lost_agent", agent.id, None)
            pool.touch_agent(record)
    elif record.lost_at is None:
        record.lost_at = pool.now
        pool.set_timer("lost_agent", agent.id, None if after is None else pool.now + max(after, 1))
        pool.touch_agent(record)


def agent_lost(pool: Pool, agent: Agent) -> None:
    """Take the conversations of a lost agent back, oldest first; they wait again."""
    held = [pool.conversations[name] for name in agent.claims]
    for record in sorted(held, key=lambda each: (each.arrived_at, each.sequence)):
        pool.release(agent, record)
        record.offer = None
        enter(pool, record)
        pool.say(
            ConversationRequeued(
                conversation=record.id,
                queue=record.queue,
                reason=Requeue.AGENT_LOST,
                place=place(pool, record),
                agent=agent.id,
            )
        )
    watch_lost(pool, agent)
