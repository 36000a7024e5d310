"""The front door: one input and a time in, decisions out.

One engine serves one shard, which may hold many pools. It is deterministic: the same inputs at the
same times give the same decisions and the same digest, in any process.
"""

import hashlib
from collections.abc import Iterable, Mapping

import msgspec

from router.engine import adoption, audit, lifecycle, restore
from router.engine.deadlines import NEVER, Deadlines
from router.engine.deflections import bring_back, deflect, watch_turns
from router.engine.expansion import take_past_steps
from router.engine.hours import look_at_calendars
from router.engine.matching import match
from router.engine.no_rules import NO_POLICY
from router.engine.occupancy import let_rest_who_came_free
from router.engine.overflow import spill
from router.engine.pool import Pool
from router.engine.quotas import look_at_quotas
from router.engine.repetition import Seen
from router.engine.status import tell
from router.engine.switches import count_agents, is_new_minute, look
from router.model.inputs import AgentHeartbeat, Input
from router.model.outputs import Decision, RouterCause, TimerCause
from router.model.policy import Policies
from router.model.state import Change, Entity, Key, SeenRecord

DAY_MS = 86_400_000


class Engine:
    """Decides for every pool of a shard under the policies in force.

    ``window_ms``: how long an event id is remembered (record time); ``seen_at_most``: how many ids
    of a pool, the oldest forgotten first.
    """

    def __init__(
        self, policies: Policies, *, window_ms: int = DAY_MS, seen_at_most: int = 1_000_000
    ) -> None:
        self._policies = policies
        self._window_ms = window_ms
        self._seen_at_most = seen_at_most
        self._deadlines = Deadlines()
        self._pools: dict[str, Pool] = {}
        self._changed: dict[Pool, None] = {}
        self._now = 0

    @property
    def pools(self) -> Mapping[str, Pool]:
        """Every pool that has been heard of, to read only."""
        return self._pools

    @property
    def next_deadline(self) -> int | None:
        """When a timer may be due next (ms); may be early, never late."""
        due = self._deadlines.next
        return None if due == NEVER else due

    @property
    def clock(self) -> int:
        """The latest time it was told (ms): an earlier one counts as this."""
        return self._now

    def apply(self, event: Input, now: int) -> list[Decision]:
        """Apply one input at ``now`` (ms) and decide all that follows from it.

        Timers that are due apply first. The clock never goes back: an earlier ``now`` counts as
        the last one. Decisions are in the order of their ``seq``.
        """
        if now > self._now:
            self._now = now
        said = self.advance(now) if self._deadlines.next <= self._now else []
        pool = self._pools.get(event.pool) or self._pool(event.pool)
        self._changed[pool] = None
        pool.said = said
        pool.now = self._now
        pool.heard = event
        pool.cause = None
        lifecycle.apply(pool, event)
        if pool.newcomers or pool.held or pool.overdue or pool.watches is not None or pool.telling:
            if pool.hands or type(event) is not AgentHeartbeat or is_new_minute(pool):
                _settle(pool)
        elif pool.hands or pool.fresh_lanes:
            let_rest_who_came_free(pool)
            match(pool)
        return said

    def advance(self, now: int) -> list[Decision]:
        """Apply the timers that are due at ``now`` (ms), each a cause of its own."""
        if now > self._now:
            self._now = now
        said: list[Decision] = []
        deadlines = self._deadlines
        while (timer := deadlines.pop(self._now)) is not None:
            pool = self._pools[timer.pool]
            self._changed[pool] = None
            pool.begin(said, self._now, cause=TimerCause(timer.timer, timer.due, timer.of))
            lifecycle.fire(pool, timer.timer, of=timer.of, due=timer.due)
            _settle(pool)
        return said

    def adopt(self, policies: Policies, now: int) -> list[Decision]:
        """Let other rules come into force at ``now`` (ms), between two inputs.

        Timers that are due apply first, under the old rules. Then, in the order of their names,
        each pool whose policy has another version says ``policy.changed`` and what follows from it,
        as after a restart; the others say nothing. Cost: all that the changed pools hold.
        """
        said = self.advance(now)
        self._policies = policies
        for name in sorted(self._pools):
            pool = self._pools[name]
            policy = policies.for_pool(name) or NO_POLICY
            if policy.version == pool.policy.version:
                continue
            self._changed[pool] = None
            pool.begin(said, self._now, cause=RouterCause("reload"))
            adoption.change_rules(pool, policy)
            _settle(pool)
        return said

    def changes(self) -> list[Change]:
        """Give the entities changed since the last call, in the order of their first change.

        A change holds the live record: encode it before the next input.
        """
        changed: list[Change] = []
        for pool in self._changed:
            pool.changes(changed)
        self._changed.clear()
        return changed

    def snapshot(self) -> list[tuple[Key, Entity]]:
        """Give every durable record by key, in the order of their keys. The records are live."""
        every = (pair for pool in self._pools.values() for pair in pool.snapshot())
        return sorted(every, key=lambda pair: pair[0])

    def restore(self, entities: Iterable[tuple[Key, Entity]], now: int) -> list[Decision]:
        """Take up the records of another engine, at ``now`` (ms), on a fresh engine.

        Leases run anew: a router that was away cannot hold an agent's silence against it. Where
        other rules are in force than those a pool last decided with, ``policy.changed`` and what
        follows from it is decided.
        """
        self._now = now
        by_pool: dict[str, list[Entity]] = {}
        for key, entity in entities:
            by_pool.setdefault(key.pool, []).append(entity)
        said: list[Decision] = []
        for name in sorted(by_pool):
            pool = self._pool(name)
            restore.take_up(pool, by_pool[name])
            self._now = max(self._now, pool.record.clock)
        for name in sorted(by_pool):
            pool = self._pools[name]
            self._changed[pool] = None
            pool.begin(said, self._now, cause=RouterCause("restart"))
            adoption.stand_under(pool)
            _settle(pool)
        return said

    def digest(self) -> str:
        """Give a hash of all that is durable, save the ids of seen events.

        Two engines with one digest decide alike; ids are left out because they may be kept in
        other blocks, and longer than the window.
        """
        sha = hashlib.sha256()
        for key, entity in self.snapshot():
            if not isinstance(entity, SeenRecord):
                sha.update(msgspec.json.encode((key, entity), order="deterministic"))
        return sha.hexdigest()

    def audit(self) -> list[str]:
        """Give every violated invariant in words; none in a sound engine. Cost: the whole state."""
        return [
            f"{pool.name}: {each}"
            for pool in self._pools.values()
            for each in audit.violations(pool, self._deadlines)
        ]

    def _pool(self, name: str) -> Pool:
        pool = self._pools.get(name)
        if pool is None:
            policy = self._policies.for_pool(name) or NO_POLICY
            seen = Seen(window_ms=self._window_ms, at_most=self._seen_at_most)
            pool = self._pools[name] = Pool(name, policy, deadlines=self._deadlines, seen=seen)
            pool.now = self._now
            look_at_calendars(pool)
            look_at_quotas(pool)
        return pool


def _settle(pool: Pool) -> None:
    """Do what follows from the changes of a cause: deflections, callbacks, steps, matches, switches."""
    if pool.newcomers:
        deflect(pool)
    if pool.opened:
        bring_back(pool)
    while pool.overdue:
        if pool.spilling:
            spill(pool)
            if pool.newcomers:
                deflect(pool)
        take_past_steps(pool)
        if pool.newcomers:
            deflect(pool)
    changed = bool(pool.hands)
    if changed:
        let_rest_who_came_free(pool)
    watches = pool.watches
    if watches is None:
        match(pool)
    else:
        if changed:
            count_agents(pool, watches)
        before = pool.record.seq
        match(pool)
        look(pool, watches, people=changed or pool.record.seq > before)
    if pool.held:
        watch_turns(pool)
    if pool.telling:
        tell(pool)
