"""Something better than waiting: offered, taken, refused; and callbacks, which keep their place.

A deflected conversation stands in no lane. A callback whose customer named no time is *held*: it
stands beside the line of its queue, by the same key, and is due when nobody in the line is before
it. So it comes back as if its customer had stayed.
"""

from typing import Literal

import msgspec

from router.engine.groups import Agent
from router.engine.lanes import Line, Ranks
from router.engine.lost import watch_lost
from router.engine.offers import waited_s
from router.engine.pool import Pool
from router.engine.waiting import end_of_ladder, enter, leave, place
from router.engine.wrap_up import start_wrap_up
from router.model import inputs
from router.model.conditions import Switch
from router.model.deflection import (
    NO_ANSWER,
    Closed,
    Deflection,
    DeflectionKind,
    First,
    meant_for,
)
from router.model.outputs import (
    ConversationClosed,
    ConversationDeflected,
    ConversationRequeued,
    DeflectionAccepted,
    DeflectionExpired,
    Trigger,
)
from router.model.policy import LadderEnd
from router.model.reasons import Close, Refusal, Requeue
from router.model.state import ConversationRecord, OpenDeflection

FURTHEST_CALLBACK_MS = 366 * 86_400_000


def deflect(pool: Pool) -> None:
    """Deflect those who came to wait in this cause and should not, by the first rule that applies."""
    newcomers = [each for each in pool.newcomers.values() if each.id in pool.room.place_of]
    pool.newcomers.clear()
    for record in sorted(newcomers, key=lambda each: (each.arrived_at, each.sequence)):
        found = applying(pool, record)
        if found is not None:
            _begin(pool, record, *found)


def applying(pool: Pool, record: ConversationRecord) -> tuple[Deflection, Trigger] | None:
    """Find the first rule that applies to a waiting conversation, and what set it off."""
    if record.callbacks:
        return None
    line = pool.room.place_of[record.id][1].line
    for rule in line.queue.deflects:
        if rule.name in record.deflected:
            continue
        trigger = _trigger(pool, record, line=line, rule=rule)
        if trigger is not None and meant_for(rule, record.id, channel=record.channel):
            return rule, trigger
    return None


def _trigger(
    pool: Pool, record: ConversationRecord, *, line: Line, rule: Deflection
) -> Trigger | None:
    """Tell what sets a rule off now; None where its condition does not hold."""
    match rule.on:
        case None:
            return Trigger("share", rule.share)
        case Closed():
            return Trigger("closed", 1) if line.closed else None
        case Switch(name=name):
            turned, stage = pool.record.switches.get(name), pool.stage
            if turned is not None:
                return turned.trigger
            if end_of_ladder(record, line) is LadderEnd.DEFLECT:
                return Trigger("ladder", record.step)
            forced = stage is not None and line.queue.name in stage.deflects
            return Trigger("surge", 1) if forced else None


def _begin(pool: Pool, record: ConversationRecord, rule: Deflection, trigger: Trigger) -> None:  # noqa: PLR0917 - a pair and whom it is about
    leave(pool, record)
    record.deflected = (*record.deflected, rule.name)
    _offer(pool, record, rule, trigger)
    pool.set_timer("deflection_expires", record.id, _of(record).expires_at)


def _offer(pool: Pool, record: ConversationRecord, rule: Deflection, trigger: Trigger) -> None:  # noqa: PLR0917 - as above
    name = f"d{pool.record.seq + 1}"
    expires_at = pool.now + rule.expires_ms
    record.stage = "deflected"
    record.estimate = None
    record.deflection = OpenDeflection(deflection=name, kind=rule.kind, expires_at=expires_at)
    pool.touch(record)
    pool.say(
        ConversationDeflected(
            conversation=record.id,
            deflection=name,
            kind=rule.kind,
            trigger=trigger,
            text=rule.text,
            expires_at=expires_at,
            to=msgspec.UNSET if rule.to is None else rule.to,
        )
    )


