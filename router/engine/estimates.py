"""How long a conversation will probably wait, as things stand now."""

from router.engine.crew import Agent
from router.engine.lanes import Headcount, Line, Signature, fits
from router.engine.pool import Pool
from router.engine.selection import open_groups
from router.model.estimate import Foreseen, Rates, at_once, foresee, rates
from router.model.policy import OfferMode
from router.model.state import ConversationRecord

NOTHING_SERVED = [0, 0]
NOTHING_WAITED = [0, 0, 0, 0]


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
    channel = signature.demand.slot.channel
    asks = channel is not None and channel.mode is OfferMode.MANUAL
    speed = _rates(pool, line)
    if record.stage == "offered" or _somebody_has_room(pool, record, signature):
        return at_once(speed, asks=asks)
    return foresee(ahead, agents, rates=speed, asks=asks)


def _rates(pool: Pool, line: Line) -> Rates:
    expected = line.queue.estimates
    assert expected is not None  # noqa: S101 - asked only where waits are estimated
    measures = pool.measures.get(line.queue.name)
    if measures is None:
        return rates(expected, NOTHING_SERVED, NOTHING_SERVED, waited=NOTHING_WAITED)
    return rates(
        expected,
        measures.served.sums(),
        measures.answered.sums(),
        waited=measures.waited.sums(),
    )


def _somebody_has_room(pool: Pool, record: ConversationRecord, signature: Signature) -> bool:
    """Tell whether an agent could have a waiting conversation now."""
    demand = signature.demand
    slot, barred = demand.slot, record.barred

    def may(agent: Agent) -> bool:
        return (
            agent.id not in barred
            and (record.kept_until is None or agent.id in record.preferred_agents)
            and fits(demand, agent.group)
        )

    for agent in pool.hands:
        if may(agent) and pool.serves(agent) and agent.has_room(slot, pool.crew.exclusive):
            return True
    if record.kept_until is not None:
        preferred = (pool.agents.get(name) for name in record.preferred_agents)
        return any(
            agent is not None
            and agent.bucket is not None
            and slot in agent.bucket.open
            and may(agent)
            for agent in preferred
        )
    for group in open_groups(pool, demand):
        if fits(demand, group):
            if not barred:
                return True
            for bucket in group.buckets.values():
                if bucket.count and slot in bucket.open and any(map(may, bucket.all())):
                    return True
    return False
