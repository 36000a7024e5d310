"""Which of the agents who may take a conversation gets it, and why.

The static part of a score is worked out once for each pair of demand and profile group; what
changes from moment to moment (idle time, load, last agent) is added for the heads of buckets only.
All features are integers in percent; docs/engine.md has the formulas.
"""

from collections.abc import Collection, Iterator

from router.engine.crew import Agent, Bucket, Group
from router.engine.lanes import MOST_JOINS, Demand, Lane, Signature, fits
from router.engine.pool import Pool
from router.model.outputs import Why
from router.model.policy import Feature, Turn
from router.model.requirement import least_level, met

IDLE_STEP_MS = 6_000
"""One percent of idleness; ten minutes are all of it."""
MOST_COST = 1_000


NAMES = {feature: feature.value for feature in Feature}
IDLE, LOAD, LAST_AGENT = (NAMES[each] for each in (Feature.IDLE, Feature.LOAD, Feature.LAST_AGENT))


class Join:
    """What one demand makes of one profile group: the static terms of the score."""

    __slots__ = ("idle", "last_agent", "load", "score", "terms")

    def __init__(
        self, terms: dict[str, int], *, idle: int | None, load: int | None, last_agent: int | None
    ) -> None:
        self.terms = terms
        self.score = sum(terms.values())
        self.idle = idle
        self.load = load
        self.last_agent = last_agent


def join(signature: Signature, group: Group) -> Join:
    """Work out the static terms of a fitting group's score, once for each pair."""
    known = group.joins.get(signature)
    if known is None:
        if len(group.joins) >= MOST_JOINS:
            group.joins.clear()
        known = group.joins[signature] = _join(signature, group)
    return known


def _join(signature: Signature, group: Group) -> Join:
    weights = signature.line.queue.selects.weights
    terms: dict[str, int] = {}
    for feature, weight in weights.items():
        measure = STATIC.get(feature)
        if measure is not None:
            terms[NAMES[feature]] = weight * measure(signature, group)
    return Join(
        terms,
        idle=weights.get(Feature.IDLE),
        load=weights.get(Feature.LOAD),
        last_agent=weights.get(Feature.LAST_AGENT),
    )


def _top(signature: Signature, skill: str, own: int) -> int:
    return signature.line.tops.get(skill) or max(own, 1)


def _proficiency(signature: Signature, group: Group) -> int:
    asked = signature.asked
    if not asked:
        return 0
    total = 0
    for skill in asked:
        own = group.profile.skills.get(skill, 0)
        top = _top(signature, skill, own)
        total += 100 * min(own, top) // top
    return total // len(asked)


def _preferred_skills(signature: Signature, group: Group) -> int:
    prefers = signature.line.queue.prefers
    if not prefers:
        return 0
    skills, languages = group.profile.skills, group.languages
    return 100 * sum(met(t, skills=skills, languages=languages) for t in prefers) // len(prefers)


