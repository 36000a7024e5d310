"""What may happen to the router: every event of the three input topics, as a value.

An input is read by the wire (limits already enforced) and given to ``Engine.apply``. Times are
integer milliseconds since the epoch, UTC. Ids match ``limits.ID_PATTERN``. A field that an event
left out is ``None``.
"""

from enum import StrEnum
from typing import ClassVar

import msgspec

Scalar = str | int | float | bool | None
"""Value of an attribute; attributes are flat."""


class Topic(StrEnum):
    """The three input topics, without their prefix."""

    CONVERSATIONS = "conversations"
    AGENTS = "agents"
    COMMANDS = "commands"


class Presence(StrEnum):
    """What an agent declares. Only ``available`` agents get work."""

    AVAILABLE = "available"
    BUSY = "busy"
    BREAK = "break"
    TRAINING = "training"
    MEETING = "meeting"
    DRAINING = "draining"
    OFFLINE = "offline"


class Origin(msgspec.Struct, frozen=True, gc=False):
    """Where an input was read: topic name as published, partition, offset, record time (ms)."""

    topic: str
    partition: int
    offset: int
    recorded_at: int


NOWHERE = Origin(topic="", partition=-1, offset=-1, recorded_at=0)


class Input(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Common part of every input.

    ``id`` is unique per ``source``; an empty id is never checked for repetition. ``at`` is the
    event's own time, which is not the time it is applied at.
    """

    type: ClassVar[str] = ""
    topic: ClassVar[Topic]

    pool: str
    id: str = ""
    source: str = ""
    at: int = 0
    traceparent: str | None = None
    origin: Origin = NOWHERE


class ConversationInput(Input, frozen=True, kw_only=True):
    """An input whose subject is a conversation."""

    topic: ClassVar[Topic] = Topic.CONVERSATIONS
    conversation: str


class Customer(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Who waits: an id and a tier, both as the platform names them."""

    id: str | None = None
    tier: str | None = None


class ConversationFacts(ConversationInput, frozen=True, kw_only=True):
    """What a platform tells of a conversation; ``text`` is read by qualification only."""

    channel: str | None = None
    topic_: str | None = msgspec.field(name="topic", default=None)
    level: int | None = None
    language: str | None = None
    priority: int | None = None
    skills: dict[str, int] | None = None
    preferred_agents: tuple[str, ...] | None = None
    customer: Customer | None = None
    attributes: dict[str, Scalar] | None = None
    text: str | None = None

    def __repr__(self) -> str:
        """Show every field but the customer's words, which belong in no log and no traceback."""
        shown = (
            f"{name}={getattr(self, name)!r}" for name in self.__struct_fields__ if name != "text"
        )
        return f"{type(self).__name__}({', '.join(shown)})"


class ConversationCreated(ConversationFacts, frozen=True, kw_only=True):
    """A customer began to wait. ``arrived_at`` (ms) defaults to ``at``; a later one counts as it."""

    type: ClassVar[str] = "conversation.created"
    arrived_at: int | None = None
    hops: int = 0


class ConversationUpdated(ConversationFacts, frozen=True, kw_only=True):
    """Facts changed: a field that is given replaces the old value whole; the place is kept."""

    type: ClassVar[str] = "conversation.updated"


class ConversationAbandoned(ConversationInput, frozen=True, kw_only=True):
    """The customer left before an agent had the conversation."""

    type: ClassVar[str] = "conversation.abandoned"
    reason: str | None = None


class ConversationEnded(ConversationInput, frozen=True, kw_only=True):
    """An assigned conversation is over; the agent's wrap-up starts."""

    type: ClassVar[str] = "conversation.ended"
    agent: str | None = None
    outcome: str | None = None


class TransferTarget(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where a transferred conversation should go; at least one is given."""

    queue: str | None = None
    skills: dict[str, int] | None = None
    agent: str | None = None
    level: int | None = None


class ConversationTransferred(ConversationInput, frozen=True, kw_only=True):
    """The holder hands the conversation over."""

    type: ClassVar[str] = "conversation.transferred"
    agent: str
    to: TransferTarget
    reason: str | None = None


class OfferAccepted(ConversationInput, frozen=True, kw_only=True):
    """An addressee takes the offer."""

    type: ClassVar[str] = "offer.accepted"
    offer: str
    agent: str
    reason: str | None = None


class OfferDeclined(ConversationInput, frozen=True, kw_only=True):
    """An addressee refuses the offer."""

    type: ClassVar[str] = "offer.declined"
    offer: str
    agent: str
    reason: str | None = None


class DeflectionAccepted(ConversationInput, frozen=True, kw_only=True):
    """The customer takes what was offered instead of waiting."""

    type: ClassVar[str] = "deflection.accepted"
    deflection: str
    callback_at: int | None = None
    phone_ref: str | None = None


class DeflectionDeclined(ConversationInput, frozen=True, kw_only=True):
    """The customer prefers to wait."""

    type: ClassVar[str] = "deflection.declined"
    deflection: str
    callback_at: int | None = None
    phone_ref: str | None = None


class AgentInput(Input, frozen=True, kw_only=True):
    """An input whose subject is an agent."""

    topic: ClassVar[Topic] = Topic.AGENTS
    agent: str


class AgentUpdated(AgentInput, frozen=True, kw_only=True):
    """The whole profile of an agent; what is left out is gone.

    ``skills`` {skill: level}, ``channels`` {channel: most at once}, ``capacity`` in units (default:
    the policy's), ``preferences`` {skill: -5..5}.
    """

    type: ClassVar[str] = "agent.updated"
    team: str
    skills: dict[str, int]
    channels: dict[str, int]
    site: str | None = None
    capacity: int | None = None
    languages: tuple[str, ...] = ()
    preferences: dict[str, int] = msgspec.field(default_factory=dict)
    cost: int | float | None = None
    partner: str | None = None


class AgentPresence(AgentInput, frozen=True, kw_only=True):
    """What the agent declares; at ``until`` (ms) back to available, if the lease lives."""

    type: ClassVar[str] = "agent.presence"
    presence: Presence
    reason: str | None = None
    until: int | None = None


class AgentHeartbeat(AgentInput, frozen=True, kw_only=True):
    """The agent's desktop lives: renews the lease."""

    type: ClassVar[str] = "agent.heartbeat"


class AgentWrapupEnded(AgentInput, frozen=True, kw_only=True):
    """The work after a conversation is done."""

    type: ClassVar[str] = "agent.wrapup_ended"
    conversation: str


class CommandInput(Input, frozen=True, kw_only=True):
    """A supervisor's order; without ``by`` or ``reason`` it is refused."""

    topic: ClassVar[Topic] = Topic.COMMANDS
    by: str | None = None
    reason: str | None = None


class CommandAssign(CommandInput, frozen=True, kw_only=True):
    """Give this conversation to this agent now, skills or not, within capacity."""

    type: ClassVar[str] = "command.assign"
    conversation: str
    agent: str


class CommandRequeue(CommandInput, frozen=True, kw_only=True):
    """Take an offered or assigned conversation back to its place in the queue."""

    type: ClassVar[str] = "command.requeue"
    conversation: str


class CommandClose(CommandInput, frozen=True, kw_only=True):
    """End a conversation."""

    type: ClassVar[str] = "command.close"
    conversation: str


class CommandPrioritise(CommandInput, frozen=True, kw_only=True):
    """Give a conversation another priority."""

    type: ClassVar[str] = "command.prioritise"
    conversation: str
    priority: int


class CommandPauseQueue(CommandInput, frozen=True, kw_only=True):
    """Offer nothing more from this queue; who waits keeps waiting."""

    type: ClassVar[str] = "command.pause_queue"
    queue: str


class CommandResumeQueue(CommandInput, frozen=True, kw_only=True):
    """Offer from this queue again."""

    type: ClassVar[str] = "command.resume_queue"
    queue: str


class CommandSetPresence(CommandInput, frozen=True, kw_only=True):
    """Declare presence for an agent."""

    type: ClassVar[str] = "command.set_presence"
    agent: str
    presence: Presence


class CommandSurge(CommandInput, frozen=True, kw_only=True):
    """Enter a surge stage, or ``off``."""

    type: ClassVar[str] = "command.surge"
    stage: str


INPUTS: tuple[type[Input], ...] = (
    ConversationCreated,
    ConversationUpdated,
    ConversationAbandoned,
    ConversationEnded,
    ConversationTransferred,
    OfferAccepted,
    OfferDeclined,
    DeflectionAccepted,
    DeflectionDeclined,
    AgentUpdated,
    AgentPresence,
    AgentHeartbeat,
    AgentWrapupEnded,
    CommandAssign,
    CommandRequeue,
    CommandClose,
    CommandPrioritise,
    CommandPauseQueue,
    CommandResumeQueue,
    CommandSetPresence,
    CommandSurge,
)
"""Every input, in the order of the contract."""

INPUT_TYPES: dict[str, type[Input]] = {each.type: each for each in INPUTS}
