"""Who could take work now: the agents of a pool, in groups so that few need to be looked at.

An index by channel and skill gives the groups that have anyone free.

An agent is *shelved* when it stands in its bucket, and *in hand* while it is being changed.
"""

import heapq
from collections.abc import Iterator, Mapping

from router.engine.deadlines import Timer
from router.engine.groups import Agent, Bucket, Group
from router.engine.slots import MOST, Slot, Slots
from router.model.policy import Policy
from router.model.state import AgentRecord, Profile

MOST_BUCKETS = 64
"""With more load states than this a group drops those that nobody is in."""


class Crew:
    """The agents of a pool under one policy."""

    __slots__ = (
        "_capacity",
        "_groups",
        "_pool",
        "_round_robin",
        "_slots",
        "agents",
        "exclusive",
        "holders",
        "open",
        "run_bits",
        "runs",
        "slots",
    )

    def __init__(self, pool: str, policy: Policy, *, round_robin: bool) -> None:
        self._pool = pool
        self.agents: dict[str, Agent] = {}
        self._slots = Slots(policy)
        self.slots = self._slots.of
        self.exclusive = self._slots.exclusive
        self.runs, self.run_bits = self._slots.runs, self._slots.run_bits
        self._groups: dict[tuple[object, ...], Group] = {}
        self._capacity = policy.agents.capacity
        self._round_robin = round_robin
        # by slot index, then skill (None: every group): all groups, and those with somebody free
        self.holders: list[dict[str | None, dict[Group, None]]] = [{} for _ in self.slots]
        self.open: list[dict[str | None, dict[Group, None]]] = [{} for _ in self.slots]

    def slot(self, channel: str) -> Slot:
        """Give the channel's slot; one that is not configured gets a slot without a channel."""
        known = self.slots.get(channel)
        if known is None:
            known = self._slots.add(channel, None)
            self.holders.append({})
            self.open.append({})
        return known

    def slot_for(self, channel: str, labels: tuple[str, ...]) -> Slot:
        """Give the slot of conversations on a channel with these labels, new if need be."""
        if not labels:
            return self.slot(channel)
        slot, is_new = self._slots.with_labels(self.slot(channel), labels)
        if is_new:
            self.holders.append({})
            self.open.append({})
            for group in self._groups.values():
                self._offer_slot(group, slot)
        return slot

    def trial_slot(self, channel: str, labels: tuple[str, ...]) -> Slot:
        """Give a slot as of conversations on a configured channel with these labels, for nobody."""
        return self._slots.trial(self.slots[channel], labels)

    def _offer_slot(self, group: Group, slot: Slot) -> None:
        """Let a group that is there already take what has these labels."""
        cap = group.caps.get(self.slots[slot.name])
        if cap is None:
            return
        group.caps[slot] = cap
        group.lanes[slot] = []
        for skill in group.anchors:
            self.holders[slot.index].setdefault(skill, {})[group] = None
        # Whoever stands in a bucket has its load; the others find the slot when they are shelved.
        group.buckets = {load: each for load, each in group.buckets.items() if each.count}
        for bucket in group.buckets.values():
            agent = next(bucket.all(), None)
            if agent is not None and agent.has_room(slot, self.exclusive):
                bucket.open = (*bucket.open, slot)
                self._open_slot(group, slot)

    def describe(
        self,
        agent: Agent | None,
        record: AgentRecord,
        profile: Profile,
        *,
        alike: Group | None = None,
    ) -> Group | None:
        """Put an agent (None: a new one) into the group of its profile; it must be in hand.

        ``alike``: that group, where it is known. Gives the group if it is new: it has to be joined
        with the lanes there are.
        """
        group = alike or self._group(profile)
        is_new = not group.members
        group.members += 1
        if agent is None:
            lease = Timer(self._pool, "lease_expires", record.id)
            self.agents[record.id] = Agent(record, profile, group, lease=lease)
        else:
            self._leave(agent.group)
            agent.profile = profile
            agent.group = group
        return group if is_new else None

    def _group(self, profile: Profile) -> Group:
        capacity = self._capacity if profile.capacity is None else profile.capacity
        key = _identity(profile, capacity)
        group = self._groups.get(key)
        if group is None:
            caps = {}
            for name, most in profile.channels.items():
                slot = self.slots.get(name)
                if slot is None or slot.channel is None:
                    continue
                limit = slot.channel.at_most
                caps[slot] = min(most if limit is None else min(most, limit), MOST)
            for slot in self._slots.labelled():
                base = self.slots[slot.name]
                if base in caps:
                    caps[slot] = caps[base]
            group = self._groups[key] = Group(profile, capacity, caps)
            for slot in caps:
                index = self.holders[slot.index]
                for skill in group.anchors:
                    index.setdefault(skill, {})[group] = None
        return group

    def _leave(self, group: Group) -> None:
        group.members -= 1
        if not group.members:
            del self._groups[_identity(group.profile, group.capacity)]
            for slot in group.caps:
                index = self.holders[slot.index]
                for skill in group.anchors:
                    del index[skill][group]

    def groups(self) -> Iterator[Group]:
        """Give every group."""
        return iter(self._groups.values())

    def dissolve(self) -> None:
        """Take the groups apart, which refer to themselves, so that nothing is left of them."""
        for group in self._groups.values():
            group.buckets.clear()
            group.lanes.clear()
            group.joins.clear()
            group.counts.clear()
            group.asked_for.clear()
        for agent in self.agents.values():
            agent.bucket = None
            agent.counted = None

    def shelve(self, agent: Agent) -> None:
        """Put an agent who may get work where it can be found."""
        bucket = self.bucket_for(agent)
        agent.bucket = bucket
        bucket.count += 1
        if not bucket.open:
            return
        if len(bucket.idle) > 2 * bucket.count + 16:
            bucket.forget_the_gone()
        record = agent.record
        heapq.heappush(bucket.idle, (record.idle_since, agent.id, agent))
        if self._round_robin:
            heapq.heappush(bucket.asked, (record.asked_at, agent.id, agent))
        if bucket.count == 1:
            for slot in bucket.open:
                self._open_slot(bucket.group, slot)

    def bucket_for(self, agent: Agent) -> Bucket:
        """Give the bucket of an agent's group and load, where he stands if he is shelved."""
        group = agent.group
        load = (agent.used, agent.code)
        bucket = group.buckets.get(load)
        if bucket is None:
            slots = tuple(slot for slot in group.caps if agent.has_room(slot, self.exclusive))
            bucket = group.buckets[load] = Bucket(group, agent.used, slots)
        return bucket

    def take_off(self, agent: Agent) -> None:
        """Take an agent in hand: it is found no more until shelved again."""
        bucket = agent.bucket
        if bucket is None:
            return
        agent.bucket = None
        bucket.count -= 1
        if bucket.idle and bucket.idle[0][2] is agent:
            heapq.heappop(bucket.idle)
        if not bucket.count:
            bucket.idle.clear()
            bucket.asked.clear()
            if bucket.open:
                self._closed(bucket)
            group = bucket.group
            if len(group.buckets) > MOST_BUCKETS:
                group.buckets = {load: each for load, each in group.buckets.items() if each.count}

    def _open_slot(self, group: Group, slot: Slot) -> None:
        buckets = group.open.get(slot, 0)
        group.open[slot] = buckets + 1
        if not buckets:
            index = self.open[slot.index]
            for skill in group.anchors:
                index.setdefault(skill, {})[group] = None
            group.ways += 1
            if group.ways == 1:
                for headcount in group.asked_for:
                    headcount.roomy += 1

    def _closed(self, bucket: Bucket) -> None:
        group = bucket.group
        for slot in bucket.open:
            group.open[slot] -= 1
            if not group.open[slot]:
                index = self.open[slot.index]
                for skill in group.anchors:
                    del index[skill][group]
                group.ways -= 1
                if not group.ways:
                    for headcount in group.asked_for:
                        headcount.roomy -= 1


def _identity(profile: Profile, capacity: int) -> tuple[object, ...]:
    return (
        _frozen(profile.skills),
        _frozen(profile.channels),
        _frozen(profile.preferences),
        profile.languages,
        capacity,
        profile.cost,
        profile.team,
        profile.site,
        profile.partner,
    )


def _frozen(numbers: Mapping[str, int]) -> frozenset[tuple[str, int]]:
    return frozenset(numbers.items())
