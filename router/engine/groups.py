"""Agents as the matching sees them: alike by profile, and of these alike by load.

Agents with the same profile form a group, joined once with each kind of requirement. Within a
group, agents with the same load stand in one bucket, in the order of their turn, so that only the
head of a bucket is scored.
"""

import heapq
from collections.abc import Collection, Iterator
from typing import Any

from router.engine.deadlines import Timer
from router.engine.slots import Slot, too_many
from router.model.requirement import primary
from router.model.state import AgentRecord, Profile

Claim = tuple[Slot, int]
"""Channel (with labels) and units that an offer or a conversation holds."""


class Group:
    """All agents with one profile.

    ``lanes``: by slot, the shared lanes it may serve; ``fits`` and ``joins`` cache what demands
    make of it. ``shut``: nobody of its team may be given anything now. ``serving``: how many of
    them may get work; ``counts``: whose headcount they are in. ``ways``: in how many slots somebody
    has room; ``asked_for``: the headcounts that follow whether.
    """

    __slots__ = (
        *("anchors", "asked_for", "buckets", "capacity", "caps", "counts", "fits", "joins"),
        *("lanes", "languages", "members", "open", "profile", "serving", "shut", "skills"),
        "ways",
    )

    def __init__(self, profile: Profile, capacity: int, caps: dict[Slot, int]) -> None:
        self.profile = profile
        self.skills: tuple[str, ...] = tuple(s for s, level in profile.skills.items() if level > 0)
        self.anchors: tuple[str | None, ...] = (None, *self.skills)
        self.languages = frozenset(primary(each) for each in profile.languages)
        self.capacity = capacity
        self.caps = caps
        self.buckets: dict[tuple[int, int], Bucket] = {}
        self.open: dict[Slot, int] = {}
        self.fits: dict[object, bool] = {}
        self.joins: dict[object, Any] = {}
        self.lanes: dict[Slot, list[Any]] = {slot: [] for slot in caps}
        self.members = 0
        self.serving = 0
        self.shut = False
        self.counts: list[Any] = []
        self.ways = 0
        self.asked_for: list[Any] = []


class Agent:
    """One agent: durable record, profile group, and what is derived from the pool's claims."""

    __slots__ = (
        "bucket",
        "claims",
        "code",
        "counted",
        "group",
        "id",
        "lease",
        "profile",
        "record",
        "used",
    )

    def __init__(
        self, record: AgentRecord, profile: Profile, group: Group, *, lease: Timer
    ) -> None:
        self.id = record.id
        self.lease = lease
        self.record = record
        self.profile = profile
        self.group = group
        self.claims: dict[str, Claim] = {}
        self.used = 0
        self.code = 0
        self.bucket: Bucket | None = None
        # the group he counts in while he may get work
        self.counted: Group | None = None

    def twin(self) -> "Agent":
        """Give a copy to try things on; what is held by reference is not to be changed in it."""
        other = Agent(self.record, self.profile, self.group, lease=self.lease)
        other.claims = self.claims
        other.used = self.used
        other.code = self.code
        other.bucket = self.bucket
        return other

    def has_room(self, slot: Slot, exclusive: int) -> bool:
        """Tell whether one more conversation fits; ``exclusive`` masks the exclusive channels."""
        cap = self.group.caps.get(slot)
        if cap is None or slot.channel is None:
            return False
        code = self.code
        if (code & slot.mask) >= cap * slot.one:
            return False
        used = self.used + slot.units
        if used > self.group.capacity and (
            not slot.spared or used - (code & slot.spared) // slot.spares > self.group.capacity
        ):
            return False
        if slot.labels and (code & slot.runs or next(too_many(slot, code), None) is not None):
            return False
        others = code & ~slot.aside
        return not others if slot.channel.exclusive else not others & exclusive


class Bucket:
    """Agents of one group with the same load, in the order of their turn."""

    __slots__ = ("asked", "count", "group", "idle", "loading", "open")

    def __init__(self, group: Group, used: int, slots: tuple[Slot, ...]) -> None:
        self.group = group
        self.loading = loading(used, group.capacity)
        self.open = slots
        self.count = 0
        self.idle: list[tuple[int, str, Agent]] = []
        self.asked: list[tuple[int, str, Agent]] = []

    def longest_idle(self, without: Collection[str]) -> Agent | None:
        """Give the agent idle for longest, leaving out those named."""
        return self._first(self.idle, without)

    def longest_unasked(self, without: Collection[str]) -> Agent | None:
        """Give the agent whose last offer is longest ago, leaving out those named."""
        return self._first(self.asked, without)

    def _first(self, heap: list[tuple[int, str, Agent]], without: Collection[str]) -> Agent | None:
        by_idle = heap is self.idle
        if by_idle and not without:
            entry = heap[0]
            agent = entry[2]
            if agent.bucket is self and agent.record.idle_since == entry[0]:
                return agent
        passed = []
        found = None
        while heap:
            entry = heap[0]
            agent = entry[2]
            record = agent.record
            rank = record.idle_since if by_idle else record.asked_at
            if agent.bucket is not self or rank != entry[0]:
                heapq.heappop(heap)
            elif without and agent.id in without:
                passed.append(heapq.heappop(heap))
            else:
                found = agent
                break
        for entry in passed:
            heapq.heappush(heap, entry)
        return found

    def all(self) -> Iterator[Agent]:
        """Give every agent of the bucket, in no order, perhaps more than once."""
        for rank, _, agent in self.idle:
            if agent.bucket is self and agent.record.idle_since == rank:
                yield agent

    def forget_the_gone(self) -> None:
        """Drop the entries of agents who have left, so that the bucket stays as large as it is."""
        here = {agent.id: agent for agent in self.all()}.values()
        self.idle = [(agent.record.idle_since, agent.id, agent) for agent in here]
        heapq.heapify(self.idle)
        if self.asked:
            self.asked = [(agent.record.asked_at, agent.id, agent) for agent in here]
            heapq.heapify(self.asked)


def loading(used: int, capacity: int) -> int:
    """Give the load in percent of the capacity."""
    return 100 * used // capacity if capacity else 100
