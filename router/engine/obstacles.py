"""Why not this agent: what stands between a conversation and an agent, one reason after the other.

For people who ask; no decision is taken here. Each answer is that of the function the matching asks
itself (``met``, ``has_room``, ``serves``), so what is said is what was decided on; a property
compares the two in every state of random worlds. Reads, never changes, not even a cache. Lives in
the engine because only here is it known what a pool holds, and because the daemon and the routing
tests, who do not know each other, both ask.
"""

from collections.abc import Iterator

import msgspec

from router.engine.bounds import bounds
from router.engine.crew import Crew
from router.engine.demands import Demand, Terms
from router.engine.groups import Agent
from router.engine.lanes import Lane, Signature
from router.engine.pool import Pool
from router.engine.quotas import asked_for, share_in_force, spent
from router.engine.room import in_force
from router.engine.slots import Slot, too_many, weight
from router.model.inputs import Presence
from router.model.reasons import PassedOver, Suspension
from router.model.requirement import (
    AllOf,
    LanguageTerm,
    Requirement,
    SkillTerm,
    expression,
    is_about_teams,
    least_level,
    met,
)
from router.model.state import ConversationRecord


class Obstacle(msgspec.Struct, frozen=True, kw_only=True):
    """One reason, in words an agent's leader understands; it ends by itself at ``until`` (ms)."""

    reason: PassedOver
    words: str
    until: int | None = None


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a conversation asks for as it stands, waiting or as if it waited."""

    signature: Signature
    demand: Demand
    barred: dict[str, int]
    preferred: tuple[str, ...]
    kept_until: int | None
    paused: bool
    opens: int | None
    """When the queue opens (ms); None: it is open."""
    conversation: str
    lifts: PassedOver | None = None
    """A bound on teams that is left out: quota, share, or how many are lent."""

    @property
    def slot(self) -> Slot:
        """Give the channel it is on."""
        return self.demand.slot

    @property
    def requirement(self) -> AllOf:
        """Give what an agent must be, as it is written."""
        return self.demand.terms.requirement


def wanted(pool: Pool, record: ConversationRecord, *, slot: Slot | None = None) -> Wanted | None:
    """Tell what a conversation asks for; None where its queue or channel is configured no more.

    ``slot``: what it counts as, where that is to be tried.
    """
    line = pool.room.lines.get(record.queue)
    if line is None or record.channel not in pool.policy.channels:
        return None
    if slot is None:
        slot = pool.slot(record)
    asked = in_force(line, record, level=record.level)
    demand = Demand(slot, Terms(asked), bounds=bounds(line.queue, record))
    return Wanted(
        signature=Signature(line, Lane(demand, line), asked, language=record.language),
        demand=demand,
        barred=record.barred,
        preferred=record.preferred_agents,
        kept_until=record.kept_until,
        paused=record.queue in pool.record.paused,
        conversation=record.id,
        opens=pool.record.hours[line.queue.hours] if line.closed and line.queue.hours else None,
    )


def without(agent: Agent, conversation: str) -> Agent:
    """Give the agent as he would be without what he holds for a conversation."""
    claim = agent.claims.get(conversation)
    return agent if claim is None else lighter(agent, *claim)


def lighter(agent: Agent, slot: Slot, units: int) -> Agent:
    """Give a copy of the agent with so much less to do on a channel."""
    less = agent.twin()
    less.used -= units
    less.code -= weight(slot, units)
    return less


def obstacles(pool: Pool, want: Wanted, agent: Agent) -> Iterator[Obstacle]:
    """Give every reason why the agent may not have it now, in the order of ``PassedOver``.

    None at all: he may. What the agent holds for that very conversation is left out by the caller.
    """
    if want.slot not in agent.group.caps:
        yield Obstacle(reason=PassedOver.CHANNEL, words=f"does not work on {want.slot.name}")
    profile, languages = agent.profile, agent.group.languages
    missing = [
        _missing(term, agent)
        for term in want.requirement.terms
        if not met(
            term,
            skills=profile.skills,
            languages=languages,
            team=profile.team,
            site=profile.site,
        )
    ]
    yield from sorted(missing, key=lambda each: list(PassedOver).index(each.reason))
    if not pool.serves(agent):
        yield from _absent(agent)
    if pool.teams is not None:
        yield from _spent(pool, want, agent)
    if pool.lenders is not None:
        yield from _lent(pool, want, agent)
    if agent.id in want.barred:
        yield Obstacle(
            reason=PassedOver.BARRED,
            words="declined it or had it before",
            until=want.barred[agent.id],
        )
    if want.paused:
        name = want.signature.line.queue.name
        yield Obstacle(reason=PassedOver.QUEUE_PAUSED, words=f"the queue {name} is paused")
    if want.opens is not None:
        name = want.signature.line.queue.name
        words = f"the queue {name} is closed"
        yield Obstacle(reason=PassedOver.QUEUE_CLOSED, words=words, until=want.opens)
    if want.kept_until is not None and agent.id not in want.preferred:
        yield Obstacle(
            reason=PassedOver.KEPT,
            words=f"it is kept for {' or '.join(want.preferred)}",
            until=want.kept_until,
        )
    if want.slot in agent.group.caps and not agent.has_room(want.slot, pool.crew.exclusive):
        yield from _no_room(pool.crew, want.slot, agent)


def is_able(pool: Pool, want: Wanted, agent: Agent) -> bool:
    """Tell whether nothing stands between the two; as for ``obstacles``."""
    return next(obstacles(pool, want, agent), None) is None


def obstacle(pool: Pool, record: ConversationRecord, agent: str) -> Obstacle | None:
    """Give the one reason why an agent may not have a conversation now; None: he may."""
    want = wanted(pool, record)
    if want is None:
        return Obstacle(
            reason=PassedOver.UNCONFIGURED,
            words=f"the rules have no queue {record.queue} or no channel {record.channel}",
        )
    known = pool.agents.get(agent)
    if known is None:
        return Obstacle(reason=PassedOver.NOT_DESCRIBED, words="nobody has described this agent")
    return next(obstacles(pool, want, without(known, record.id)), None)


def _missing(term: Requirement, agent: Agent) -> Obstacle:
    if is_about_teams(term):
        words = f"is of team {agent.profile.team}, it is for: {expression(term)}"
        return Obstacle(reason=PassedOver.TEAM, words=words)
    pair = least_level(term)
    if pair is not None:
        skill, least = pair
        own = agent.profile.skills.get(skill, 0)
        if own:
            words = f"has {skill} {own}, asked for is {least}"
            return Obstacle(reason=PassedOver.LEVEL, words=words)
        return Obstacle(
            reason=PassedOver.SKILL, words=f"does not have {skill} (asked for: {least})"
        )
    if isinstance(term, SkillTerm):
        own = agent.profile.skills.get(term.skill, 0)
        words = f"has {term.skill} {own}, asked for is {expression(term)}"
        return Obstacle(reason=PassedOver.LEVEL, words=words)
    if isinstance(term, LanguageTerm):
        return Obstacle(reason=PassedOver.LANGUAGE, words=f"does not speak {term.language}")
    return Obstacle(reason=PassedOver.REQUIREMENT, words=f"does not meet: {expression(term)}")


def _absent(agent: Agent) -> Iterator[Obstacle]:
    record = agent.record
    if record.presence is Presence.OFFLINE:
        yield Obstacle(reason=PassedOver.OFFLINE, words="is offline", until=record.until)
    elif record.presence is not Presence.AVAILABLE:
        words = f"has declared: {record.presence.value}"
        yield Obstacle(reason=PassedOver.PRESENCE, words=words, until=record.until)
    if record.suspended:
        silent = Suspension.LEASE_EXPIRED in record.suspended
        words = "is suspended: " + (
            "nothing is heard of the desktop" if silent else "too many offers without an answer"
        )
        until = None if silent else record.suspended[Suspension.NO_ANSWER]
        yield Obstacle(reason=PassedOver.SUSPENDED, words=words, until=until)
    if record.rests_until is not None:
        words = "rests after a conversation"
        yield Obstacle(reason=PassedOver.RESTING, words=words, until=record.rests_until)


def _spent(pool: Pool, want: Wanted, agent: Agent) -> Iterator[Obstacle]:
    team = agent.profile.team
    for bound in spent(pool, team, but=want.conversation):
        if bound is want.lifts:
            continue
        counted, quota = pool.record.quotas[team], pool.policy.quotas[team]
        asked = asked_for(pool, team, but=want.conversation)
        had = f"the team {team} was given {counted.given}"
        if bound is PassedOver.QUOTA:
            words = f"{had} of at most {quota.at_most}, and is asked for {asked}"
            renewed = asked < (quota.at_most or 0)
            yield Obstacle(reason=bound, words=words, until=counted.until if renewed else None)
        else:
            share = share_in_force(pool, quota)
            words = f"{had} of {counted.of}, and one more would be above {share}%"
            yield Obstacle(reason=bound, words=words)


def _lent(pool: Pool, want: Wanted, agent: Agent) -> Iterator[Obstacle]:
    bound = want.demand.lender(agent.profile)
    if bound is None or pool.lenders is None or want.lifts is PassedOver.LENT_ENOUGH:
        return
    if not pool.lenders.lends(bound, agent.id, but=want.conversation):
        lent = ", ".join(sorted(pool.lenders.lent[bound.rule]))
        queue = want.signature.line.queue.name
        words = (
            f"the {bound.lender} lends {lent} to the queue {queue}, at most {bound.at_most} at once"
        )
        yield Obstacle(reason=PassedOver.LENT_ENOUGH, words=words)


def _no_room(crew: Crew, slot: Slot, agent: Agent) -> Iterator[Obstacle]:
    cap = agent.group.caps[slot]
    has = (agent.code & slot.mask) // slot.one
    if has >= cap:
        words = f"has {has} of at most {cap} on {slot.name}"
        yield Obstacle(reason=PassedOver.CHANNEL_FULL, words=words)
    capacity = agent.group.capacity
    used = agent.used - (agent.code & slot.spared) // slot.spares
    if used + slot.units > capacity:
        words = f"has {used} of {capacity} units in use, {slot.units} are needed"
        yield Obstacle(reason=PassedOver.NO_UNITS, words=words)
    others = agent.code & ~slot.aside
    exclusive = slot.channel is not None and slot.channel.exclusive
    if others if exclusive else others & crew.exclusive:
        words = f"has something on another channel, and {slot.name} goes with nothing else"
        if not exclusive:
            words = f"is on a channel that goes with nothing else, {slot.name} included"
        yield Obstacle(reason=PassedOver.EXCLUSIVE, words=words)
    for label in too_many(slot, agent.code):
        has = (agent.code & label.mask) // label.one
        words = f"has {has} of at most {label.full // label.one} that are {label.name}"
        yield Obstacle(reason=PassedOver.LABEL_FULL, words=words)
    for label in slot.labels:
        if agent.code & label.run:
            had = agent.record.runs[label.name]
            words = f"has had {had} in a row that are {label.name}"
            yield Obstacle(reason=PassedOver.LABEL_RUN, words=words)
