"""The example centre, large: its rules from `config/rules`, and the people that the demo knows.

Conversations are drawn as the demo draws visits (menus, customers' words, amounts, tiers), agents
as it hires them. Whoever calls about a reimbursement finds the backlog; the other teams have agents
to spare. Two sets of rules can be in force over the same people: all that the centre's files say,
or its plain queues, as if each only said who may serve it, in which order and who is chosen.
"""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from loadtests.worlds import START_MS, Life, Size, World
from router.demo.day import Hours, Visit, visits
from router.demo.staff import PER_VISIT, staff
from router.model.inputs import (
    AgentPresence,
    AgentUpdated,
    ConversationCreated,
    Customer,
    Input,
    Presence,
)
from router.model.policy import AgentRules, Channel, Policy, Queue
from router.rules.loading import load

RULES: Final = Path(__file__).resolve().parents[1] / "config" / "rules"
REIMBURSEMENT: Final = "1"
"""The digit of the telephone menu under which the backlog waits."""
WORDS_OF_IT: Final = ("rembours", "décompte", "tiers payant", "devis")
COLLEAGUES: Final = "generalists"
"""Where agents transfer to."""
DRAWN: Final = 4_000
"""Different visits; who calls next is one of them."""
PLAIN_QUEUE: Final = ("name", "requires", "prefers", "order", "selects", "preferred_wait_ms")
PLAIN_CHANNEL: Final = ("name", "units", "at_most", "exclusive", "mode", "expires_ms", "wrap_up")
PLAIN_AGENTS: Final = (
    *("capacity", "lease_ms", "missed_offers", "suspended_ms"),
    *("decline_memory_ms", "lost_after_ms"),
)


class Centre(World):
    """The example centre with so many agents and so many waiting, under all its rules or plain ones."""

    def __init__(self, *, agents: int, waiting: int, seed: int, is_plain: bool) -> None:
        self._policy = rules(is_plain=is_plain)
        size = Size(queues=len(self._policy.queues), agents=agents, waiting=waiting)
        super().__init__(size, seed=seed)
        self._staff = staff(seed, visits_per_second=agents / PER_VISIT)[:agents]
        drawn = list(visits(seed, hours=Hours(DRAWN), per_second=1.0))
        self._facts = {each.id: each.facts for each in drawn}
        self._visits = {
            True: [each for each in drawn if _is_about_reimbursement(each)],
            False: [each for each in drawn if not _is_about_reimbursement(each)],
        }

    def policy(self) -> Policy:
        """Give the rules in force."""
        return self._policy

    def people(self) -> Iterator[Input]:
        """Bring all agents in: described as the demo's staff is, then available."""
        for number, person in enumerate(self._staff):
            name = f"agent-{number}"
            at = self.envelope("agents", START_MS)
            profile = {**person.profile, "languages": tuple(person.profile["languages"])}
            yield AgentUpdated(**at, agent=name, **profile)
            at = self.envelope("agents", START_MS)
            yield AgentPresence(**at, agent=name, presence=Presence.AVAILABLE)

    def draw(self, *, overloaded: bool, rng: random.Random) -> Life:
        """Draw who calls next: about a reimbursement, or about something else."""
        visit = rng.choice(self._visits[overloaded])
        return Life(visit.id, visit.channel, overloaded)

    def colleague_queue(self, of: str) -> str:
        """Give the queue that takes whatever is left."""
        return COLLEAGUES

    def created(
        self, name: str, life: Life, *, now: int, arrived_at: int, rng: random.Random
    ) -> ConversationCreated:
        """Write the creation of a conversation, as the visit it was drawn from says it."""
        facts = self._facts[life.topic]
        customer = facts.get("customer")
        return ConversationCreated(
            **self.envelope("conversations", now),
            conversation=name,
            channel=life.channel,
            level=facts["level"],
            language=facts["language"],
            customer=Customer(**customer) if customer else None,
            attributes=facts["attributes"],
            text=facts["text"],
            arrived_at=arrived_at,
        )


def rules(*, is_plain: bool) -> Policy:
    """Give all the centre's rules, or its plain ones."""
    whole = load(RULES).policies[0]
    return plain(whole) if is_plain else whole


def plain(whole: Policy) -> Policy:
    """Leave of a centre's rules who serves a queue, in which order, and who is chosen."""
    return Policy(
        version=f"{whole.version}-plain",
        files=whole.files,
        channels={
            name: Channel(**{field: getattr(each, field) for field in PLAIN_CHANNEL})
            for name, each in whole.channels.items()
        },
        queues={
            name: Queue(**{field: getattr(each, field) for field in PLAIN_QUEUE})
            for name, each in whole.queues.items()
        },
        qualifier=whole.qualifier,
        agents=AgentRules(**{field: getattr(whole.agents, field) for field in PLAIN_AGENTS}),
        top_levels=whole.top_levels,
    )


def _is_about_reimbursement(visit: Visit) -> bool:
    attributes = visit.facts["attributes"] or {}
    text = (visit.facts["text"] or "").lower()
    return attributes.get("menu") == REIMBURSEMENT or any(word in text for word in WORDS_OF_IT)
