"""Which of the agents who may take a conversation gets it, and why.

The static part of a score is worked out once for each pair of demand and profile group; what
changes from moment to moment (idle time, load, last agent, fairness) is added for the heads of
buckets only, or for all in a bucket where the order of turns does not say who is the best of them.
All features are integers in percent; docs/engine.md has the formulas.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

from router.engine.demands import MOST_JOINS, Demand, fits
from router.engine.fairness import fairness
from router.engine.groups import Agent, Bucket, Group, loading
from router.engine.lanes import Lane, Signature
from router.engine.pool import Pool
from router.model.outputs import Why
from router.model.policy import Feature, Turn
from router.model.requirement import least_level, met

IDLE_STEP_MS = 6_000
"""One percent of idleness; ten minutes are all of it."""
MOST_COST = 1_000


NAMES = {feature: feature.value for feature in Feature}
IDLE, LOAD, LAST_AGENT, FAIRNESS = (
    NAMES[each] for each in (Feature.IDLE, Feature.LOAD, Feature.LAST_AGENT, Feature.FAIRNESS)
)


class Join:
    """What one demand makes of one profile group: the static terms of the score."""

    __slots__ = ("fairness", "idle", "last_agent", "load", "score", "terms")

    def __init__(self, terms: dict[str, int], weights: Mapping[Feature, int]) -> None:
        self.terms = terms
        self.score = sum(terms.values())
        self.idle = weights.get(Feature.IDLE)
        self.load = weights.get(Feature.LOAD)
        self.last_agent = weights.get(Feature.LAST_AGENT)
        self.fairness = weights.get(Feature.FAIRNESS)


NO_MATCH = Join({}, {})
"""What a demand makes of a group that does not meet it."""


def join(signature: Signature, group: Group) -> Join:
    """Work out the static terms of a group's score, or ``NO_MATCH``, once for each pair."""
    known = group.joins.get(signature)
    if known is None:
        if len(group.joins) >= MOST_JOINS:
            group.joins.clear()
        suits = fits(signature.demand, group)
        known = group.joins[signature] = _join(signature, group) if suits else NO_MATCH
    return known


