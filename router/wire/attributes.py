"""The attributes of events as the schemas publish them.

The exact reading checks attributes by hand, since their faults have an order of their own; both
take the shapes from `router.wire.shapes`. Attributes that are not here are ignored.
"""

from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints
from pydantic.json_schema import SkipJsonSchema

from router.model import limits
from router.wire import shapes
from router.wire.fields import Fields, Id, Instant, Name

Source = Annotated[
    str, StringConstraints(max_length=limits.MAX_SOURCE, pattern=shapes.SOURCE_SHAPE)
]
"""A URI reference."""

ID: Final = (
    "Unique for its source. The same id from the same source again, within the window, "
    "is refused as a duplicate."
)


class Attributes(Fields):
    """The attributes of a CloudEvent that the router uses; others are ignored."""

    specversion: Literal["1.0"] = Field(description="Version of CloudEvents.", examples=["1.0"])
    id: Id = Field(description=ID, examples=["evt-90211"])
    source: Source = Field(
        description="Who says it: a URI reference.", examples=["/platforms/chat"]
    )
    type: Name = Field(description="What happened.")
    time: Instant = Field(
        description="When it happened (RFC 3339, with offset).",
        examples=["2026-03-02T08:15:00.000Z"],
    )
    subject: Id | None = Field(default=None, description="Not used.")
    traceparent: str | None = Field(
        default=None,
        description=(
            "W3C trace context of version 00. Decisions carry it on; one that is malformed is "
            "ignored."
        ),
    )


class ConversationAttributes(Attributes):
    """Attributes of an event about a conversation."""

    subject: Id = Field(description="Id of the conversation.", examples=["conv-81204"])


class AgentAttributes(Attributes):
    """Attributes of an event about an agent."""

    id: Id = Field(description=ID, examples=["evt-90380"])
    source: Source = Field(description="Who says it: a URI reference.", examples=["/desktop"])
    subject: Id = Field(description="Id of the agent.", examples=["agent-0417"])


class CommandAttributes(Attributes):
    """Attributes of a command, whose data says what it is about."""

    id: Id = Field(description=ID, examples=["cmd-771"])
    source: Source = Field(description="Who says it: a URI reference.", examples=["/supervision"])


class DecisionAttributes(Attributes):
    """Attributes of a decision about a whole pool."""

    id: Id = Field(description="The decision's `seq`.", examples=["1042"])
    source: Source = Field(description="The router and the pool.", examples=["/contact-router/fr"])
    subject: Name | SkipJsonSchema[None] = Field(
        default=None, description="Left out: it is about the whole pool."
    )
    traceparent: Name | SkipJsonSchema[None] = Field(
        default=None, description="Trace context of the cause; of the conversation, for timers."
    )


class SubjectDecisionAttributes(DecisionAttributes):
    """Attributes of a decision about somebody or something."""

    subject: Name = Field(description="The conversation, agent or queue it is about.")


class NoticeAttributes(Attributes):
    """Attributes of the notice of a dead letter."""

    id: Name = Field(
        description="Topic, partition and offset of the input.",
        examples=["routing.conversations:3:20418"],
    )
    source: Source = Field(description="The router.", examples=["/contact-router"])
    subject: SkipJsonSchema[None] = Field(default=None)
    traceparent: SkipJsonSchema[None] = Field(default=None)
