"""What happens in a step, as the router hears it: one input, or two for an agent who is new.

The stage remembers what a platform and a desktop would: the last offer of a conversation, who has
it, whose wrap-up it left, what an agent was described as.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

from router.model import inputs, outputs
from router.model.inputs import Customer, Input, Origin, Presence, TransferTarget
from router.model.outputs import Decision
from router.model.policy import Policy
from router.scenarios import written

NO_OFFER: Final = "o0"
MOST: Final = 1_000
"""How many conversations of a channel an agent may have who says nothing of it."""
Fields = dict[str, Any]


class Memory:
    """What is remembered of a scenario besides what the engine holds."""

    def __init__(self, pool: str, policy: Policy, team: str) -> None:
        self._pool = pool
        self._policy = policy
        self._team = team
        self._count = 0
        self._profiles: dict[str, written.Profile] = {}
        self._offers: dict[str, str] = {}
        self._deflections: dict[str, str] = {}
        self._holders: dict[str, str] = {}
        self.subjects: dict[str, str] = {}
        """Whom each event was about, by its id."""

    def learn(self, decisions: list[Decision]) -> None:
        """Remember what decisions say of offers and of who has what."""
        for each in decisions:
            match each.body:
                case outputs.ConversationOffered() | outputs.ConversationAssigned() as given:
                    self._offers[given.conversation] = given.offer
                    self._holders[given.conversation] = given.agent
                case outputs.ConversationDeflected() as deflected:
                    self._deflections[deflected.conversation] = deflected.deflection
                case _:
                    pass

    def events(self, step: written.Step, now: int) -> Iterator[Input]:
        """Give the inputs of a step, in order."""
        for key in written.HAPPENINGS:
            what = getattr(step, key)
            if what is not None:
                yield from self._happens(key, what, envelope=self._envelope(step.event, now))

    def _happens(self, key: str, what: Any, *, envelope: Fields) -> Iterator[Input]:
        now: int = envelope["at"]
        match what:
            case written.Arrival():
                fields = facts_of(what)
                if what.channel is None:
                    fields["channel"] = next(iter(self._policy.channels))
                arrived = now - what.waited if what.waited else None
                made: Input = inputs.ConversationCreated(
                    **envelope, **fields, arrived_at=arrived, hops=what.hops
                )
            case written.Facts():
                made = inputs.ConversationUpdated(**envelope, **facts_of(what))
            case written.Person():
                yield from self._agent(what, envelope)
                return
            case written.Command():
                made = _command(what, envelope)
            case written.Answer():
                answer = {
                    "take_instead": inputs.DeflectionAccepted,
                    "wait_instead": inputs.DeflectionDeclined,
                }[key]
                made = answer(**envelope, **self._deflection(what))
            case written.About():
                made = _ABOUT[key](self, what, envelope)
            case agent:  # heard again, or for the last time
                made = inputs.AgentHeartbeat(**envelope, agent=agent)
        self.subjects[made.id] = _subject(made)
        yield made

    def arrival(self, person: written.Person, now: int) -> Iterator[Input]:
        """Give the inputs of somebody who is there from the beginning."""
        yield self.described(person, self._envelope(None, now))
        yield self.declared(person, self._envelope(None, now))

    def heartbeat(self, agent: str, now: int) -> Input:
        """Give the sign of life of a desktop."""
        return inputs.AgentHeartbeat(**self._envelope(None, now), agent=agent)

    def _envelope(self, event: str | None, now: int) -> Fields:
        self._count += 1
        return {
            "pool": self._pool,
            "id": event or f"event-{self._count}",
            "source": "/scenario",
            "at": now,
            "origin": Origin("scenario", 0, self._count, now),
        }

    def described(self, person: written.Person, envelope: Fields) -> Input:
        """Describe an agent as he was, with what is said of him now."""
        name = person.id or ""
        before = self._profiles.get(name)
        known = {} if before is None else {k: getattr(before, k) for k in before.model_fields_set}
        said = {
            key: getattr(person, key)
            for key in person.model_fields_set & set(written.Profile.model_fields)
        }
        profile = written.Profile.model_construct(**{**known, **said})
        self._profiles[name] = profile
        channels = profile.channels
        if channels is None:
            configured = self._policy.channels.values()
            channels = {
                each.name: MOST if each.at_most is None else each.at_most for each in configured
            }
        return inputs.AgentUpdated(
            **envelope,
            agent=name,
            team=profile.team or self._team,
            skills=profile.skills or {},
            channels=channels,
            site=profile.site,
            capacity=profile.capacity,
            languages=tuple(profile.languages or ()),
            preferences=profile.preferences or {},
            cost=profile.cost,
            partner=profile.partner,
        )

    def declared(self, person: written.Person, envelope: Fields) -> Input:
        """Declare a presence for an agent; ``available`` where none is said."""
        return inputs.AgentPresence(
            **envelope,
            agent=person.id or "",
            presence=Presence(person.presence or "available"),
            reason=person.reason,
            until=None if person.lasts is None else envelope["at"] + person.lasts,
        )

    def _agent(self, person: written.Person, envelope: Fields) -> Iterator[Input]:
        """Describe, declare, or both."""
        new = person.id not in self._profiles
        describes = bool(person.model_fields_set & set(written.Profile.model_fields))
        if describes:
            yield self.described(person, envelope)
            envelope = self._envelope(None, envelope["at"])
        if person.presence is not None or (new and describes):
            yield self.declared(person, envelope)

    def offer(self, about: written.About) -> Fields:
        """Say which offer is answered, and by whom."""
        name = about.conversation or ""
        return {
            "conversation": name,
            "offer": about.offer or self._offers.get(name, NO_OFFER),
            "agent": about.agent or self._holders.get(name, "nobody"),
        }

    def holder(self, about: written.About) -> str:
        """Say who has, or had, a conversation."""
        return about.agent or self._holders.get(about.conversation or "", "nobody")

    def _deflection(self, answer: written.Answer) -> Fields:
        """Say which deflection is answered, and how."""
        name = answer.conversation or ""
        return {
            "conversation": name,
            "deflection": answer.deflection or self._deflections.get(name, "d0"),
            "callback_at": answer.callback_at,
            "phone_ref": answer.phone_ref,
        }


def facts_of(facts: written.Facts) -> Fields:
    """Give what a platform tells of a conversation, by the names of an input's fields."""
    customer = facts.customer
    agents = facts.preferred_agents
    return {
        "conversation": facts.id,
        "channel": facts.channel,
        "topic_": facts.topic,
        "level": facts.level,
        "language": facts.language,
        "priority": facts.priority,
        "skills": facts.skills,
        "preferred_agents": None if agents is None else tuple(agents),
        "customer": None if customer is None else Customer(id=customer.id, tier=customer.tier),
        "attributes": facts.attributes,
        "text": facts.text,
    }


