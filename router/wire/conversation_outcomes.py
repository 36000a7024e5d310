"""What is published of conversations, offers and deflections: fields of each event.

Each model is the source of its event's published schema, in the order of the contract.
"""

from typing import Annotated, Literal

from pydantic import Field

from router.model import outputs
from router.model.reasons import Close, Requeue, Withdrawal
from router.wire.fields import Count, Id, Instant, Name
from router.wire.outcome_parts import (
    Absent,
    DecidedFields,
    EstimateFields,
    JudgedFields,
    QualifiedFields,
    Requirements,
    TermsFields,
    TriggerFields,
)


class _ConversationFields(DecidedFields):
    conversation: Id = Field(description="The conversation.", examples=["conv-81204"])


class QueuedFields(_ConversationFields):
    """A conversation waits. It comes before any other decision about it, save refused ones."""

    of = outputs.ConversationQueued

    queue: Name = Field(description="Where it waits.", examples=["reimbursement"])
    place: int = Field(ge=1, description="Its rank in the queue now, from 1.", examples=[3])
    estimated_wait_s: EstimateFields | None = Field(
        description="Estimated wait in seconds, or null where none can be given.",
        examples=[{"p50": 35.0, "p90": 140.0}],
    )
    qualified: QualifiedFields = Field(description="What qualification found.")


class _AgentHasItFields(_ConversationFields):
    offer: Id = Field(description="Id of the offer.", examples=["o1042"])
    agent: Id = Field(description="The agent.", examples=["agent-0417"])
    queue: Name = Field(description="Where it waited.", examples=["reimbursement"])
    attempt: int = Field(
        ge=1,
        description="Counts offers and direct assignments in the life of the conversation.",
        examples=[1],
    )
    waited_s: float = Field(
        ge=0, description="Seconds from arrival to the first assignment.", examples=[12.42]
    )
    units: Count = Field(description="Units of the agent's capacity it takes.", examples=[34])
    labels: list[Name] | Absent = Field(
        default=None,
        description="Labels it counts with while the agent has it, where it has any.",
        examples=[["hard"]],
    )
    interruptible: Literal[True] | Absent = Field(
        default=None,
        description="Where a conversation of another channel may come between.",
        examples=[True],
    )


class OfferedFields(_AgentHasItFields):
    """An agent is asked; capacity is held until the offer ends.

    Several may be asked at once: one event for each, the best first, with the same offer and cause.
    """

    of = outputs.ConversationOffered

    expires_at: Instant = Field(
        description="When the offer ends unanswered.", examples=["2026-03-02T08:15:20.000Z"]
    )
    why: TermsFields = Field(description="Why this agent.")


class AssignedFields(_AgentHasItFields):
    """An agent has the conversation: the offer was accepted, or none was needed."""

    of = outputs.ConversationAssigned

    why: TermsFields = Field(description="Why this agent.")
    estimate_s: JudgedFields | Absent = Field(
        default=None,
        description="The wait it was told when it was last queued, where it was told one.",
    )


class _OfferEndedFields(_ConversationFields):
    offer: Id = Field(description="The offer that ended.", examples=["o1042"])
    agent: Id = Field(description="Who had been asked.", examples=["agent-0417"])


class OfferExpiredFields(_OfferEndedFields):
    """Nobody answered in time; the conversation waits again, its place kept.

    Where several were asked: one event for each.
    """

    of = outputs.OfferExpired

    reason: Literal["no_answer"] = Field(description="Always this.", examples=["no_answer"])


class OfferDeclinedFields(_OfferEndedFields):
    """The agent refused; the conversation waits again, its place kept, unless others are asked."""

    of = outputs.OfferDeclined

    reason: Name | None = Field(
        description="Why, in the agent's words, or null.", examples=["conflict_of_interest"]
    )


class OfferWithdrawnFields(_OfferEndedFields):
    """The router took the offer back; the conversation waits again, unless others are asked.

    `taken`: another agent who was asked accepted; `conversation.assigned` follows.
    """

    of = outputs.OfferWithdrawn

    reason: Withdrawal = Field(description="Why.", examples=["presence"])


class RequeuedFields(_ConversationFields):
    """A conversation waits again, its place kept."""

    of = outputs.ConversationRequeued

    queue: Name = Field(description="Where it waits.", examples=["contracts"])
    reason: Requeue = Field(description="Why.", examples=["transferred"])
    place: int = Field(ge=1, description="Its rank in the queue now, from 1.", examples=[1])
    agent: Id | Absent = Field(
        default=None, description="Who had it, where somebody had.", examples=["agent-0417"]
    )
    wrapup_until: Instant | None = Field(
        default=None,
        description="End of the agent's wrap-up, where one started; null: open.",
        examples=["2026-03-02T08:16:30.000Z"],
    )
    first: Literal["customer"] | Absent = Field(
        default=None,
        description="`customer`: the customer is rung at once, while an agent is looked for; absent: the agent rings.",
        examples=["customer"],
    )