def accept_deflection(
    pool: Pool, event: inputs.DeflectionAccepted, record: ConversationRecord
) -> Refusal | None:
    """Let a customer have what was offered: a callback is held, all else ends the conversation."""
    if not _is_open(record, event.deflection):
        return Refusal.STALE_DEFLECTION
    if _of(record).kind is DeflectionKind.CALLBACK:
        _hold(pool, record, event.callback_at)
        return None
    pool.say(DeflectionAccepted(conversation=record.id, deflection=event.deflection))
    end_deflection(pool, record)
    waited = waited_s(pool, record)
    pool.say(ConversationClosed(conversation=record.id, waited_s=waited, reason=Close.DEFLECTED))
    pool.forget(record)
    return None


def decline_deflection(
    pool: Pool, event: inputs.DeflectionDeclined, record: ConversationRecord
) -> Refusal | None:
    """Let a customer wait who prefers to."""
    if not _is_open(record, event.deflection):
        return Refusal.STALE_DEFLECTION
    come_back(pool, record, Requeue.DEFLECTION_DECLINED)
    return None


def expire_deflection(pool: Pool, record: ConversationRecord) -> None:
    """Let a customer wait who did not answer."""
    pool.say(DeflectionExpired(conversation=record.id, deflection=_of(record).deflection))
    come_back(pool, record, Requeue.DEFLECTION_EXPIRED)


def call_back(pool: Pool, record: ConversationRecord) -> None:
    """Let a callback wait for an agent, at the place it had."""
    rule = _promised_by(pool, record)
    rings_customer = rule is not None and rule.first is First.CUSTOMER
    come_back(
        pool, record, Requeue.CALLBACK_DUE, first="customer" if rings_customer else msgspec.UNSET
    )


def _promised_by(pool: Pool, record: ConversationRecord) -> Deflection | None:
    """Give the rule of its queue that promised a callback; None: there is no such rule, or promise."""
    queue = pool.policy.queues.get(record.queue)
    if queue is None or not record.callbacks:
        return None
    for rule in queue.deflects:
        if rule.name == record.deflected[-1] and rule.kind is DeflectionKind.CALLBACK:
            return rule
    return None


def rule_to_ring_again(
    pool: Pool, record: ConversationRecord, *, unanswered_by: First
) -> Deflection | None:
    """Give the rule by which a callback that nobody picked up is rung again; None: it is not.

    ``unanswered_by``: whose platform says so, the agent's or the one that rings customers first.
    """
    rule = _promised_by(pool, record)
    if rule is None or record.callbacks >= rule.attempts:
        return None
    return rule if unanswered_by is First.AGENT or rule.first is First.CUSTOMER else None


def ring_again(
    pool: Pool, record: ConversationRecord, rule: Deflection, *, agent: Agent | None = None
) -> None:
    """Promise another callback; an agent who had it goes into wrap-up."""
    until: int | msgspec.UnsetType | None = msgspec.UNSET
    if agent is None:
        leave(pool, record)
    else:
        until = start_wrap_up(pool, agent, record)
        watch_lost(pool, agent)
    record.offer = None
    pool.say(
        ConversationRequeued(
            conversation=record.id,
            queue=record.queue,
            reason=Requeue.CALLBACK_UNANSWERED,
            place=place(pool, record),
            agent=msgspec.UNSET if agent is None else agent.id,
            wrapup_until=until,
        )
    )
    _offer(pool, record, rule, Trigger(NO_ANSWER, record.callbacks))
    _hold(pool, record, pool.now + rule.retry_ms)


def come_back(
    pool: Pool,
    record: ConversationRecord,
    reason: Requeue,
    *,
    first: Literal["customer"] | msgspec.UnsetType = msgspec.UNSET,
) -> None:
    """Let a deflected conversation wait again at its place."""
    end_deflection(pool, record)
    enter(pool, record)
    pool.say(
        ConversationRequeued(
            conversation=record.id,
            queue=record.queue,
            reason=reason,
            place=place(pool, record),
            first=first,
        )
    )


