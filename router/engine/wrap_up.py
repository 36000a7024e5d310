"""Work after a conversation: it holds what the conversation held, until its end."""

from router.engine.groups import Agent
from router.engine.measures import agents_time, worked
from router.engine.pool import Pool
from router.engine.rest import rest_after
from router.engine.slots import weight
from router.model.state import ConversationRecord, OpenWrapUp


def start_wrap_up(pool: Pool, agent: Agent, record: ConversationRecord) -> int | None:
    """Turn the claim of an assigned conversation into a wrap-up; give its end (ms; None: open)."""
    slot, units = agent.claims[record.id]
    queue = None
    if pool.measuring and record.offer is not None:
        queue = record.queue
        ms = agents_time(agent, slot, pool.now - record.offer.since)
        worked(pool, queue, ms, conversations=1)
    pool.release(agent, record)
    limit = slot.channel.wrap_up.limit_ms if slot.channel is not None else 0
    if limit == 0:
        rest_after(pool, agent, record.offer.labels if record.offer is not None else ())
        return pool.now
    if record.id in agent.record.wrap_ups:
        end_wrap_up(pool, agent, record.id)
    until = None if limit is None else pool.now + limit
    labels = record.offer.labels if record.offer is not None else ()
    agent.record.wrap_ups[record.id] = OpenWrapUp(
        channel=slot.name,
        units=units,
        until=until,
        labels=labels,
        queue=queue,
        since=0 if queue is None else pool.now,
    )
    agent.used += units
    agent.code += weight(slot, units)
    _watch(pool, agent)
    return until


def end_wrap_up(pool: Pool, agent: Agent, conversation: str) -> None:
    """Give back what a wrap-up held."""
    pool.take_in_hand(agent)
    ended = agent.record.wrap_ups.pop(conversation)
    agent.used -= ended.units
    slot = pool.crew.slot_for(ended.channel, ended.labels)
    agent.code -= weight(slot, ended.units)
    if ended.queue is not None:
        worked(pool, ended.queue, agents_time(agent, slot, pool.now - ended.since))
    agent.record.idle_since = pool.now
    pool.touch_agent(agent.record)
    _watch(pool, agent)


def be_done_with(pool: Pool, agent: Agent, conversation: str) -> None:
    """End a wrap-up because the work is done, or its time is up."""
    labels = agent.record.wrap_ups[conversation].labels
    end_wrap_up(pool, agent, conversation)
    rest_after(pool, agent, labels)


def end_due_wrap_ups(pool: Pool, agent: Agent, due: int) -> None:
    """End the wrap-ups whose time was up at ``due``."""
    ended = [
        conversation
        for conversation, wrap_up in agent.record.wrap_ups.items()
        if wrap_up.until is not None and wrap_up.until <= due
    ]
    for conversation in ended:
        be_done_with(pool, agent, conversation)


def _watch(pool: Pool, agent: Agent) -> None:
    open_ = agent.record.wrap_ups
    if not open_:
        pool.set_timer("wrap_up_ends", agent.id, None)
        return
    ends = [each.until for each in open_.values() if each.until is not None]
    pool.set_timer("wrap_up_ends", agent.id, min(ends, default=None))
