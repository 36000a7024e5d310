"""Fold decisions into figures by queue and minute: the whole of the arithmetic, and nothing else.

A `Fold` holds the figures of any number of pools. It takes the decisions of each pool in their
order and tells which rows changed; given back its rows it goes on as if it had never stopped.
Promises: a decision counts once however often it comes, since each pool's decisions are numbered
without a gap; the order between pools does not matter; a decision that was never seen shows as
`missing`; what it holds is bounded by the retention and by the conversations that are open. Knows
no clock, no Kafka and no stream library: time is the decisions' own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from streams.decisions import Decision
from streams.figures import (
    ConversationKey,
    Figures,
    Key,
    Minute,
    OpenConversation,
    Row,
    minute_of,
)

NO_QUEUE: Final = ""
"""Where decisions about no queue are counted, and those about a conversation nobody knows."""

COUNTERS: Final = {
    "conversation.offered": "offered",
    "conversation.assigned": "assigned",
    "conversation.requeued": "requeued",
    "conversation.overflowed": "overflowed",
    "conversation.deflected": "deflected",
    "conversation.abandoned": "abandoned",
    "conversation.closed": "closed",
    "offer.expired": "expired",
    "offer.declined": "declined",
    "offer.withdrawn": "withdrawn",
    "input.refused": "refused",
    "command.refused": "refused",
}
"""Type of a decision to the field that counts it; `conversation.queued` has two, all others none."""

ENDS: Final = frozenset({"conversation.abandoned", "conversation.closed"})
"""Types after which nothing more is expected of a conversation."""


@dataclass(slots=True)
class _Pool:
    """How far a pool is folded, whether since the restore, and its rows by the minute they began in."""

    seq: int = 0
    newest: int = 0
    is_heard: bool = False
    minutes: dict[int, set[Minute]] = field(default_factory=dict)
    begun: dict[int, set[ConversationKey]] = field(default_factory=dict)


class Fold:
    """Fold decisions into rows; `changes` tells which rows to keep, `restore` takes them back.

    `retention_ms` is how long figures are kept behind the pool's newest minute, `life_ms` how long
    an open conversation is remembered. Both are counted in the time of the pool's decisions.
    """

    def __init__(self, *, retention_ms: int, life_ms: int) -> None:
        self._retention_ms = retention_ms
        self._life_ms = life_ms
        self._figures: dict[Minute, Figures] = {}
        self._open: dict[ConversationKey, OpenConversation] = {}
        self._pools: dict[str, _Pool] = {}
        self._changed: dict[Key, None] = {}

    @property
    def figures(self) -> Mapping[Minute, Figures]:
        """All figures within the retention."""
        return self._figures

    @property
    def open(self) -> Mapping[ConversationKey, OpenConversation]:
        """All conversations that have not ended."""
        return self._open

    def restore(self, rows: Iterable[tuple[Key, Row]]) -> None:
        """Take rows that an earlier fold gave as changes, each key once, in any order."""
        for key, row in rows:
            if isinstance(key, Minute) and isinstance(row, Figures):
                self._figures[key] = row
                pool = self._pools.setdefault(key.pool, _Pool())
                pool.seq = max(pool.seq, row.seq)
                pool.newest = max(pool.newest, key.minute)
                pool.minutes.setdefault(key.minute, set()).add(key)
            elif isinstance(key, ConversationKey) and isinstance(row, OpenConversation):
                self._open[key] = row
                pool = self._pools.setdefault(key.pool, _Pool())
                pool.begun.setdefault(row.since, set()).add(key)

    def follows(self, decision: Decision) -> bool:
        """Tell whether a decision goes on where its pool was left: whoever skipped some can see it.

        The first one after a restore, or of a pool, always does: what is missing before it was
        never there to be read.
        """
        pool = self._pools.get(decision.pool)
        return pool is None or not pool.is_heard or decision.seq <= pool.seq + 1

    def add(self, decision: Decision) -> int:
        """Fold one decision; give the number of decisions before it that were never seen.

        A decision that was folded before changes no figures. It does move its conversation back to
        where that was then: whoever repeats decisions has to repeat all up to the last one.
        """
        pool = self._pools.setdefault(decision.pool, _Pool())
        pool.is_heard = True
        minute = minute_of(decision.at)
        if minute > pool.newest:
            pool.newest = minute
            self._drop_old(pool)
        known = self._find(decision)
        missing = 0
        if decision.seq > pool.seq:
            missing = decision.seq - pool.seq - 1 if pool.seq else 0
            figures = self._row(decision, known, pool)
            figures.seq = pool.seq = decision.seq
            figures.missing += missing
            _count(figures, decision, known)
        self._follow(decision, known, pool)
        return missing

    def changes(self) -> list[tuple[Key, Row | None]]:
        """Give the rows changed since the last call, in order of first change; None: dropped."""
        rows = [(key, self._get(key)) for key in self._changed]
        self._changed.clear()
        return rows

    def _get(self, key: Key) -> Row | None:
        return self._figures.get(key) if isinstance(key, Minute) else self._open.get(key)

    def _find(self, decision: Decision) -> OpenConversation | None:
        if decision.conversation is None:
            return None
        return self._open.get(ConversationKey(decision.pool, decision.conversation))

    def _row(self, decision: Decision, known: OpenConversation | None, pool: _Pool) -> Figures:
        queue = decision.queue
        if known is not None and (queue is None or decision.type == "conversation.overflowed"):
            # An overflow is counted where it happened, not where it leads to.
            queue = known.queue
        key = Minute(decision.pool, queue or NO_QUEUE, minute_of(decision.at))
        figures = self._figures.get(key)
        if figures is None:
            figures = self._figures[key] = Figures()
            pool.minutes.setdefault(key.minute, set()).add(key)
        self._changed[key] = None
        return figures

    def _follow(self, decision: Decision, known: OpenConversation | None, pool: _Pool) -> None:
        """Keep in mind where the conversation is, until its end."""
        if decision.conversation is None:
            return
        key = ConversationKey(decision.pool, decision.conversation)
        if decision.type in ENDS or decision.is_sent:
            if known is not None:
                self._forget(key, known, pool)
            return
        if decision.queue is None:
            return
        answered = decision.type == "conversation.assigned"
        if known is None:
            since = minute_of(decision.at)
            self._open[key] = OpenConversation(decision.queue, since, answered)
            pool.begun.setdefault(since, set()).add(key)
        elif known.queue != decision.queue or (answered and not known.answered):
            known.queue = decision.queue
            known.answered = known.answered or answered
        else:
            return
        self._changed[key] = None

    def _forget(self, key: ConversationKey, known: OpenConversation, pool: _Pool) -> None:
        del self._open[key]
        begun = pool.begun[known.since]
        begun.discard(key)
        if not begun:
            del pool.begun[known.since]
        self._changed[key] = None

    def _drop_old(self, pool: _Pool) -> None:
        """Drop what lies behind the retention, seen from the pool's newest minute."""
        horizon = pool.newest - self._retention_ms
        for minute in [minute for minute in pool.minutes if minute < horizon]:
            for key in sorted(pool.minutes.pop(minute)):
                del self._figures[key]
                self._changed[key] = None
        horizon = pool.newest - self._life_ms
        for minute in [minute for minute in pool.begun if minute < horizon]:
            for begun in sorted(pool.begun[minute]):
                self._forget(begun, self._open[begun], pool)


def _count(figures: Figures, decision: Decision, known: OpenConversation | None) -> None:
    kind, waited_ms = decision.type, decision.waited_ms
    if kind == "conversation.queued":
        counter = "queued" if known is None else "requalified"
    else:
        counter = COUNTERS.get(kind, "other")
    setattr(figures, counter, getattr(figures, counter) + 1)
    is_first = known is None or not known.answered
    if kind == "conversation.assigned" and is_first and waited_ms is not None:
        figures.answered.add(waited_ms)
    if kind == "conversation.abandoned" and is_first and waited_ms is not None:
        figures.left.add(waited_ms)
    if decision.handled_ms is not None:
        figures.handled += 1
        figures.handled_ms += decision.handled_ms
