"""The published JSON Schemas: one for every event that the router reads or writes.

Built from the models, so that what is published is what is read. Promises the same text for the
same code. A schema says what JSON Schema can say; that a whole number is written without fraction,
that a time is a real one, and what of several faults is told first, only the reading knows.
"""

import builtins
import json
from collections.abc import Mapping
from typing import Any, Final, get_args

import msgspec
from pydantic.json_schema import GenerateJsonSchema

from router.model.inputs import AgentInput, ConversationInput, Input
from router.wire import bodies, dead_letters
from router.wire.attributes import (
    AgentAttributes,
    Attributes,
    CommandAttributes,
    ConversationAttributes,
    DecisionAttributes,
    NoticeAttributes,
    SubjectDecisionAttributes,
)
from router.wire.conversation_outcomes import CONVERSATION_OUTCOMES
from router.wire.exact import MODELS, NEED_DATA
from router.wire.fields import Fields
from router.wire.pool_outcomes import POOL_OUTCOMES, DeadLetteredFields

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

VERSION: Final = 1
"""Version of the contract's shapes; every change of meaning is a new one."""

ASSIGNMENTS: Final = "assignments"
DEAD_LETTERS: Final = "dead-letters"

Schema = dict[str, Any]


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """One event: its type, its topic without prefix, and the models of its attributes and data.

    ``about`` is the field of the data that its subject repeats, where it does.
    """

    type: str
    topic: str
    attributes: builtins.type[Attributes]
    data: builtins.type[Fields]
    data_required: bool = True
    about: str | None = None

    @property
    def name(self) -> str:
        """Name the event apart from one of the same type on another topic."""
        return f"{self.topic}.{self.type}"


class _Plain(GenerateJsonSchema):
    """Write schemas without a title for every field: the name says it."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def publications() -> tuple[Publication, ...]:
    """Name every event of the contract, in its order."""
    read = [
        Publication(
            type=model.makes.type,
            topic=model.makes.topic.value,
            attributes=_attributes(model.makes),
            data=model,
            data_required=model in NEED_DATA,
        )
        for model in MODELS.values()
    ]
    decided = [
        Publication(
            type=model.of.type,
            topic=ASSIGNMENTS,
            attributes=DecisionAttributes
            if bodies.about(model.of) is None
            else SubjectDecisionAttributes,
            data=model,
            about=bodies.about(model.of),
        )
        for model in (*CONVERSATION_OUTCOMES, *POOL_OUTCOMES)
    ]
    noticed = Publication(
        type=dead_letters.TYPE,
        topic=DEAD_LETTERS,
        attributes=NoticeAttributes,
        data=DeadLetteredFields,
    )
    return (*read, *decided, noticed)


def schema_of(event: Publication) -> Schema:
    """Give the JSON Schema (2020-12) of an event in structured mode, with a whole example."""
    attributes, data = _schema(event.attributes), _schema(event.data)
    definitions = data.pop("$defs", {})
    description = data.pop("description")
    properties = attributes["properties"]
    properties["type"] = {"const": event.type, "description": "What happened."}
    required = list(attributes["required"])
    if event.data_required:
        required.append("data")
    else:
        data["type"] = ["object", "null"]
    schema = {
        "$schema": DIALECT,
        "$id": f"urn:contact-router:{VERSION}:{event.topic}:{event.type}",
        "title": event.type,
        "description": description,
        "type": "object",
        "required": required,
        "properties": {**properties, "data": data},
        "examples": [example_of(event)],
    }
    return {**schema, "$defs": definitions} if definitions else schema


def example_of(event: Publication) -> Schema:
    """Build a whole example of an event from the examples of its fields.

    No two examples of inputs of one topic have the same id, so that one may be sent after another.
    """
    data = _example(event.data)
    attributes = {
        "type": event.type,
        **({} if event.about is None else {"subject": data[event.about]}),
    }
    for name, field in event.attributes.model_fields.items():
        if field.examples:
            attributes[name] = field.examples[0]
    of_topic = [each.makes.type for each in MODELS.values() if each.makes.topic == event.topic]
    if event.type in of_topic:
        named, _, number = attributes["id"].rpartition("-")
        attributes["id"] = f"{named}-{int(number) + of_topic.index(event.type)}"
    order = [name for name in Attributes.model_fields if name in attributes]
    return {**{name: attributes[name] for name in order}, "data": data}


def text_of(document: Mapping[str, Any]) -> str:
    """Write a document as the files have it."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _attributes(makes: type[Input]) -> type[Attributes]:
    if issubclass(makes, ConversationInput):
        return ConversationAttributes
    return AgentAttributes if issubclass(makes, AgentInput) else CommandAttributes


def _example(model: type[Fields]) -> Schema:
    found: Schema = {}
    for name, field in model.model_fields.items():
        inner = _inner(field.annotation)
        if field.examples:
            found[field.alias or name] = field.examples[0]
        elif inner is not None:
            found[field.alias or name] = _example(inner)
    return found


def _inner(annotation: object) -> type[Fields] | None:
    """Find the model inside an annotation, the first where there are several."""
    if isinstance(annotation, type) and issubclass(annotation, Fields):
        return annotation
    return next(filter(None, map(_inner, get_args(annotation))), None)


def _schema(model: type[Fields]) -> Schema:
    schema: Schema = _tidy(model.model_json_schema(schema_generator=_Plain))
    return schema


def _tidy(node: Any) -> Any:
    """Leave out what says nothing, and name definitions by what they are."""
    if isinstance(node, list):
        return [_tidy(each) for each in node]
    if isinstance(node, str):
        return node.removesuffix("Fields") if node.startswith("#/$defs/") else node
    if not isinstance(node, dict):
        return node
    tidy: Schema = {}
    for word, value in node.items():
        if word in {"properties", "$defs"}:
            named = value.items()
            tidy[word] = {name.removesuffix("Fields"): _tidy(each) for name, each in named}
        elif word == "description":
            tidy[word] = " ".join(value.split())
        elif word not in {"title", "default"}:
            tidy[word] = value if word == "examples" else _tidy(value)
    return tidy
