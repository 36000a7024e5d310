"""What agents are and do: profile, presence, heartbeat, wrap-up, and what their silence means."""

from collections.abc import Iterable

from router.engine.deadlines import NEVER
from router.engine.groups import Agent
from router.engine.lending import lend_anew
from router.engine.lost import watch_lost
from router.engine.offers import end_offer_to, open_offers
from router.engine.pool import Pool
from router.engine.quotas import count_asked
from router.engine.runs import begin_anew
from router.engine.waiting import enter, let_go_of
from router.engine.wrap_up import be_done_with
from router.model import inputs
from router.model.inputs import Presence
from router.model.outputs import AgentReleased, AgentSuspended, OfferWithdrawn
from router.model.reasons import Refusal, Release, Suspension, Withdrawal
from router.model.state import AgentRecord, Profile, StrangerRecord


def describe(pool: Pool, event: inputs.AgentUpdated) -> None:
    """Take an agent's whole profile; a new agent is offline."""
    profile = Profile(
        team=event.team,
        skills=event.skills,
        channels=event.channels,
        site=event.site,
        capacity=event.capacity,
        languages=event.languages,
        preferences=event.preferences,
        cost=event.cost,
        partner=event.partner,
    )
    agent = pool.agents.get(event.agent)
    if agent is None:
        record = AgentRecord(id=event.agent, idle_since=pool.now)
        pool.describe(None, record, profile)
        pool.touch_agent(record)
    else:
        pool.take_in_hand(agent)
        offered = () if pool.teams is None else open_offers(pool, agent)
        for conversation in offered:
            count_asked(pool, agent, conversation, more=-1)
        pool.describe(agent, agent.record, profile)
        for conversation in offered:
            count_asked(pool, agent, conversation, more=1)
        lend_anew(pool, agent)
        let_go_of(pool, agent)
    pool.touch_profile(event.agent)


def declare(pool: Pool, event: inputs.AgentPresence, agent: Agent) -> Refusal | None:
    """Take what an agent declares."""
    set_presence(pool, agent, event.presence, reason=event.reason, until=event.until)
    return None


def set_presence(
    pool: Pool, agent: Agent, presence: Presence, *, reason: str | None, until: int | None
) -> None:
    """Put an agent into a presence; it ends every suspension and renews the lease."""
    record = agent.record
    if presence is not Presence.AVAILABLE:
        withdraw_offers(pool, agent, Withdrawal.PRESENCE)
    pool.take_in_hand(agent)
    if record.suspended:
        record.suspended = {}
        pool.set_timer("suspension_ends", agent.id, None)
        record.idle_since = pool.now
        pool.say(AgentReleased(agent=agent.id, reason=Release.PRESENCE))
    if presence is Presence.AVAILABLE and record.presence is not Presence.AVAILABLE:
        record.idle_since = pool.now
    record.presence = presence
    record.reason = reason
    # Never for a moment at which it may have fired already: each timer fires once.
    record.until = until if until is None else max(until, pool.now + 1)
    record.missed = 0
    pool.set_timer("presence_until", agent.id, record.until)
    renew_lease(pool, agent)
    pool.see(agent)
    watch_lost(pool, agent)
    if presence is Presence.OFFLINE:
        begin_anew(pool, agent)
        let_go_of(pool, agent)
    pool.touch_agent(record)


def withdraw_offers(pool: Pool, agent: Agent, reason: Withdrawal) -> None:
    """Take back every open offer of an agent."""
    for conversation in open_offers(pool, agent):
        if end_offer_to(pool, conversation, agent, OfferWithdrawn, reason=reason):
            enter(pool, conversation)


def renew_lease(pool: Pool, agent: Agent) -> None:
    """Let the lease run anew; an agent who is offline has none."""
    offline = agent.record.presence is Presence.OFFLINE
    due = NEVER if offline else pool.now + pool.policy.agents.lease_ms
    pool.deadlines.move(agent.lease, due)


