"""Where conversations wait: lanes, in which the order never changes with time.

A lane holds the conversations that ask the same of an agent: same queue, channel and resolved
requirement. All of them grow more urgent at the same rate, so a lane is a sorted list on a key
fixed on entry, and only the heads of lanes are compared with the clock. A conversation with a
condition of its own (kept for preferred agents, agents barred) has a lane of its own.
"""

import heapq
from bisect import bisect_left
from collections.abc import Iterator, Mapping

from router.engine.crew import Slot
from router.model.outputs import Requirements
from router.model.policy import OrderBy, Policy, Queue
from router.model.requirement import SkillTerm, least_level, published, resolve
from router.model.state import ConversationRecord

PRIORITY_POINTS = 1_000_000
"""Urgency is counted in millionths of a point."""
MOST_SIGNATURES = 20_000
"""With more kinds of requirement than this, those nobody waits with are dropped."""

Key = tuple[int, int, int, ConversationRecord]
"""(minus the constant part of the points, arrival or minus arrival, sequence, conversation)."""
Urgency = tuple[int, int, int]
"""(minus points now, arrival or minus arrival, sequence): the smallest goes first."""


class Line:
    """What a queue's lanes have in common: order, who waits, its oldest."""

    __slots__ = ("_oldest", "ageing", "lanes", "newest", "paused", "queue", "tops", "within")

    def __init__(self, queue: Queue, tops: Mapping[str, int]) -> None:
        self.queue = queue
        self.tops = tops
        self.ageing = queue.order.ageing
        self.within = queue.order.within_ms
        self.newest = queue.order.by is OrderBy.NEWEST
        self.lanes: dict[Lane, None] = {}
        self.paused = False
        self._oldest: list[tuple[int, int, ConversationRecord]] = []

    def key(self, record: ConversationRecord) -> Key:
        """Give the key of a conversation in this queue, fixed while its facts stand."""
        arrival = record.arrived_at
        points = record.priority * PRIORITY_POINTS
        if self.newest:
            return (-points, -arrival, record.sequence, record)
        points -= self.ageing * (arrival + self.within)
        return (-points, arrival, record.sequence, record)

    def joined(self, record: ConversationRecord) -> None:
        """Remember an arrival, where the oldest counts for all."""
        if self.newest:
            heapq.heappush(self._oldest, (record.arrived_at, record.sequence, record))

    def growth(self, now: int, lane_of: Mapping[str, "Lane"]) -> int:
        """Give the part of the points that grows with time, the same for all of the queue."""
        if not self.newest:
            return self.ageing * now
        heap = self._oldest
        while heap:
            arrival, _, record = heap[0]
            lane = lane_of.get(record.id)
            if lane is not None and lane.line is self and lane.holds(record):
                return self.ageing * (now - arrival - self.within)
            heapq.heappop(heap)
        return 0

    def place(self, key: Key) -> int:
        """Give the rank, from 1, that this key has among those who wait in the queue."""
        return 1 + sum(lane.before(key) for lane in self.lanes)

    def waiting(self) -> int:
        """Count who waits in the queue."""
        return sum(len(lane) for lane in self.lanes)

    def records(self) -> Iterator[ConversationRecord]:
        """Give everyone who waits in the queue, in no order."""
        for lane in self.lanes:
            yield from lane.records()


class Signature:
    """One kind of demand: a queue, a channel, a resolved requirement. Shared by its lanes."""

    __slots__ = (
        "anchor",
        "asked",
        "lane",
        "line",
        "published",
        "requirement",
        "searched",
        "slot",
        "tops",
    )

    def __init__(self, line: Line, slot: Slot, record: ConversationRecord) -> None:
        self.line = line
        self.slot = slot
        self.tops = line.tops
        self.requirement = resolve(
            line.queue.requires,
            level=record.level or 1,
            language=record.language,
            skills=record.skills,
        )
        self.published: Requirements = published(self.requirement, language=record.language)
        least = [least_level(term) for term in self.requirement.terms]
        self.searched: tuple[str | None, ...] = tuple(
            pair[0] for pair in least if pair is not None and pair[1] > 0
        ) or (None,)
        self.anchor = self.searched[0]
        self.asked = tuple(
            dict.fromkeys(
                (*_skills(self.requirement), *(term.skill for term in line.queue.prefers))
            )
        )
        self.lane = Lane(self)


def _skills(requirement: object) -> Iterator[str]:
    if isinstance(requirement, SkillTerm):
        yield requirement.skill
    for each in getattr(requirement, "terms", ()):
        yield from _skills(each)
    if hasattr(requirement, "term"):
        yield from _skills(requirement.term)


