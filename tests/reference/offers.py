"""Who is asked, and what becomes of it: the section "Offers" of docs/engine.md."""

from typing import Any

from msgspec.structs import replace

import router.model.inputs as told
import router.model.outputs as said
from router.model.policy import OfferMode
from router.model.reasons import Refusal, Suspension, Withdrawal
from router.model.state import Addressee, OpenOffer
from tests.reference.changes import Changes
from tests.reference.moment import refuse


class Offers(Changes):
    """One pool whose agents are asked, one at a time or several at once."""

    def match(self) -> None:
        """Give the most urgent who has an eligible agent to the best, until nobody has."""
        while able := [(c, agents) for c in self.waiting() if (agents := self.eligible(c))]:
            c, agents = min(able, key=lambda pair: self.urgency(pair[0], self.waiting()))
            offering = self.offering(c)
            is_asked = offering.mode is OfferMode.MANUAL
            best = sorted(agents, key=lambda agent: self.turn(agent, c))
            asked = self.together(c, best)[: offering.addressees if is_asked else 1]
            self.hold(c, [Addressee(agent, self.why(agent, c)) for agent in asked])
            for each in c.offer.addressees if is_asked else ():
                self.say(said.ConversationOffered, c, agent=each.agent, why=each.why)
            if not is_asked:
                self.assigned(c)

    def assign(self, c: Any, agent: str) -> None:
        self.hold(c, [Addressee(agent, said.Why(0, {}))])
        self.assigned(c)

    def hold(self, c: Any, asked: list[Addressee]) -> None:
        """Let these hold what it takes, under one offer."""
        channel, stage = self.policy.channels[c.channel], self.stage()
        own_ms = self.offering(c).expires_ms
        at_most = (stage and stage.offer_expires_ms) or own_ms
        self.line_over(c, left=False)
        c.stage, c.attempt, c.kept_until = "offered", c.attempt + 1, None
        c.offer = OpenOffer(
            offer=f"o{self.seq + 1}",
            agent=asked[0].agent,
            units=channel.units,
            since=self.now,
            why=asked[0].why,
            expires_at=self.now + min(own_ms, at_most),
            beside=tuple(asked[1:]),
            labels=c.labels,
        )
        for each in asked:
            record = self.agents[each.agent]
            record.idle_since = record.asked_at = self.now
            if self.shares_work():
                self.given.setdefault(each.agent, []).append(self.now)

    def assigned(self, c: Any) -> None:
        if c.waited_ms is None:
            self.wait_ended(c, self.waited_ms(c), answered=True)
        c.stage, c.waited_ms = "assigned", self.waited_ms(c)
        c.offer = replace(c.offer, since=self.now, expires_at=None)
        self.had_another(self.agents[c.offer.agent], c.offer.labels)
        self.count_assigned(c.offer.agent)
        self.say(said.ConversationAssigned, c, **self.judged(c))

    def bar(self, c: Any, *agents: str) -> None:
        if memory := self.policy.agents.decline_memory_ms:
            c.barred |= dict.fromkeys(agents, self.now + memory)

    def end_offer(self, c: Any, kind: type[said.OfferEnded], why: str | None, *agents: str) -> None:
        """End it for these; where nobody else is asked the conversation waits."""
        for agent in agents:
            self.say(kind, c, agent=agent, reason=why)
            self.worked(c.queue, agent, c.channel, since=c.offer.since)
            self.agents[agent].idle_since = self.now
        left = [each for each in c.offer.addressees if each.agent not in agents]
        if left:
            first, *others = left
            c.offer = replace(c.offer, agent=first.agent, why=first.why, beside=tuple(others))
        else:
            self.enter(c)

    def withdraw(self, every: list[Any], reason: Withdrawal, *agents: str) -> None:
        """Take back the offers from these, or from all who are asked."""
        for c in every:
            if c.stage == "offered":
                self.end_offer(c, said.OfferWithdrawn, reason, *(agents or c.offer.agents))

    def answer_offer(self, c: Any, it: Any) -> None:
        """Take an agent's answer."""
        asked = c.offer.agents if c.stage == "offered" and c.offer.offer == it.offer else ()
        refuse(Refusal.STALE_OFFER, it.agent not in asked)
        if isinstance(it, told.OfferDeclined):
            self.bar(c, it.agent)
            self.end_offer(c, said.OfferDeclined, it.reason, it.agent)
        else:
            self.agents[it.agent].missed = 0
            others = [agent for agent in asked if agent != it.agent]
            self.end_offer(c, said.OfferWithdrawn, Withdrawal.TAKEN, *others)
            self.remember("answered", c.queue, 1, self.now - c.offer.since)
            self.worked(c.queue, it.agent, c.channel, since=c.offer.since)
            self.assigned(c)

    def withdraw_misfits(self, c: Any) -> None:
        kept = self.keeping(c) is not None
        for agent in c.offer.agents:
            fits = self.meets(agent, self.needs(c)) and (not kept or agent in c.preferred_agents)
            if not fits:
                self.withdraw([c], Withdrawal.UPDATED, agent)

    def offer_expires(self, of: str, due: int) -> None:
        c, rules = self.conversations[of], self.policy.agents
        asked = [self.agents[agent] for agent in c.offer.agents]
        self.end_offer(c, said.OfferExpired, Suspension.NO_ANSWER, *c.offer.agents)
        for agent in asked:
            agent.missed += 1
        often = [each for each in asked if 0 < rules.missed_offers <= each.missed]
        often = often if rules.suspended_ms else []
        for agent in often:
            agent.missed = 0
            self.withdraw(self.held_by(agent.id), Withdrawal.NO_ANSWER, agent.id)
        for agent in often:
            self.suspend(agent, Suspension.NO_ANSWER, self.now + rules.suspended_ms)
