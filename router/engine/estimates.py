"""How long a conversation will probably wait, as things stand now."""

from router.engine.demands import Demand, fits
from router.engine.groups import Agent
from router.engine.lanes import Headcount, Line, Signature
from router.engine.pool import Pool
from router.engine.selection import open_groups
from router.model.estimate import Foreseen, at_once, foresee, mean_ms, nothing_yet, rates
from router.model.policy import OfferMode
from router.model.state import ConversationRecord

NOTHING_SERVED = nothing_yet(2)
NOTHING_WAITED = nothing_yet(4)


def estimate(
    pool: Pool, record: ConversationRecord, signature: Signature, *, ahead: int
) -> Foreseen | None:
    """Estimate the wait of a conversation with so many before it, from now on.

    None where waits are not estimated, nobody is matched from the queue, or nobody serves it. The
    pool is between two matches: whoever has room is on the shelf, or in hand.
    """
    line = signature.line
    if line.queue.estimates is None or line.paused:
        return None
    if signature.headcount is None:
        signature.headcount = Headcount(line.queue.name, signature.demand)
    agents = pool.staff.of(signature.headcount, pool.now)
    if not agents:
        return None
    measures = pool.measures.get(line.queue.name)
    offering = signature.demand.offering
    asks = measures is not None and offering is not None and offering.mode is OfferMode.MANUAL
    answering_ms = mean_ms(measures.answered) if asks and measures is not None else 0.0
    if record.stage == "offered" or _somebody_has_room(pool, record, signature.demand):
        return at_once(answering_ms)
    served, waited = (
        (NOTHING_SERVED, NOTHING_WAITED) if measures is None else (measures.served, measures.waited)
    )
    speed = rates(line.queue.estimates, served, waited)
    return foresee(ahead, agents, rates=speed, answering_ms=answering_ms)


def estimate_newcomer(pool: Pool, line: Line) -> Foreseen | None:
    """Estimate the wait of who would come to a queue now, asking for least, behind all who wait there.

    Whoever serves the queue on any channel counts. None as for a conversation. Asked again it costs
    next to nothing, as long as nothing has changed.
    """
    expected = line.queue.estimates
    if expected is None or line.paused:
        return None
    staff, name = pool.staff, line.queue.name
    headcount = staff.asked(name)
    agents = staff.of(headcount, pool.now)
    if not agents:
        return None
    ahead = len(line)
    known = line.foreseen
    if known is not None and known[0] == ahead and known[1] == agents and not headcount.roomy:
        return known[2]
    measures = pool.measures.get(name)
    answering_ms = 0.0 if measures is None else mean_ms(measures.answered)
    if headcount.roomy:
        return at_once(answering_ms)
    served, waited = (
        (NOTHING_SERVED, NOTHING_WAITED) if measures is None else (measures.served, measures.waited)
    )
    speed = rates(expected, served, waited)
    found = foresee(ahead, agents, rates=speed, answering_ms=answering_ms)
    line.foreseen = (ahead, agents, found)
    return found


def _somebody_has_room(pool: Pool, record: ConversationRecord, demand: Demand) -> bool:
    """Tell whether an agent could have a waiting conversation now."""
    if record.kept_until is None and not record.barred:
        groups, each_alone = open_groups(pool, demand), list(pool.hands)
        if pool.lenders is not None:
            groups, names = pool.lenders.narrowed(demand, groups)
            each_alone += [pool.agents[name] for name in names]
        for group in groups:
            if not group.shut and fits(demand, group):
                return True
        return any(_could(pool, each, record, demand=demand) for each in each_alone)
    known = record.preferred_agents if record.kept_until is not None else pool.agents
    return any(
        _could(pool, pool.agents[name], record, demand=demand)
        for name in known
        if name in pool.agents
    )


def _could(pool: Pool, agent: Agent, record: ConversationRecord, *, demand: Demand) -> bool:
    return (
        pool.serves(agent)
        and not agent.group.shut
        and agent.id not in record.barred
        and agent.has_room(demand.slot, pool.crew.exclusive)
        and fits(demand, agent.group)
        and (pool.lenders is None or pool.lenders.may_have(demand, agent.id, agent.group))
    )
