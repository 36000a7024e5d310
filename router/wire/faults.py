"""From what a model objects to, to what a producer is told.

Promises one fault for any number of objections: the first reason in the contract's order, of that
the first field in the order of the schema. Names fields, never values; a name in a map is told only
where it looks like one that somebody declared, since a key may hold a customer's words too.
"""

from collections.abc import Sequence
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from router.model.reasons import Unreadable
from router.wire import shapes
from router.wire.dead_letters import Fault
from router.wire.fields import BEYOND_LIMIT, NOTHING_GIVEN

_MISSING: Final = frozenset({"missing", NOTHING_GIVEN})
_LIMITS: Final = frozenset(
    {
        BEYOND_LIMIT,
        "greater_than_equal",
        "less_than_equal",
        "string_too_long",
    }
)
_ORDER: Final = tuple(Unreadable)

_WHOLE_NUMBER: Final = "must be a whole number, written without fraction or exponent"
_WORDS: Final = {
    "missing": "is missing",
    "string_type": "must be a string",
    "int_type": _WHOLE_NUMBER,
    "int_from_float": _WHOLE_NUMBER,
    "dict_type": "must be a JSON object",
    "model_type": "must be a JSON object",
    "list_type": "must be an array",
    "enum": "must be one of {expected}",
    "string_pattern_mismatch": shapes.ID_IN_WORDS,
    "string_too_long": "must have at most {max_length} characters",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
}
"""What the model's own errors mean; the errors of `router.wire.fields` bring their words along."""

_KEY: Final = "[key]"


def fault_in_data(errors: ValidationError) -> Fault:
    """Choose the objection to tell of, and put it in words."""
    details = errors.errors(include_url=False, include_input=False)
    first = min(details, key=lambda each: _ORDER.index(_reason(each["type"])))
    path, told = _path(first["loc"])
    whose = path
    if not told:
        whose = f"A {'name' if _KEY in first['loc'] else 'value'} in {path}"
    return Fault(_reason(first["type"]), f"{whose} {_words(first)}.", path)


def _reason(error_type: str) -> Unreadable:
    if error_type in _MISSING:
        return Unreadable.MISSING_FIELD
    if error_type in _LIMITS:
        return Unreadable.LIMIT_EXCEEDED
    return Unreadable.INVALID_FIELD


def _words(error: ErrorDetails) -> str:
    template = _WORDS.get(error["type"])
    return error["msg"] if template is None else template.format(**error.get("ctx", {}))


def _path(location: Sequence[int | str]) -> tuple[str, bool]:
    """Write the way to a field with dots, as far as it may be told, and whether that is all."""
    path = "data"
    whole = [*location[:-2], _KEY] if location and location[-1] == _KEY else location
    for step in whole:
        if isinstance(step, str) and not shapes.DECLARED_NAME.fullmatch(step):
            return path, False
        path += f".{step}"
    return path, True
