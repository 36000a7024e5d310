"""What is offered instead of waiting, and callbacks: the section "Deflection" of docs/engine.md."""

from hashlib import sha256
from typing import Any

from msgspec.structs import replace

import router.model.inputs as told
import router.model.outputs as said
from router.model.conditions import Switch
from router.model.deflection import Closed, DeflectionKind
from router.model.reasons import Close, Refusal, Requeue, Withdrawal
from router.model.state import OpenDeflection
from tests.reference.moment import refuse
from tests.reference.status import Statuses

YEAR_AND_A_DAY_MS = 366 * 86_400_000


class Deflections(Statuses):
    """One pool whose customers may be offered something better than waiting."""

    def deflect(self) -> None:
        """Deflect all who wait and to whom a rule applies, each by the first."""
        for c in sorted(self.waiting(), key=lambda c: (c.arrived_at, c.sequence)):
            rules = self.policy.queues[c.queue].deflects
            rule = next((each for each in rules if self.applies(each, c)), None)
            if rule is not None:
                c.deflected = (*c.deflected, rule.name)
                self.offer_instead(c, rule, self.trigger(rule, c))

    def offer_instead(self, c: Any, rule: Any, trigger: said.Trigger | None) -> None:
        c.stage, c.offer, c.kept_until, c.estimate = "deflected", None, None, None
        name, ends = f"d{self.seq + 1}", self.now + rule.expires_ms
        c.deflection = OpenDeflection(deflection=name, kind=rule.kind, expires_at=ends)
        told_of = {"kind": rule.kind, "text": rule.text, "trigger": trigger}
        to = {} if rule.to is None else {"to": rule.to}
        self.say_of(said.ConversationDeflected, c, **told_of, expires_at=ends, **to)

    def applies(self, rule: Any, c: Any) -> bool:
        return (
            self.trigger(rule, c) is not None
            and self.is_meant_for(rule, c)
            and rule.name not in c.deflected
            and not c.callbacks
        )

    def is_meant_for(self, rule: Any, c: Any) -> bool:
        number = int.from_bytes(sha256(f"{rule.name} {c.id}".encode()).digest()[:8])
        return (not rule.channels or c.channel in rule.channels) and number % 100 < rule.share

    def trigger(self, rule: Any, c: Any) -> said.Trigger | None:
        if isinstance(rule.on, Closed):
            return said.Trigger("closed", 1) if self.closed(c.queue) else None
        if isinstance(rule.on, Switch):
            if rule.on.name in self.on:
                return self.on[rule.on.name].trigger
            if self.end_of_ladder(c) == "deflect":
                return said.Trigger("ladder", c.step)
            return said.Trigger("surge", 1) if self.is_forced(rule.on.queue) else None
        return said.Trigger("share", rule.share)

    def say_of(self, kind: type[said.Outcome], c: Any, /, **known: Any) -> None:
        self.say(kind, c, **{"deflection": c.deflection.deflection} | known)

    def answer(self, c: Any, it: Any) -> None:
        """Take the customer's answer to what was offered."""
        open_ = c.deflection and c.deflection.expires_at and c.deflection.deflection
        refuse(Refusal.STALE_DEFLECTION, open_ != it.deflection)
        if isinstance(it, told.DeflectionDeclined):
            self.requeue(c, Requeue.DEFLECTION_DECLINED)
        elif c.deflection.kind is DeflectionKind.CALLBACK:
            self.promise(c, it.callback_at)
        else:
            self.say_of(said.DeflectionAccepted, c)
            self.close(c, Close.DEFLECTED)

    def promise(self, c: Any, asked: int | None) -> None:
        at = None if asked is None else self.within_hours(c.queue, asked)
        c.callbacks += 1
        c.deflection = replace(c.deflection, expires_at=None, callback_at=at, due=at)
        self.say_of(said.DeflectionAccepted, c, **({} if at is None else {"callback_at": at}))

    def end(self, c: Any, outcome: str | None) -> None:
        """Close it, or ring again where nobody picked up."""
        if outcome == "no_answer" and (rule := self.to_ring_again(c)):
            self.ring_again(c, rule, **self.hand_over(c))
        else:
            self.close(c, Close.ENDED)

    def abandon(self, c: Any, reason: str | None) -> None:
        """Let it go, or ring again where it was the customer who was rung first."""
        rule = c.stage != "deflected" and reason == "no_answer" and self.to_ring_again(c)
        self.withdraw([c], Withdrawal.ABANDONED)
        if rule and rule.first == "customer":
            self.ring_again(c, rule)
        else:
            self.line_over(c, left=True)
            if c.waited_ms is None and c.stage != "deflected":
                self.wait_ended(c, 0, answered=False)
            self.say(said.ConversationAbandoned, c, reason=reason)
            del self.conversations[c.id]

    def promised_by(self, c: Any) -> Any:
        """Give the rule of its queue by which it was promised a callback last."""
        rules = self.policy.queues[c.queue].deflects if c.callbacks else ()
        named = [each for each in rules if each.name == c.deflected[-1]]
        return next((each for each in named if each.kind == "callback"), None)

    def to_ring_again(self, c: Any) -> Any:
        rule = self.promised_by(c)
        return rule if rule and c.callbacks < rule.attempts else None

    def ring_again(self, c: Any, rule: Any, **handed: Any) -> None:
        told_of = {"place": self.place(c), "reason": Requeue.CALLBACK_UNANSWERED} | handed
        self.say(said.ConversationRequeued, c, **told_of)
        self.offer_instead(c, rule, said.Trigger("no_answer", c.callbacks))
        self.promise(c, self.now + rule.retry_ms)

    def call_back(self, c: Any) -> None:
        rule = self.promised_by(c)
        rings_customer = rule and rule.first == "customer"
        self.requeue(c, Requeue.CALLBACK_DUE, **{"first": "customer"} if rings_customer else {})

    def within_hours(self, queue: str, at: int) -> int:
        at = min(max(at, self.now), self.now + YEAR_AND_A_DAY_MS)
        name = self.policy.queues[queue].hours
        hours = name and self.policy.calendars[name]
        return hours.next_change(at) if hours and not hours.is_open(at) else at

    def whose_turn(self) -> list[Any]:
        """Give the callbacks that would be first in their queue, by the names of the queues."""
        found = []
        for queue in sorted(self.policy.queues) if self.policy else ():
            held = [c for c in self.conversations.values() if c.queue == queue and self.is_held(c)]
            if held and queue not in self.paused and not self.closed(queue):
                found.append(min(held, key=lambda c: self.urgency(c, held)))
        return [c for c in found if c.deflection.due is None and self.place(c) == 1]

    def is_held(self, c: Any) -> bool:
        open_ = c.deflection
        return open_ is not None and open_.expires_at is None and open_.callback_at is None

    def bring_back(self) -> None:
        for c in self.whose_turn() if self.opened else ():
            self.call_back(c)
        self.opened = False

    def see_whose_turn_it_is(self) -> None:
        for c in self.whose_turn():
            c.deflection = replace(c.deflection, due=self.now)

    def deflection_expires(self, of: str, due: int) -> None:
        c = self.conversations[of]
        self.say_of(said.DeflectionExpired, c)
        self.requeue(c, Requeue.DEFLECTION_EXPIRED)

    def callback_due(self, of: str, due: int) -> None:
        self.call_back(self.conversations[of])
