"""How long somebody will probably wait: the section "Estimated wait" of docs/engine.md.

The formula is the model's; whatever goes into it is counted from all that ever happened.
"""

from collections import Counter
from typing import Any

from router.model.estimate import (
    MINUTE_MS,
    SERVED_LATELY,
    WAITED_LATELY,
    Foreseen,
    Lately,
    at_once,
    faded,
    foresee,
    mean_ms,
    rates,
    shares,
)
from router.model.inputs import Presence
from router.model.outputs import Judged
from router.model.policy import OfferMode
from router.model.requirement import resolve, served_by
from router.model.state import SaidEstimate
from tests.reference.lending import Lending

Case = tuple[int, ...]


class Estimates(Lending):
    """One pool and all that ever took time in it."""

    def remember(self, of: str, queue: str, *case: int) -> None:
        """Note a case, where waits are estimated in the pool."""
        if self.policy.queues.get(queue) and any(q.estimates for q in self.policy.queues.values()):
            self.cases.setdefault((of, queue), []).append((self.now, *case))

    def measured_from(self, queue: str) -> dict[str, Any]:
        """Say of a wrap-up for what queue and since when it is, where that is measured."""
        some = any(each.estimates for each in self.policy.queues.values())
        return {"queue": queue, "since": self.now} if some else {}

    def forget_cases(self) -> None:
        """Forget those of queues that are gone, and all where nothing is estimated any more."""
        queues = self.policy.queues
        some = any(queue.estimates for queue in queues.values())
        self.cases = {key: each for key, each in self.cases.items() if some and key[1] in queues}

    def lately(self, of: str, queue: str, *, sums: int, most: int) -> Lately:
        old, new = [0] * sums, [0] * sums
        for _, *case in self.cases.get((of, queue), []):
            new = [had + more for had, more in zip(new, case, strict=True)]
            if new[0] >= most:
                old, new = [sum(two) // 2 for two in zip(old, new, strict=True)], [0] * sums
        return Lately(new, old)

    def measures(self, queue: str) -> tuple[Lately, Lately, Lately]:
        return (
            self.lately("served", queue, sums=2, most=SERVED_LATELY),
            self.lately("answered", queue, sums=2, most=SERVED_LATELY),
            self.lately("waited", queue, sums=4, most=WAITED_LATELY),
        )

    def worked_before(self, queue: str) -> int:
        """Give the agents' time a queue took before this minute."""
        took: Counter[int] = Counter()
        for at, _, ms in self.cases.get(("served", queue), []):
            took[at // MINUTE_MS] += ms
        work = 0
        for minute in range(min(took, default=0), self.now // MINUTE_MS) if took else ():
            work = faded(work + took[minute], 1)
        return work

    def worked(self, queue: str, agent: str, channel: str, *, since: int, done: int = 0) -> None:
        profile, known = self.profiles[agent], self.policy.channels.get(channel)
        most = 1
        if known and channel in profile.channels:
            most = profile.channels[channel]
            most = most if known.at_most is None else min(most, known.at_most)
            most = min(most, self.capacity(agent) // known.units) if known.units else most
        self.remember("served", queue, done, (self.now - since) // max(1, most))

    def part(self, agent: str, queue: str) -> int:
        """Give the part of an agent that is for a queue, in millionths."""
        served = []
        for name, each in self.policy.queues.items():
            least = served_by(
                resolve(each.requires, level=1, language=None, skills={}), each.serves
            )
            matched = name not in self.paused and not self.closed(name)
            if name == queue or (matched and self.meets(agent, least)):
                served.append(name)
        return shares([self.worked_before(name) for name in served])[served.index(queue)]

    def foreseen(self, c: Any) -> Foreseen | None:
        expected = self.policy.queues[c.queue].estimates
        stopped = c.queue in self.paused or self.closed(c.queue)
        if not expected or stopped or c.channel not in self.policy.channels:
            return None
        serving = [
            agent
            for agent, record in self.agents.items()
            if record.presence is Presence.AVAILABLE and not record.suspended
            if c.channel in self.profiles[agent].channels and self.meets(agent, self.needs(c))
        ]
        agents = sum(self.part(agent, c.queue) for agent in serving)
        if not agents:
            return None
        served, answered, waited = self.measures(c.queue)
        asks = self.offering(c).mode is OfferMode.MANUAL
        answering = mean_ms(answered) if asks else 0.0
        if c.stage == "offered" or self.eligible(c):
            return at_once(answering)
        speed, ahead = rates(expected, served, waited), self.place(c) - 1
        return foresee(ahead, agents, rates=speed, answering_ms=answering)

    def estimate(self, c: Any) -> dict[str, Any]:
        """Say how long it will wait; if it waits that is kept, to be compared with what comes."""
        foreseen = self.foreseen(c)
        told = foreseen and foreseen.told
        if c.stage == "waiting":
            c.estimate = foreseen and SaidEstimate(
                at=self.now, p50=told.p50, p90=told.p90, wait_ms=foreseen.wait_ms
            )
        return {"estimated_wait_s": told}

    def line_over(self, c: Any, *, left: bool) -> None:
        said = c.estimate
        if said and said.wait_ms:
            self.remember("waited", c.queue, 1, self.now - said.at, int(left), said.wait_ms)
            c.estimate = SaidEstimate(at=said.at, p50=said.p50, p90=said.p90)

    def judged(self, c: Any) -> dict[str, Any]:
        said, c.estimate = c.estimate, None
        waited = said and (self.now - said.at) / 1000
        return {"estimate_s": Judged(said.p50, said.p90, waited)} if said else {}
