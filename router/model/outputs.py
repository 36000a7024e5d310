"""What the router decides: every event of ``routing.assignments``, as a value.

A ``Decision`` is the envelope (who, when, why, which number); its ``body`` is one of the outcomes
below and names the event's type. Times are integer milliseconds since the epoch, UTC, and become
RFC 3339 on the wire; ``*_s`` are seconds. A field that is ``UNSET`` does not appear on the wire, a
field that is ``None`` appears as null.
"""

from typing import ClassVar, Literal

import msgspec
from msgspec import UNSET, UnsetType

from router.model.inputs import ConversationCreated


class InputCause(msgspec.Struct, frozen=True, gc=False):
    """The input a decision answers."""

    topic: str
    partition: int
    offset: int
    id: str


class TimerCause(msgspec.Struct, frozen=True, gc=False):
    """The timer a decision follows from: its name, when it was due (ms), whom it is about."""

    timer: str
    due: int
    of: str


class RouterCause(msgspec.Struct, frozen=True, gc=False):
    """The router itself, such as a restart that found other rules."""

    router: str


Cause = InputCause | TimerCause | RouterCause

Requirements = dict[str, int] | dict[str, str]
"""``{skill: least level}``, or ``{"expression": …}`` where no map can say it."""


class Qualified(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What qualification found, as published with ``conversation.queued``."""

    topic: str | None
    level: int | None
    language: str | None
    priority: int
    requirements: Requirements
    rules: tuple[str, ...]
    labels: tuple[str, ...] | UnsetType = UNSET


class EstimatedWait(msgspec.Struct, frozen=True, gc=False):
    """Estimated wait in seconds: half are served by p50, nine in ten by p90."""

    p50: float
    p90: float


class ServiceTarget(msgspec.Struct, frozen=True, gc=False):
    """The service level a queue is to have: the part answered within so many seconds."""

    answer: float
    within_s: float


class Judged(msgspec.Struct, frozen=True, gc=False):
    """An estimate beside what came of it: ``actual`` seconds from when it was said, all in seconds."""

    p50: float
    p90: float
    actual: float


class Why(msgspec.Struct, frozen=True, gc=False):
    """Score of the chosen agent and its parts; the terms add up to the score."""

    score: int
    terms: dict[str, int]


class Outcome(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Common part of every body; ``type`` is the event's type."""

    type: ClassVar[str] = ""


class ConversationQueued(Outcome, frozen=True, kw_only=True):
    """A conversation waits; ``place`` is its rank in its queue now, from 1."""

    type: ClassVar[str] = "conversation.queued"
    conversation: str
    queue: str
    place: int
    estimated_wait_s: EstimatedWait | None
    qualified: Qualified


class ConversationOffered(Outcome, frozen=True, kw_only=True):
    """An agent is asked; capacity is held until the offer ends.

    Where several are asked at once each has one of these, with the same offer and cause.
    """

    type: ClassVar[str] = "conversation.offered"
    conversation: str
    offer: str
    agent: str
    queue: str
    attempt: int
    waited_s: float
    units: int
    expires_at: int
    why: Why
    labels: tuple[str, ...] | UnsetType = UNSET
    interruptible: bool | UnsetType = UNSET


class ConversationAssigned(Outcome, frozen=True, kw_only=True):
    """An agent has the conversation: the offer was accepted, or none was needed.

    ``estimate_s``: the wait that was estimated when it was last queued, at its next assignment.
    """

    type: ClassVar[str] = "conversation.assigned"
    conversation: str
    offer: str
    agent: str
    queue: str
    attempt: int
    waited_s: float
    units: int
    why: Why
    labels: tuple[str, ...] | UnsetType = UNSET
    interruptible: bool | UnsetType = UNSET
    estimate_s: Judged | UnsetType = UNSET


class OfferEnded(Outcome, frozen=True, kw_only=True):
    """Common part of the ways an offer ends for one who was asked.

    The conversation waits again, unless somebody else is asked still, or takes it.
    """

    conversation: str
    offer: str
    agent: str
    reason: str | None


class OfferExpired(OfferEnded, frozen=True, kw_only=True):
    """Nobody answered in time."""

    type: ClassVar[str] = "offer.expired"


class OfferDeclined(OfferEnded, frozen=True, kw_only=True):
    """The agent refused; ``reason`` is the agent's."""

    type: ClassVar[str] = "offer.declined"


class OfferWithdrawn(OfferEnded, frozen=True, kw_only=True):
    """The router took the offer back."""

    type: ClassVar[str] = "offer.withdrawn"


class ConversationRequeued(Outcome, frozen=True, kw_only=True):
    """A conversation waits again, its place kept; ``first`` is who is rung at once: the customer."""

    type: ClassVar[str] = "conversation.requeued"
    conversation: str
    queue: str
    reason: str
    place: int
    agent: str | UnsetType = UNSET
    wrapup_until: int | UnsetType | None = UNSET
    first: Literal["customer"] | UnsetType = UNSET


class ConversationExpanded(Outcome, frozen=True, kw_only=True):
    """Requirements were relaxed by one step."""

    type: ClassVar[str] = "conversation.expanded"
    conversation: str
    queue: str
    step: int
    requirements: Requirements


class Trigger(msgspec.Struct, frozen=True, gc=False):
    """What set a rule off, and the value it had."""

    name: str
    value: float


class ConversationOverflowed(Outcome, frozen=True, kw_only=True):
    """A conversation moved to another queue, or others help where it waits; its arrival is kept.

    ``kind`` says what ``to`` is: a queue, a team or site that may serve it too from now on, or a
    pool; then it is over here, and the decision has what is sent there.
    """

    type: ClassVar[str] = "conversation.overflowed"
    conversation: str
    from_: str = msgspec.field(name="from")
    to: str
    kind: str
    trigger: Trigger


class ConversationDeflected(Outcome, frozen=True, kw_only=True):
    """The customer is offered something else than waiting; ``to`` is the channel or the partner."""

    type: ClassVar[str] = "conversation.deflected"
    conversation: str
    deflection: str
    kind: str
    trigger: Trigger
    text: str
    expires_at: int
    to: str | UnsetType = UNSET


class DeflectionAccepted(Outcome, frozen=True, kw_only=True):
    """The customer took it."""

    type: ClassVar[str] = "deflection.accepted"
    conversation: str
    deflection: str
    callback_at: int | UnsetType = UNSET


class DeflectionExpired(Outcome, frozen=True, kw_only=True):
    """The customer did not answer."""

    type: ClassVar[str] = "deflection.expired"
    conversation: str
    deflection: str


class ConversationAbandoned(Outcome, frozen=True, kw_only=True):
    """The customer left."""

    type: ClassVar[str] = "conversation.abandoned"
    conversation: str
    waited_s: float
    reason: str | None


class ConversationClosed(Outcome, frozen=True, kw_only=True):
    """The conversation is over; with an agent, his wrap-up started (``wrapup_until`` null: open).

    ``handled_s`` runs from the last assignment.
    """

    type: ClassVar[str] = "conversation.closed"
    conversation: str
    waited_s: float
    reason: str
    handled_s: float | UnsetType = UNSET
    agent: str | UnsetType = UNSET
    wrapup_until: int | UnsetType | None = UNSET


class AgentSuspended(Outcome, frozen=True, kw_only=True):
    """No offers to this agent until released."""

    type: ClassVar[str] = "agent.suspended"
    agent: str
    reason: str


class AgentReleased(Outcome, frozen=True, kw_only=True):
    """The last reason to suspend this agent is gone."""

    type: ClassVar[str] = "agent.released"
    agent: str
    reason: str


class QueueStatus(Outcome, frozen=True, kw_only=True):
    """How a queue stands; on change, at most once a period."""

    type: ClassVar[str] = "queue.status"
    queue: str
    waiting: int
    oldest_wait_s: float
    available_agents: int
    estimated_wait_s: EstimatedWait | None
    service_level: float | None
    service_target: ServiceTarget | UnsetType = UNSET


class SurgeChanged(Outcome, frozen=True, kw_only=True):
    """Another stage of a surge is in force, or none any more (null); it ends by ``expires_at``.

    ``trigger``: what made the load enter it.
    """

    type: ClassVar[str] = "surge.changed"
    from_: str | None = msgspec.field(name="from")
    to: str | None
    reason: str
    trigger: Trigger | UnsetType = UNSET
    expires_at: int | UnsetType = UNSET


class PolicyChanged(Outcome, frozen=True, kw_only=True):
    """Other rules are in force from here on."""

    type: ClassVar[str] = "policy.changed"
    from_: str = msgspec.field(name="from")
    to: str
    files: str


class InputRefused(Outcome, frozen=True, kw_only=True):
    """A readable input changed nothing; ``input_type`` is its type, ``subject`` whom it named."""

    type: ClassVar[str] = "input.refused"
    reason: str
    input_type: str = msgspec.field(name="type")
    subject: str


class CommandApplied(Outcome, frozen=True, kw_only=True):
    """A supervisor's command was carried out; what it changed follows."""

    type: ClassVar[str] = "command.applied"
    command: str
    by: str
    reason: str
    conversation: str | UnsetType = UNSET
    agent: str | UnsetType = UNSET


class CommandRefused(Outcome, frozen=True, kw_only=True):
    """A supervisor's command changed nothing; ``code`` says why."""

    type: ClassVar[str] = "command.refused"
    command: str
    by: str | None
    reason: str | None
    code: str
    conversation: str | UnsetType = UNSET
    agent: str | UnsetType = UNSET


OUTCOMES: tuple[type[Outcome], ...] = (
    ConversationQueued,
    ConversationOffered,
    ConversationAssigned,
    OfferExpired,
    OfferDeclined,
    OfferWithdrawn,
    ConversationRequeued,
    ConversationExpanded,
    ConversationOverflowed,
    ConversationDeflected,
    DeflectionAccepted,
    DeflectionExpired,
    ConversationAbandoned,
    ConversationClosed,
    AgentSuspended,
    AgentReleased,
    QueueStatus,
    SurgeChanged,
    PolicyChanged,
    InputRefused,
    CommandApplied,
    CommandRefused,
)
"""Every outcome, in the order of the contract."""


class Decision(msgspec.Struct, frozen=True, gc=False):
    """One decision: ``seq`` counts 1, 2, 3 … in the pool, ``at`` (ms) is when it was taken.

    ``traceparent`` is the cause's, or the conversation's where a timer is the cause. ``sent`` is no
    part of what is published of it: what another pool is to hear, once and together with it;
    whoever publishes it gives it a source.
    """

    pool: str
    seq: int
    policy: str
    at: int
    cause: Cause
    body: Outcome
    traceparent: str | None = None
    sent: ConversationCreated | None = None
