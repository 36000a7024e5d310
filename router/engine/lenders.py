"""Overflows that lend only so many agents of a team or a site: who is lent by each of them now.

Lent is who has, or is offered, a conversation that he may have only because of that rule. What is
known here follows from the durable records and is built anew with a pool. A pool whose rules bound
no lending has none of it.
"""

from collections.abc import Collection, Iterable

from router.engine.bounds import Bound
from router.engine.demands import Demand
from router.engine.groups import Group
from router.engine.lanes import Lane
from router.model.policy import Policy


class Lenders:
    """The bounded overflows of a pool under one policy.

    ``lent`` {rule: {agent: the conversations by which he is lent}}; ``lanes``: by rule, where those
    wait whom it lends to.
    """

    __slots__ = ("_of", "lanes", "lent")

    def __init__(self, rules: Iterable[str]) -> None:
        self.lent: dict[str, dict[str, dict[str, None]]] = {name: {} for name in rules}
        self.lanes: dict[str, dict[Lane, None]] = {name: {} for name in self.lent}
        self._of: dict[tuple[str, str], Bound] = {}

    def show(self, lane: Lane) -> None:
        """Let a lane be looked at when one more may be lent to it."""
        for bound in lane.demand.bounds:
            self.lanes[bound.rule][lane] = None

    def hide(self, lane: Lane) -> None:
        """Let a lane be looked at no more."""
        for bound in lane.demand.bounds:
            self.lanes[bound.rule].pop(lane, None)

    def keep(self, used: Collection[int]) -> None:
        """Drop the lanes whose demands, by identity, nobody waits with."""
        for lanes in self.lanes.values():
            for lane in [each for each in lanes if id(each.demand) not in used]:
                del lanes[lane]

    def take(self, agent: str, conversation: str, bound: Bound | None) -> list[Lane]:
        """Count an agent as lent by a rule, or by none, for a conversation; give the lanes to look at."""
        opened = self.done(agent, conversation)
        if bound is not None:
            self._of[agent, conversation] = bound
            self.lent[bound.rule].setdefault(agent, {})[conversation] = None
        return opened

    def done(self, agent: str, conversation: str) -> list[Lane]:
        """Count an agent as lent no more for a conversation; give the lanes to look at."""
        bound = self._of.pop((agent, conversation), None)
        if bound is None:
            return []
        lent = self.lent[bound.rule]
        del lent[agent][conversation]
        if lent[agent]:
            return []
        del lent[agent]
        return list(self.lanes[bound.rule]) if len(lent) < bound.at_most else []

    def lends(self, bound: Bound, agent: str, *, but: str = "") -> bool:
        """Tell whether a rule may lend an agent another conversation; ``but``: one that does not count."""
        lent = self.lent[bound.rule]
        if not but:
            return agent in lent or len(lent) < bound.at_most
        others = [name for name, held in lent.items() if len(held) > 1 or but not in held]
        return agent in others or len(others) < bound.at_most

    def may_have(self, demand: Demand, agent: str, group: Group) -> bool:
        """Tell whether no bound keeps an agent from what is asked for."""
        bound = demand.lender(group.profile) if demand.bounds else None
        return bound is None or self.lends(bound, agent)

    def narrowed(
        self, demand: Demand, groups: Collection[Group]
    ) -> tuple[Collection[Group], tuple[str, ...]]:
        """Leave out the groups of whom nobody else may be lent; name those who are lent already."""
        spent = [each for each in demand.bounds if len(self.lent[each.rule]) >= each.at_most]
        if not spent:
            return groups, ()
        rest = [each for each in groups if demand.lender(each.profile) not in spent]
        return rest, tuple(dict.fromkeys(name for each in spent for name in self.lent[each.rule]))


def lenders(policy: Policy) -> Lenders | None:
    """Give the bounded overflows of a policy, with nobody lent yet; None: it has none."""
    rules = [
        rule.name
        for queue in policy.queues.values()
        for rule in queue.overflows
        if rule.lends_at_most is not None
    ]
    return Lenders(rules) if rules else None
