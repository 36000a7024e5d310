"""Best match: who waits meets who can, until nobody who waits has anyone left.

Each step takes the most urgent waiting conversation that has an eligible agent, and gives it the
best one. Since nothing could be matched before a cause, only lanes that were entered and agents
who were in hand need to be looked at after it.
"""

import heapq
from collections.abc import Iterator

from router.engine.crew import Agent
from router.engine.lanes import Lane, Urgency
from router.engine.offers import grant
from router.engine.pool import Pool
from router.engine.selection import Join, best_agent, join, why


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
        return
    for agent in hands:
        if pool.serves(agent):
            for lane, _ in _lanes_for(pool, agent):
                lanes[lane] = None
            pool.crew.shelve(agent)
    hands.clear()
    _settle(pool, lanes)
    lanes.clear()


def _serve(pool: Pool, agent: Agent) -> None:
    """Give an agent in hand the most urgent he may take, as long as he has room."""
    now = pool.now
    urgency = pool.room.urgency
    while True:
        first: Urgency | None = None
        found: tuple[Lane, Join] | None = None
        for pair in _lanes_for(pool, agent):
            standing = urgency(pair[0], now)
            if first is None or standing < first:
                first = standing
                found = pair
        if found is None:
            return
        record = found[0].head()[3]
        preferred = agent.id in record.preferred_agents
        reasons = why(found[1], agent, preferred=preferred, now=now)
        grant(pool, record, agent, reasons)


def _lanes_for(pool: Pool, agent: Agent) -> Iterator[tuple[Lane, Join]]:
    """Give the lanes somebody waits in whom the agent may take, perhaps a lane twice."""
    crew, room = pool.crew, pool.room
    group = agent.group
    name = agent.id
    for slot in group.caps:
        by_anchor = room.open.get(slot.index)
        if not by_anchor or not agent.has_room(slot, crew.exclusive):
            continue
        for anchor in (None, *group.skills):
            for lane in by_anchor.get(anchor, ()):
                if not lane.barred or name not in lane.barred:
                    made = join(lane.signature, group)
                    if made is not None:
                        yield lane, made
    if room.kept:
        for lane in room.kept.get(name, ()):
            if name not in lane.barred and agent.has_room(lane.signature.slot, crew.exclusive):
                made = join(lane.signature, group)
                if made is not None:
                    yield lane, made


def _settle(pool: Pool, lanes: dict[Lane, None]) -> None:
    """Match lanes with shelved agents; a lane whose head has nobody is done with."""
    now = pool.now
    urgency = pool.room.urgency
    heap = [(urgency(lane, now), lane) for lane in lanes if len(lane) and not lane.line.paused]
    heapq.heapify(heap)
    while heap:
        standing, lane = heap[0]
        if not len(lane):
            heapq.heappop(heap)
            continue
        current = urgency(lane, now)
        if current != standing:
            heapq.heapreplace(heap, (current, lane))
            continue
        record = lane.head()[3]
        agent = best_agent(pool.crew, lane, record, now)
        if agent is None:
            heapq.heappop(heap)
            continue
        made = join(lane.signature, agent.group)
        assert made is not None  # noqa: S101 - the best agent meets the requirement
        preferred = agent.id in record.preferred_agents
        reasons = why(made, agent, preferred=preferred, now=now)
        pool.crew.take_off(agent)
        grant(pool, record, agent, reasons)
        pool.crew.shelve(agent)
