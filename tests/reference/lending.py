"""Who is lent, and how many may be: the section "Overflow" of docs/engine.md."""

from typing import Any

from tests.reference.quotas import Quotas


class Lending(Quotas):
    """One pool whose overflows may lend only so many agents at once."""

    def lent_by(self, agent: str, c: Any) -> Any:
        """Give the bounded rule without which he could not have it, if any."""
        queue = self.policy.queues[c.queue]
        serves = (queue.expands[c.step - 1] if c.step else queue).serves
        taken = [each for each in queue.overflows if each.lends and each.name in c.lent]
        lends = [each for each in taken if self.meets(agent, each.lends)]
        needed = lends and not self.meets(agent, serves)
        bounded = needed and all(each.lends_at_most is not None for each in lends)
        return lends[0] if bounded else None

    def lent(self, rule: Any, but: Any) -> set[str]:
        """Name who has, or is offered, what he may have only by this rule."""
        held = [c for c in self.conversations.values() if c.offer and c is not but]
        pairs = [(agent, c) for c in held for agent in c.offer.agents]
        known = [(agent, c) for agent, c in pairs if c.queue in self.policy.queues]
        return {agent for agent, c in known if self.lent_by(agent, c) == rule}

    def may_be_lent(self, agent: str, c: Any, beside: list[str]) -> bool:
        """Tell whether no bound is in the way, when these are asked too."""
        rule = self.lent_by(agent, c)
        if rule is None:
            return True
        lent = self.lent(rule, but=c) | {each for each in beside if self.lent_by(each, c) == rule}
        return agent in lent or len(lent) < rule.lends_at_most

    def together(self, c: Any, best: list[str]) -> list[str]:
        """Give who may be asked at once, each with those before him."""
        asked: list[str] = []
        for agent in best:
            asked += [agent] if self.may_be_lent(agent, c, asked) else []
        return asked

    def eligible(self, c: Any) -> list[str]:
        return [agent for agent in super().eligible(c) if self.may_be_lent(agent, c, [])]
