"""How a conversation comes to wait, and for whom it is kept.

Every entry (creation, update, end of an offer, requeue) passes here: the conversation gets the
lane its facts ask for, at the place its arrival gives it, kept for its preferred agents where the
queue says so and one of them can be reached.
"""

from collections.abc import Iterator

from msgspec import UNSET

from router.engine.demands import Demand, fits
from router.engine.estimates import estimate
from router.engine.groups import Agent
from router.engine.lanes import Line, Signature
from router.engine.pool import Pool
from router.model.deflection import meant_for
from router.model.estimate import Foreseen
from router.model.inputs import Presence
from router.model.limits import MAX_HOPS, MAX_SKILLS
from router.model.outputs import ConversationQueued, EstimatedWait, Qualified
from router.model.overflow import Overflow, Target
from router.model.policy import LadderEnd
from router.model.state import ConversationRecord, SaidEstimate

TRANSFER_WAIT_MS = 60_000
"""How long a transfer to an agent is kept for him where the queue says nothing."""


def enter(pool: Pool, record: ConversationRecord, *, kept_until: int | None = None) -> None:
    """Let a conversation wait; ``kept_until`` (ms) overrides when its keeping ends."""
    record.stage = "waiting"
    signature = pool.signature(record)
    if signature is not None and record.preferred_agents:
        until = kept_until
        if until is None:
            until = end_of_keeping(record, signature)
        if until > pool.now and reachable(pool, record, signature):
            record.kept_until = until
            pool.set_timer("preferred_agent_wait", record.id, until)
    stand(pool, record, signature)
    if record.id in pool.climbing or record.id in pool.spilling:
        pool.overdue.add(record.id)


def end_of_keeping(record: ConversationRecord, signature: Signature) -> int:
    """Give until when (ms) its queue keeps a conversation for preferred agents; 0: not at all."""
    wait = signature.line.queue.preferred_wait_ms
    # An arrival may lie in the future (clocks differ): without a wait it keeps nothing either.
    return record.arrived_at + wait if wait else 0


def line_up(pool: Pool, record: ConversationRecord) -> None:
    """Put a waiting conversation into its lane, its keeping decided; matching looks at the lane."""
    stand(pool, record, pool.signature(record))


def stand(pool: Pool, record: ConversationRecord, signature: Signature | None) -> None:
    """Put a waiting conversation of a known kind into its lane, as `line_up` does."""
    if signature is not None:
        if signature.line.deflects:
            pool.newcomers[record.id] = record
        lane = pool.room.enter(record, signature)
        if lane is not None:
            pool.fresh_lanes[lane] = None
        climb(pool, record, signature.line)
    pool.touch(record)


def wait_for_others(pool: Pool, record: ConversationRecord, signature: Signature) -> None:
    """Let a waiting conversation wait in another lane, since a step of its ladder was taken."""
    if record.kept_until is not None and not reachable(pool, record, signature):
        record.kept_until = None
        pool.set_timer("preferred_agent_wait", record.id, None)
    lane = pool.room.change_kind(record, signature)
    if lane is not None:
        pool.fresh_lanes[lane] = None
    step = next_with_time(pool, record, signature.line)
    pool.set_timer("expands", record.id, None if step is None else step[1])
    if record.step == len(signature.line.ladder):
        pool.climbing.discard(record.id)
    pool.touch(record)


def climb(pool: Pool, record: ConversationRecord, line: Line) -> None:
    """Let a waiting conversation take the next step of its queue's ladder in its time."""
    if record.step < len(line.ladder):
        pool.climbing.add(record.id)
        step = next_with_time(pool, record, line)
        if step is not None:
            pool.set_timer("expands", record.id, step[1])
    if line.spills:
        pool.spilling.add(record.id)
        rule = next_overflow(pool, record, line) if line.spills_in_time else None
        if rule is not None:
            pool.set_timer("overflows", record.id, rule[0])


