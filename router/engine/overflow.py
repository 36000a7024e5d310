"""Who else helps where a queue cannot serve in time: another queue, team or site, another pool.

A rule comes so long after the customer's arrival, or holds while a switch is on; or it comes at the
end of the queue's ladder. Sent to another queue a conversation stands there as if it had waited in
it from its arrival, under that queue's rules; no rule sends it twice in its life, so no ring of
rules turns for ever. Helped by a team or a site it stays where it is. Sent to another pool it is
over here: what is known of it goes with the decision, to be published for that pool in the same
transaction.
"""

from msgspec.structs import replace

from router.engine.pool import Pool
from router.engine.waiting import (
    change_queue,
    end_of_ladder,
    enter,
    leave,
    line_up,
    may_take,
    next_overflow,
    overflows_left,
    reachable,
)
from router.model.inputs import ConversationCreated
from router.model.outputs import ConversationOverflowed, Trigger
from router.model.overflow import Overflow, Target
from router.model.policy import LadderEnd
from router.model.state import ConversationRecord


def spill(pool: Pool) -> None:
    """Let all who entered in this cause take every overflow that is open, the first first."""
    entered = [pool.conversations[name] for name in pool.overdue if name in pool.spilling]
    for record in sorted(entered, key=lambda each: (each.arrived_at, each.sequence)):
        while (rule := open_overflow(pool, record)) is not None:
            take_overflow(pool, record, rule)


def open_overflow(pool: Pool, record: ConversationRecord) -> Overflow | None:
    """Give the first rule that is open for a conversation and has not taken it; None: there is none."""
    if record.id not in pool.spilling:
        return None
    line = pool.room.lines[record.queue]
    at_the_end = end_of_ladder(record, line) is LadderEnd.OVERFLOW
    for rule in line.queue.overflows:
        if (at_the_end or _is_open(pool, record, rule)) and may_take(pool, record, rule):
            return rule
    return None


def _is_open(pool: Pool, record: ConversationRecord, rule: Overflow) -> bool:
    """Tell whether a rule is open for a conversation by its time or its switch."""
    if rule.on is not None:
        return rule.on.name in pool.record.switches
    return rule.after_ms is not None and rule.after_ms <= pool.now - record.arrived_at


def overflow_in_time(pool: Pool, record: ConversationRecord) -> None:
    """Let a waiting conversation take the overflow whose time has come, and all of the same time."""
    line = pool.room.lines[record.queue]
    found = next_overflow(pool, record, line)
    assert found is not None  # noqa: S101 - the timer was set for it
    due = found[0]
    while found is not None and found[0] == due:
        take_overflow(pool, record, found[1])
        if record.id not in pool.spilling or record.queue != line.queue.name:
            return
        found = next_overflow(pool, record, line)


def overflow_all(pool: Pool, rule: Overflow, waiting: list[ConversationRecord]) -> None:
    """Let those of a queue overflow whom a rule is meant for, now that its switch is on."""
    for record in waiting:
        left = overflows_left(pool, record, pool.room.lines[record.queue])
        if any(each is rule for each in left):
            take_overflow(pool, record, rule)


def take_overflow(pool: Pool, record: ConversationRecord, rule: Overflow) -> None:
    """Let a waiting conversation overflow by a rule; it is said, the place stays."""
    was = record.queue
    kept_until = record.kept_until
    trigger = _trigger(pool, record, rule)
    leave(pool, record)
    if rule.kind is Target.QUEUE:
        home = record.home or was
        record.overflowed = (*record.overflowed, rule.name)
        change_queue(record, rule.to)
        record.home = home
        enter(pool, record)
    elif rule.kind is not Target.POOL:
        record.lent = (*record.lent, rule.name)
        signature = pool.signature(record)
        assert signature is not None  # noqa: S101 - who overflows waits in a lane
        if kept_until is not None and reachable(pool, record, signature):
            record.kept_until = kept_until
            pool.set_timer("preferred_agent_wait", record.id, kept_until)
        line_up(pool, record)
    pool.say(
        ConversationOverflowed(
            conversation=record.id, from_=was, to=rule.to, kind=rule.kind.value, trigger=trigger
        )
    )
    if rule.kind is Target.POOL:
        pool.said[-1] = replace(pool.said[-1], sent=_sent(pool, record, rule.to))
        pool.forget(record)


def _sent(pool: Pool, record: ConversationRecord, to: str) -> ConversationCreated:
    """Tell another pool of a conversation: what was found of it, and since when its customer waits."""
    return ConversationCreated(
        pool=to,
        id=f"sent-{pool.record.seq}",
        at=max(pool.now, record.arrived_at),
        traceparent=record.traceparent,
        conversation=record.id,
        channel=record.channel,
        topic_=record.topic,
        level=record.level,
        language=record.language,
        priority=record.priority,
        skills=record.skills,
        preferred_agents=record.preferred_agents,
        customer=record.customer,
        attributes=record.attributes,
        arrived_at=record.arrived_at,
        hops=record.hops + 1,
    )


def _trigger(pool: Pool, record: ConversationRecord, rule: Overflow) -> Trigger:
    if not _is_open(pool, record, rule):
        return Trigger("ladder", record.step)
    if rule.on is not None:
        return pool.record.switches[rule.on.name].trigger
    return Trigger("waited_s", (pool.now - record.arrived_at) / 1000)
