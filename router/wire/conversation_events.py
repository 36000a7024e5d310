"""What platforms may say of a conversation: the fields of every event of `routing.conversations`.

Each model is the source of its event's published schema and of the exact reading. Descriptions are
for the people who produce the events. The text of a conversation is never shown in a repr.
"""

from typing import Self

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from router.model import inputs
from router.wire.fields import (
    NOTHING_GIVEN,
    Agents,
    Attributes,
    Fields,
    Hops,
    Id,
    InputFields,
    Instant,
    Language,
    Level,
    Name,
    Priority,
    Skills,
    Text,
)

_TARGETS = ("queue", "skills", "agent", "level")


class CustomerFields(Fields):
    """Who waits."""

    makes = inputs.Customer

    id: Name | None = Field(
        default=None,
        description="The customer as the platform knows them: a reference, never a name.",
        examples=["cust-55120"],
    )
    tier: Name | None = Field(
        default=None,
        description="How the centre classes the customer, in its own words.",
        examples=["gold"],
    )


class _FactFields(InputFields):
    """What a platform may tell of a conversation, at its start or later."""

    channel: Name | None = Field(
        default=None,
        description="Another channel; ignored while offered or assigned.",
    )
    topic: Name | None = Field(
        default=None,
        description="What the conversation is about, where the platform knows it.",
        examples=["reimbursement"],
    )
    level: Level | None = Field(
        default=None,
        description="Complexity of the conversation; 1 is simple, higher is harder.",
        examples=[2],
    )
    language: Language | None = Field(
        default=None,
        description="Language the customer speaks, as a BCP 47 tag.",
        examples=["fr"],
    )
    priority: Priority | None = Field(
        default=None,
        description="Priority; higher goes first.",
        examples=[200],
    )
    skills: Skills | None = Field(
        default=None,
        description="Skills the agent must have besides what the queue asks: skill to least level.",
        examples=[{"reimbursement": 2}],
    )
    preferred_agents: Agents | None = Field(
        default=None,
        description="Agents to prefer, such as the one the customer spoke with last.",
        examples=[["agent-0417"]],
    )
    customer: CustomerFields | None = Field(
        default=None,
        description="Who waits.",
    )
    attributes: Attributes | None = Field(
        default=None,
        description=(
            "Flat facts that qualification may look at: name to string, finite number, boolean or "
            "null. A whole number is at most 2^53 - 1 in size."
        ),
        examples=[{"brand": "blue", "contract": "family"}],
    )
    text: Text | None = Field(
        default=None,
        repr=False,
        description=(
            "The customer's first words. Qualification reads them once; they are never kept, "
            "logged or published again."
        ),
        examples=["I am still waiting for my refund"],
    )


class CreatedFields(_FactFields):
    """A customer begins to wait.

    Answered by `conversation.queued`, or `input.refused` with `conversation_exists`,
    `unconfigured_channel` or `no_queue`. Created again after its end, a conversation has a new
    life.
    """

    makes = inputs.ConversationCreated

    channel: Name = Field(
        description=(
            "How the customer reached the centre: voice, chat, email, message, callback, or any "
            "other channel that the rules configure."
        ),
        examples=["chat"],
    )
    arrived_at: Instant | None = Field(
        default=None,
        description=(
            "When the customer began to wait (RFC 3339); default, and at the latest, the event's "
            "time."
        ),
        examples=["2026-03-02T08:14:58.000Z"],
    )
    hops: Hops | None = Field(
        default=None,
        description="How often the conversation moved from pool to pool; written by the router.",
    )


class UpdatedFields(_FactFields):
    """Facts of a conversation changed; a field that is given replaces the old value whole.

    The place is kept. Waiting or offered, it is qualified again and answered by
    `conversation.queued`; assigned, only the facts change. `arrived_at` is ignored.
    """

    makes = inputs.ConversationUpdated


class AbandonedFields(InputFields):
    """The customer left before an agent had the conversation.

    Answered by `conversation.abandoned`, or by `conversation.requeued` where a customer who was
    rung first did not pick up (`no_answer`) and attempts are left; while assigned, `input.refused`
    with `not_waiting`.
    """

    makes = inputs.ConversationAbandoned

    reason: Name | None = Field(
        default=None,
        description="Why, in the platform's words.",
        examples=["hung_up"],
    )


