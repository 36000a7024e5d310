"""How queues stand, and the switches that are turned by it: "Conditions" of docs/engine.md."""

from typing import Any

import router.model.outputs as said
from router.model.conditions import (
    Above,
    AllHold,
    AnyHolds,
    AtLeast,
    AtMost,
    Below,
    Measure,
    NoAgents,
    single,
    windows,
)
from router.model.inputs import Presence
from router.model.requirement import published, resolve
from router.model.state import TurnedOn
from tests.reference.shares import Shares

NEVER = 1 << 62


class Conditions(Shares):
    """One pool whose rules may look at how its queues stand."""

    def line(self, queue: str | None) -> list[Any]:
        return [c for c in self.waiting() if queue in {None, c.queue}]

    def holds(self, it: Any, queue: Any, at: int | None = None) -> bool:
        """Tell whether a condition holds, or will at a time if nothing else happens."""
        at = self.now if at is None else at
        line = self.line(queue)
        oldest = at - min((c.arrived_at for c in line), default=at)
        match it:
            case AnyHolds(parts=parts) | AllHold(parts=parts):
                held = [self.holds(each, queue, at) for each in parts]
                return any(held) if isinstance(it, AnyHolds) else all(held)
            case Below() | Above():
                return self.share_holds(it, queue, at)
            case AtLeast(measure=Measure.OLDEST_WAIT, bound=bound):
                return bool(line) and oldest >= bound
            case AtMost(measure=Measure.OLDEST_WAIT, bound=bound):
                return not line or oldest <= bound
            case AtLeast(measure=Measure.ESTIMATED_WAIT, bound=bound):
                return self.estimated_ms(queue, -1) >= bound
            case AtMost(measure=Measure.ESTIMATED_WAIT, bound=bound):
                return self.estimated_ms(queue, NEVER) <= bound
            case NoAgents(attendance=attendance):
                return not any(self.serves(each, queue, attendance) for each in self.agents)
        return len(line) >= it.bound if isinstance(it, AtLeast) else len(line) <= it.bound

    def serves(self, agent: str, queue: Any, attendance: str) -> bool:
        record, channels = self.agents[agent], self.policy.channels
        known = [name for name in self.profiles[agent].channels if name in channels]
        serves = True
        if queue:
            asked, teams = self.policy.queues[queue].requires, self.policy.queues[queue].serves
            able = self.meets(agent, resolve(asked, level=1, language=None, skills={}))
            serves = able and self.meets(agent, teams)
        logged_in = record.presence is not Presence.OFFLINE and not record.suspended
        if attendance == "logged_in":
            return bool(known) and serves and logged_in
        free = any(self.has_room(agent, each) for each in known)
        return serves and self.is_free(agent) and free

    def estimated_ms(self, queue: Any, unknown: int) -> int:
        """Give the p50 of somebody who would come now, of the longest wait that can be told."""
        told = [self.for_newcomer(each) for each in ([queue] if queue else self.policy.queues)]
        return max((round(each.p50 * 1_000) for each in told if each), default=unknown)

    def when(self, it: Any, queue: Any) -> int:
        """Give when a condition holds, if nothing else happens; NEVER, or the past, may be."""
        match it:
            case AnyHolds(parts=parts):
                return min(self.when(each, queue) for each in parts)
            case AllHold(parts=parts):
                return max(self.when(each, queue) for each in parts)
            case AtLeast(measure=Measure.OLDEST_WAIT, bound=bound) if self.line(queue):
                return bound + int(min(c.arrived_at for c in self.line(queue)))
        return 0 if self.holds(it, queue) else NEVER

    def changes_at(self, it: Any) -> int:
        """Give when a switch must change, if nothing else happens."""
        if windows(it):
            return next((at for at in self.moments(it) if self.must_change(it, at)), NEVER)
        if it.name not in self.on:
            return self.when(it.on, it.queue)
        calm = it.off is None or self.holds(it.off, it.queue)
        stays = self.holds(it.on, it.queue) or not calm
        return NEVER if stays else self.on[it.name].since + it.at_least_ms

    def moments(self, it: Any) -> list[int]:
        """Give every time from now on at which a condition may begin to hold, or end to."""
        line, on = self.line(it.queue), self.on.get(it.name)
        found = [on.since + it.at_least_ms] if on else []
        for each in single(it.on):
            if line and isinstance(each, AtLeast) and each.measure is Measure.OLDEST_WAIT:
                found += [each.bound + min(c.arrived_at for c in line)]
        found += self.ends_of_minutes(it)
        return sorted({self.now, *(at for at in found if at > self.now)})

    def must_change(self, it: Any, at: int) -> bool:
        if it.name not in self.on or self.holds(it.on, it.queue, at):
            return it.name not in self.on and self.holds(it.on, it.queue, at)
        calm = it.off is None or self.holds(it.off, it.queue, at)
        return calm and self.on[it.name].since + it.at_least_ms <= at

    def look_at_conditions(self) -> None:
        """See which switches must change; one that is due already stays so."""
        before, self.due = self.due, {}
        for it in self.switches() if self.policy else ():
            at, was = self.changes_at(it), before.get(it.name, NEVER)
            if at < NEVER:
                self.due[it.name] = was if max(at, was) <= self.now else max(at, self.now)

    def condition_changes(self, of: str, due: int) -> None:
        del self.due[of]
        it = next(each for each in self.switches() if each.name == of)
        if self.changes_at(it) > self.now:
            return
        if of in self.on:
            del self.on[of]
        else:
            self.on[of] = TurnedOn(since=self.now, trigger=self.cause_of(it.on, it.queue))
        self.follow_load("load")
        ladder = self.policy.queues[it.queue].expands if it.queue and of in self.on else ()
        steps = [n for n, each in enumerate(ladder, 1) if each.when == it]
        for c in sorted(self.line(it.queue), key=lambda c: (c.arrived_at, c.sequence)):
            for step in steps:
                if c.step < step:
                    self.take_step(c, step)

    def cause_of(self, it: Any, queue: Any) -> said.Trigger:
        """Name the first single condition that holds, and its value."""
        while isinstance(it, AnyHolds | AllHold):
            it = next(each for each in it.parts if self.holds(each, queue))
        if isinstance(it, NoAgents):
            return said.Trigger("no_agents", 0.0)
        if isinstance(it, Below):
            went = self.ended_lately(queue, it.window, self.now)
            return said.Trigger(it.window.measure, sum(went) / len(went))
        if it.measure is Measure.ESTIMATED_WAIT:
            return said.Trigger(it.measure.value, self.estimated_ms(queue, 0) / 1000)
        line = self.line(queue)
        oldest = self.now - min((c.arrived_at for c in line), default=self.now)
        of_time = it.measure is Measure.OLDEST_WAIT
        return said.Trigger(it.measure.value, oldest / 1000 if of_time else float(len(line)))

    # Expansion.

    def open_steps(self, c: Any) -> list[int]:
        """Give the steps of its queue's ladder that are past, or whose switch is on."""
        steps = enumerate(self.policy.queues[c.queue].expands, 1)
        return [
            n
            for n, each in steps
            if (each.when.name in self.on if each.when else self.is_past(c, each.after_ms))
        ]

    def is_past(self, c: Any, after_ms: int) -> bool:
        return bool(c.arrived_at + after_ms // self.speed() <= self.now)

    def widen(self) -> None:
        """Let those who entered in this cause, and wait, take the steps that are open."""
        entered, self.entered = self.entered, set()
        for c in sorted(self.waiting(), key=lambda c: (c.arrived_at, c.sequence)):
            for step in self.open_steps(c) if c.id in entered else ():
                if step > c.step:
                    self.take_step(c, step)

    def end_of_ladder(self, c: Any) -> Any:
        return self.policy.queues[c.queue].expands[c.step - 1].then if c.step else None

    def take_step(self, c: Any, step: int) -> None:
        c.step = step
        self.entered |= {c.id} if self.end_of_ladder(c) == "overflow" else set()
        requirements = published(self.needs(c), language=c.language)
        self.say(said.ConversationExpanded, c, requirements=requirements)

    def next_step(self, c: Any) -> tuple[int | None, int | None]:
        """Give number and time of the next step that its queue takes by time, if any."""
        ladder = enumerate(self.policy.queues[c.queue].expands if self.policy else (), 1)
        left = [(n, each.after_ms) for n, each in ladder if n > c.step and not each.when]
        return (left[0][0], self.comes_at(c, left[0][1])) if left else (None, None)

    def comes_at(self, c: Any, after_ms: int) -> int:
        """Give when a step comes by time: in a surge not before that is in force."""
        since = self.surge.since + 1 if self.stage() else 0
        return max(c.arrived_at + after_ms // self.speed(), since)

    def expands(self, of: str, due: int) -> None:
        c = self.conversations[of]
        while self.next_step(c)[1] == due:
            self.take_step(c, self.next_step(c)[0])
