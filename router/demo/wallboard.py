"""The wallboard: how the centre stands, folded from the decisions as they are seen.

Everything on it is in the centre's own time, in which a second of the demo is a minute. Service
level is the share answered within the queue's target, over those answered or gone: who still waits
is in neither. Keeps a few numbers for each queue and forgets conversations that are over.
"""

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from router.demo.decisions import Decision
from router.demo.desks import Doing
from router.demo.pace import lived
from router.model.policy import OrderBy, Policy, Turn

USUAL_TARGET_S: Final = 120.0
"""Target of a queue whose rules name none, in seconds of the centre."""

MATCHES: Final = 12
BETWEEN_MATCHES_S: Final = 0.5
"""Only so often a match is kept to be shown, or nobody could read it; seconds of the demo."""


@dataclass(slots=True)
class QueueRow:
    """One queue: who waits now, and what became of those who came. Seconds of the centre."""

    name: str
    target_s: float
    waiting: int = 0
    oldest_s: float = 0.0
    serving: int = 0
    answered: int = 0
    in_time: int = 0
    gone: int = 0

    @property
    def service_level(self) -> float | None:
        """Answered within the target / (answered + gone); None: nobody yet."""
        over = self.answered + self.gone
        return self.in_time / over if over else None


@dataclass(frozen=True, slots=True)
class Match:
    """Who got whom, and why: the score's terms, or whose turn it was where they say nothing."""

    clock: str
    conversation: str
    channel: str
    queue: str
    agent: str
    waited_s: float
    score: int
    terms: tuple[tuple[str, int], ...]
    turn: str


@dataclass(frozen=True, slots=True)
class Picture:
    """All that is shown at one moment; latencies in seconds, None: nothing measured yet."""

    clock: str
    day: int
    share: float | None
    queues: tuple[QueueRow, ...]
    total: QueueRow
    unread: int
    teams: Mapping[str, Counter[Doing]]
    matches: tuple[Match, ...]
    router: str
    is_deciding: bool
    policy: str
    latency_p50: float | None
    latency_p99: float | None
    notice: str


@dataclass(slots=True)
class _Case:
    queue: str
    channel: str
    holds: bool = False
    was_answered: bool = False


class Wallboard:
    """Counts by queue; `rows` shows them, `matches` are the latest that were kept."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._rows = {name: QueueRow(name, _target_s(policy, name)) for name in policy.queues}
        self._cases: dict[str, _Case] = {}
        self._shown_at = 0.0
        self.matches: deque[Match] = deque(maxlen=MATCHES)

    def hear(self, decision: Decision, *, channel: str, clock: str) -> None:
        """Count a decision; `channel` of its conversation, `clock` the time of day."""
        id_ = decision.conversation
        if decision.type == "conversation.queued":
            queued = self._cases.setdefault(id_, _Case("", channel))
            queued.queue = decision.data["queue"]
            return
        case = self._cases.get(id_)
        if case is None:
            return
        row = self._rows[case.queue]
        match decision.type:
            case "conversation.assigned":
                self._assigned(decision, case, clock=clock)
            case "conversation.requeued":
                row.serving -= case.holds
                case.holds = False
                case.queue = decision.data["queue"]
            case "conversation.abandoned":
                # Who was answered once and waits again has been counted.
                row.gone += not case.was_answered
                del self._cases[id_]
            case "conversation.closed":
                row.serving -= case.holds
                del self._cases[id_]

    def rows(self, waiting: Mapping[str, float], now: float) -> tuple[QueueRow, ...]:
        """Give every queue as it stands; `waiting` {id: since when}, in seconds."""
        for row in self._rows.values():
            row.waiting, row.oldest_s = 0, 0.0
        for id_, since in waiting.items():
            case = self._cases.get(id_)
            if case is not None:
                row = self._rows[case.queue]
                row.waiting += 1
                row.oldest_s = max(row.oldest_s, lived(now - since))
        return tuple(self._rows.values())

    def unread(self, waiting: Mapping[str, float]) -> int:
        """Count those who wait and of whom the router has not spoken yet."""
        return sum(id_ not in self._cases for id_ in waiting)

    def total(self) -> QueueRow:
        """Sum up all queues, as `rows` gave them last."""
        rows = self._rows.values()
        return QueueRow(
            name="all queues",
            target_s=0.0,
            waiting=sum(row.waiting for row in rows),
            oldest_s=max((row.oldest_s for row in rows), default=0.0),
            serving=sum(row.serving for row in rows),
            answered=sum(row.answered for row in rows),
            in_time=sum(row.in_time for row in rows),
            gone=sum(row.gone for row in rows),
        )

    def _assigned(self, decision: Decision, case: _Case, *, clock: str) -> None:
        row = self._rows[case.queue]
        row.serving += not case.holds
        case.holds = True
        waited_s = lived(decision.data["waited_s"])
        if not case.was_answered:
            case.was_answered = True
            row.answered += 1
            row.in_time += waited_s <= row.target_s
        if decision.at / 1_000 < self._shown_at + BETWEEN_MATCHES_S:
            return
        self._shown_at = decision.at / 1_000
        why: dict[str, Any] = decision.data["why"]
        terms = sorted(why["terms"].items(), key=lambda term: (-abs(term[1]), term[0]))
        turn = self._policy.queues[case.queue].selects.turn
        self.matches.appendleft(
            Match(
                clock=clock,
                conversation=decision.conversation,
                channel=case.channel,
                queue=case.queue,
                agent=decision.agent,
                waited_s=waited_s,
                score=why["score"],
                terms=tuple((name, points) for name, points in terms if points),
                turn="longest idle" if turn is Turn.LONGEST_IDLE else "longest not asked",
            )
        )


def _target_s(policy: Policy, queue: str) -> float:
    order = policy.queues[queue].order
    if order.by is OrderBy.TARGET:
        return lived(order.within_ms / 1_000)
    return USUAL_TARGET_S
