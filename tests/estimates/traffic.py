"""Customers, agents and their luck: M/M/n+M traffic through the real engine, on a virtual clock.

Customers come by a Poisson process, conversations and patience are exponential. Each one's luck is
drawn when he comes, so what the router says changes nothing. Who gives up leaves a ghost behind,
which tells how long he would have waited: until an agent took somebody who came later, or had
nobody to take.
"""

import heapq
from collections import deque
from dataclasses import dataclass
from random import Random
from typing import Any

from router.engine import Engine
from router.model import inputs
from router.model.outputs import ConversationAssigned, ConversationQueued, Decision
from router.rules import loads

RULES = """
version: 1
skills: {talk: 1..1}
channels: {voice: {units: 100, exclusive: true, offer: {mode: automatic}, wrap_up: {fixed: 0s}}}
agents: {lease: 300d}
queues:
  all: {takes: true, requires: {talk: 1}, order: {by: arrival}, estimates: {}}
"""
"""What is expected at first is wrong on purpose: four minutes of handling, five of patience."""


@dataclass(frozen=True)
class Load:
    """How much comes, and who is there. Times in seconds; ``patience_s`` None: nobody gives up."""

    an_hour: float
    handling_s: float
    agents: int
    patience_s: float | None

    @property
    def capacity(self) -> float:
        """Give how many conversations all agents finish in a second."""
        return self.agents / self.handling_s


@dataclass
class Wait:
    """Somebody who waited: how many were before, what was said, how long it took or would have."""

    at: float
    ahead: int
    p50: float
    p90: float
    took: float | None = None
    answered: bool = False


class Day:
    """Traffic of a load for so many hours, from a seed; ``then``: from that hour on, of another."""

    def __init__(
        self, load: Load, *, hours: float, seed: int, then: tuple[float, Load] | None = None
    ) -> None:
        self.load = load
        self._then = then
        self.waits: list[Wait] = []
        self._luck = Random(seed)
        self._engine = Engine(loads(RULES))
        self._events = 0
        self._due: list[tuple[float, int, str, str]] = []
        self._handling: dict[str, float] = {}
        self._waiting: dict[str, Wait] = {}
        self._ghosts: deque[Wait] = deque()
        for number in range(load.agents):
            name = f"a{number}"
            profile: dict[str, Any] = {"skills": {"talk": 1}, "channels": {"voice": 1}}
            self._tell(inputs.AgentUpdated, 0.0, agent=name, team="t", **profile)
            self._tell(inputs.AgentPresence, 0.0, agent=name, presence=inputs.Presence.AVAILABLE)
        self._run(hours * 3_600)

    def _run(self, until: float) -> None:
        customers = 0
        self._plan(self._after(self.load.an_hour / 3_600), "comes", "c0")
        while self._due and self._due[0][0] < until:
            now, _, what, who = heapq.heappop(self._due)
            if self._then is not None and now > self._then[0] * 3_600:
                self.load, self._then = self._then[1], None
            if what == "comes":
                customers += 1
                self._plan(now + self._after(self.load.an_hour / 3_600), "comes", f"c{customers}")
                self._comes(now, who)
            elif what == "ends":
                self._ends(now, who)
            elif who in self._waiting:
                self._gives_up(now, who)

    def _after(self, rate: float) -> float:
        return self._luck.expovariate(rate)

    def _plan(self, at: float, what: str, who: str) -> None:
        self._events += 1
        heapq.heappush(self._due, (at, self._events, what, who))

    def _comes(self, now: float, who: str) -> None:
        self._handling[who] = self._after(1 / self.load.handling_s)
        patience = None if self.load.patience_s is None else self._after(1 / self.load.patience_s)
        ahead = len(self._waiting)
        said = self._tell(
            inputs.ConversationCreated, now, conversation=who, channel="voice", arrived_at=_ms(now)
        )
        queued = said[0].body
        assert isinstance(queued, ConversationQueued)
        assert queued.estimated_wait_s is not None
        if not self._assigned(now, said):
            told = queued.estimated_wait_s
            wait = self._waiting[who] = Wait(now, ahead, told.p50, told.p90)
            self.waits.append(wait)
            if patience is not None:
                self._plan(now + patience, "gives up", who)

    def _ends(self, now: float, who: str) -> None:
        said = self._tell(inputs.ConversationEnded, now, conversation=who)
        taken = self._assigned(now, said)
        # An agent was free: whoever gave up before him who was taken would have been taken now.
        while self._ghosts and (taken is None or self._ghosts[0].at < taken.at):
            ghost = self._ghosts.popleft()
            ghost.took = now - ghost.at

    def _gives_up(self, now: float, who: str) -> None:
        self._tell(inputs.ConversationAbandoned, now, conversation=who)
        ghost = self._waiting.pop(who)
        self._ghosts.append(ghost)
        self._ghosts = deque(sorted(self._ghosts, key=lambda each: each.at))

    def _assigned(self, now: float, said: list[Decision]) -> Wait | None:
        """Take note of an assignment; give who waited for it."""
        for each in said:
            if isinstance(each.body, ConversationAssigned):
                who = each.body.conversation
                self._plan(now + self._handling.pop(who), "ends", who)
                wait = self._waiting.pop(who, None)
                if wait is None:
                    return Wait(now, 0, 0.0, 0.0)
                wait.took, wait.answered = now - wait.at, True
                return wait
        return None

    def _tell(self, kind: type[inputs.Input], now: float, **fields: Any) -> list[Decision]:
        at = _ms(now)
        return self._engine.apply(kind(pool="p", at=at, **fields), at)


def _ms(seconds: float) -> int:
    return 1_700_000_000_000 + round(seconds * 1_000)
