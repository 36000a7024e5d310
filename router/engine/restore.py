"""From records back to a pool that decides as before: lanes, load and timers are derived anew."""

from collections.abc import Iterable

from router.engine.agents import renew_lease
from router.engine.conversations import queue_for
from router.engine.deflections import resume_deflection
from router.engine.expansion import take_past_in_silence
from router.engine.hours import go_on, look_at_calendars
from router.engine.pool import Pool
from router.engine.waiting import change_queue, enter, line_up, place, reachable
from router.model.inputs import Presence
from router.model.outputs import ConversationRequeued, PolicyChanged
from router.model.reasons import Requeue, Suspension
from router.model.state import (
    AgentRecord,
    ConversationRecord,
    Entity,
    PoolRecord,
    ProfileRecord,
    SeenRecord,
    StrangerRecord,
)


def take_up(pool: Pool, entities: Iterable[Entity]) -> None:
    """Put the records of a pool in place; nobody waits in a lane and no timer runs yet."""
    agents: dict[str, AgentRecord] = {}
    profiles: list[ProfileRecord] = []
    for entity in entities:
        match entity:
            case PoolRecord():
                pool.record = entity
            case ConversationRecord():
                pool.conversations[entity.id] = entity
            case AgentRecord():
                agents[entity.id] = entity
            case ProfileRecord():
                profiles.append(entity)
            case StrangerRecord():
                pool.strangers[entity.id] = entity
            case SeenRecord():
                pool.seen.restore(entity)
    for described in sorted(profiles, key=lambda each: each.id):
        pool.describe(None, agents[described.id], described.profile)


def resume(pool: Pool) -> None:
    """Derive what is not kept, and go on under the rules that are in force now."""
    for name in pool.record.paused:
        if name in pool.room.lines:
            pool.room.lines[name].paused = True
    _resume_agents(pool)
    changed = pool.record.policy != pool.policy.version
    if not changed:
        go_on(pool)
    else:
        look_at_calendars(pool)
        before, pool.record.policy = pool.record.policy, pool.policy.version
        if pool.record.seq:
            pool.say(PolicyChanged(from_=before, to=pool.policy.version, files=pool.policy.files))
    every = sorted(pool.conversations.values(), key=lambda each: (each.arrived_at, each.sequence))
    known = pool.policy.queues
    # Who keeps his queue stands in line first: the place of who comes from a removed one counts him.
    removed = [each for each in every if known and each.queue not in known]
    for record in every:
        if record.barred:
            pool.set_timer("decline_forgotten", record.id, min(record.barred.values()))
        if not known or record.queue in known:
            if changed and record.queue in known:
                take_past_in_silence(pool.room.lines[record.queue], record, pool.now)
                pool.touch(record)
            _resume_conversation(pool, record)
    for record in removed:
        _move(pool, record)
    pool.opened = changed and bool(pool.held)
    if not changed:
        pool.fresh_lanes.clear()


def _resume_agents(pool: Pool) -> None:
    for agent in pool.agents.values():
        record = agent.record
        for wrap_up in record.wrap_ups.values():
            agent.used += wrap_up.units
            agent.code += pool.crew.slot(wrap_up.channel).one
        ends = [each.until for each in record.wrap_ups.values() if each.until is not None]
        pool.set_timer("wrap_up_ends", agent.id, min(ends, default=None))
        pool.set_timer("presence_until", agent.id, record.until)
        if Suspension.NO_ANSWER in record.suspended:
            until = record.suspended[Suspension.NO_ANSWER]
            pool.set_timer("suspension_ends", agent.id, until)
        if Suspension.LEASE_EXPIRED not in record.suspended:
            renew_lease(pool, agent)
        after = pool.policy.agents.lost_after_ms
        if record.lost_at is not None and after is not None:
            pool.set_timer("lost_agent", agent.id, record.lost_at + after)
        if record.presence is not Presence.OFFLINE:
            pool.hands[agent] = None


def _move(pool: Pool, record: ConversationRecord) -> None:
    change_queue(record, queue_for(pool, record) or list(pool.policy.queues)[-1])
    pool.touch(record)
    if record.stage != "waiting":
        _resume_conversation(pool, record)
        return
    record.kept_until = None
    enter(pool, record)
    pool.say(
        ConversationRequeued(
            conversation=record.id,
            queue=record.queue,
            reason=Requeue.QUEUE_REMOVED,
            place=place(pool, record),
        )
    )


def _resume_conversation(pool: Pool, record: ConversationRecord) -> None:
    if record.stage == "waiting":
        signature = pool.signature(record)
        if signature is not None and not reachable(pool, record, signature.demand):
            record.kept_until = None
        pool.set_timer("preferred_agent_wait", record.id, record.kept_until)
        line_up(pool, record)
        return
    if record.stage == "deflected":
        resume_deflection(pool, record)
        return
    offer = record.offer
    assert offer is not None  # noqa: S101 - offered and assigned have one; audited
    agent = pool.agents[offer.agent]
    slot = pool.crew.slot(record.channel)
    pool.claim(agent, record, slot, offer.units)
    if record.stage == "offered":
        pool.set_timer("offer_expires", record.id, offer.expires_at)
