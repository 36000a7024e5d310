"""Decisions for the tests of the streams: written by hand, drawn at random, counted naively."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from hypothesis import strategies as st

from streams.decisions import Decision
from streams.figures import Figures, Minute, minute_of
from streams.fold import COUNTERS, ENDS

NOON = 1_750_000_020_000
"""A moment inside a minute, so that a test does not begin on the edge of one."""

NAMES_A_QUEUE = frozenset(
    {
        "conversation.queued",
        "conversation.offered",
        "conversation.assigned",
        "conversation.requeued",
        "conversation.expanded",
    }
)
ABOUT_A_CONVERSATION = (*sorted(NAMES_A_QUEUE), *sorted(ENDS), "offer.expired", "offer.declined")
ABOUT_NONE = ("agent.suspended", "input.refused", "command.refused", "weather.changed")


def told(pool: str, *told: tuple[str, dict[str, object]], at: int = NOON) -> list[Decision]:
    """Number what is told in one pool, all in one minute unless a `wait_ms` goes before."""
    decisions = []
    for seq, (kind, facts) in enumerate(told, start=1):
        given = dict(facts)
        at += given.pop("wait_ms", 0)  # type: ignore[operator]  a number where it is given
        decisions.append(Decision(pool=pool, seq=seq, at=at, type=kind, **given))  # type: ignore[arg-type]  # facts by name
    return decisions


@st.composite
def _steps(draw: st.DrawFn) -> tuple[str, dict[str, object]]:
    if draw(st.integers(0, 9)) == 0:
        return draw(st.sampled_from(ABOUT_NONE)), {"wait_ms": draw(st.integers(0, 90_000))}
    kind = draw(st.sampled_from(ABOUT_A_CONVERSATION))
    facts: dict[str, object] = {
        "conversation": draw(st.sampled_from("abc")),
        "wait_ms": draw(st.integers(0, 90_000)),
    }
    if kind in NAMES_A_QUEUE:
        facts["queue"] = draw(st.sampled_from(("claims", "sales")))
    if kind in {"conversation.assigned", "conversation.abandoned", "conversation.closed"}:
        facts["waited_ms"] = draw(st.integers(0, 4_000_000))
    if kind == "conversation.closed" and draw(st.booleans()):
        facts["handled_ms"] = draw(st.integers(0, 900_000))
    return kind, facts


def pool_stories(pool: str) -> st.SearchStrategy[list[Decision]]:
    """Draw what a pool decided, in any order, whether a router would or not."""
    return st.lists(_steps(), max_size=30).map(lambda steps: told(pool, *steps))


def counted(decisions: Iterable[Decision]) -> dict[Minute, Figures]:
    """Count decisions the slow way: look back through the whole life at each of them."""
    by_pool: dict[str, list[Decision]] = defaultdict(list)
    for decision in decisions:
        by_pool[decision.pool].append(decision)
    figures: dict[Minute, Figures] = defaultdict(Figures)
    for pool in by_pool.values():
        for place, decision in enumerate(pool):
            life = _life_before(pool[:place], decision.conversation)
            row = figures[_minute(decision, life)]
            _count(row, decision, life)
            row.seq = decision.seq
    return dict(figures)


def _life_before(decisions: Sequence[Decision], conversation: str | None) -> list[Decision]:
    """Find the decisions about a conversation since its last end."""
    life: list[Decision] = []
    for decision in decisions:
        if conversation is not None and decision.conversation == conversation:
            life.append(decision)
            if decision.type in ENDS:
                life.clear()
    return life


def _minute(decision: Decision, life: Sequence[Decision]) -> Minute:
    queues = [each.queue for each in (*life, decision) if each.queue is not None]
    return Minute(decision.pool, queues[-1] if queues else "", minute_of(decision.at))


def _count(row: Figures, decision: Decision, life: Sequence[Decision]) -> None:
    is_known = any(each.queue is not None for each in life)
    was_answered = any(each.type == "conversation.assigned" for each in life)
    if decision.type == "conversation.queued":
        field = "requalified" if is_known else "queued"
    else:
        field = COUNTERS.get(decision.type, "other")
    setattr(row, field, getattr(row, field) + 1)
    if decision.type == "conversation.assigned" and not was_answered:
        row.answered.add(decision.waited_ms or 0)
    if decision.type == "conversation.abandoned" and not was_answered:
        row.left.add(decision.waited_ms or 0)
    if decision.handled_ms is not None:
        row.handled += 1
        row.handled_ms += decision.handled_ms
