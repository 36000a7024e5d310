"""The common form of every part of a rule file, and the types of its values.

Every model refuses unknown keys and converts nothing silently.
"""

import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema
from pydantic_core import PydanticCustomError

from router.model.limits import ID_PATTERN
from router.rules import units
from router.rules.problems import shown

LANGUAGE = r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}"
"""A BCP 47 tag, near enough."""

TROUBLE = "written"
"""Type of the errors whose words are already an operator's."""


def taken_back(value: object) -> object:
    """Read ``false`` of a key that ``like`` gives as if nothing had been said."""
    return None if value is False else value


def emptied(value: object) -> object:
    """Read ``false`` of a list that ``like`` gives as if it were empty."""
    return [] if value is False else value


class Written(BaseModel):
    """A part of a rule file."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True
    )


def trouble(message: str, suggestion: str = "") -> PydanticCustomError:
    """Make an error whose words are shown as they are."""
    context = {"message": message, "suggestion": suggestion}
    return PydanticCustomError(TROUBLE, "{message}", context)


def _notation(read: Callable[[object], Any]) -> BeforeValidator:
    def validated(value: object) -> Any:
        try:
            return read(value)
        except units.NotationError as error:
            raise trouble(error.message, error.suggestion) from None

    return BeforeValidator(validated)


def _matching(pattern: str, what: str, hint: str) -> BeforeValidator:
    form = re.compile(pattern)

    def validated(value: object) -> object:
        if not isinstance(value, str) or not form.fullmatch(value):
            raise trouble(f"{shown(value)} is not {what}", hint)
        return value

    return BeforeValidator(validated)


def _name(value: object) -> object:
    if not isinstance(value, str):
        plain = isinstance(value, int | float)
        raise trouble(f"{shown(value)} is no name", f'in quotes: "{value}"' if plain else "a text")
    if not value.strip() or value != value.strip() or not value.isprintable() or len(value) > 128:
        raise trouble(f"{shown(value)} is no name", "1 to 128 characters, no space at either end")
    return value


Name = Annotated[str, BeforeValidator(_name)]
"""Name of a queue, skill, topic, channel, team, calendar or rule."""

PoolName = Annotated[
    str,
    _matching(ID_PATTERN, "a pool", "letters, digits and `_.:@-`, up to 128"),
]

Language = Annotated[
    str,
    _matching(LANGUAGE, "a language", "such as `fr` or `fr-CA`"),
]

Duration = Annotated[
    int,
    _notation(units.duration),
    WithJsonSchema({"type": "string", "examples": ["90s", "10m", "2h"]}),
]
"""Milliseconds, written with a unit."""

Rate = Annotated[
    int, _notation(units.rate), WithJsonSchema({"type": "string", "examples": ["1/s", "6/m"]})
]
"""Thousandths of a point per second, written as points over a time."""

DurationOrNever = Annotated[
    int | None,
    _notation(lambda written: None if written == "never" else units.duration(written)),
    WithJsonSchema({"type": "string", "examples": ["2m", "never"]}),
]
"""Milliseconds, or None for ``never``."""

Percent = Annotated[
    int, _notation(units.percent), WithJsonSchema({"type": "string", "examples": ["25%"]})
]
"""So many in a hundred, written with a percent sign."""

SkillLevels = Annotated[
    units.Levels, _notation(units.levels), WithJsonSchema({"type": "string", "examples": ["1..3"]})
]

PriorityChange = Annotated[
    units.Priority,
    _notation(units.priority),
    WithJsonSchema({"anyOf": [{"type": "integer"}, {"type": "string"}], "examples": [300, "+200"]}),
]


def _condition(value: object) -> object:
    if not isinstance(value, str | bool) or value == "":
        raise trouble("a condition is a text", 'such as `topic == "reimbursement"`')
    return value


def _taken(value: object) -> object:
    if isinstance(value, list) and value:
        return [_name(each) for each in value]
    if not isinstance(value, str | bool) or value == "":
        raise trouble(
            "it does not say what the queue takes", "a condition, a list of topics, `true`, `false`"
        )
    return value


Condition = Annotated[
    str | bool,
    BeforeValidator(_condition),
    WithJsonSchema({"type": "string", "examples": ['topic == "reimbursement"']}),
]
"""A CEL expression on the facts; ``true`` and ``false`` may be written bare."""

Taken = Annotated[
    str | bool | list[str],
    BeforeValidator(_taken),
    WithJsonSchema({"examples": ['topic == "other"', ["other"], True, False]}),
]
"""A CEL expression, or the topics as a list."""
