"""The exact reading: what an event is, by the published models, or the first thing wrong with it.

It decides every record that the hot reading does not take, and is the truth that the hot reading is
held to. Promises the first reason that applies in the contract's order, and of that reason the
first field in the order of the schema. No fault ever quotes the event.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import msgspec
from pydantic import ValidationError

from router.model import limits
from router.model.inputs import (
    INPUT_TYPES,
    AgentInput,
    ConversationInput,
    Input,
    Origin,
    Topic,
)
from router.model.reasons import Unreadable
from router.wire import agent_events, conversation_events, documents, instants, modes, shapes
from router.wire.dead_letters import Fault
from router.wire.faults import fault_in_data
from router.wire.fields import Fields, InputFields

REQUIRED: Final = ("specversion", "id", "source", "type")
"""Attributes without which a document is no CloudEvent."""

SPEC_VERSION: Final = "1.0"

MODELS: Final[Mapping[str, type[InputFields]]] = {
    model.makes.type: model
    for model in (
        *conversation_events.EVENTS,
        *agent_events.AGENT_EVENTS,
        *agent_events.COMMANDS,
    )
}
"""The model of the data of every input, by event type."""

NEED_DATA: Final = frozenset(
    model
    for model in MODELS.values()
    if any(field.is_required() for field in model.model_fields.values())
)
"""The models of events that may not leave out their data."""


class Envelope(msgspec.Struct, frozen=True):
    """The attributes of a CloudEvent that the router uses; ``time`` in ms since the epoch."""

    id: str
    source: str
    time: int
    subject: str | None
    traceparent: str | None


def read(
    value: bytes, headers: modes.RecordHeaders, *, topic: Topic, pool: str, origin: Origin
) -> Input | Fault:
    """Read the value and headers of a record whose key, partition and size are right."""
    binary = modes.is_binary(headers)
    if binary and not modes.holds_json(headers):
        return Fault(Unreadable.NOT_JSON, "The content-type of a binary event must be JSON.")
    document, trouble = documents.read(value)
    if trouble is not None:
        return Fault(trouble, _DOCUMENT[trouble])
    if binary:
        attributes, data = modes.attributes(headers), document
    elif isinstance(document, dict):
        attributes, data = document, document.get("data")
    else:
        return Fault(Unreadable.NOT_CLOUDEVENT, "The value must be one JSON object.")
    kind = _kind(attributes, topic)
    if isinstance(kind, Fault):
        return kind
    envelope = _envelope(attributes, kind)
    if isinstance(envelope, Fault):
        return envelope
    fields = _fields(data, MODELS[kind.type])
    if isinstance(fields, Fault):
        return fields
    return _input(fields, envelope, pool=pool, origin=origin)


_DOCUMENT: Final = {
    Unreadable.NOT_JSON: "The value must be JSON: UTF-8 text by the grammar of RFC 8259.",
    Unreadable.TOO_DEEP: (
        f"Objects and arrays must be nested at most {limits.MAX_DEPTH} deep, the outermost included."
    ),
}


def _kind(attributes: dict[str, Any], topic: Topic) -> type[Input] | Fault:
    """Find the input that a CloudEvent on this topic is."""
    for name in REQUIRED:
        value = attributes.get(name)
        if value is None:
            return Fault(Unreadable.NOT_CLOUDEVENT, f"The attribute {name} is missing.", name)
        if not isinstance(value, str):
            return Fault(Unreadable.NOT_CLOUDEVENT, f"The attribute {name} must be a string.", name)
    if attributes["specversion"] != SPEC_VERSION:
        return Fault(
            Unreadable.NOT_CLOUDEVENT,
            f"The attribute specversion must be {SPEC_VERSION}.",
            "specversion",
        )
    kind = INPUT_TYPES.get(attributes["type"])
    if kind is None:
        return Fault(Unreadable.UNKNOWN_TYPE, "No input of the contract has this type.", "type")
    if kind.topic is not topic:
        return Fault(
            Unreadable.WRONG_TOPIC,
            f"Events of type {kind.type} belong on the topic {kind.topic}, not {topic}.",
            "type",
        )
    return kind


def _envelope(attributes: dict[str, Any], kind: type[Input]) -> Envelope | Fault:
    """Check the attributes in the order of the schema."""
    event_id, source = attributes["id"], attributes["source"]
    if not shapes.is_id(event_id):
        return _invalid("id", shapes.ID_IN_WORDS)
    if len(source) > limits.MAX_SOURCE or not shapes.is_source(source):
        return _invalid("source", f"must be a URI reference of 1 to {limits.MAX_SOURCE} characters")
    time = attributes.get("time")
    at = instants.parse(time) if isinstance(time, str) else None
    if at is None:
        how = "is missing" if time is None else "must be an RFC 3339 time with an offset"
        return _invalid("time", how)
    subject = attributes.get("subject")
    if subject is None and issubclass(kind, ConversationInput | AgentInput):
        return _invalid("subject", "is missing: it names whom the event is about")
    if subject is not None and not (isinstance(subject, str) and shapes.is_id(subject)):
        return _invalid("subject", shapes.ID_IN_WORDS)
    trace = attributes.get("traceparent")
    if trace is not None and not isinstance(trace, str):
        return _invalid("traceparent", "must be a string")
    if trace is not None and not shapes.is_traceparent(trace):
        trace = None
    return Envelope(event_id, source, at, subject, trace)


def _invalid(name: str, how: str) -> Fault:
    return Fault(Unreadable.INVALID_ATTRIBUTE, f"The attribute {name} {how}.", name)


def _fields(data: object, model: type[InputFields]) -> InputFields | Fault:
    """Read the data; data that is left out is an empty object where nothing in it is required."""
    if data is None:
        if model in NEED_DATA:
            return Fault(Unreadable.MISSING_FIELD, "data is missing.", "data")
        data = {}
    if not isinstance(data, dict):
        return Fault(Unreadable.INVALID_FIELD, "data must be a JSON object.", "data")
    try:
        return model.model_validate(data)
    except ValidationError as errors:
        return fault_in_data(errors)


def _input(fields: InputFields, envelope: Envelope, *, pool: str, origin: Origin) -> Input:
    subject = {}
    if issubclass(fields.makes, ConversationInput):
        subject = {"conversation": envelope.subject}
    elif issubclass(fields.makes, AgentInput):
        subject = {"agent": envelope.subject}
    return fields.makes(
        pool=pool,
        id=envelope.id,
        source=envelope.source,
        at=envelope.time,
        traceparent=envelope.traceparent,
        origin=origin,
        **subject,
        **_given(fields),
    )


def _given(fields: Fields) -> dict[str, Any]:
    """Give what an event says, by the names of the value it becomes; null is left out."""
    names = _names(fields.makes)
    return {
        names[name]: _plain(value)
        for name in fields.model_fields_set
        if (value := getattr(fields, name)) is not None
    }


@cache
def _names(makes: type[msgspec.Struct]) -> dict[str, str]:
    """Names on the wire to names in the code, for the few values there are."""
    return {each.encode_name: each.name for each in msgspec.structs.fields(makes)}


def _plain(value: object) -> object:
    match value:
        case Fields():
            return value.makes(**_given(value))
        case list():
            return tuple(value)
        case _:
            return value
