"""What is published of agents, queues, rules and refusals, and the notice of a dead letter.

Each model is the source of its event's published schema, in the order of the contract.
"""

from typing import Annotated

from pydantic import Field, WithJsonSchema
from pydantic.json_schema import SkipJsonSchema

from router.model import outputs
from router.model.reasons import Refusal, Release, SurgeChange, Suspension, Unreadable
from router.wire.fields import Count, Fields, Id, Instant, Name
from router.wire.outcome_parts import DecidedFields, EstimateFields, TriggerFields

Absent = SkipJsonSchema[None]
"""A field that is left out where it does not apply, and is never null."""


class SuspendedFields(DecidedFields):
    """No offers to this agent until `agent.released`; always in pairs, one at a time."""

    of = outputs.AgentSuspended

    agent: Id = Field(description="The agent.", examples=["agent-0417"])
    reason: Suspension = Field(
        description="lease_expired ends with a heartbeat, no_answer with its time.",
        examples=["lease_expired"],
    )


class ReleasedFields(DecidedFields):
    """The last reason to suspend this agent is gone."""

    of = outputs.AgentReleased

    agent: Id = Field(description="The agent.", examples=["agent-0417"])
    reason: Release = Field(description="What ended it.", examples=["heartbeat"])


class ServiceTargetFields(Fields):
    """The service level that a queue is to have."""

    answer: float = Field(
        gt=0, le=1, description="The part that is to be answered in time.", examples=[0.8]
    )
    within_s: float = Field(
        ge=0,
        description="In time is within so many seconds of the arrival; of the service level too.",
        examples=[120.0],
    )


class QueueStatusFields(DecidedFields):
    """How a queue stands; on change, at most once a period, where rules ask for it."""

    of = outputs.QueueStatus

    queue: Name = Field(description="The queue.", examples=["reimbursement"])
    waiting: Count = Field(description="Conversations that wait in it.", examples=[14])
    oldest_wait_s: float = Field(
        ge=0, description="Seconds the longest waiting one has waited.", examples=[181.5]
    )
    available_agents: Count = Field(
        description="Available agents who serve it, busy or not, on any channel.", examples=[6]
    )
    estimated_wait_s: EstimateFields | None = Field(
        description="That of somebody who would come now, or null where none can be given.",
        examples=[{"p50": 35.0, "p90": 140.0}],
    )
    service_level: float | None = Field(
        ge=0,
        le=1,
        description="Answered in time, of all waits that ended lately, by an agent or by leaving; null: none.",
        examples=[0.83],
    )
    service_target: ServiceTargetFields | Absent = Field(
        default=None, description="What the service level is to be, where the rules say so."
    )


class SurgeChangedFields(DecidedFields):
    """Another stage of a surge is in force from here on, or none any more."""

    of = outputs.SurgeChanged

    from_: Name | None = Field(alias="from", description="Stage before, or null.", examples=[None])
    to: Name | None = Field(description="Stage now, or null.", examples=["storm"])
    reason: SurgeChange = Field(
        description="load, command, expired, or policy: other rules.", examples=["load"]
    )
    trigger: TriggerFields | Absent = Field(
        default=None, description="What made the load enter it, and the value it had."
    )
    expires_at: Instant | Absent = Field(
        default=None,
        description="When it ends at the latest, if there is one now.",
        examples=["2026-03-02T14:15:00.000Z"],
    )


class PolicyChangedFields(DecidedFields):
    """Other rules are in force from here on; `policy` is already theirs."""

    of = outputs.PolicyChanged

    from_: Name = Field(alias="from", description="Version before.", examples=["51f0d2bc"])
    to: Name = Field(description="Version now.", examples=["7c1e09aa"])
    files: Name = Field(description="Hash of the rule files.", examples=["7c1e09aa41d2f0c35b8e"])


class InputRefusedFields(DecidedFields):
    """A readable input changed nothing."""

    of = outputs.InputRefused

    reason: Refusal = Field(description="Why.", examples=["stale_offer"])
    type: Name = Field(description="Type of the input.", examples=["offer.accepted"])
    subject: Name = Field(
        description="The conversation or agent it named; of a command, what it was for.",
        examples=["conv-81204"],
    )
    conversation: Id | Absent = Field(
        default=None, description="The conversation it named.", examples=["conv-81204"]
    )
    agent: Id | Absent = Field(default=None, description="The agent it named.")


class CommandAppliedFields(DecidedFields):
    """A supervisor's command was carried out; what it changed follows."""

    of = outputs.CommandApplied

    command: Name = Field(description="Id of the command.", examples=["cmd-771"])
    by: Name = Field(description="Who ordered it.", examples=["supervisor-12"])
    reason: Name = Field(description="The supervisor's reason.", examples=["customer called twice"])
    conversation: Id | Absent = Field(
        default=None, description="The conversation it is about.", examples=["conv-81204"]
    )
    agent: Id | Absent = Field(default=None, description="The agent it is about.")


class CommandRefusedFields(DecidedFields):
    """A supervisor's command changed nothing."""

    of = outputs.CommandRefused

    command: Name = Field(description="Id of the command.", examples=["cmd-772"])
    by: Name | None = Field(description="Who ordered it, or null.", examples=["supervisor-12"])
    reason: Name | None = Field(
        description="The supervisor's reason, or null.", examples=["customer called twice"]
    )
    code: Refusal = Field(description="Why not.", examples=["agent_unavailable"])
    conversation: Id | Absent = Field(
        default=None, description="The conversation it is about.", examples=["conv-81204"]
    )
    agent: Id | Absent = Field(default=None, description="The agent it is about.")


class DeadLetteredFields(Fields):
    """An input could not be read and will not be applied; it stays at its offset.

    Neither its value nor its headers are copied, since they may hold a customer's words.
    """

    topic: Name = Field(description="Topic of the input.", examples=["routing.conversations"])
    partition: Count = Field(description="Its partition.", examples=[3])
    offset: Count = Field(description="Its offset.", examples=[20418])
    reason: Unreadable = Field(
        description="The first that applies, in the order of this list.",
        examples=["missing_field"],
    )
    field: Name | Absent = Field(
        default=None,
        description="Path of what is wrong, with dots, where one can be named.",
        examples=["data.channel"],
    )
    explanation: str = Field(
        description="What is wrong, for the producer; it never quotes the input.",
        examples=["data.channel is missing."],
    )
    bytes: Count = Field(description="Length of the value; 0 where it is null.", examples=[214])
    sha256: Annotated[str, WithJsonSchema({"type": "string", "pattern": "^[0-9a-f]{64}$"})] = Field(
        description="SHA-256 of the value, in hexadecimal; of nothing where it is null.",
        examples=["3f79bb7b435b05321651daefd374cdc681dc06faa65e374e38337b88ca046dea"],
    )


POOL_OUTCOMES: tuple[type[DecidedFields], ...] = (
    SuspendedFields,
    ReleasedFields,
    QueueStatusFields,
    SurgeChangedFields,
    PolicyChangedFields,
    InputRefusedFields,
    CommandAppliedFields,
    CommandRefusedFields,
)
"""The other events of `routing.assignments`, in the order of the contract."""
