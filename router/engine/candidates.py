"""Everyone a conversation could have gone to: the score by term, or the reason why not.

For people who ask; no decision is taken here, and nothing is changed. Of a conversation that an
agent has or is offered it tells how the others stand now, as if it waited again.
"""

from collections.abc import Iterable

import msgspec

from router.engine.groups import Agent, Group
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


def candidates(
    pool: Pool, record: ConversationRecord, agents: Iterable[str] | None = None
) -> list[Candidate]:
    """Tell how agents stand to a conversation, in the order of their ids.

    All who are described and all who are preferred, or those named. Each of them costs about 20 us.
    """
    names = {*pool.agents, *record.preferred_agents} if agents is None else set(agents)
    want = wanted(pool, record)
    free = _free(pool, record, want, agents=names) if want is not None else {}
    return [_candidate(pool, record, name, free=free) for name in sorted(names)]


def candidate(pool: Pool, record: ConversationRecord, agent: str) -> Candidate:
    """Tell how one agent stands to a conversation, among all. Cost: the agents of the pool."""
    want = wanted(pool, record)
    free = _free(pool, record, want, agents=pool.agents) if want is not None else {}
    return _candidate(pool, record, agent, free=free)


Standings = dict[str, Why]
"""Those who may have a conversation, the best first, and their scores."""


def _free(
    pool: Pool, record: ConversationRecord, want: Wanted, *, agents: Iterable[str]
) -> Standings:
    """Give those who may have it, the best first, without those who have it or are asked."""
    found: list[tuple[tuple[int, int, str], Why]] = []
    offer = record.offer
    for name in agents:
        agent = pool.agents.get(name)
        if agent is None or (offer is not None and name in offer.agents):
            continue
        able = without(agent, record.id)
        if next(obstacles(pool, want, able), None) is None:
            found.append(_standing(pool, want, able))
    found.sort(key=lambda each: each[0])
    return {standing[2]: score for standing, score in found}


def _standing(pool: Pool, want: Wanted, agent: Agent) -> tuple[tuple[int, int, str], Why]:
    group = agent.group
    apart = Group(group.profile, group.capacity, group.caps)  # whose caches nobody else has
    made = join(want.signature, apart)
    preferred = agent.id in want.preferred
    found = why(made, agent, preferred=preferred, now=pool.now)
    by_turn = want.signature.line.queue.selects.turn is Turn.ROUND_ROBIN
    since = agent.record.asked_at if by_turn else agent.record.idle_since
    return (-found.score, since, agent.id), found


def _candidate(pool: Pool, record: ConversationRecord, name: str, *, free: Standings) -> Candidate:
    offer = record.offer
    for each in () if offer is None else offer.addressees:
        if each.agent == name:
            return Candidate(agent=name, words=f"{record.stage} to this agent", why=each.why)
    score = free.get(name)
    if score is None:
        found = obstacle(pool, record, name)
        assert found is not None  # noqa: S101 - whoever has no obstacle is free
        return _passed(name, found)
    if offer is not None:
        last = offer.addressees[-1]
        words = _compared(score.score, last.agent, last.why.score)
    else:
        best = next(iter(free))
        if name == best:
            return Candidate(agent=name, words="would get it", why=score)
        words = _compared(score.score, best, free[best].score)
    return Candidate(agent=name, reason=PassedOver.OTHER_BETTER, words=words, why=score)


def _passed(name: str, found: Obstacle) -> Candidate:
    return Candidate(agent=name, reason=found.reason, words=found.words, until=found.until)


def _compared(own: int, other: str, score: int) -> str:
    if own < score:
        return f"scores {own}, and {other} had {score}"
    if own == score:
        return f"scores {own} like {other}, whose turn it was"
    return f"scores {own} by now; when it was decided {other} was chosen with {score}"