def end_deflection(pool: Pool, record: ConversationRecord) -> None:
    """End a deflection, answered or not; the caller lets the conversation wait, or go."""
    let_go(pool, record)
    if _of(record).expires_at is not None:
        pool.set_timer("deflection_expires", record.id, None)
    if _of(record).due is not None:
        pool.set_timer("callback_due", record.id, None)
    record.deflection = None
    pool.touch(record)


def resume_deflection(pool: Pool, record: ConversationRecord) -> None:
    """Set the timers of a deflection anew, and hold what was held."""
    open_ = _of(record)
    pool.set_timer("deflection_expires", record.id, open_.expires_at)
    pool.set_timer("callback_due", record.id, open_.due)
    hold(pool, record)


def _is_open(record: ConversationRecord, deflection: str) -> bool:
    return _of(record).deflection == deflection and _of(record).expires_at is not None


def _of(record: ConversationRecord) -> OpenDeflection:
    assert record.deflection is not None  # noqa: S101 - stage "deflected" has one; audited
    return record.deflection


def _hold(pool: Pool, record: ConversationRecord, callback_at: int | None) -> None:
    pool.set_timer("deflection_expires", record.id, None)
    at = None if callback_at is None else _within_hours(pool, record, callback_at)
    taken = msgspec.structs.replace(_of(record), expires_at=None, callback_at=at, due=at)
    record.deflection = taken
    record.callbacks += 1
    pool.set_timer("callback_due", record.id, at)
    hold(pool, record)
    pool.touch(record)
    pool.say(
        DeflectionAccepted(
            conversation=record.id,
            deflection=taken.deflection,
            callback_at=msgspec.UNSET if at is None else at,
        )
    )


def _within_hours(pool: Pool, record: ConversationRecord, at: int) -> int:
    """Give the first time from ``at`` on at which the queue may be open."""
    at = min(max(at, pool.now), pool.now + FURTHEST_CALLBACK_MS)
    queue = pool.policy.queues.get(record.queue)
    if queue is None or queue.hours is None:
        return at
    hours = pool.policy.calendars[queue.hours]
    return at if hours.is_open(at) else hours.next_change(at)


# Callbacks that wait for their turn.


def hold(pool: Pool, record: ConversationRecord) -> None:
    """Stand a callback beside the line of its queue, if it is one that waits for its turn."""
    line = pool.room.lines.get(record.queue)
    if line is not None and _waits_for_its_turn(record):
        pool.held.setdefault(line, Ranks()).add(line.key(record))
        line.advanced = True


def let_go(pool: Pool, record: ConversationRecord) -> None:
    """Take a callback from beside the line, if it stands there."""
    line = pool.room.lines.get(record.queue)
    if line is not None and _waits_for_its_turn(record):
        ranks = pool.held[line]
        ranks.remove(line.key(record))
        line.advanced = True
        if not len(ranks):
            del pool.held[line]


def _waits_for_its_turn(record: ConversationRecord) -> bool:
    open_ = record.deflection
    return open_ is not None and open_.expires_at is None and open_.callback_at is None


def bring_back(pool: Pool) -> None:
    """Let the callbacks of queues that opened wait again whose turn has come, before the matches."""
    pool.opened = False
    for line in sorted(pool.held, key=lambda each: each.queue.name):
        record = _whose_turn(line, pool.held[line])
        if record is not None:
            call_back(pool, record)
            pool.newcomers.pop(record.id, None)


def watch_turns(pool: Pool) -> None:
    """Let the callbacks come back next whose turn the matches of this cause have brought."""
    for line, ranks in pool.held.items():
        if not line.advanced:
            continue
        line.advanced = False
        record = _whose_turn(line, ranks)
        if record is not None:
            record.deflection = msgspec.structs.replace(_of(record), due=pool.now)
            pool.set_timer("callback_due", record.id, pool.now)
            pool.touch(record)


def _whose_turn(line: Line, held: Ranks) -> ConversationRecord | None:
    """Give the callback whose turn has come, unless its timer is set already."""
    key = held.head()
    if line.paused or line.has_before(key):
        return None
    record = key[3]
    return record if _of(record).due is None else None
