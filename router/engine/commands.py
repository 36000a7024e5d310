"""What supervisors order. An order is carried out whole or refused with a reason."""

from router.engine.agents import set_presence
from router.engine.conversations import close, requeue
from router.engine.offers import assign, bar, end_offer
from router.engine.pool import Pool
from router.engine.waiting import enter, line_up, place
from router.model import inputs
from router.model.outputs import CommandApplied, ConversationRequeued, OfferWithdrawn, Why
from router.model.reasons import Close, Refusal, Requeue, Withdrawal


def apply_command(pool: Pool, event: inputs.CommandInput) -> Refusal | None:
    """Carry out a command; says ``command.applied`` before what it changes."""
    if event.by is None:
        return Refusal.MISSING_BY
    if event.reason is None:
        return Refusal.MISSING_REASON
    match event:
        case inputs.CommandAssign():
            return _assign(pool, event)
        case inputs.CommandRequeue():
            return _requeue(pool, event)
        case inputs.CommandClose():
            return _close(pool, event)
        case inputs.CommandPrioritise():
            return _prioritise(pool, event)
        case inputs.CommandPauseQueue() | inputs.CommandResumeQueue():
            return _pause_or_resume(pool, event)
        case inputs.CommandSetPresence():
            return _set_presence(pool, event)
        case _:
            return Refusal.NOT_SUPPORTED


def _applied(pool: Pool, event: inputs.CommandInput) -> None:
    assert event.by is not None  # noqa: S101 - refused before
    assert event.reason is not None  # noqa: S101 - refused before
    pool.say(CommandApplied(command=event.id, by=event.by, reason=event.reason))


def _assign(pool: Pool, event: inputs.CommandAssign) -> Refusal | None:
    record = pool.conversations.get(event.conversation)
    if record is None:
        return Refusal.UNKNOWN_CONVERSATION
    agent = pool.agents.get(event.agent)
    if agent is None:
        return Refusal.UNKNOWN_AGENT
    if record.stage == "assigned":
        return Refusal.NOT_WAITING
    if not pool.serves(agent):
        return Refusal.AGENT_UNAVAILABLE
    own = agent.claims.get(record.id)
    slot = pool.crew.slot(record.channel)
    if own is not None:
        agent.used -= own[1]
        agent.code -= own[0].one
    room = agent.has_room(slot, pool.crew.exclusive)
    if own is not None:
        agent.used += own[1]
        agent.code += own[0].one
    if not room:
        return Refusal.NO_ROOM
    _applied(pool, event)
    if record.stage == "offered":
        end_offer(pool, record, OfferWithdrawn, Withdrawal.COMMAND)
    pool.take_in_hand(agent)
    assign(pool, record, agent, Why(0, {}))
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
    agent = end_offer(pool, record, OfferWithdrawn, Withdrawal.COMMAND)
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
        end_offer(pool, record, OfferWithdrawn, Withdrawal.COMMAND)
    close(pool, record, Close.COMMAND)
    return None


def _prioritise(pool: Pool, event: inputs.CommandPrioritise) -> Refusal | None:
    record = pool.conversations.get(event.conversation)
    if record is None:
        return Refusal.UNKNOWN_CONVERSATION
    _applied(pool, event)
    if record.stage == "waiting":
        pool.room.leave(record)
    record.priority = record.given_priority = event.priority
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
        pool.room.pause(line)
        paused.add(event.queue)
    else:
        pool.room.resume(line)
        paused.discard(event.queue)
        pool.fresh_lanes.update(line.lanes)
    pool.record.paused = tuple(sorted(paused))
    return None


def _set_presence(pool: Pool, event: inputs.CommandSetPresence) -> Refusal | None:
    agent = pool.agents.get(event.agent)
    if agent is None:
        return Refusal.UNKNOWN_AGENT
    _applied(pool, event)
    set_presence(pool, agent, event.presence, reason=event.reason, until=None)
    return None
