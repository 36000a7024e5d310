"""Best match: who waits meets who can, until nobody who waits has anyone left.

Each step takes the most urgent waiting conversation that has an eligible agent, and gives it the
best one, or asks the best few. Since nothing could be matched before a cause, only lanes that were
entered and agents who were in hand need to be looked at after it.
"""

import heapq
from collections.abc import Sequence

from router.engine.demands import Demand, fits
from router.engine.groups import Agent
from router.engine.lanes import Lane, Ranks
from router.engine.lending import lend
from router.engine.offers import grant
from router.engine.pool import Pool
from router.engine.room import Apart, WaitingRoom
from router.engine.selection import best_agent, join, why
from router.model.outputs import Why

NOBODY: dict[Demand, Ranks] = {}


def match(pool: Pool) -> None:
    """Match after a cause, and put every agent in hand back on the shelf."""
    hands = pool.hands
    lanes = pool.fresh_lanes
    if not hands and not lanes:
        return
    if len(hands) == 1 and not lanes:
        for agent in hands:
            if pool.serves(agent):
                _serve(pool, agent)
                pool.crew.shelve(agent)
        hands.clear()
        if lanes:
            _settle(pool, lanes)
            lanes.clear()
        return
    for agent in hands:
        if pool.serves(agent):
            for lane in _lanes_for(pool, agent):
                lanes[lane] = None
            pool.crew.shelve(agent)
    hands.clear()
    _settle(pool, lanes)
    lanes.clear()


def _serve(pool: Pool, agent: Agent) -> None:
    """Give an agent in hand the most urgent he may take, as long as he has room."""
    now = pool.now
    while True:
        first: Lane | None = None
        least = 0
        for lane in _lanes_for(pool, agent, foremost=True):
            top = lane.top
            if top is None:
                continue
            points = top - lane.ageing * now if lane.newest is None else lane.points(now)
            if first is None or points < least or (points == least and lane.turn() < first.turn()):
                if lane.demand.bounds and not _may_be_lent(pool, lane, agent):
                    continue
                first = lane
                least = points
        if first is None:
            return
        _give(pool, first, agent)
        if pool.teams is not None and pool.teams.reopened:
            # What he was given lets a team have work again: now it is not only about him.
            pool.fresh_lanes.update(dict.fromkeys(_lanes_for(pool, agent)))
            return


def _give(pool: Pool, lane: Lane, agent: Agent, *, beside: Sequence[Agent] = ()) -> None:
    asked = [(each, _why(pool, lane, each)) for each in beside] if beside else ()
    record = lane.head()[3]
    offering = lane.demand.offering
    grant(pool, record, agent, why=_why(pool, lane, agent), offering=offering, beside=asked)


def _why(pool: Pool, lane: Lane, agent: Agent) -> Why:
    _, _, _, record, signature = lane.head()
    assert signature is not None  # noqa: S101 - who waits knows what kind he is
    preferred = agent.id in record.preferred_agents
    return why(join(signature, agent.group), agent, preferred=preferred, now=pool.now)


def _lanes_for(pool: Pool, agent: Agent, *, foremost: bool = False) -> list[Lane]:
    """Give the lanes the agent may take from now; in some of them nobody may wait.

    To some he can only be lent, and whether he may be is left to be asked. ``foremost``: of those
    lanes that somebody is barred from, only the most urgent one of each demand that he may take.
    """
    room = pool.room
    group = agent.group
    found: list[Lane] = []
    if group.shut:
        return found
    slots = pool.crew.bucket_for(agent).open
    for slot in slots:
        found += group.lanes[slot]
        apart = room.own.get(slot) if room.own else None
        if apart is not None:
            found += _lanes_apart(room, apart, agent, foremost=foremost)
    for lane in room.kept.get(agent.id, ()) if room.kept else ():
        if (
            agent.id not in lane.barred
            and lane.demand.slot in slots
            and fits(lane.demand, agent.group)
        ):
            found.append(lane)
    return found


def _lanes_apart(room: WaitingRoom, apart: Apart, agent: Agent, *, foremost: bool) -> list[Lane]:
    found: list[Lane] = []
    group = agent.group
    for anchor in group.anchors:
        for demand, ranks in apart.get(anchor, NOBODY).items():
            if not fits(demand, group):
                continue
            for record in ranks.records():
                lane = room.place_of[record.id][0]
                if agent.id not in lane.barred:
                    found.append(lane)
                    if foremost:
                        break
    return found


def _may_be_lent(pool: Pool, lane: Lane, agent: Agent) -> bool:
    lenders = pool.lenders
    return lenders is None or lenders.may_have(lane.demand, agent.id, agent.group)


def _settle(pool: Pool, lanes: dict[Lane, None]) -> None:
    """Match lanes with shelved agents; a lane whose head has nobody is done with."""
    teams = pool.teams
    if len(lanes) == 1:
        (lane,) = lanes
        agent = None if lane.top is None else best_agent(pool, lane)
        if not pool.crew.runs and teams is None:
            while agent is not None:
                _give_shelved(pool, lane, agent)
                agent = None if lane.top is None else best_agent(pool, lane)
        if agent is None:
            return
    now = pool.now
    heap = _by_urgency(lanes, now)
    if teams is not None:
        teams.reopened = False
    while heap:
        standing, lane = heap[0]
        if not len(lane):
            heapq.heappop(heap)
            continue
        current = _urgency(lane, now)
        if current != standing:
            heapq.heapreplace(heap, (current, lane))
            continue
        agent = best_agent(pool, lane)
        if agent is None:
            heapq.heappop(heap)
            continue
        runs = agent.code & pool.crew.runs
        _give_shelved(pool, lane, agent)
        if runs & ~agent.code:
            # What came between ended a run: he may take what he could not a moment ago.
            lanes.update(dict.fromkeys(_lanes_for(pool, agent)))
            heap = _by_urgency(lanes, now)
        if teams is not None and teams.reopened:
            # What was given lets a team have work again, which stands in the fresh lanes now.
            teams.reopened = False
            heap = _by_urgency(lanes, now)


def _by_urgency(lanes: dict[Lane, None], now: int) -> list[tuple[tuple[int, int, int], Lane]]:
    """Give the lanes where somebody waits as a heap, the most urgent on top."""
    heap = [(_urgency(lane, now), lane) for lane in lanes if len(lane)]
    heapq.heapify(heap)
    return heap


def _give_shelved(pool: Pool, lane: Lane, agent: Agent) -> None:
    crew = pool.crew
    crew.take_off(agent)
    if lane.demand.at_once == 1:
        _give(pool, lane, agent)
        crew.shelve(agent)
        return
    asked = [agent]
    while len(asked) < lane.demand.at_once:
        # He counts as lent before the next one is looked for.
        lend(pool, asked[-1], lane.head()[3])
        another = best_agent(pool, lane)
        if another is None:
            break
        crew.take_off(another)
        asked.append(another)
    _give(pool, lane, agent, beside=asked[1:])
    for each in asked:
        crew.shelve(each)


def _urgency(lane: Lane, now: int) -> tuple[int, int, int]:
    """Give the order of a lane's head: the smallest goes first; no two are equal."""
    return (lane.points(now), *lane.turn())