def heartbeat(pool: Pool, event: inputs.AgentHeartbeat) -> Refusal | None:
    """Renew the lease of an agent who lives; whoever was silent is heard again."""
    agent = pool.agents.get(event.agent)
    if agent is None:
        return Refusal.UNKNOWN_AGENT if _heard_of_stranger(pool, event.agent) else None
    if agent.lease.due != NEVER:
        pool.deadlines.move(agent.lease, pool.now + pool.policy.agents.lease_ms)
        return None
    # Without a lease is who is offline, or has been silent.
    renew_lease(pool, agent)
    if Suspension.LEASE_EXPIRED in agent.record.suspended:
        _lift(pool, agent, Suspension.LEASE_EXPIRED, by=Release.HEARTBEAT)
        watch_lost(pool, agent)
    return None


def _heard_of_stranger(pool: Pool, agent: str) -> bool:
    """Tell whether a heartbeat of an agent nobody described is the first; remember it."""
    if agent in pool.strangers:
        return False
    pool.strangers[agent] = StrangerRecord(id=agent)
    pool.touch_stranger(agent)
    return True


def no_longer_stranger(pool: Pool, agent: str) -> None:
    """Refuse the next heartbeat of an agent nobody described again."""
    if pool.strangers and pool.strangers.pop(agent, None) is not None:
        pool.touch_stranger(agent)


def wrapped_up(pool: Pool, event: inputs.AgentWrapupEnded, agent: Agent) -> Refusal | None:
    """End the wrap-up of a conversation before its time."""
    if event.conversation not in agent.record.wrap_ups:
        return Refusal.NO_WRAP_UP
    be_done_with(pool, agent, event.conversation)
    return None


def presence_over(pool: Pool, agent: Agent) -> None:
    """Make an agent available again at the end of a presence, if the lease lives."""
    record = agent.record
    record.until = None
    pool.touch_agent(record)
    if Suspension.LEASE_EXPIRED in record.suspended or record.presence is Presence.AVAILABLE:
        return
    pool.take_in_hand(agent)
    was_offline = record.presence is Presence.OFFLINE
    record.presence = Presence.AVAILABLE
    record.reason = None
    record.idle_since = pool.now
    if was_offline:
        renew_lease(pool, agent)
    pool.see(agent)
    watch_lost(pool, agent)


def suspend(pool: Pool, agent: Agent, reason: Suspension, *, until: int = 0) -> None:
    """Give an agent no more offers; ``until`` (ms) 0: until a heartbeat."""
    record = agent.record
    pool.take_in_hand(agent)
    already = bool(record.suspended)
    record.suspended = {**record.suspended, reason: until}
    if until:
        pool.set_timer("suspension_ends", agent.id, until)
    pool.see(agent)
    if not already:
        pool.say(AgentSuspended(agent=agent.id, reason=reason))
        let_go_of(pool, agent)
    pool.touch_agent(record)


def lease_over(pool: Pool, agent: Agent) -> None:
    """Suspend an agent who has been silent for the lease."""
    withdraw_offers(pool, agent, Withdrawal.LEASE_EXPIRED)
    suspend(pool, agent, Suspension.LEASE_EXPIRED)
    watch_lost(pool, agent)


def missed_offer(pool: Pool, agents: Iterable[Agent]) -> None:
    """Count an offer that nobody who was asked answered; too many in a row suspend, by the rules."""
    rules = pool.policy.agents
    too_often: list[Agent] = []
    for agent in agents:
        record = agent.record
        record.missed += 1
        if rules.missed_offers and rules.suspended_ms and record.missed >= rules.missed_offers:
            record.missed = 0
            too_often.append(agent)
        pool.touch_agent(record)
    for agent in too_often:
        withdraw_offers(pool, agent, Withdrawal.NO_ANSWER)
    for agent in too_often:
        suspend(pool, agent, Suspension.NO_ANSWER, until=pool.now + rules.suspended_ms)


def suspension_over(pool: Pool, agent: Agent) -> None:
    """Offer to an agent again whose time for missed offers is up."""
    _lift(pool, agent, Suspension.NO_ANSWER, by=Release.TIME)


def _lift(pool: Pool, agent: Agent, suspension: Suspension, *, by: Release) -> None:
    record = agent.record
    record.suspended = {each: at for each, at in record.suspended.items() if each != suspension}
    pool.touch_agent(record)
    if not record.suspended:
        pool.take_in_hand(agent)
        record.idle_since = pool.now
        pool.see(agent)
        pool.say(AgentReleased(agent=agent.id, reason=by))
