"""What supervisors order. An order is carried out whole or refused with a reason."""

from collections.abc import Callable
from typing import Any

from msgspec import UNSET

from router.engine.agents import set_presence
from router.engine.conversations import close, requeue
from router.engine.deflections import come_back, hold, let_go
from router.engine.offers import assign, bar, end_offer
from router.engine.pool import Pool
from router.engine.slots import weight
from router.engine.surge import knows_stage, order_stage
from router.engine.waiting import enter, line_up, place, set_paused
from router.model import inputs
from router.model.outputs import CommandApplied, ConversationRequeued, OfferWithdrawn, Why
from router.model.reasons import Close, Refusal, Requeue, Withdrawal


def apply_command(pool: Pool, event: inputs.CommandInput) -> Refusal | None:
    """Carry out a command; says ``command.applied`` before what it changes."""
    if event.by is None:
        return Refusal.MISSING_BY
    if event.reason is None:
        return Refusal.MISSING_REASON
    return ORDERS[type(event)](pool, event)


def _applied(pool: Pool, event: inputs.CommandInput) -> None:
    assert event.by is not None  # noqa: S101 - refused before
    assert event.reason is not None  # noqa: S101 - refused before
    pool.say(
        CommandApplied(
            command=event.id,
            by=event.by,
            reason=event.reason,
            conversation=getattr(event, "conversation", UNSET),
            agent=getattr(event, "agent", UNSET),
        )
    )


def _assign(pool: Pool, event: inputs.CommandAssign) -> Refusal | None:
    record = pool.conversations.get(event.conversation)
    if record is None:
        return Refusal.UNKNOWN_CONVERSATION
    agent = pool.agents.get(event.agent)
    if agent is None:
        return Refusal.UNKNOWN_AGENT
    if record.stage in {"assigned", "deflected"}:
        return Refusal.NOT_WAITING
    if not pool.is_there(agent):
        return Refusal.AGENT_UNAVAILABLE
    own = agent.claims.get(record.id)
    slot = pool.slot(record)
    runs = agent.code & pool.crew.runs
    agent.code -= runs
    if own is not None:
        agent.used -= own[1]
        agent.code -= weight(*own)
    room = agent.has_room(slot, pool.crew.exclusive)
    if own is not None:
        agent.used += own[1]
        agent.code += weight(*own)
    agent.code += runs
    if not room:
        return Refusal.NO_ROOM
    _applied(pool, event)
    if record.stage == "offered":
        end_offer(pool, record, OfferWithdrawn, reason=Withdrawal.COMMAND)
    pool.take_in_hand(agent)
    assign(pool, record, agent, why=Why(0, {}))
    return None


def _requeue(pool: Pool, event: inputs.CommandRequeue) -> Refusal | None:
    record = pool.conversations.get(event.conversation)
    if record is None:
        return Refusal.UNKNOWN_CONVERSATION
    if record.stage == "waiting":
        return Refusal.NOT_ASSIGNED
    _applied(pool, event)
    if record.stage == "assigned":
        requeue(pool, record, Requeue.COMMAND)
        return None
    if record.stage == "deflected":
        come_back(pool, record, Requeue.COMMAND)
        return None
    for agent in end_offer(pool, record, OfferWithdrawn, reason=Withdrawal.COMMAND):
        bar(pool, record, agent.id)
    enter(pool, record)
    pool.say(
        ConversationRequeued(
            conversation=record.id,
            queue=record.queue,
            reason=Requeue.COMMAND,
            place=place(pool, record),
        )
    )
    return None


def _close(pool: Pool, event: inputs.CommandClose) -> Refusal | None:
    record = pool.conversations.get(event.conversation)
    if record is None:
        return Refusal.UNKNOWN_CONVERSATION
    _applied(pool, event)
    if record.stage == "offered":
        end_offer(pool, record, OfferWithdrawn, reason=Withdrawal.COMMAND)
    close(pool, record, Close.COMMAND)
    return None


def _prioritise(pool: Pool, event: inputs.CommandPrioritise) -> Refusal | None:
    record = pool.conversations.get(event.conversation)
    if record is None:
        return Refusal.UNKNOWN_CONVERSATION
    _applied(pool, event)
    if record.stage == "waiting":
        pool.room.leave(record)
    let_go(pool, record)
    record.priority = record.ordered_priority = event.priority
    hold(pool, record)
    if record.stage == "waiting":
        line_up(pool, record)
    pool.touch(record)
    return None


def _pause_or_resume(
    pool: Pool, event: inputs.CommandPauseQueue | inputs.CommandResumeQueue
) -> Refusal | None:
    line = pool.room.lines.get(event.queue)
    if line is None:
        return Refusal.UNKNOWN_QUEUE
    _applied(pool, event)
    paused = set(pool.record.paused)
    if isinstance(event, inputs.CommandPauseQueue):
        paused.add(event.queue)
    else:
        paused.discard(event.queue)
    pool.record.paused = tuple(sorted(paused))
    set_paused(pool, line, paused=line.closed or event.queue in paused)
    return None


def _set_presence(pool: Pool, event: inputs.CommandSetPresence) -> Refusal | None:
    agent = pool.agents.get(event.agent)
    if agent is None:
        return Refusal.UNKNOWN_AGENT
    _applied(pool, event)
    set_presence(pool, agent, event.presence, reason=event.reason, until=None)
    return None


def _surge(pool: Pool, event: inputs.CommandSurge) -> Refusal | None:
    if not knows_stage(pool, event.stage):
        return Refusal.UNKNOWN_STAGE
    _applied(pool, event)
    order_stage(pool, event.stage)
    return None


ORDERS: dict[type[inputs.CommandInput], Callable[[Pool, Any], Refusal | None]] = {
    inputs.CommandAssign: _assign,
    inputs.CommandRequeue: _requeue,
    inputs.CommandClose: _close,
    inputs.CommandPrioritise: _prioritise,
    inputs.CommandPauseQueue: _pause_or_resume,
    inputs.CommandResumeQueue: _pause_or_resume,
    inputs.CommandSetPresence: _set_presence,
    inputs.CommandSurge: _surge,
}
"""Which function carries out which command."""