class Lane:
    """Conversations with the same demand, most urgent first.

    A lane of one conversation may be ``kept`` for some agents and have others ``barred``.
    """

    __slots__ = ("_keys", "_start", "barred", "kept", "line", "signature")

    def __init__(
        self,
        signature: Signature,
        *,
        kept: tuple[str, ...] | None = None,
        barred: Mapping[str, int] | None = None,
    ) -> None:
        self.signature = signature
        self.line = signature.line
        self.kept = kept
        self.barred: Mapping[str, int] = barred if barred is not None else {}
        self._keys: list[Key] = []
        self._start = 0

    def __len__(self) -> int:
        return len(self._keys) - self._start

    @property
    def own(self) -> bool:
        """Whether the lane belongs to one conversation."""
        return self.signature.lane is not self

    def head(self) -> Key:
        """Give the key of the most urgent."""
        return self._keys[self._start]

    def records(self) -> Iterator[ConversationRecord]:
        """Give everyone in the lane, most urgent first."""
        return (key[3] for key in self._keys[self._start :])

    def holds(self, record: ConversationRecord) -> bool:
        """Tell whether this very conversation stands in the lane."""
        keys = self._keys
        key = self.line.key(record)
        at = bisect_left(keys, key, self._start)
        return at < len(keys) and keys[at][3] is record

    def before(self, key: Key) -> int:
        """Count those more urgent than the key."""
        return bisect_left(self._keys, key, self._start) - self._start

    def add(self, key: Key) -> None:
        """Let a conversation stand at its place. Cost: O(1) at the end, else a memmove."""
        keys = self._keys
        if len(keys) == self._start or keys[-1] < key:
            keys.append(key)
        else:
            keys.insert(bisect_left(keys, key, self._start), key)

    def remove(self, key: Key) -> None:
        """Let a conversation go; at the head in O(1) amortised."""
        keys = self._keys
        start = self._start
        if keys[start] is key or keys[start][2] == key[2]:
            self._start = start + 1
            if self._start == len(keys) or (self._start > 32 and self._start * 2 > len(keys)):
                del keys[: self._start]
                self._start = 0
            else:
                keys[start] = GONE
        else:
            del keys[bisect_left(keys, key, start)]


GONE: Key = (-(1 << 200), 0, 0, None)  # type: ignore[assignment]  # a place left empty at the front


class WaitingRoom:
    """All the lanes of a pool under one policy, and where to find those an agent may serve."""

    __slots__ = ("_signatures", "_sweep_at", "kept", "lane_of", "lines", "open")

    def __init__(self, policy: Policy) -> None:
        self._sweep_at = MOST_SIGNATURES
        self.lines = {name: Line(queue, policy.top_levels) for name, queue in policy.queues.items()}
        self.lane_of: dict[str, Lane] = {}
        # by slot index, then anchor skill: lanes with somebody waiting
        self.open: dict[int, dict[str | None, dict[Lane, None]]] = {}
        self.kept: dict[str, dict[Lane, None]] = {}
        self._signatures: dict[tuple[object, ...], Signature] = {}

    def signature(self, record: ConversationRecord, slot: Slot) -> Signature | None:
        """Give what the conversation demands now; None where its queue or channel is gone."""
        skills = tuple(sorted(record.skills.items())) if record.skills else ()
        key = (record.queue, record.channel, record.level, record.language, skills)
        known = self._signatures.get(key)
        if known is not None:
            return known
        line = self.lines.get(record.queue)
        if line is None or slot.channel is None:
            return None
        if len(self._signatures) >= self._sweep_at:
            used = {lane.signature for lane in self.lane_of.values()}
            self._signatures = {k: v for k, v in self._signatures.items() if v in used}
            self._sweep_at = max(MOST_SIGNATURES, 2 * len(self._signatures))
        signature = self._signatures[key] = Signature(line, slot, record)
        return signature

    def enter(self, record: ConversationRecord, signature: Signature) -> Lane:
        """Let a conversation wait, in a lane of its own if it has a condition of its own."""
        if record.kept_until is None and not record.barred:
            lane = signature.lane
        else:
            kept = record.preferred_agents if record.kept_until is not None else None
            lane = Lane(signature, kept=kept, barred=record.barred)
        line = signature.line
        empty = not len(lane)
        lane.add(line.key(record))
        line.joined(record)
        self.lane_of[record.id] = lane
        if empty:
            line.lanes[lane] = None
            if not line.paused:
                self._show(lane)
        return lane

    def leave(self, record: ConversationRecord) -> None:
        """Let a conversation go, if it waits."""
        lane = self.lane_of.pop(record.id, None)
        if lane is None:
            return
        lane.remove(lane.line.key(record))
        if not len(lane):
            del lane.line.lanes[lane]
            if not lane.line.paused:
                self._hide(lane)

    def pause(self, line: Line) -> None:
        """Hide a queue from the agents."""
        if not line.paused:
            line.paused = True
            for lane in line.lanes:
                self._hide(lane)

    def resume(self, line: Line) -> None:
        """Show a queue again; the caller lets all its lanes be matched."""
        if line.paused:
            line.paused = False
            for lane in line.lanes:
                self._show(lane)

    def _show(self, lane: Lane) -> None:
        if lane.kept is not None:
            for agent in lane.kept:
                self.kept.setdefault(agent, {})[lane] = None
            return
        signature = lane.signature
        by_anchor = self.open.setdefault(signature.slot.index, {})
        by_anchor.setdefault(signature.anchor, {})[lane] = None

    def _hide(self, lane: Lane) -> None:
        if lane.kept is not None:
            for agent in lane.kept:
                lanes = self.kept[agent]
                lanes.pop(lane, None)
                if not lanes:
                    del self.kept[agent]
            return
        signature = lane.signature
        by_anchor = self.open[signature.slot.index]
        lanes = by_anchor[signature.anchor]
        del lanes[lane]
        if not lanes:
            del by_anchor[signature.anchor]

    def urgency(self, lane: Lane, now: int) -> Urgency:
        """Give the urgency of a lane's head now."""
        points, arrival, sequence, _ = lane.head()
        return (points - lane.line.growth(now, self.lane_of), arrival, sequence)
