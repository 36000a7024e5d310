"""Prove that a condition never holds: it asks for what no value of a fact can be.

A conversation is on one of the channels there are, its level is a whole number from 1 on, its
priority one from 0 to 1000; all else may be anything, but is one thing at a time. Sound, not
complete: what is not understood is taken to hold.
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from math import ceil, floor
from typing import Final

from router.model.limits import MAX_PRIORITY, MIN_LEVEL, MIN_PRIORITY
from router.rules.cel.syntax import Every, Expression, constant
from router.rules.implication import Comparison, cases, comparison, holds

_ORDERS: Final = frozenset({"<", "<=", ">", ">="})
_LOWEST: Final = {"level": MIN_LEVEL, "priority": MIN_PRIORITY}
_LARGEST: Final = 10**12
"""Beyond this numbers are not told apart from those beside them."""

Asked = Sequence[tuple[str, tuple[object, ...]]]
"""What is asked of one fact, all at once: signs, and what is compared with."""


def never(condition: Expression, channels: Collection[str]) -> bool:
    """Tell whether a condition is proven to hold for no conversation on these channels."""
    return all(_contradicts(case, channels) for case in cases(condition))


def _contradicts(case: Expression, channels: Collection[str]) -> bool:
    found: dict[str, list[tuple[str, tuple[object, ...]]]] = {}
    for atom in _atoms(case):
        if constant(atom) is False:
            return True
        compared: Comparison | None = comparison(atom)
        if compared is not None:
            fact, sign, values = compared
            found.setdefault(fact, []).append((sign, values))
    return not all(_possible(fact, asked, channels) for fact, asked in found.items())


def _atoms(case: Expression) -> Iterator[Expression]:
    if isinstance(case, Every):
        for each in case.terms:
            yield from _atoms(each)
    else:
        yield case


def _possible(fact: str, asked: Asked, channels: Collection[str]) -> bool:
    """Tell whether a fact may be as all of it asks."""
    named = next((values for sign, values in asked if sign in {"==", "in"}), None)
    if named is not None:
        values: Collection[object] = named
    elif fact == "channel":
        values = channels
    else:
        numbers = [_number(value) for _, several in asked for value in several]
        if any(each is None or abs(each) > _LARGEST for each in numbers):
            return True
        values = _around(fact, [each for each in numbers if each is not None])
    return any(
        _can_be(fact, value, channels)
        and all(_is_so(value, sign, wanted) for sign, wanted in asked)
        for value in values
    )


def _is_so(value: object, sign: str, wanted: tuple[object, ...]) -> bool:
    unknown = isinstance(value, bool) and sign in _ORDERS
    return unknown or holds(value, sign, wanted)


def _number(value: object) -> int | float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _around(fact: str, numbers: Collection[int | float]) -> list[object]:
    """Give values of which one is as is asked, if any is: the bounds, and what lies between them."""
    if fact in _LOWEST:
        whole = {n for each in numbers for n in range(floor(each) - 1, ceil(each) + 2)}
        return [_LOWEST[fact], MAX_PRIORITY, *whole]
    bounds = sorted({float(each) for each in numbers})
    between = [(one + other) / 2 for one, other in pairwise(bounds)]
    return [*numbers, *between, bounds[0] - 1, bounds[-1] + 1]


def _can_be(fact: str, value: object, channels: Collection[str]) -> bool:
    if fact == "channel":
        return value in channels
    if fact not in _LOWEST:
        return True
    number = _number(value)
    if number is None or number != floor(number) or number < _LOWEST[fact]:
        return False
    return fact != "priority" or number <= MAX_PRIORITY
