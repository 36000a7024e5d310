"""What is so in a pool at this moment: who may take what, what is most urgent, who is best.

Everything is worked out anew from plain dicts each time it is asked. Nothing here changes anything.
"""

from math import floor
from typing import Any

from router.model.inputs import Presence
from router.model.outputs import Why
from router.model.policy import OrderBy, Policies, Turn
from router.model.reasons import Refusal
from router.model.requirement import (
    NOTHING,
    AllOf,
    AnyOf,
    NotOf,
    Requirement,
    SkillTerm,
    least_level,
    met,
    primary,
    resolve,
)


class Refused(Exception):  # noqa: N818 - a refusal is not an error
    """The input changes nothing; the argument is the reason."""


def refuse(reason: Refusal, when: object) -> None:
    if when:
        raise Refused(reason)


class Moment:
    """One pool as it stands at ``now``."""

    def __init__(self, name: str, policies: Policies) -> None:
        self.name = name
        self.policy: Any = policies.for_pool(name)
        self.version = self.policy.version if self.policy else ""
        self.seq = self.sequence = self.now = 0
        self.conversations: dict[str, Any] = {}
        self.agents: dict[str, Any] = {}
        self.profiles: dict[str, Any] = {}
        self.leases: dict[str, int] = {}
        self.seen: dict[tuple[str, str, str], int] = {}
        self.strangers: set[str] = set()
        self.paused: set[str] = set()
        self.looks: dict[str, tuple[bool, int]] = {}
        self.on: dict[str, Any] = {}
        self.due: dict[str, int] = {}
        self.surge: Any = None
        self.spent: set[str] = set()
        self.opened = False
        self.reports: dict[str, tuple[int, int | None, tuple[int, int, int]]] = {}
        self.ended: dict[str, list[tuple[int, bool]]] = {}
        self.went: dict[tuple[str | None, Any], list[tuple[int, bool]]] = {}
        self.cases: dict[tuple[str, str], list[tuple[int, ...]]] = {}
        self.entered: set[str] = set()
        self.given: dict[str, list[int]] = {}

    def waiting(self) -> list[Any]:
        return [c for c in self.conversations.values() if c.stage == "waiting"]

    def held_by(self, agent: str) -> list[Any]:
        by_id = sorted(self.conversations.values(), key=lambda c: c.id)
        return [c for c in by_id if c.offer and agent in c.offer.agents]

    def waited_ms(self, c: Any) -> Any:
        return max(0, self.now - c.arrived_at) if c.waited_ms is None else c.waited_ms

    def closed(self, queue: str) -> bool:
        hours = self.policy.queues[queue].hours
        return hours is not None and not self.looks[hours][0]

    # Who may take a conversation.

    def needs(self, c: Any) -> AllOf:
        queue, own = self.policy.queues[c.queue], c.skills
        taken = queue.expands[c.step - 1] if c.step else queue
        if c.step and taken.drops_skills:
            own = {}
        needs = resolve(taken.requires, level=c.level or 1, language=c.language, skills=own)
        serves = self.teams_for(c)
        return AllOf((*needs.terms, serves)) if serves != NOTHING else needs

    def teams_for(self, c: Any) -> Requirement:
        """Give which teams may take it."""
        queue = self.policy.queues[c.queue]
        serves = (queue.expands[c.step - 1] if c.step else queue).serves
        lent = [each.lends for each in queue.overflows if each.lends and each.name in c.lent]
        return AnyOf((serves, *lent)) if lent and serves != NOTHING else serves

    def meets(self, agent: str, requirement: Requirement) -> bool:
        profile = self.profiles[agent]
        languages = frozenset(primary(each) for each in profile.languages)
        who = {"team": profile.team, "site": profile.site}
        return met(requirement, skills=profile.skills, languages=languages, **who)

    def can_be_reached(self, agent: str, c: Any) -> bool:
        absent_too = self.policy.queues[c.queue].keeps_for_absent
        return self.may_have(agent, c) and (absent_too or self.is_there(agent))

    def is_there(self, agent: str) -> bool:
        record = self.agents[agent]
        return record.presence is not Presence.OFFLINE and not record.suspended

    def may_have(self, agent: str, c: Any) -> bool:
        return (
            agent in self.agents
            and c.channel in self.profiles[agent].channels
            and self.meets(agent, self.needs(c))
            and agent not in c.barred
        )

    def eligible(self, c: Any) -> list[str]:
        return [
            agent
            for agent in self.agents
            if c.queue not in self.paused
            and not self.closed(c.queue)
            and self.is_free(agent)
            and self.may_have(agent, c)
            and self.has_room(agent, c.channel, c.labels, but=c)
            and not any(self.had_enough(agent, label) for label in c.labels)
            and (c.kept_until is None or agent in c.preferred_agents)
        ]

    # Which conversation is first.

    def urgency(self, c: Any, line: list[Any]) -> tuple[int, int, int]:
        """Give its place in the line: the smallest is the first."""
        order = self.policy.queues[c.queue].order
        newest = order.by is OrderBy.NEWEST
        oldest = min(each.arrived_at for each in line if each.queue == c.queue)
        waited = self.now - (oldest if newest else c.arrived_at)
        points = 1_000_000 * c.priority + order.ageing * (waited - order.within_ms)
        return -points, -c.arrived_at if newest else c.arrived_at, c.sequence

    def place(self, c: Any) -> int:
        line = [each for each in self.waiting() if each.queue == c.queue and each.id != c.id] + [c]
        return 1 + sorted(line, key=lambda each: self.urgency(each, line)).index(c)

    # Which agent is best.

    def turn(self, agent: str, c: Any) -> tuple[int, int, str]:
        record, turn = self.agents[agent], self.policy.queues[c.queue].selects.turn
        since = record.idle_since if turn is Turn.LONGEST_IDLE else record.asked_at
        return -self.why(agent, c).score, since, agent

    def why(self, agent: str, c: Any) -> Why:
        weights = self.policy.queues[c.queue].selects.weights
        values = self.features(agent, c)
        terms = {name.value: weight * values[name] for name, weight in weights.items()}
        return Why(sum(terms.values()), terms)

    def features(self, agent: str, c: Any) -> dict[str, int]:
        profile, needs = self.profiles[agent], self.needs(c)
        wishes, tops = self.policy.queues[c.queue].prefers, self.policy.top_levels
        top = {s: tops.get(s, max(1, profile.skills.get(s, 0))) for s in skills_in(needs, *wishes)}
        level = {s: min(profile.skills.get(s, 0), most) for s, most in top.items()}
        least = [pair for pair in map(least_level, needs.terms) if pair]
        used = sum(units for _, units, _ in self.claims(agent))
        return {
            "proficiency": mean([100 * n // top[s] for s, n in level.items()]),
            "preferred_skills": mean([100 * self.meets(agent, each) for each in wishes]),
            "overqualified": mean([100 * max(0, level[s] - n) // top[s] for s, n in least]),
            "preference": mean([20 * profile.preferences.get(s, 0) for s in level]),
            "cost": floor(min(max(profile.cost or 0, 0), 1000)),
            "idle": min(100, (self.now - self.agents[agent].idle_since) // 6000),
            "load": 100 * used // self.capacity(agent) if self.capacity(agent) else 100,
            "last_agent": 100 if agent in c.preferred_agents else 0,
            "fairness": max(0, 100 - 2 * self.given_lately(agent)),
        }


def mean(numbers: list[int]) -> int:
    return sum(numbers) // len(numbers) if numbers else 0


def skills_in(*requirements: Requirement) -> set[str]:
    """Name every skill that a skill term speaks of, however deep."""
    found: set[str] = set()
    for requirement in requirements:
        match requirement:
            case SkillTerm(skill=skill):
                found.add(skill)
            case AllOf(terms=parts) | AnyOf(terms=parts):
                found |= skills_in(*parts)
            case NotOf(term=part):
                found |= skills_in(part)
    return found


def whom(it: Any) -> dict[str, str]:
    """Say which conversation and which agent a command names."""
    return {name: getattr(it, name) for name in ("conversation", "agent") if hasattr(it, name)}
