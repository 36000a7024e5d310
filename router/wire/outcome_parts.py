"""What the published decisions have in common: who decided, why, and the parts of their bodies.

These models are the source of the schemas of `routing.assignments`. Descriptions are for the people
who read the events. Decisions are not written through these models (`router.wire.writer` does
that); the tests hold what is written to the schemas.
"""

from typing import Annotated, ClassVar

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from router.model.outputs import Outcome
from router.wire.fields import (
    Count,
    Fields,
    Id,
    Instant,
    Integer,
    Level,
    Name,
    Priority,
)


class CauseInputFields(Fields):
    """The input a decision answers."""

    topic: Name = Field(description="Topic it was read from.", examples=["routing.conversations"])
    partition: Count = Field(description="Its partition.", examples=[3])
    offset: Count = Field(description="Its offset.", examples=[20417])
    id: Name = Field(description="Id of the event.", examples=["evt-90211"])


class CauseTimerFields(Fields):
    """The timer a decision follows from; each fires once."""

    timer: Name = Field(description="Name of the timer.", examples=["offer_expires"])
    due: Instant = Field(description="When it was due.", examples=["2026-03-02T08:15:20.000Z"])
    of: Name = Field(
        description="Id of the conversation, offer, agent, queue or pool; name of the calendar, the stage, or the rule whose condition changed.",
        examples=["conv-81204"],
    )


class CauseRouterFields(Fields):
    """The router itself."""

    router: Name = Field(description="What happened to it.", examples=["restart"])


class PositionsFields(Fields):
    """Last offset of each input partition applied before or by a decision; -1: none."""

    conversations: Integer = Field(description="Of the conversations.", examples=[20417])
    agents: Integer = Field(description="Of the agents.", examples=[88021])
    commands: Integer = Field(description="Of the commands.", examples=[-1])


class DecidedFields(Fields):
    """Common part of the data of every decision."""

    of: ClassVar[type[Outcome]]

    pool: Id = Field(description="The pool, which is also the record's key.", examples=["fr"])
    seq: Annotated[int, Field(ge=1)] = Field(
        description="1, 2, 3 ... in the pool, without a gap or a repeat, for ever.",
        examples=[1042],
    )
    policy: Name = Field(description="Version of the rules in force.", examples=["7c1e09aa"])
    cause: CauseInputFields | CauseTimerFields | CauseRouterFields = Field(
        description="What it follows from: an input, a timer, or the router itself."
    )
    read: PositionsFields = Field(
        description="What had been read, so that anyone can replay the order."
    )


Absent = SkipJsonSchema[None]
"""A field that is left out where it does not apply, and is never null."""


class TermsFields(Fields):
    """Why this agent: the score and its parts."""

    score: Integer = Field(description="Sum of the terms.", examples=[172])
    terms: dict[Name, Integer] = Field(
        description="Weight times value of each feature that has a weight.",
        examples=[{"proficiency": 100, "idle": 72}],
    )


class EstimateFields(Fields):
    """Estimated wait, in seconds."""

    p50: float = Field(description="Half are served by then.", ge=0, examples=[35.0])
    p90: float = Field(description="Nine in ten are served by then.", ge=0, examples=[140.0])


class JudgedFields(Fields):
    """An estimated wait, and what came of it, in seconds."""

    p50: float = Field(description="Half were to be served by then.", ge=0, examples=[35.0])
    p90: float = Field(description="Nine in ten were to be served by then.", ge=0, examples=[140.0])
    actual: float = Field(
        description="From when that was said until this assignment.", ge=0, examples=[51.25]
    )


class ExpressionFields(Fields):
    """Requirements that no map of skills can say."""

    expression: str = Field(
        description="Them, in words.", examples=["contracts >= 2 or legal >= 1"]
    )


Requirements = dict[Name, Integer] | ExpressionFields
"""What an agent must have: skill to least level, or an expression."""


class QualifiedFields(Fields):
    """What qualification found."""

    topic: Name | None = Field(description="What it is about.", examples=["reimbursement"])
    level: Level | None = Field(description="Complexity; 1 is simple.", examples=[2])
    language: Name | None = Field(description="Language, as a BCP 47 tag.", examples=["fr"])
    priority: Priority = Field(description="Higher goes first.", examples=[200])
    requirements: Requirements = Field(
        description="What an agent must have: skill to least level, or an expression.",
        examples=[{"reimbursement": 2}],
    )
    rules: list[Name] = Field(
        description="The rules that set this, in their order.", examples=[["family-contracts"]]
    )
    labels: list[Name] | Absent = Field(
        default=None, description="Labels that rules gave it, where any did.", examples=[["hard"]]
    )


class TriggerFields(Fields):
    """What set a rule off."""

    name: Name = Field(description="What was watched.", examples=["oldest_wait"])
    value: float = Field(description="The value it had.", examples=[180.0])
