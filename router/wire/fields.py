"""What a field of an event may hold: one annotated type for each word of the contract.

The models of inputs and outputs are made of these, so a limit is checked by the exact reading and
published in the schemas from the same place. A value beyond a limit and a value of the wrong kind
are different troubles and have different errors here.
"""

import math
from collections.abc import Sized
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Any, ClassVar, Final

import msgspec
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError, core_schema

from router.model import limits
from router.model.inputs import Input, Presence, Scalar
from router.wire import instants, shapes

BEYOND_LIMIT: Final = "beyond_limit"
"""Type of the errors of this module that mean a limit and not a wrong kind of value."""

NOTHING_GIVEN: Final = "nothing_given"
"""Type of the error of an object that must hold at least one of several fields and holds none."""


class Fields(BaseModel):
    """Common part of all models: strict kinds, unknown fields ignored, no value in any error.

    ``makes`` is the value of `router.model` that the fields become. An optional field that is null
    counts as left out.
    """

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, hide_input_in_errors=True)
    makes: ClassVar[type[msgspec.Struct]]


class InputFields(Fields):
    """The data of one input; ``makes`` is the input."""

    makes: ClassVar[type[Input]]


LOOKED_AT: Final = 1_000
"""So many entries of a map or list are looked at for what they are; to find fault with more is slow."""


@dataclass(frozen=True, slots=True)
class AtMost:
    """Limit the entries of a map or list once they are right: what they are comes before how many.

    Of far too many only the first are looked at.
    """

    most: int

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_wrap_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        published = handler(schema)
        published["maxItems" if published["type"] == "array" else "maxProperties"] = self.most
        return published

    def _check(self, given: Any, handler: core_schema.ValidatorFunctionWrapHandler) -> Sized:
        entries: Sized = handler(_first_of(given))
        if len(entries) > self.most:
            raise PydanticCustomError(
                BEYOND_LIMIT, "must have at most {most} entries", {"most": self.most}
            )
        return entries


def _first_of(given: Any) -> Any:
    """Give the first entries of a map or list of far too many, anything else as it is."""
    if isinstance(given, dict) and len(given) > LOOKED_AT:
        return dict(islice(given.items(), LOOKED_AT))
    return given[:LOOKED_AT] if isinstance(given, list) else given


def _too_long(most: int) -> PydanticCustomError:
    return PydanticCustomError(BEYOND_LIMIT, "must have at most {most} characters", {"most": most})


def _instant(value: object) -> int:
    at = instants.parse(value) if isinstance(value, str) else None
    if at is None:
        raise PydanticCustomError("instant", "must be an RFC 3339 time with an offset")
    return at


def _language(value: str) -> str:
    short = len(value) <= limits.MAX_STRING
    if not (shapes.is_language if short else shapes.is_long_language)(value):
        raise PydanticCustomError("language", "must be a BCP 47 language tag")
    if not short:
        raise _too_long(limits.MAX_STRING)
    return value


def _number(value: object) -> int | float:
    match value:
        case bool():
            pass
        case int() if abs(value) <= limits.MAX_INTEGER:
            return value
        case int():
            raise PydanticCustomError(BEYOND_LIMIT, "must not be beyond 2^53 - 1")
        case float() if math.isfinite(value):
            return value
        case float():
            raise PydanticCustomError(BEYOND_LIMIT, "must be a finite number")
    raise PydanticCustomError("number", "must be a number")


def _scalar(value: object) -> Scalar:
    match value:
        case None | bool():
            return value
        case int() | float():
            return _number(value)
        case str() if len(value) <= limits.MAX_STRING:
            return value
        case str():
            raise _too_long(limits.MAX_STRING)
    raise PydanticCustomError("scalar", "must be a string, a number, true, false or null")


_NUMBER_SCHEMA: Final[dict[str, Any]] = {"type": "number"}
_SCALAR_SCHEMA: Final[dict[str, Any]] = {
    "anyOf": [
        {"type": "string", "maxLength": limits.MAX_STRING},
        {"type": "number"},
        {"type": "boolean"},
        {"type": "null"},
    ]
}

Id = Annotated[str, StringConstraints(pattern=shapes.ID_SHAPE)]
"""An id as the contract shapes it."""

Name = Annotated[str, StringConstraints(max_length=limits.MAX_STRING)]
"""A name or any other short text."""

Text = Annotated[str, StringConstraints(max_length=limits.MAX_TEXT)]
"""A customer's words."""

Instant = Annotated[
    int,
    BeforeValidator(_instant),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": instants.SHAPE}),
]
"""An RFC 3339 time with its offset; milliseconds since the epoch once read."""

Language = Annotated[
    str,
    AfterValidator(_language),
    WithJsonSchema(
        {"type": "string", "maxLength": limits.MAX_STRING, "pattern": shapes.LANGUAGE_SHAPE}
    ),
]
"""A BCP 47 language tag."""

Number = Annotated[int | float, PlainValidator(_number), WithJsonSchema(_NUMBER_SCHEMA)]
"""A finite number."""

Integer = Annotated[int, Field(ge=-limits.MAX_INTEGER, le=limits.MAX_INTEGER)]
"""A whole number that every JSON reader can hold."""

Count = Annotated[int, Field(ge=0, le=limits.MAX_INTEGER)]
"""A whole number from 0."""

Level = Annotated[int, Field(ge=limits.MIN_LEVEL, le=limits.MAX_INTEGER)]
"""Complexity of a conversation: 1 is simple."""

Priority = Annotated[int, Field(ge=limits.MIN_PRIORITY, le=limits.MAX_PRIORITY)]
"""Priority of a conversation: higher goes first."""

SkillLevel = Annotated[int, Field(ge=limits.MIN_SKILL_LEVEL, le=limits.MAX_INTEGER)]
"""Level of a skill: higher is better."""

Preference = Annotated[int, Field(ge=-limits.MAX_PREFERENCE, le=limits.MAX_PREFERENCE)]
"""How an agent likes work that asks for a skill."""

Skills = Annotated[dict[Name, SkillLevel], AtMost(limits.MAX_SKILLS)]
Preferences = Annotated[dict[Name, Preference], AtMost(limits.MAX_SKILLS)]
Channels = Annotated[dict[Name, Count], AtMost(limits.MAX_CHANNELS)]
Languages = Annotated[list[Language], AtMost(limits.MAX_LANGUAGES)]
Agents = Annotated[list[Id], AtMost(limits.MAX_PREFERRED_AGENTS)]
Hops = Annotated[int, Field(ge=0, le=limits.MAX_HOPS)]

Attributes = Annotated[
    dict[
        Name,
        Annotated[object, PlainValidator(_scalar), WithJsonSchema(_SCALAR_SCHEMA)],
    ],
    AtMost(limits.MAX_ATTRIBUTES),
]
"""Flat attributes of a conversation."""

DeclaredPresence = Annotated[Presence, Field(strict=False)]
"""One of the presences, by its word."""
