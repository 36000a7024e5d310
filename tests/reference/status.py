"""How queues stand, where rules ask to be told: the section "Queue status" of docs/engine.md."""

from typing import Any

from msgspec import UNSET

import router.model.outputs as said
from router.model.estimate import at_once, foresee, mean_ms, rates
from router.model.inputs import Presence
from router.model.requirement import resolve, served_by
from tests.reference.conditions import Conditions

NOTHING = (0, 0, 0)
FORGOTTEN = -1


class Statuses(Conditions):
    """One pool whose rules may ask how its queues stand."""

    def telling(self) -> list[str]:
        queues = self.policy.queues if self.policy else {}
        return [name for name, queue in queues.items() if queue.status]

    def wait_ended(self, c: Any, waited_ms: int, *, answered: bool) -> None:
        super().wait_ended(c, waited_ms, answered=answered)
        if self.policy.queues[c.queue].status:
            rules = self.policy.queues[c.queue].status
            in_time = answered and waited_ms <= rules.within_ms
            first = (self.now - rules.over_ms) // 60_000 + 1
            known = self.ended.get(c.queue, [])
            lately = [(m if m >= first else FORGOTTEN, each) for m, each in known]
            self.ended[c.queue] = [*lately, (self.now // 60_000, in_time)]

    def serving(self, queue: str) -> list[str]:
        """Give the available agents who serve a queue, asking for least."""
        asked = self.policy.queues[queue]
        least = served_by(resolve(asked.requires, level=1, language=None, skills={}), asked.serves)
        return [
            agent
            for agent, record in self.agents.items()
            if record.presence is Presence.AVAILABLE and not record.suspended
            if set(self.profiles[agent].channels) & set(self.policy.channels)
            if self.meets(agent, least)
        ]

    def stands(self, queue: str) -> tuple[int, int, int]:
        return len(self.line(queue)), len(self.serving(queue)), len(self.ended.get(queue, []))

    def tell(self) -> None:
        """Say how queues stand that stand otherwise than was said, if their period is over."""
        for queue in self.telling():
            at, due, before = self.reports.get(queue, (0, None, NOTHING))
            stands, rules = self.stands(queue), self.policy.queues[queue].status
            if stands == before or due is not None:
                continue
            if self.now < at + rules.every_ms:
                self.reports[queue] = at, at + rules.every_ms, before
            else:
                self.reports[queue] = self.now, None, stands
                self.say_status(queue, rules)

    def say_status(self, queue: str, rules: Any) -> None:
        line = self.line(queue)
        since = min((c.arrived_at for c in line), default=self.now)
        first = (self.now - rules.over_ms) // 60_000 + 1
        lately = [in_time for minute, in_time in self.ended.get(queue, []) if minute >= first]
        self.say(
            said.QueueStatus,
            queue=queue,
            waiting=len(line),
            oldest_wait_s=max(0, self.now - since) / 1000,
            available_agents=len(self.serving(queue)),
            estimated_wait_s=self.for_newcomer(queue),
            service_level=sum(lately) / len(lately) if lately else None,
            service_target=said.ServiceTarget(rules.answer / 100, rules.within_ms / 1000)
            if rules.answer
            else UNSET,
        )

    def for_newcomer(self, queue: str) -> said.EstimatedWait | None:
        expected, serving = self.policy.queues[queue].estimates, self.serving(queue)
        agents = sum(self.part(agent, queue) for agent in serving)
        if not expected or not agents or queue in self.paused or self.closed(queue):
            return None
        served, answered, waited = self.measures(queue)
        channels = self.policy.channels
        if any(self.is_free(a) and self.has_room(a, on) for a in serving for on in channels):
            return at_once(mean_ms(answered)).told
        speed, answering = rates(expected, served, waited), mean_ms(answered)
        ahead = len(self.line(queue))
        return foresee(ahead, agents, rates=speed, answering_ms=answering).told

    def status_due(self, of: str, due: int) -> None:
        at, _, before = self.reports[of]
        self.reports[of] = at, None, before

    def forget_reports(self) -> None:
        known = self.telling()
        self.reports = {name: each for name, each in self.reports.items() if name in known}
        self.ended = {name: each for name, each in self.ended.items() if name in known}
