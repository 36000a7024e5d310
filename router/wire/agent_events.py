"""What desktops say of agents, and what supervisors order: `routing.agents`, `routing.commands`.

Each model is the source of its event's published schema and of the exact reading. Descriptions are
for the people who produce the events.
"""

from pydantic import Field

from router.model import inputs
from router.wire.fields import (
    Channels,
    Count,
    DeclaredPresence,
    Id,
    InputFields,
    Instant,
    Languages,
    Name,
    Number,
    Preferences,
    Priority,
    Skills,
)


class AgentUpdatedFields(InputFields):
    """The whole profile of an agent; what is left out is gone.

    Answered by nothing of its own. A new agent is offline until a presence is declared.
    """

    makes = inputs.AgentUpdated

    team: Name = Field(description="Team the agent belongs to.", examples=["reimbursement"])
    skills: Skills = Field(
        description="What the agent can do: skill to level, higher is better.",
        examples=[{"reimbursement": 3, "contracts": 1}],
    )
    channels: Channels = Field(
        description="How many conversations of each channel at most at once.",
        examples=[{"voice": 1, "chat": 3}],
    )
    site: Name | None = Field(
        default=None, description="Where the agent works.", examples=["paris"]
    )
    capacity: Count | None = Field(
        default=None,
        description="Units the agent can use at once; default: what the rules say.",
        examples=[100],
    )
    languages: Languages | None = Field(
        default=None,
        description="Languages the agent speaks, as BCP 47 tags.",
        examples=[["fr", "en"]],
    )
    preferences: Preferences | None = Field(
        default=None,
        description="How the agent likes work that asks for a skill, from dislike to like.",
        examples=[{"contracts": -2}],
    )
    cost: Number | None = Field(
        default=None,
        description="What the agent costs, in the centre's own unit; selection may weigh it.",
        examples=[24.5],
    )
    partner: Name | None = Field(
        default=None,
        description="The outsourced partner the agent works for; left out for the centre's own.",
        examples=["northline"],
    )


class PresenceFields(InputFields):
    """What an agent declares; only `available` agents get work.

    Answered by nothing, or by what it ends: `agent.released`, `offer.withdrawn`. An agent nobody
    described: `input.refused` with `unknown_agent`.
    """

    makes = inputs.AgentPresence

    presence: DeclaredPresence = Field(
        description=(
            "available, busy, break, training, meeting, draining (finishes, gets nothing new) or "
            "offline."
        ),
        examples=["break"],
    )
    reason: Name | None = Field(
        default=None, description="Why, in the agent's words.", examples=["lunch"]
    )
    until: Instant | None = Field(
        default=None,
        description="When the agent is available again by himself (RFC 3339).",
        examples=["2026-03-02T12:45:00.000Z"],
    )


class HeartbeatFields(InputFields):
    """The agent's desktop lives: renews the lease, and releases an agent whose lease had ended.

    `data` may be empty or left out.
    """

    makes = inputs.AgentHeartbeat


class WrapupEndedFields(InputFields):
    """The agent is done with the work after a conversation.

    Answered by nothing. No such wrap-up: `input.refused` with `no_wrap_up`.
    """

    makes = inputs.AgentWrapupEnded

    conversation: Id = Field(
        description="The conversation the wrap-up belongs to.", examples=["conv-81204"]
    )


class _CommandFields(InputFields):
    """Who orders, and why. A command without either is answered by `command.refused`."""

    by: Name | None = Field(
        default=None,
        description="Who orders it. Left out or null: refused `missing_by`.",
        examples=["supervisor-12"],
    )
    reason: Name | None = Field(
        default=None,
        description="Why. Left out or null: refused `missing_reason`.",
        examples=["customer called twice"],
    )


class AssignFields(_CommandFields):
    """Give this conversation to this agent now, skills or not, within capacity."""

    makes = inputs.CommandAssign

    conversation: Id = Field(description="The conversation to assign.", examples=["conv-81204"])
    agent: Id = Field(description="Who gets it.", examples=["agent-0417"])


class RequeueFields(_CommandFields):
    """Take an offered or assigned conversation back to its place in the queue."""

    makes = inputs.CommandRequeue

    conversation: Id = Field(description="The conversation to take back.", examples=["conv-81204"])


class CloseFields(_CommandFields):
    """End a conversation."""

    makes = inputs.CommandClose

    conversation: Id = Field(description="The conversation to end.", examples=["conv-81204"])


class PrioritiseFields(_CommandFields):
    """Give a conversation another priority."""

    makes = inputs.CommandPrioritise

    conversation: Id = Field(description="The conversation.", examples=["conv-81204"])
    priority: Priority = Field(
        description="Its priority from now on; higher goes first.", examples=[900]
    )


class PauseQueueFields(_CommandFields):
    """Offer nothing more from this queue; who waits keeps waiting."""

    makes = inputs.CommandPauseQueue

    queue: Name = Field(description="The queue to pause.", examples=["contracts"])


class ResumeQueueFields(_CommandFields):
    """Offer from this queue again."""

    makes = inputs.CommandResumeQueue

    queue: Name = Field(description="The queue to resume.", examples=["contracts"])


class SetPresenceFields(_CommandFields):
    """Declare presence for an agent."""

    makes = inputs.CommandSetPresence

    agent: Id = Field(description="The agent.", examples=["agent-0417"])
    presence: DeclaredPresence = Field(
        description="What to declare for him.", examples=["draining"]
    )


class SurgeFields(_CommandFields):
    """Enter a surge stage of the rules, or `off`. Answered by `command.applied` and `surge.changed`."""

    makes = inputs.CommandSurge

    stage: Name = Field(description="Name of the stage, or off.", examples=["storm"])


AGENT_EVENTS: tuple[type[InputFields], ...] = (
    AgentUpdatedFields,
    PresenceFields,
    HeartbeatFields,
    WrapupEndedFields,
)
"""The events of `routing.agents`, in the order of the contract."""

COMMANDS: tuple[type[InputFields], ...] = (
    AssignFields,
    RequeueFields,
    CloseFields,
    PrioritiseFields,
    PauseQueueFields,
    ResumeQueueFields,
    SetPresenceFields,
    SurgeFields,
)
"""The events of `routing.commands`, in the order of the contract."""