def _join(signature: Signature, group: Group) -> Join:
    weights = signature.line.queue.selects.weights
    terms: dict[str, int] = {}
    for feature, weight in weights.items():
        measure = STATIC.get(feature)
        if measure is not None:
            terms[NAMES[feature]] = weight * measure(signature, group)
    return Join(terms, weights)


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
    for term in signature.requirement.terms:
        pair = least_level(term)
        if pair is not None:
            skill, least = pair
            own = group.profile.skills.get(skill, 0)
            top = _top(signature, skill, own)
            excesses.append(100 * max(0, min(own, top) - least) // top)
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
    if made.fairness is not None:
        part = terms[FAIRNESS] = made.fairness * fairness(agent.record.given, now)
        total += part
    return Why(total, terms)


Standing = tuple[int, int, str, Agent]
"""(minus the score, turn, id, agent): the least is the best; ids are unique."""


def best_agent(pool: Pool, lane: Lane) -> Agent | None:
    """Give the best shelved agent for the head of a lane, None where nobody may take it.

    Cost: the open groups that hold a skill the lane asks for, and the load states in them.
    """
    _, _, _, record, signature = lane.head()
    assert signature is not None  # noqa: S101 - who waits knows what kind he is
    preferred = record.preferred_agents
    groups = open_groups(pool, lane.demand) if lane.kept is None else ()
    lent: tuple[str, ...] = ()
    if lane.demand.bounds and pool.lenders is not None:
        groups, lent = pool.lenders.narrowed(lane.demand, groups)
        lent = lent if lane.kept is None else ()
    if not groups and not preferred and not lent:
        return None
    best: Standing | None = None
    barred = lane.barred
    if preferred or lent:
        for agent in _named(pool, lane, (*preferred, *lent)):
            standing = _standing(signature, agent, preferred=agent.id in preferred, now=pool.now)
            if best is None or standing < best:
                best = standing
    without: Collection[str] = {*barred, *preferred} if barred or preferred else ()
    best = _best_of(groups, signature, best=best, without=without, now=pool.now)
    return None if best is None else best[3]


def _named(pool: Pool, lane: Lane, names: tuple[str, ...]) -> Iterator[Agent]:
    demand, lenders = lane.demand, pool.lenders
    for name in names:
        agent = pool.agents.get(name)
        if agent is None or agent.bucket is None or agent.group.shut or name in lane.barred:
            continue
        if demand.slot not in agent.bucket.open or not fits(demand, agent.group):
            continue
        if lenders is None or lenders.may_have(demand, name, agent.group):
            yield agent


def _standing(signature: Signature, agent: Agent, *, preferred: bool, now: int) -> Standing:
    """Give where an agent stands among those who may take a conversation."""
    scored = why(join(signature, agent.group), agent, preferred=preferred, now=now)
    record = agent.record
    by_turn = signature.line.queue.selects.turn is Turn.ROUND_ROBIN
    return (-scored.score, record.asked_at if by_turn else record.idle_since, agent.id, agent)


def _best_of(
    groups: Collection[Group],
    signature: Signature,
    *,
    best: Standing | None,
    without: Collection[str],
    now: int,
) -> Standing | None:
    """Give the best agent of these groups, none of those named; or ``best`` if he is better.

    A bucket whose longest idle agent could not win is passed over. This is the hot path.
    """
    slot = signature.demand.slot
    by_idleness = signature.line.queue.selects.turn is Turn.LONGEST_IDLE
    for group in groups:
        made = group.joins.get(signature) or join(signature, group)
        if made is NO_MATCH or group.shut:
            continue
        idle, load = made.idle or 0, made.load or 0
        for bucket in group.buckets.values():
            if not bucket.count or slot not in bucket.open:
                continue
            minus = -made.score - load * bucket.loading
            since, _, agent = bucket.idle[0]
            if idle:
                steps = (now - since) // IDLE_STEP_MS
                minus -= idle * (steps if steps < 100 else 100)
            if made.fairness:
                minus -= 100 * made.fairness
            if best is not None and minus > best[0]:
                continue
            if by_idleness and not without and not made.fairness and agent.bucket is bucket:
                record = agent.record
                if record.idle_since == since:
                    standing = (minus, since, agent.id, agent)
                    if best is None or standing < best:
                        best = standing
                    continue
            for standing in _standings(bucket, made, signature, without=without, now=now):
                if best is None or standing < best:
                    best = standing
    return best


def _standings(
    bucket: Bucket, made: Join, signature: Signature, *, without: Collection[str], now: int
) -> Iterator[Standing]:
    """Give how those of a bucket stand among whom its best is."""
    by_idleness = signature.line.queue.selects.turn is Turn.LONGEST_IDLE
    idle, load, fair = made.idle or 0, made.load or 0, made.fairness
    agents: Iterable[Agent | None]
    if fair or (idle and not by_idleness):
        agents = bucket.all()
    elif by_idleness:
        agents = (bucket.longest_idle(without),)
    else:
        agents = (bucket.longest_unasked(without),)
    for agent in agents:
        if agent is None or agent.id in without:
            continue
        record = agent.record
        since = record.idle_since
        minus = -made.score - load * bucket.loading - idle * idleness(since, now)
        if fair:
            minus -= fair * fairness(record.given, now)
        yield (minus, since if by_idleness else record.asked_at, agent.id, agent)


def open_groups(pool: Pool, demand: Demand) -> Collection[Group]:
    """Give the groups with somebody free who hold the rarest of the skills asked for."""
    index = pool.crew.open[demand.slot.index]
    fewest: Collection[Group] | None = None
    for skill in demand.terms.searched:
        groups = index.get(skill)
        if not groups:
            return ()
        if fewest is None or len(groups) < len(fewest):
            fewest = groups
    return fewest or ()