class ExpandedFields(_ConversationFields):
    """Requirements were relaxed by one step."""

    of = outputs.ConversationExpanded

    queue: Name = Field(description="Where it waits.", examples=["reimbursement"])
    step: Count = Field(description="The step.", examples=[1])
    requirements: Requirements = Field(
        description="What an agent must have from now on.", examples=[{"reimbursement": 1}]
    )


class OverflowedFields(_ConversationFields):
    """A conversation went to another queue or pool, or others help where it waits; its arrival is kept."""

    of = outputs.ConversationOverflowed

    from_: Name = Field(alias="from", description="Queue it was in.", examples=["reimbursement"])
    to: Name = Field(
        description="Queue or pool it went to, or team or site that may serve it too from now on.",
        examples=["generalists"],
    )
    kind: Name = Field(
        description="What `to` is: queue, team, site or pool; sent to a pool, it is over here.",
        examples=["queue"],
    )
    trigger: TriggerFields = Field(description="What set it off, and the value it had.")


class DeflectedFields(_ConversationFields):
    """The customer is offered something else than waiting; the place is kept."""

    of = outputs.ConversationDeflected

    deflection: Id = Field(description="Id of the deflection.", examples=["d1043"])
    kind: Name = Field(
        description="callback, channel, self_service, voicemail, partner or message.",
        examples=["callback"],
    )
    trigger: TriggerFields = Field(description="What set it off, and the value it had.")
    text: str = Field(
        description="What to tell the customer.", examples=["May we ring you back at 10:30?"]
    )
    expires_at: Instant = Field(
        description="When it ends unanswered.", examples=["2026-03-02T08:16:00.000Z"]
    )
    to: Name | Absent = Field(
        default=None,
        description="The channel, or the partner's team, that is offered.",
        examples=["message"],
    )


class DeflectionAcceptedFields(_ConversationFields):
    """The customer took it: a callback comes back, else `conversation.closed` follows."""

    of = outputs.DeflectionAccepted

    deflection: Id = Field(description="The deflection.", examples=["d1043"])
    callback_at: Instant | Absent = Field(
        default=None,
        description="When it comes back, where the customer said so; else when its turn comes.",
        examples=["2026-03-02T10:30:00.000Z"],
    )


class DeflectionExpiredFields(_ConversationFields):
    """The customer did not answer a deflection; `conversation.requeued` follows."""

    of = outputs.DeflectionExpired

    deflection: Id = Field(description="The deflection.", examples=["d1043"])


class AbandonedFields(_ConversationFields):
    """The customer left."""

    of = outputs.ConversationAbandoned

    waited_s: float = Field(ge=0, description="Seconds from arrival.", examples=[95.2])
    reason: Name | None = Field(
        description="Why, in the platform's words, or null.", examples=["hung_up"]
    )


class ClosedFields(_ConversationFields):
    """The conversation is over; with an agent, his wrap-up started."""

    of = outputs.ConversationClosed

    waited_s: float = Field(
        ge=0, description="Seconds from arrival to the first assignment.", examples=[12.42]
    )
    reason: Close = Field(description="Why.", examples=["ended"])
    handled_s: Annotated[float, Field(ge=0)] | Absent = Field(
        default=None,
        description="Seconds since the last assignment, where there was one.",
        examples=[312.9],
    )
    agent: Id | Absent = Field(
        default=None, description="Who had it, where somebody had.", examples=["agent-0417"]
    )
    wrapup_until: Instant | None = Field(
        default=None,
        description="End of the agent's wrap-up, where one started; null: open.",
        examples=["2026-03-02T08:21:05.000Z"],
    )


CONVERSATION_OUTCOMES: tuple[type[DecidedFields], ...] = (
    QueuedFields,
    OfferedFields,
    AssignedFields,
    OfferExpiredFields,
    OfferDeclinedFields,
    OfferWithdrawnFields,
    RequeuedFields,
    ExpandedFields,
    OverflowedFields,
    DeflectedFields,
    DeflectionAcceptedFields,
    DeflectionExpiredFields,
    AbandonedFields,
    ClosedFields,
)
"""The events about one conversation, in the order of the contract."""
