"""Everyone a conversation could have gone to: the score by term, or the reason why not.

For people who ask; no decision is taken here, and nothing is changed. Of a conversation that an
agent has or is offered it tells how the others stand now, as if it waited again.
"""

import msgspec

from router.engine.crew import Agent, Group
from router.engine.obstacles import Obstacle, Wanted, obstacle, obstacles, wanted, without
from router.engine.pool import Pool
from router.engine.selection import join, why
from router.model.outputs import Why
from router.model.policy import Turn
from router.model.reasons import PassedOver
from router.model.state import ConversationRecord


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """An agent and how he stands to a conversation.

    ``why`` is his score, where he may have it; ``reason`` is None for the one who has it, or would
    get it. ``until`` (ms): when the reason ends by itself.
    """

    agent: str
    reason: PassedOver | None = None
    words: str = ""
    until: int | None = None
    why: Why | None = None


def candidates(pool: Pool, record: ConversationRecord) -> list[Candidate]:
    """Give every described agent of the pool, and every preferred one, in the order of their ids.

    Cost: the agents of the pool.
    """
    names = sorted({*pool.agents, *record.preferred_agents})
    want = wanted(pool, record)
    free = _free(pool, record, want) if want is not None else []
    return [_candidate(pool, record, name, free=free) for name in names]


def candidate(pool: Pool, record: ConversationRecord, agent: str) -> Candidate:
    """Tell how one agent stands to a conversation. Cost: the agents of the pool."""
    want = wanted(pool, record)
    free = _free(pool, record, want) if want is not None else []
    return _candidate(pool, record, agent, free=free)


Standing = tuple[tuple[int, int, str], Why]
"""The order of agents who may have a conversation, the best first, and the score."""


def _free(pool: Pool, record: ConversationRecord, want: Wanted) -> list[Standing]:
    """Give those who may have it, the best first; the one who has it stands as he was chosen."""
    found: list[Standing] = []
    offer = record.offer
    for agent in pool.agents.values():
        if offer is not None and agent.id == offer.agent:
            continue
        able = without(agent, record.id)
        if next(obstacles(pool, want, able), None) is None:
            found.append(_standing(pool, want, able))
    found.sort(key=lambda each: each[0])
    return found


def _standing(pool: Pool, want: Wanted, agent: Agent) -> Standing:
    group = agent.group
    apart = Group(group.profile, group.capacity, group.caps)  # whose caches nobody else has
    made = join(want.signature, apart)
    preferred = agent.id in want.preferred
    found = why(made, agent, preferred=preferred, now=pool.now)
    by_turn = want.signature.line.queue.selects.turn is Turn.ROUND_ROBIN
    since = agent.record.asked_at if by_turn else agent.record.idle_since
    return (-found.score, since, agent.id), found


def _candidate(
    pool: Pool, record: ConversationRecord, name: str, *, free: list[Standing]
) -> Candidate:
    offer = record.offer
    if offer is not None and offer.agent == name:
        return Candidate(agent=name, words=f"{record.stage} to this agent", why=offer.why)
    standing = next((each for each in free if each[0][2] == name), None)
    if standing is None:
        found = obstacle(pool, record, name)
        assert found is not None  # noqa: S101 - whoever has no obstacle is free
        return _passed(name, found)
    if offer is not None:
        words = _compared(standing[1].score, offer.agent, offer.why.score)
    elif standing is free[0]:
        return Candidate(agent=name, words="would get it", why=standing[1])
    else:
        words = _compared(standing[1].score, free[0][0][2], free[0][1].score)
    return Candidate(agent=name, reason=PassedOver.OTHER_BETTER, words=words, why=standing[1])


def _passed(name: str, found: Obstacle) -> Candidate:
    return Candidate(agent=name, reason=found.reason, words=found.words, until=found.until)


def _compared(own: int, other: str, score: int) -> str:
    if own < score:
        return f"scores {own}, and {other} had {score}"
    if own == score:
        return f"scores {own} like {other}, whose turn it was"
    return f"scores {own} by now; when it was decided {other} was chosen with {score}"