def _abandon(_: Memory, what: written.About, envelope: Fields) -> Input:
    return inputs.ConversationAbandoned(
        **envelope, conversation=what.conversation or "", reason=what.reason
    )


def _end(_: Memory, what: written.About, envelope: Fields) -> Input:
    return inputs.ConversationEnded(
        **envelope, conversation=what.conversation or "", agent=what.agent, outcome=what.outcome
    )


def _transfer(memory: Memory, what: written.About, envelope: Fields) -> Input:
    to = what.to if isinstance(what, written.Transfer) else written.Target()
    return inputs.ConversationTransferred(
        **envelope,
        conversation=what.conversation or "",
        agent=memory.holder(what),
        to=TransferTarget(queue=to.queue, skills=to.skills, agent=to.agent, level=to.level),
        reason=what.reason,
    )


def _accept(memory: Memory, what: written.About, envelope: Fields) -> Input:
    return inputs.OfferAccepted(**envelope, **memory.offer(what), reason=what.reason)


def _decline(memory: Memory, what: written.About, envelope: Fields) -> Input:
    return inputs.OfferDeclined(**envelope, **memory.offer(what), reason=what.reason)


def _wrapped_up(memory: Memory, what: written.About, envelope: Fields) -> Input:
    return inputs.AgentWrapupEnded(
        **envelope, agent=memory.holder(what), conversation=what.conversation or ""
    )


_ABOUT: Final[dict[str, Callable[[Memory, written.About, Fields], Input]]] = {
    "abandon": _abandon,
    "end": _end,
    "transfer": _transfer,
    "accept": _accept,
    "decline": _decline,
    "wrapped_up": _wrapped_up,
}

_ORDERS: Final[dict[str, tuple[type[inputs.CommandInput], str]]] = {
    "assign": (inputs.CommandAssign, "conversation"),
    "requeue": (inputs.CommandRequeue, "conversation"),
    "close": (inputs.CommandClose, "conversation"),
    "prioritise": (inputs.CommandPrioritise, "conversation"),
    "pause_queue": (inputs.CommandPauseQueue, "queue"),
    "resume_queue": (inputs.CommandResumeQueue, "queue"),
    "set_presence": (inputs.CommandSetPresence, "agent"),
    "surge": (inputs.CommandSurge, "stage"),
}


def _command(what: written.Command, envelope: Fields) -> Input:
    order = next(key for key in written.ORDERS if getattr(what, key) is not None)
    kind, field = _ORDERS[order]
    fields: Fields = {field: getattr(what, order)}
    if what.to is not None:
        fields["agent"] = what.to
    if what.priority is not None:
        fields["priority"] = what.priority
    if what.presence is not None:
        fields["presence"] = Presence(what.presence)
    said: Fields = {"by": what.by, "reason": what.reason}
    if what.without is not None:
        said[what.without] = None
    return kind(**envelope, **said, **fields)


def _subject(made: Input) -> str:
    """Say whom an input is about, as a refusal does."""
    for field in ("conversation", "agent", "queue", "stage"):
        name: str | None = getattr(made, field, None)
        if name is not None:
            return name
    return ""
