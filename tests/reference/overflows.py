"""Who else helps: the section "Overflow" of docs/engine.md."""

from typing import Any

from msgspec.structs import replace

import router.model.outputs as said
from router.model.inputs import ConversationCreated
from tests.reference.deflections import Deflections

FOUND = ("channel", "level", "language", "priority", "skills")
SENT = (*FOUND, "preferred_agents", "customer", "attributes", "arrived_at", "traceparent")


class Overflows(Deflections):
    """One pool whose queues may send conversations to others, or be helped by others."""

    def rules_left(self, c: Any) -> list[Any]:
        """Give the overflows of its queue that are meant for it and have not taken it."""
        rules = self.policy.queues[c.queue].overflows if self.policy else ()
        return [
            each
            for each in rules
            if each.name not in (*c.overflowed, *c.lent)
            and self.is_meant_for(each, c)
            and (each.kind != "pool" or self.may_go(c, each.to))
        ]

    def may_go(self, c: Any, pool: str) -> bool:
        return pool != self.name and c.hops < 3 and not c.callbacks and len(c.skills) <= 64

    def is_open(self, rule: Any, c: Any) -> bool:
        return self.end_of_ladder(c) == "overflow" or self.holds_for(rule, c)

    def holds_for(self, rule: Any, c: Any) -> bool:
        return rule.on.name in self.on if rule.on else c.arrived_at + rule.after_ms <= self.now

    def spread(self) -> None:
        """Let overflow, and widen, until nobody has come to the end of a ladder by it."""
        while True:
            self.spill()
            self.deflect()
            self.widen()
            self.deflect()
            if not self.entered:
                return

    def spill(self) -> None:
        """Let those who entered in this cause, and wait, take the overflows that are open."""
        for c in sorted(self.waiting(), key=lambda c: (c.arrived_at, c.sequence)):
            while c.id in self.entered and (
                rules := [each for each in self.rules_left(c) if self.is_open(each, c)]
            ):
                self.overflow(c, rules[0])

    def overflow(self, c: Any, rule: Any) -> None:
        waited = said.Trigger("waited_s", (self.now - c.arrived_at) / 1000)
        trigger = self.on[rule.on.name].trigger if rule.on and rule.on.name in self.on else waited
        trigger = trigger if self.holds_for(rule, c) else said.Trigger("ladder", c.step)
        was, home = c.queue, c.home or c.queue
        if rule.kind == "queue":
            c.overflowed = (*c.overflowed, rule.name)
            self.move(c, rule.to)
            c.home = home
            self.enter(c)
        elif rule.kind != "pool":
            c.lent = (*c.lent, rule.name)
        known = {"from_": was, "to": rule.to, "kind": rule.kind.value, "trigger": trigger}
        self.say(said.ConversationOverflowed, c, **known)
        if rule.kind == "pool":
            self.send(c, rule.to)

    def send(self, c: Any, to: str) -> None:
        """Let another pool hear of it, with what was found; here it is over."""
        known = {name: getattr(c, name) for name in SENT}
        known |= {"pool": to, "id": f"sent-{self.seq}", "at": max(self.now, c.arrived_at)}
        news = ConversationCreated(**known, conversation=c.id, topic_=c.topic, hops=c.hops + 1)
        self.decided[-1] = replace(self.decided[-1], sent=news)
        self.entered.discard(c.id)
        del self.conversations[c.id]

    def next_overflow(self, c: Any) -> tuple[int | None, Any]:
        """Give when it takes the next overflow that comes by time, and which."""
        timed = [each for each in self.rules_left(c) if not each.on]
        first = min(timed, key=lambda each: each.after_ms, default=None)
        return (c.arrived_at + first.after_ms, first) if first else (None, None)

    def overflows(self, of: str, due: int) -> None:
        c = self.conversations[of]
        was = c.queue
        while of in self.conversations and c.queue == was and self.next_overflow(c)[0] == due:
            self.overflow(c, self.next_overflow(c)[1])

    def condition_changes(self, of: str, due: int) -> None:
        before = of in self.on
        super().condition_changes(of, due)
        for queue in self.policy.queues if of in self.on and not before else ():
            rules = [each for each in self.policy.queues[queue].overflows if each.on]
            for rule in [each for each in rules if each.on.name == of]:
                for c in sorted(self.line(queue), key=lambda c: (c.arrived_at, c.sequence)):
                    if rule in self.rules_left(c):
                        self.overflow(c, rule)