def next_with_time(
    pool: Pool, record: ConversationRecord, line: Line, *, after: int | None = None
) -> tuple[int, int] | None:
    """Give number and time (ms) of the next step of a ladder that comes by time; None: no more.

    Next after the step taken last, or after the one of this number. A surge brings no step forward
    to before it came into force.
    """
    step = line.timed[record.step if after is None else after]
    if step is None:
        return None
    number, after_ms = step
    return number, max(record.arrived_at + after_ms // pool.speed, pool.faster_from)


def end_of_ladder(record: ConversationRecord, line: Line) -> LadderEnd | None:
    """Give what the step that a conversation took last says of the end, if it took one that does."""
    return line.ladder[record.step - 1].then if record.step else None


def overflows_left(pool: Pool, record: ConversationRecord, line: Line) -> Iterator[Overflow]:
    """Give the overflows of a queue that are meant for a conversation and have not taken it."""
    return (rule for rule in line.queue.overflows if may_take(pool, record, rule))


def may_take(pool: Pool, record: ConversationRecord, rule: Overflow) -> bool:
    """Tell whether an overflow is meant for a conversation and has not taken it."""
    if rule.name in record.overflowed or rule.name in record.lent:
        return False
    if rule.kind is Target.POOL and not _may_go(pool, record, rule.to):
        return False
    return meant_for(rule, record.id, channel=record.channel)


def _may_go(pool: Pool, record: ConversationRecord, to: str) -> bool:
    """Tell whether another pool would take a conversation as it is now."""
    far = record.hops >= MAX_HOPS or len(record.skills) > MAX_SKILLS
    return not far and to != pool.name and not record.callbacks


def next_overflow(
    pool: Pool, record: ConversationRecord, line: Line
) -> tuple[int, Overflow] | None:
    """Give the next overflow that comes by time, and when (ms); None: no more."""
    first: tuple[int, Overflow] | None = None
    for rule in overflows_left(pool, record, line):
        if rule.after_ms is not None:
            due = record.arrived_at + rule.after_ms
            if first is None or due < first[0]:
                first = (due, rule)
    return first


def leave(pool: Pool, record: ConversationRecord) -> None:
    """Take a conversation out of its lane, before its facts change or it is given to an agent."""
    pool.room.leave(record)
    if record.kept_until is not None:
        record.kept_until = None
        pool.set_timer("preferred_agent_wait", record.id, None)
    if pool.climbing and record.id in pool.climbing:
        pool.climbing.discard(record.id)
        pool.set_timer("expands", record.id, None)
    if pool.spilling and record.id in pool.spilling:
        pool.spilling.discard(record.id)
        pool.set_timer("overflows", record.id, None)


def line_up_again(pool: Pool, record: ConversationRecord) -> None:
    """Move a waiting conversation to the lane of its present conditions, the keeping as it is."""
    pool.room.leave(record)
    line_up(pool, record)


def set_paused(pool: Pool, line: Line, *, paused: bool) -> None:
    """Let nobody be matched from a queue any more, or again; everyone keeps the place."""
    if line.paused == paused:
        return
    records = list(line.records())
    for record in records:
        pool.room.leave(record)
    line.paused = paused
    line.advanced = True
    pool.staff.forget()
    if pool.watches is not None:
        pool.watches.minute = 0
    if not paused and pool.held:
        pool.opened = True
    for record in records:
        line_up(pool, record)


def reachable(pool: Pool, record: ConversationRecord, signature: Signature) -> bool:
    """Tell whether one of the preferred agents may still come to take the conversation."""
    absent_too = signature.line.queue.keeps_for_absent
    return any(
        _can_be_reached(pool.agents[name], signature.demand, absent_too=absent_too)
        for name in record.preferred_agents
        if name in pool.agents and name not in record.barred
    )


def _can_be_reached(agent: Agent, demand: Demand, *, absent_too: bool) -> bool:
    is_there = agent.record.presence is not Presence.OFFLINE and not agent.record.suspended
    return (
        (is_there or absent_too) and demand.slot in agent.group.caps and fits(demand, agent.group)
    )


def _is_kept(record: ConversationRecord, agent: Agent) -> bool:
    return record.kept_until is not None and agent.id in record.preferred_agents


def let_go_of(pool: Pool, agent: Agent) -> None:
    """Free for all what is kept for an agent, where nobody it is kept for can be reached now."""
    kept = [lane.head()[3] for lane in pool.room.kept.get(agent.id, ())]
    if pool.record.paused or pool.record.hours:
        # Who waits where nobody is matched from is in no list of what is kept.
        stopped = (line for line in pool.room.lines.values() if line.paused)
        kept += [record for line in stopped for record in line.records() if _is_kept(record, agent)]
    for record in kept:
        if not reachable(pool, record, pool.room.place_of[record.id][1]):
            leave(pool, record)
            line_up(pool, record)


def place(pool: Pool, record: ConversationRecord) -> int:
    """Give the rank of a conversation in its queue, from 1, as if it waited there."""
    waits = pool.room.place_of.get(record.id)
    if waits is not None:
        return 1 + waits[1].line.before(waits[2])
    line = pool.room.lines.get(record.queue)
    return 1 + line.before(line.key(record)) if line is not None else 1


def change_queue(record: ConversationRecord, queue: str) -> None:
    """Send a conversation to a queue; in another than its own nobody else helps, no step is taken."""
    if queue != record.queue:
        record.queue = queue
        record.step = 0
        record.estimate = None
        record.lent = ()
        record.home = None


def say_queued(pool: Pool, record: ConversationRecord) -> None:
    """Decide that a conversation is queued as it is qualified now."""
    waits = pool.room.place_of.get(record.id)
    signature = waits[1] if waits is not None else pool.signature(record)
    rank = place(pool, record)
    told = None
    if signature is not None and signature.line.queue.estimates is not None:
        told = _told(pool, record, estimate(pool, record, signature, ahead=rank - 1))
    elif record.estimate is not None:
        _told(pool, record, None)
    pool.say(
        ConversationQueued(
            conversation=record.id,
            queue=record.queue,
            place=rank,
            estimated_wait_s=told,
            qualified=Qualified(
                topic=record.topic,
                level=record.level,
                language=record.language,
                priority=record.priority,
                requirements=signature.published if signature is not None else {},
                rules=record.rules,
                labels=record.labels or UNSET,
            ),
        )
    )


def _told(
    pool: Pool, record: ConversationRecord, foreseen: Foreseen | None
) -> EstimatedWait | None:
    """Keep what a waiting conversation is told, to be compared with what comes of it."""
    if record.stage == "waiting":
        record.estimate = None
        if foreseen is not None:
            said = foreseen.told
            record.estimate = SaidEstimate(
                at=pool.now, p50=said.p50, p90=said.p90, wait_ms=foreseen.wait_ms
            )
    return None if foreseen is None else foreseen.told
