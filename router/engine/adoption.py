"""A pool comes to stand under rules: those in force at a restart, or others while it runs.

There is one way for both. Everything that rules have a part in (lines and lanes, agents' groups and
load, timers) is built anew from the durable records, which are all that is carried over: so nobody
can lose a place, and a swap decides what a restart under the same rules would have decided. Nothing
is left of what was built under the old rules, not even for the garbage collector.
"""

from collections.abc import Iterator
from operator import attrgetter

from router.engine.agents import renew_lease
from router.engine.conversations import queue_for
from router.engine.deadlines import NEVER
from router.engine.deflections import resume_deflection
from router.engine.expansion import take_past_in_silence
from router.engine.fairness import forget_given
from router.engine.groups import Agent, Group
from router.engine.hours import forget_calendars, go_on, look_at_calendars
from router.engine.lanes import Signature
from router.engine.lending import lend
from router.engine.occupancy import resume_work
from router.engine.pool import Pool
from router.engine.quotas import (
    count_asked,
    follow_quotas,
    forget_quota_timers,
    look_at_quotas,
    resume_quotas,
)
from router.engine.runs import bits_of_runs
from router.engine.slots import weight
from router.engine.status import forget_reports, resume_reports
from router.engine.surge import forget_surge_timer, resume_surge
from router.engine.switches import drop_unknown_switches, forget_switches
from router.engine.tallies import forget_tallies
from router.engine.waiting import change_queue, climb, enter, place, reachable
from router.model.inputs import Presence
from router.model.outputs import ConversationRequeued, PolicyChanged
from router.model.policy import Policy
from router.model.reasons import Requeue, Suspension
from router.model.state import ConversationRecord


def change_rules(pool: Pool, policy: Policy) -> None:
    """Let a pool that runs stand under other rules from now on. Cost: all it holds."""
    described = sorted(pool.agents.values(), key=attrgetter("id"))
    for agent in described:
        pool.deadlines.move(agent.lease, NEVER)
    forget_calendars(pool)
    forget_quota_timers(pool)
    forget_switches(pool)
    forget_surge_timer(pool)
    pool.held.clear()
    pool.crew.dissolve()
    pool.room.dissolve()
    pool.adopt(policy)
    alike: dict[tuple[Group, int | None], Group] = {}
    for agent in described:
        # Who was alike still is, unless one of them has a capacity of his own.
        kind = (agent.group, agent.profile.capacity)
        pool.describe(None, agent.record, agent.profile, alike=alike.get(kind))
        alike[kind] = pool.agents[agent.id].group
    stand_under(pool)


def stand_under(pool: Pool) -> None:
    """Derive what is not kept, and go on under the rules that are in force now.

    Its agents are described, and nobody waits in a line yet. Where these are not the rules it last
    decided with, that is said, and what follows from it.
    """
    for name in pool.record.paused:
        if name in pool.room.lines:
            pool.room.lines[name].paused = True
    _resume_agents(pool)
    changed = pool.record.policy != pool.policy.version
    if not changed:
        go_on(pool)
        resume_quotas(pool)
    else:
        look_at_calendars(pool)
        look_at_quotas(pool)
        drop_unknown_switches(pool)
        before, pool.record.policy = pool.record.policy, pool.policy.version
        if pool.record.seq:
            pool.say(PolicyChanged(from_=before, to=pool.policy.version, files=pool.policy.files))
        _forget_measures(pool)
        forget_reports(pool)
        forget_tallies(pool)
    resume_reports(pool)
    resume_surge(pool, changed=changed)
    _resume_conversations(pool, changed=changed)
    follow_quotas(pool)
    for agent in pool.agents.values():
        resume_work(pool, agent)
    pool.opened = changed and bool(pool.held)


def _forget_measures(pool: Pool) -> None:
    """Keep what was measured of queues that are there still, if anything is measured."""
    known = pool.policy.queues
    for name in list(pool.measures) if known else ():
        if name not in known or not pool.measuring:
            del pool.measures[name]
            pool.touch_measures(name)


def _resume_conversations(pool: Pool, *, changed: bool) -> None:
    known = pool.policy.queues
    staying: list[ConversationRecord] = []
    removed: list[ConversationRecord] = []
    for record in pool.conversations.values():
        if record.barred:
            pool.set_timer("decline_forgotten", record.id, min(record.barred.values()))
        (removed if known and record.queue not in known else staying).append(record)
    if changed and known:
        lines = pool.room.lines
        for record in staying:
            if record.step or lines[record.queue].ladder:
                take_past_in_silence(pool, record)
    pool.room.fill(_resumed(pool, staying))
    if changed:
        pool.overdue |= pool.spilling
    # Who keeps his queue stands in line first: the place of who comes from a removed one counts
    # him.
    for record in sorted(removed, key=attrgetter("arrived_at", "sequence")):
        _move(pool, record)


