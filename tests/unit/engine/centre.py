"""A small centre to test with: rules in YAML, people who come and go, decisions as short words."""

from typing import Any

from router.engine import Engine
from router.model import inputs, outputs
from router.model.outputs import Decision
from router.rules import loads

POOL = "france"
RULES = """
version: 1
skills: {reimbursement: 1..3, contracts: 1..3, calm: 1..3}
topics: [reimbursement, contracts, letters]
channels:
  chat: {units: 34, at_most: 3, offer: {mode: automatic}, wrap_up: {fixed: 0s}}
  voice: {units: 100, exclusive: true, offer: {mode: manual, expires: 15s}, wrap_up: {fixed: 20s}}
  email: {units: 25, offer: {mode: manual, expires: 2m}, wrap_up: {open: true}}
agents: {capacity: 100, lease: 1h, after_missed_offers: {count: 2, do: suspend, for: 5m},
         never_again_after_decline: 10m, lost: {requeue_after: 2m}}
queues:
  reimbursement:
    takes: topic == "reimbursement"
    requires: {reimbursement: ">= level", language: same}
    order: {by: priority}
    preferred_agent: {wait: 60s, then: anyone}
  contracts:
    takes: topic == "contracts"
    requires: {contracts: ">= level"}
    order: {by: arrival}
  letters:
    takes: true
    requires: {}
    order: {by: arrival}
"""


class Centre:
    """One engine under rules, and a clock in seconds. ``said`` holds what each step decided."""

    def __init__(self, rules: str = RULES) -> None:
        self.rules = loads(rules)
        self.engine = Engine(self.rules)
        self.now = 0.0
        self._events = 0

    @property
    def milliseconds(self) -> int:
        """The time as the engine has it."""
        return 1_000_000 + round(self.now * 1_000)

    def hear(self, event: inputs.Input) -> list[str]:
        """Apply an input and tell what was decided, in words."""
        decided = self.engine.apply(event, self.milliseconds)
        assert self.engine.audit() == []
        return words(decided)

    def decide(self, event: inputs.Input) -> list[Decision]:
        """Apply an input and give the decisions themselves."""
        return self.engine.apply(event, self.milliseconds)

    def wait(self, seconds: float) -> list[str]:
        """Let time go by and tell what was decided."""
        self.now += seconds
        decided = self.engine.advance(self.milliseconds)
        assert self.engine.audit() == []
        return words(decided)

    def envelope(self) -> dict[str, Any]:
        """Give what every event has: pool, a new id, source, time."""
        self._events += 1
        return {
            "pool": POOL,
            "id": f"e{self._events}",
            "source": "/test",
            "at": self.milliseconds,
            "origin": inputs.Origin("routing.test", 0, self._events, self.milliseconds),
        }

    def works(self, agent: str, skills: dict[str, int] | None = None, **profile: Any) -> list[str]:
        """Describe an agent and let him be available."""
        profile.setdefault("channels", {"chat": 3, "voice": 1, "email": 4})
        profile.setdefault("team", "in_house")
        described = inputs.AgentUpdated(
            **self.envelope(), agent=agent, skills=skills or {}, **profile
        )
        return [*self.hear(described), *self.declares(agent, "available")]

    def declares(self, agent: str, presence: str, **more: Any) -> list[str]:
        """Let an agent declare a presence."""
        return self.hear(
            inputs.AgentPresence(
                **self.envelope(), agent=agent, presence=inputs.Presence(presence), **more
            )
        )

    def asks(self, conversation: str, channel: str = "chat", **facts: Any) -> list[str]:
        """Let a customer arrive; ``topic`` is a fact like others."""
        if "topic" in facts:
            facts["topic_"] = facts.pop("topic")
        return self.hear(
            inputs.ConversationCreated(
                **self.envelope(), conversation=conversation, channel=channel, **facts
            )
        )

    def about(self, kind: type[inputs.Input], **fields: Any) -> list[str]:
        """Hear any other input."""
        return self.hear(kind(**{**self.envelope(), **fields}))

    def answers(self, answer: str, conversation: str) -> list[str]:
        """Let whoever was offered a conversation accept or decline it."""
        record = self.engine.pools[POOL].conversations[conversation]
        assert record.offer is not None
        kinds = {"accepts": inputs.OfferAccepted, "declines": inputs.OfferDeclined}
        return self.about(
            kinds[answer],
            conversation=conversation,
            offer=record.offer.offer,
            agent=record.offer.agent,
        )

    def takes(self, conversation: str, **more: Any) -> list[str]:
        """Let a customer take what was offered instead of waiting."""
        return self._answered(inputs.DeflectionAccepted, conversation, **more)

    def prefers_to_wait(self, conversation: str) -> list[str]:
        """Let a customer decline what was offered instead of waiting."""
        return self._answered(inputs.DeflectionDeclined, conversation)

    def _answered(self, kind: type[inputs.Input], conversation: str, **more: Any) -> list[str]:
        record = self.engine.pools[POOL].conversations[conversation]
        deflection = "none" if record.deflection is None else record.deflection.deflection
        return self.about(kind, **{"conversation": conversation, "deflection": deflection} | more)

    def restarted(self) -> list[str]:
        """End the engine and go on with another one, from what is durable."""
        entities = self.engine.snapshot()
        self.engine = Engine(self.rules)
        decided = self.engine.restore(entities, self.milliseconds)
        assert self.engine.audit() == []
        return words(decided)

    def swapped(self, rules: str) -> list[str]:
        """Let other rules come into force, and tell what was decided."""
        self.rules = loads(rules)
        decided = self.engine.adopt(self.rules, self.milliseconds)
        assert self.engine.audit() == []
        return words(decided)


def words(decisions: list[Decision]) -> list[str]:
    """Tell decisions in words: what, about whom, to whom or why."""
    return [_words(each.body) for each in decisions]


def _words(body: outputs.Outcome) -> str:
    what = body.type.rpartition(".")[2]
    pattern = WORDS.get(body.type)
    if pattern is None:
        return body.type
    facts = {name: getattr(body, name) for name in body.__struct_fields__}
    return pattern.format(what=what, **facts)


WORDS = {
    "conversation.queued": "{what} {conversation} in {queue} at {place}",
    "conversation.offered": "{what} {conversation} to {agent}",
    "conversation.assigned": "{what} {conversation} to {agent}",
    "offer.expired": "{what} {conversation} from {agent}",
    "offer.declined": "{what} {conversation} from {agent}",
    "offer.withdrawn": "{what} {conversation} from {agent}",
    "conversation.requeued": "{what} {conversation} in {queue} at {place}: {reason}",
    "conversation.expanded": "{what} {conversation} in {queue}: {step} {requirements}",
    "conversation.closed": "{what} {conversation}",
    "conversation.abandoned": "{what} {conversation}",
    "conversation.deflected": "{what} {conversation}: {kind}",
    "deflection.accepted": "accepted {conversation}",
    "deflection.expired": "unanswered {conversation}",
    "agent.suspended": "{what} {agent}: {reason}",
    "agent.released": "{what} {agent}: {reason}",
    "input.refused": "{what} {subject}: {reason}",
    "command.refused": "command {what}: {code}",
    "command.applied": "command {what}",
}