def _overqualified(signature: Signature, group: Group) -> int:
    excesses = []
    for term in signature.demand.requirement.terms:
        pair = least_level(term)
        if pair is not None:
            skill, least = pair
            own = group.profile.skills.get(skill, 0)
            excesses.append(100 * max(0, own - least) // _top(signature, skill, own))
    return sum(excesses) // len(excesses) if excesses else 0


def _preference(signature: Signature, group: Group) -> int:
    asked = signature.asked
    if not asked:
        return 0
    return sum(20 * group.profile.preferences.get(skill, 0) for skill in asked) // len(asked)


def _cost(_signature: Signature, group: Group) -> int:
    return max(0, min(MOST_COST, int(group.profile.cost or 0)))


STATIC = {
    Feature.PROFICIENCY: _proficiency,
    Feature.PREFERRED_SKILLS: _preferred_skills,
    Feature.OVERQUALIFIED: _overqualified,
    Feature.PREFERENCE: _preference,
    Feature.COST: _cost,
}
"""Features that depend on demand and profile alone."""


def idleness(idle_since: int, now: int) -> int:
    """Give the idle time in percent."""
    return min(100, (now - idle_since) // IDLE_STEP_MS)


def loading(used: int, capacity: int) -> int:
    """Give the load in percent of the capacity."""
    return 100 * used // capacity if capacity else 100


def score(made: Join, agent: Agent, *, preferred: bool, now: int) -> int:
    """Score an agent for a conversation."""
    total = made.score
    if made.idle is not None:
        total += made.idle * idleness(agent.record.idle_since, now)
    if made.load is not None:
        total += made.load * loading(agent.used, agent.group.capacity)
    if made.last_agent is not None and preferred:
        total += made.last_agent * 100
    return total


def why(made: Join, agent: Agent, *, preferred: bool, now: int) -> Why:
    """Say the score of an agent for a conversation, and its parts."""
    terms = dict(made.terms)
    total = made.score
    if made.idle is not None:
        part = terms[IDLE] = made.idle * idleness(agent.record.idle_since, now)
        total += part
    if made.load is not None:
        part = terms[LOAD] = made.load * loading(agent.used, agent.group.capacity)
        total += part
    if made.last_agent is not None:
        part = terms[LAST_AGENT] = made.last_agent * 100 * preferred
        total += part
    return Why(total, terms)


def best_agent(pool: Pool, lane: Lane) -> Agent | None:
    """Give the best shelved agent for the head of a lane, None where nobody may take it.

    Cost: the open groups that hold a skill the lane asks for, and the load states in them.
    """
    record = lane.head()[3]
    preferred = record.preferred_agents
    groups = _open_groups(pool, lane.demand) if lane.kept is None else ()
    if not groups and not preferred:
        return None
    best: tuple[int, int, str] | None = None
    chosen: Agent | None = None
    now = pool.now
    signature = pool.room.place_of[record.id][1]
    by_turn = signature.line.queue.selects.turn is Turn.ROUND_ROBIN
    for agent, is_preferred in _candidates(pool, lane, signature, groups=groups):
        made = join(signature, agent.group)
        rank = agent.record.asked_at if by_turn else agent.record.idle_since
        standing = (-score(made, agent, preferred=is_preferred, now=now), rank, agent.id)
        if best is None or standing < best:
            best = standing
            chosen = agent
    return chosen


def _candidates(
    pool: Pool, lane: Lane, signature: Signature, *, groups: Collection[Group]
) -> Iterator[tuple[Agent, bool]]:
    """Give agents among whom the best is: the preferred ones, and the heads of buckets."""
    demand = lane.demand
    slot = demand.slot
    barred = lane.barred
    preferred = lane.head()[3].preferred_agents
    for name in preferred:
        agent = pool.agents.get(name)
        if agent is None or agent.bucket is None or name in barred:
            continue
        if slot in agent.bucket.open and fits(demand, agent.group):
            yield agent, True
    without: Collection[str] = {*barred, *preferred} if barred or preferred else ()
    for group in groups:
        if not fits(demand, group):
            continue
        for bucket in group.buckets.values():
            if bucket.count and slot in bucket.open:
                for agent in _heads(bucket, signature, without):
                    yield agent, False


def _open_groups(pool: Pool, demand: Demand) -> Collection[Group]:
    """Give the groups with somebody free who hold the rarest of the skills asked for."""
    index = pool.crew.open[demand.slot.index]
    fewest: Collection[Group] | None = None
    for skill in demand.searched:
        groups = index.get(skill)
        if not groups:
            return ()
        if fewest is None or len(groups) < len(fewest):
            fewest = groups
    return fewest or ()


def _heads(bucket: Bucket, signature: Signature, without: Collection[str]) -> Iterator[Agent]:
    selects = signature.line.queue.selects
    if selects.turn is Turn.LONGEST_IDLE:
        agent = bucket.longest_idle(without)
    elif selects.weights.get(Feature.IDLE):
        yield from (each for each in bucket.all() if each.id not in without)
        return
    else:
        agent = bucket.longest_unasked(without)
    if agent is not None:
        yield agent