def _resumed(
    pool: Pool, staying: list[ConversationRecord]
) -> Iterator[tuple[ConversationRecord, Signature]]:
    """Give who waits, with what kind he is now; those in an agent's hands are held again."""
    plain: dict[tuple[object, ...], Signature | None] = {}
    for record in staying:
        if record.stage != "waiting":
            _resume_hold(pool, record)
            continue
        if record.skills or record.labels or record.step or record.lent:
            signature = pool.signature(record)
        else:
            # Most ask for nothing of their own: worked out once for all who are alike.
            kind = (record.queue, record.channel, record.level, record.language)
            if kind not in plain:
                plain[kind] = pool.signature(record)
            signature = plain[kind]
        if record.kept_until is not None:
            _resume_keeping(pool, record, signature)
        if signature is not None:
            line = signature.line
            if line.deflects:
                pool.newcomers[record.id] = record
            if line.ladder or line.spills:
                climb(pool, record, line)
            yield record, signature


def _resume_agents(pool: Pool) -> None:
    for agent in pool.agents.values():
        record = agent.record
        # What is not so has no timer, neither from before nor, at a restart, at all.
        if record.wrap_ups:
            _resume_wrap_ups(pool, agent)
        agent.code += bits_of_runs(pool, record.runs)
        if record.until is not None:
            pool.set_timer("presence_until", agent.id, record.until)
        if record.rests_until is not None:
            pool.set_timer("rest_ends", agent.id, record.rests_until)
        forget_given(pool, agent)
        if Suspension.NO_ANSWER in record.suspended:
            until = record.suspended[Suspension.NO_ANSWER]
            pool.set_timer("suspension_ends", agent.id, until)
        if Suspension.LEASE_EXPIRED not in record.suspended:
            renew_lease(pool, agent)
        if record.lost_at is not None:
            after = pool.policy.agents.lost_after_ms
            due = None if after is None else record.lost_at + max(after, 1)
            pool.set_timer("lost_agent", agent.id, due)
        if record.presence is not Presence.OFFLINE:
            # Whoever may get work is in hand, so matching looks at all that anybody may take.
            pool.hands[agent] = None
        pool.see(agent)


def _resume_wrap_ups(pool: Pool, agent: Agent) -> None:
    open_ = agent.record.wrap_ups.values()
    for wrap_up in open_:
        agent.used += wrap_up.units
        slot = pool.crew.slot_for(wrap_up.channel, wrap_up.labels)
        agent.code += weight(slot, wrap_up.units)
    ends = [each.until for each in open_ if each.until is not None]
    pool.set_timer("wrap_up_ends", agent.id, min(ends, default=None))


def _move(pool: Pool, record: ConversationRecord) -> None:
    change_queue(record, queue_for(pool, record) or list(pool.policy.queues)[-1])
    pool.touch(record)
    if record.stage != "waiting":
        _resume_hold(pool, record)
        return
    if record.kept_until is not None:
        record.kept_until = None
        pool.set_timer("preferred_agent_wait", record.id, None)
    enter(pool, record)
    pool.say(
        ConversationRequeued(
            conversation=record.id,
            queue=record.queue,
            reason=Requeue.QUEUE_REMOVED,
            place=place(pool, record),
        )
    )


def _resume_keeping(pool: Pool, record: ConversationRecord, signature: Signature | None) -> None:
    if signature is not None and not reachable(pool, record, signature):
        record.kept_until = None
        pool.touch(record)
    pool.set_timer("preferred_agent_wait", record.id, record.kept_until)


def _resume_hold(pool: Pool, record: ConversationRecord) -> None:
    pool.slot(record)  # people may ask why not, and asking adds nothing
    if record.stage == "deflected":
        resume_deflection(pool, record)
        return
    offer = record.offer
    assert offer is not None  # noqa: S101 - offered and assigned have one; audited
    slot = pool.crew.slot_for(record.channel, offer.labels)
    for name in offer.agents:
        pool.claim(pool.agents[name], record, slot, offer.units)
        lend(pool, pool.agents[name], record)
        if record.stage == "offered":
            count_asked(pool, pool.agents[name], record, more=1)
    if record.stage == "offered":
        pool.set_timer("offer_expires", record.id, offer.expires_at)
