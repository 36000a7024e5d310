"""The reference router's front: one cause after the other, and the matches after each."""

from collections.abc import Callable
from functools import partial

from router.model.inputs import Input
from router.model.outputs import Cause, Decision, InputCause, RouterCause, TimerCause
from router.model.policy import Policies, Policy
from tests.reference.lifecycle import Lifecycle


class Reference:
    """Decide as ``router.engine.Engine`` must, with the same front door."""

    def __init__(self, policies: Policies, *, window_ms: int = 86_400_000) -> None:
        self._policies, self._window_ms, self._now = policies, window_ms, 0
        self.pools: dict[str, Lifecycle] = {}

    def apply(self, what: Input, now: int) -> list[Decision]:
        """Apply the timers that are due, then the input."""
        fired = self.advance(now)
        if what.pool not in self.pools:
            self.pools[what.pool] = Lifecycle(what.pool, self._policies)
            self.pools[what.pool].now = self._now
            self.pools[what.pool].look_at_calendars()
            self.pools[what.pool].look_at_quotas()
        pool, origin = self.pools[what.pool], what.origin
        cause = InputCause(origin.topic, origin.partition, origin.offset, what.id)
        pool.input = what
        return fired + self._caused(pool, cause, partial(pool.take, what, self._window_ms))

    def advance(self, now: int) -> list[Decision]:
        """Apply the timers that are due, the soonest first."""
        self._now = max(self._now, now)
        decisions: list[Decision] = []
        while due := [
            (*timer, name)
            for name, pool in self.pools.items()
            for timer in pool.timers()
            if timer[0] <= self._now
        ]:
            at, timer, of, name = min(due)
            pool = self.pools[name]
            pool.input = None
            act = partial(getattr(pool, timer), of, at)
            decisions += self._caused(pool, TimerCause(timer, at, of), act)
        return decisions

    def restarted(self, now: int) -> list[Decision]:
        """Do as a router that was ended and started again, perhaps with other rules."""
        self._now = max(self._now, now)
        decisions: list[Decision] = []
        for name, pool in sorted(self.pools.items()):
            decisions += self._under(self._policies.for_pool(name), pool, "restart")
        return decisions

    def adopted(self, now: int) -> list[Decision]:
        """Do as a router whose rules were changed while it ran."""
        decisions = self.advance(now)
        for name, pool in sorted(self.pools.items()):
            rules = self._policies.for_pool(name)
            if rules and rules.version != (pool.policy.version if pool.policy else ""):
                decisions += self._under(rules, pool, "reload")
        return decisions

    def _under(self, rules: Policy | None, pool: Lifecycle, reason: str) -> list[Decision]:
        pool.policy, pool.input = rules, None
        return self._caused(pool, RouterCause(reason), pool.come_under_rules)

    def _caused(self, pool: Lifecycle, cause: Cause, act: Callable[[], object]) -> list[Decision]:
        pool.now, pool.cause, pool.decided = self._now, cause, []
        act()
        pool.settle()
        pool.deflect()
        pool.bring_back()
        pool.spread()
        pool.settle()
        pool.end_work()
        pool.match()
        pool.begin_work()
        pool.look_at_conditions()
        pool.see_whose_turn_it_is()
        pool.tell()
        return pool.decided
