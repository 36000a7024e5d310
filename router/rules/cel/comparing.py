"""Compare and calculate as CEL does.

Numbers compare by value, whole or decimal; values of different kinds are never equal and have no
order. Whole and decimal numbers are not added to one another, and whole numbers keep to 64 bits. No
function here raises or changes anything: what CEL calls an error is ``FAILED``.
"""

import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

from router.rules.cel.answers import FAILED, Answer, Case, Failed
from router.rules.cel.scanner import MAX_INTEGER

NUMBERS: Final = frozenset({int, float})
ORDER: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
SUMS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}


def equal(left: object, right: object) -> bool | Failed:
    """Tell whether two values are equal."""
    if left is FAILED or right is FAILED:
        return FAILED
    kind, other = type(left), type(right)
    if kind is other:
        if isinstance(left, list) and isinstance(right, list):
            pairs = zip(left, right, strict=False)
            return len(left) == len(right) and all(equal(a, b) is True for a, b in pairs)
        return left == right
    return kind in NUMBERS and other in NUMBERS and left == right


def ordered(before: Callable[[Any, Any], bool], left: Answer, *, right: Answer) -> Answer:
    """Compare two values that have an order."""

    def answer(case: Case) -> bool | Failed:
        one, other = left(case), right(case)
        kind, of = type(one), type(other)
        if (kind in NUMBERS and of in NUMBERS) or (kind is of and kind in {str, bool}):
            return before(one, other)
        return FAILED

    return answer


def ordered_by(before: Callable[[Any, Any], bool], left: Answer, *, bound: Any) -> Answer:
    """Compare with a value that is known beforehand, the usual case."""
    kinds = NUMBERS if type(bound) in NUMBERS else frozenset({type(bound)} & {str, bool})

    def answer(case: Case) -> bool | Failed:
        found = left(case)
        return before(found, bound) if type(found) in kinds else FAILED

    return answer


def among(item: Answer, texts: frozenset[str]) -> Answer:
    """Look for a value among texts that are known beforehand, the usual case."""

    def answer(case: Case) -> bool | Failed:
        found = item(case)
        if isinstance(found, str):
            return found in texts
        return FAILED if found is FAILED else False

    return answer


def within(item: Answer, whole: Answer) -> Answer:
    """Look for a value in a list, or for a key."""

    def answer(case: Case) -> Any:
        wanted, found = item(case), whole(case)
        if wanted is FAILED:
            return FAILED
        if isinstance(found, list):
            return any(equal(wanted, each) is True for each in found)
        if isinstance(found, Mapping) and isinstance(wanted, str):
            return wanted in found
        return FAILED

    return answer


def total(joined: Callable[[Any, Any], Any], left: Answer, *, right: Answer) -> Answer:
    """Add, subtract or multiply two numbers; ``+`` also joins texts and lists."""
    joinable = frozenset({int, float, str, list} if joined is operator.add else {int, float})

    def answer(case: Case) -> Any:
        one, other = left(case), right(case)
        if type(one) is not type(other) or type(one) not in joinable:
            return FAILED
        return _bounded(joined(one, other))

    return answer


def negative(term: Answer) -> Answer:
    """Turn a number's sign."""

    def answer(case: Case) -> Any:
        found = term(case)
        return _bounded(-found) if type(found) in NUMBERS else FAILED

    return answer


def _bounded(value: Any) -> Any:
    """Keep whole numbers within 64 bits."""
    if type(value) is int and not -MAX_INTEGER - 1 <= value <= MAX_INTEGER:
        return FAILED
    return value
