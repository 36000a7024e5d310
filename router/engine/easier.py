"""A conversation as it would be if it were of a lower level: for people who ask what would help.

The rules are asked what they would make of it then, so that a level which leads to another queue is
not said to help, and one that makes a label go away is. Reads, never changes, not even a count.
"""

import msgspec

from router.engine.facts import as_given
from router.engine.groups import Agent, Group
from router.engine.obstacles import Wanted, is_able, wanted
from router.engine.pool import Pool
from router.engine.room import template_in_force
from router.model.requirement import last_levels
from router.model.state import ConversationRecord

LOW_LEVELS = 10
"""Of the levels at which nothing else is asked these are tried too: the rules may say something of them."""


class Easier:
    """One conversation at lower levels; each is worked out once, for all agents."""

    __slots__ = ("_levels", "_pool", "_record", "level")

    def __init__(self, pool: Pool, record: ConversationRecord) -> None:
        self.level = record.level or 1
        self._pool = pool
        self._record = record
        self._levels: dict[int, Wanted | None] = {}

    def highest_for(self, agent: Agent) -> int | None:
        """Give the highest lower level at which an agent may have it, in the queue it is in.

        Not every level is tried, for it may be any number that fits on the wire: those at which
        something else is asked of the agent, and the lowest ten.
        """
        pool, level = self._pool, self.level
        if level == 1:
            return None
        template = template_in_force(pool.room.lines[self._record.queue], self._record)
        turns = last_levels(template, agent.profile.skills)
        tried: set[int] = {level - 1, *turns, *range(1, min(level, LOW_LEVELS + 1))}
        for less in sorted(tried, reverse=True):
            if not 1 <= less < level:
                continue
            want = self._at(less)
            if want is not None and is_able(pool, want, _counting(pool, want, agent)):
                return less
        return None

    def _at(self, level: int) -> Wanted | None:
        """Give what it would ask for; None where it would be in another queue."""
        if level not in self._levels:
            self._levels[level] = _qualified(self._pool, self._record, level)
        return self._levels[level]


def _qualified(pool: Pool, record: ConversationRecord, level: int) -> Wanted | None:
    facts = msgspec.structs.replace(as_given(record), level=level)
    verdict = pool.policy.qualifier.qualify_as_if(facts)
    # Whoever has overflowed is not sent back by facts that lead to where he came from.
    if verdict.queue is None or verdict.queue not in {record.queue, record.home}:
        return None
    slot = None
    if verdict.labels != record.labels:
        slot = pool.crew.trial_slot(record.channel, verdict.labels)
    as_if = msgspec.structs.replace(
        record,
        topic=verdict.topic,
        level=verdict.level,
        language=verdict.language,
        skills=dict(verdict.skills),
        labels=verdict.labels,
    )
    return wanted(pool, as_if, slot=slot)


def _counting(pool: Pool, want: Wanted, agent: Agent) -> Agent:
    """Give an agent who may have what is in a slot of its own, if he works on the channel."""
    group, slot = agent.group, want.slot
    cap = group.caps.get(pool.crew.slots[slot.name])
    if cap is None or slot in group.caps:
        return agent
    other = agent.twin()
    other.group = Group(agent.profile, group.capacity, {**group.caps, slot: cap})
    return other