class EndedFields(InputFields):
    """An assigned conversation is over, and the agent's wrap-up starts.

    Answered by `conversation.closed`, or by `conversation.requeued` where nobody picked up a
    callback that has attempts left; not assigned, or to another agent than the one given:
    `input.refused` with `not_assigned`.
    """

    makes = inputs.ConversationEnded

    agent: Id | None = Field(
        default=None,
        description="Who had the conversation; checked where given.",
        examples=["agent-0417"],
    )
    outcome: Name | None = Field(
        default=None,
        description="How it ended; `no_answer`: nobody picked up the callback.",
        examples=["resolved"],
    )


class TargetFields(Fields):
    """Where a conversation is handed to; at least one of the fields is given."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"required": [name], "properties": {name: {"not": {"type": "null"}}}}
                for name in _TARGETS
            ]
        }
    )
    makes = inputs.TransferTarget

    queue: Name | None = Field(
        default=None,
        description="Queue to wait in.",
        examples=["contracts"],
    )
    skills: Skills | None = Field(
        default=None,
        description="Skills the next agent must have, in place of those found: skill to least level.",
        examples=[{"contracts": 3}],
    )
    agent: Id | None = Field(
        default=None,
        description="The only preferred agent from now on.",
    )
    level: Level | None = Field(
        default=None,
        description="Complexity from now on.",
        examples=[3],
    )

    @model_validator(mode="after")
    def _something_given(self) -> Self:
        if all(getattr(self, name) is None for name in _TARGETS):
            raise PydanticCustomError(
                NOTHING_GIVEN, "must hold at least one of queue, skills, agent and level"
            )
        return self


class TransferredFields(InputFields):
    """The agent who has the conversation hands it over.

    Answered by `conversation.requeued` with the reason `transferred`; the agent's wrap-up starts.
    Not the holder: `input.refused` with `not_assigned`.
    """

    makes = inputs.ConversationTransferred

    agent: Id = Field(description="Who hands it over.", examples=["agent-0417"])
    to: TargetFields = Field(description="Where it should go.")
    reason: Name | None = Field(
        default=None,
        description="Why, in the platform's words.",
        examples=["needs a contract expert"],
    )


class _AnswerFields(InputFields):
    """An addressee's answer to an offer."""

    offer: Id = Field(
        description="The offer, as `conversation.offered` named it.", examples=["o1042"]
    )
    agent: Id = Field(description="Who answers.", examples=["agent-0417"])


class OfferAcceptedFields(_AnswerFields):
    """The agent takes the offer: `conversation.assigned`, or `input.refused` with `stale_offer`."""

    makes = inputs.OfferAccepted

    reason: Name | None = Field(default=None, description="Free words of the desktop.")


class OfferDeclinedFields(_AnswerFields):
    """The agent refuses the offer: `offer.declined`, or `input.refused` with `stale_offer`."""

    makes = inputs.OfferDeclined

    reason: Name | None = Field(
        default=None, description="Why, in the agent's words.", examples=["conflict_of_interest"]
    )


class _DeflectionFields(InputFields):
    """A customer's answer to what was offered instead of waiting."""

    deflection: Id = Field(
        description="The deflection, as `conversation.deflected` named it.", examples=["d1043"]
    )
    callback_at: Instant | None = Field(
        default=None,
        description="When to ring back (RFC 3339).",
    )
    phone_ref: Name | None = Field(
        default=None,
        description="Reference to the number to ring, never the number itself.",
    )


class DeflectionAcceptedFields(_DeflectionFields):
    """The customer takes what was offered: `deflection.accepted`, or `input.refused` with
    `stale_deflection`.
    """

    makes = inputs.DeflectionAccepted

    callback_at: Instant | None = Field(
        default=None,
        description="When to ring back (RFC 3339).",
        examples=["2026-03-02T10:30:00.000Z"],
    )
    phone_ref: Name | None = Field(
        default=None,
        description="Reference to the number to ring, never the number itself.",
        examples=["phone-7781"],
    )


class DeflectionDeclinedFields(_DeflectionFields):
    """The customer prefers to wait: `conversation.requeued`, or `input.refused` with
    `stale_deflection`.
    """

    makes = inputs.DeflectionDeclined


EVENTS: tuple[type[InputFields], ...] = (
    CreatedFields,
    UpdatedFields,
    AbandonedFields,
    EndedFields,
    TransferredFields,
    OfferAcceptedFields,
    OfferDeclinedFields,
    DeflectionAcceptedFields,
    DeflectionDeclinedFields,
)
"""The events of the topic, in the order of the contract."""
