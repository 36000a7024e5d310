"""What would make a conversation routable now: the smallest single change, found by trying.

Each change is tried on a copy of the agent or of the demand, with the functions the engine decides
with; the smallest that lets somebody have the conversation is given. Smallest means, in this order:
a word of a supervisor (the queue goes on, nobody is waited for), a team that may be given more, one
more who is lent, somebody who comes back or has rested, something that is finished (with the
wrap-up and the rest that come of it), something else that comes between, a decline that is
forgotten, levels less asked for, levels more learnt, a language, a channel, another team that
helps. Nothing is changed; where no single change helps, nothing is given. What a change brings
about besides, and a rest for too much work, is not foreseen.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final

import msgspec

from router.engine.demands import Demand, Terms
from router.engine.easier import Easier
from router.engine.groups import Agent, Group
from router.engine.obstacles import Obstacle, Wanted, is_able, lighter, obstacles, wanted
from router.engine.pool import Pool
from router.engine.quotas import spent
from router.engine.rest import rest_ms
from router.engine.slots import Slot
from router.model.inputs import Presence
from router.model.reasons import PassedOver, Suspension
from router.model.requirement import (
    AllOf,
    LanguageTerm,
    is_about_teams,
    levels_to_learn,
    met,
    primary,
    single_terms,
)
from router.model.state import ConversationRecord, Profile


class Change(StrEnum):
    """A single change, the smallest first."""

    RESUME_QUEUE = "resume_queue"
    OPEN_QUEUE = "open_queue"
    FREE_FOR_ALL = "free_for_all"
    RENEW_QUOTA = "renew_quota"
    RAISE_SHARE = "raise_share"
    LEND_MORE = "lend_more"
    COME_BACK = "come_back"
    END_REST = "end_rest"
    FINISH = "finish"
    HAVE_ANOTHER = "have_another"
    FORGET_DECLINE = "forget_decline"
    ASK_LESS = "ask_less"
    LEARN = "learn"
    SPEAK = "speak"
    OPEN_CHANNEL = "open_channel"
    LEND_TEAM = "lend_team"


CHANGE_WORDS: Final = {
    Change.RESUME_QUEUE: "the queue goes on that a supervisor has paused",
    Change.OPEN_QUEUE: "the queue opens again at its hour",
    Change.FREE_FOR_ALL: "it is no longer kept for the agents it prefers",
    Change.RENEW_QUOTA: "the quota of a team begins anew, at its hour or day",
    Change.RAISE_SHARE: "a team may have a larger share",
    Change.LEND_MORE: "a team or site lends one more agent",
    Change.COME_BACK: "an agent becomes available, or whose desktop fell silent is heard again",
    Change.END_REST: "the rest of an agent is over",
    Change.FINISH: "an agent is done with a conversation or a wrap-up",
    Change.HAVE_ANOTHER: "an agent has something else in between, after as many with a label in a row as may be",
    Change.FORGET_DECLINE: "it may be given again to an agent who had or declined it",
    Change.ASK_LESS: "it asks for a lower level",
    Change.LEARN: "an agent has a skill, or has it at another level",
    Change.SPEAK: "an agent speaks its language",
    Change.OPEN_CHANNEL: "an agent works on its channel too",
    Change.LEND_TEAM: "a team serves its queue too",
}
"""What happens with each, for the pages; a remedy says it with names."""


class Remedy(msgspec.Struct, frozen=True, kw_only=True):
    """A change, in words, and the agent who could then have the conversation.

    ``of``: the conversation that is finished, the skill, language or channel; ``steps``: how many
    levels it takes; ``until`` (ms): when it happens by itself.
    """

    change: Change
    agent: str
    words: str
    of: str = ""
    steps: int = 0
    until: int | None = None


def smallest_change(
    pool: Pool, record: ConversationRecord, agents: Iterable[str] | None = None
) -> Remedy | None:
    """Find the smallest single change after which somebody may have a waiting conversation.

    None where it does not wait, or where no single change helps. Looks at all who are described, or
    at those named; each of them costs about 40 us, of a conversation above level ten 120.
    """
    return next(iter(changes(pool, record, agents)), None)


def changes(
    pool: Pool, record: ConversationRecord, agents: Iterable[str] | None = None
) -> list[Remedy]:
    """Give every single change that helps a waiting conversation, the smallest first.

    Of equal ones that which comes first by itself, then the first agent by id.
    """
    names = sorted(pool.agents if agents is None else pool.agents.keys() & set(agents))
    want = wanted(pool, record)
    if want is None or record.stage != "waiting":
        return []
    order = list(Change)
    return sorted(
        _changes(pool, record, want, names=names),
        key=lambda each: (
            order.index(each.change),
            each.steps,
            each.until is None,
            each.until or 0,
            each.agent,
            each.of,
        ),
    )


def _changes(
    pool: Pool, record: ConversationRecord, want: Wanted, *, names: list[str]
) -> Iterator[Remedy]:
    easier = Easier(pool, record)
    for name in names:
        agent = pool.agents[name]
        found = list(obstacles(pool, want, agent))
        yield from _of_the_conversation(pool, want, agent)
        yield from _of_the_day(pool, want, agent, found=found)
        yield from _of_the_profile(pool, want, agent)
        yield from _of_the_level(easier, agent)


def _of_the_level(easier: Easier, agent: Agent) -> Iterator[Remedy]:
    less = easier.highest_for(agent)
    if less is not None:
        words = f"if it were of level {less}, not {easier.level}, {agent.id} could have it"
        steps = easier.level - less
        yield Remedy(change=Change.ASK_LESS, agent=agent.id, words=words, steps=steps)


def _of_the_conversation(pool: Pool, want: Wanted, agent: Agent) -> Iterator[Remedy]:
    if want.paused and is_able(pool, msgspec.structs.replace(want, paused=False), agent):
        queue = want.signature.line.queue.name
        yield Remedy(
            change=Change.RESUME_QUEUE,
            agent=agent.id,
            words=f"if the queue {queue} were resumed, {agent.id} could have it",
        )
    if want.opens is not None and is_able(pool, msgspec.structs.replace(want, opens=None), agent):
        queue = want.signature.line.queue.name
        yield Remedy(
            change=Change.OPEN_QUEUE,
            agent=agent.id,
            words=f"once the queue {queue} opens, {agent.id} could have it",
            until=want.opens,
        )
    if want.kept_until is not None and is_able(
        pool, msgspec.structs.replace(want, kept_until=None), agent
    ):
        yield Remedy(
            change=Change.FREE_FOR_ALL,
            agent=agent.id,
            words=f"if it were not kept for {' or '.join(want.preferred)}, {agent.id} could have it",
            until=want.kept_until,
        )
    if agent.group.shut:
        yield from _of_the_team(pool, want, agent)
    bound = want.demand.lender(agent.profile)
    if bound is not None and not is_able(pool, want, agent):
        more = msgspec.structs.replace(want, lifts=PassedOver.LENT_ENOUGH)
        if is_able(pool, more, agent):
            words = f"if the {bound.lender} lent one more, {agent.id} could have it"
            yield Remedy(change=Change.LEND_MORE, agent=agent.id, words=words, of=bound.rule)
    if agent.id in want.barred:
        others = {name: until for name, until in want.barred.items() if name != agent.id}
        if is_able(pool, msgspec.structs.replace(want, barred=others), agent):
            yield Remedy(
                change=Change.FORGET_DECLINE,
                agent=agent.id,
                words=f"if it could be given to {agent.id} again, who had or declined it",
                until=want.barred[agent.id],
            )


def _of_the_team(pool: Pool, want: Wanted, agent: Agent) -> Iterator[Remedy]:
    team = agent.profile.team
    for bound in spent(pool, team):
        if not is_able(pool, msgspec.structs.replace(want, lifts=bound), agent):
            continue
        change, words, until = (
            Change.RAISE_SHARE,
            f"if the team {team} might have a larger share",
            None,
        )
        if bound is PassedOver.QUOTA:
            change, words = Change.RENEW_QUOTA, f"once the quota of the team {team} begins anew"
            until = pool.record.quotas[team].until
        words += f", {agent.id} could have it"
        yield Remedy(change=change, agent=agent.id, words=words, of=team, until=until)


def _of_the_day(
    pool: Pool, want: Wanted, agent: Agent, *, found: list[Obstacle]
) -> Iterator[Remedy]:
    record = agent.record
    if not pool.is_there(agent):
        there = agent.twin()
        there.record = msgspec.structs.replace(record, presence=Presence.AVAILABLE, suspended={})
        if is_able(pool, want, there):
            away = {PassedOver.OFFLINE, PassedOver.PRESENCE, PassedOver.SUSPENDED}
            reasons = [each for each in found if each.reason in away]
            yield Remedy(
                change=Change.COME_BACK,
                agent=agent.id,
                words=_coming_back(agent, reasons[0].words),
                until=reasons[0].until if len(reasons) == 1 else None,
            )
    elif record.rests_until is not None:
        rested = agent.twin()
        rested.record = msgspec.structs.replace(record, rests_until=None)
        if is_able(pool, want, rested):
            yield Remedy(
                change=Change.END_REST,
                agent=agent.id,
                words=f"once the rest of {agent.id} is over, {agent.id} could have it",
                until=record.rests_until,
            )
    yield from _of_the_work(pool, want, agent)
    if agent.code & want.slot.runs:
        other = agent.twin()
        other.code &= ~pool.crew.runs
        if is_able(pool, want, other):
            words = f"if {agent.id} had something else in between"
            yield Remedy(change=Change.HAVE_ANOTHER, agent=agent.id, words=words)


def _coming_back(agent: Agent, absent: str) -> str:
    """Tell what lets an agent have work again: of a suspension, what ends that."""
    name, suspended = agent.id, agent.record.suspended
    if not suspended or agent.record.presence is not Presence.AVAILABLE:
        return f"if {name} became available, who {absent}"
    if len(suspended) > 1:
        return f"if {name} declared to be available again, who {absent}"
    if Suspension.LEASE_EXPIRED in suspended:
        return f"if the desktop of {name} were heard again, of which nothing is heard"
    return f"once the suspension of {name} ends, or {name} declares to be available again"


def _of_the_work(pool: Pool, want: Wanted, agent: Agent) -> Iterator[Remedy]:
    name = agent.id
    for conversation, (slot, units) in agent.claims.items():
        held = pool.conversations[conversation]
        if held.offer is not None and is_able(pool, want, lighter(agent, slot, units)):
            words = f"if {name} were done with {conversation}"
            if held.stage == "assigned":
                words += _what_follows(pool, slot, held.offer.labels)
            until = held.offer.expires_at
            yield Remedy(
                change=Change.FINISH, agent=name, words=words, of=conversation, until=until
            )
    for conversation, wrap_up in agent.record.wrap_ups.items():
        slot = pool.crew.slot_for(wrap_up.channel, wrap_up.labels)
        if is_able(pool, want, lighter(agent, slot, wrap_up.units)):
            words, until = f"if the wrap-up of {conversation} by {name} were over", wrap_up.until
            rest = rest_ms(pool.policy, wrap_up.labels)
            if rest:
                words += f", and {name} had rested"
                until = None if until is None else until + rest
            yield Remedy(
                change=Change.FINISH, agent=name, words=words, of=conversation, until=until
            )


def _what_follows(pool: Pool, slot: Slot, labels: tuple[str, ...]) -> str:
    """Tell what an agent has to do yet who is done with a conversation, before the next one."""
    wraps_up = slot.channel is not None and slot.channel.wrap_up.limit_ms != 0
    after = " and the work after it" if wraps_up else ""
    return after + (", and had rested" if rest_ms(pool.policy, labels) else "")


def _of_the_profile(pool: Pool, want: Wanted, agent: Agent) -> Iterator[Remedy]:
    profile, name = agent.profile, agent.id
    if not _meets(want.requirement, profile):
        yield from _of_the_abilities(pool, want, agent)
    slot = want.slot
    if slot not in agent.group.caps:
        group = Group(profile, agent.group.capacity, {**agent.group.caps, slot: 1})
        if is_able(pool, want, _in_group(agent, profile, group)):
            words = f"if {name} worked on {slot.name}"
            yield Remedy(change=Change.OPEN_CHANNEL, agent=name, words=words, of=slot.name)

    asked = tuple(each for each in want.requirement.terms if not is_about_teams(each))
    if len(asked) < len(want.requirement.terms):
        open_to_all = msgspec.structs.replace(want, demand=Demand(slot, Terms(AllOf(asked))))
        if is_able(pool, open_to_all, agent) and not is_able(pool, want, agent):
            queue = want.signature.line.queue.name
            words = f"if the team {profile.team} served the queue {queue} too, {name} could have it"
            yield Remedy(change=Change.LEND_TEAM, agent=name, words=words, of=profile.team)


def _of_the_abilities(pool: Pool, want: Wanted, agent: Agent) -> Iterator[Remedy]:
    profile, name, requirement = agent.profile, agent.id, want.requirement
    levels = levels_to_learn(requirement, profile.skills, pool.policy.top_levels)
    for skill in sorted(levels):
        own = profile.skills.get(skill, 0)
        for level in sorted(levels[skill]):
            learnt = msgspec.structs.replace(profile, skills={**profile.skills, skill: level})
            if _meets(requirement, learnt) and is_able(pool, want, _described(agent, learnt)):
                words = f"if {name} had {skill} {level}" + (f", not {own}" if own else "")
                steps = level - own
                yield Remedy(change=Change.LEARN, agent=name, words=words, of=skill, steps=steps)
                break
    asked = (each for each in single_terms(requirement) if isinstance(each, LanguageTerm))
    for language in dict.fromkeys(each.language for each in asked):
        fluent = msgspec.structs.replace(profile, languages=(*profile.languages, language))
        if _meets(requirement, fluent) and is_able(pool, want, _described(agent, fluent)):
            words = f"if {name} spoke {language}"
            yield Remedy(change=Change.SPEAK, agent=name, words=words, of=language)


def _meets(requirement: AllOf, profile: Profile) -> bool:
    return met(
        requirement,
        skills=profile.skills,
        languages=frozenset(primary(each) for each in profile.languages),
        team=profile.team,
        site=profile.site,
    )


def _described(agent: Agent, profile: Profile) -> Agent:
    group = agent.group
    return _in_group(agent, profile, Group(profile, group.capacity, group.caps))


def _in_group(agent: Agent, profile: Profile, group: Group) -> Agent:
    other = agent.twin()
    other.profile = profile
    other.group = group
    return other
