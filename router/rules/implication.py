"""Prove that one condition holds wherever another does, from how they are written.

Sound, not complete: what is proven is so for every conversation; what is not proven may be so all
the same. "Holds" is true, not merely answerable: a condition that cannot be answered holds nowhere.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from router.rules.cel.syntax import (
    COMPARISONS,
    Binary,
    Every,
    Expression,
    Has,
    Items,
    Literal,
    Name,
    Some,
    canonical,
    children,
    constant,
)

MOST_CASES: Final = 64
Comparison = tuple[str, str, tuple[object, ...]]
"""A fact as it is written, the sign, and the values it is compared with."""
_TURNED: Final = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


_text = lru_cache(maxsize=2_000)(canonical)


def implies(one: Expression, other: Expression) -> bool:
    """Tell whether the other is proven to hold wherever the one does."""
    if constant(other) is True or constant(one) is False:
        return True
    if type(one) is type(other) and _text(one) == _text(other):
        return True
    if isinstance(one, Some):
        return all(implies(each, other) for each in one.terms)
    if isinstance(other, Every):
        return all(implies(one, each) for each in other.terms)
    if isinstance(other, Some) and any(implies(one, each) for each in other.terms):
        return True
    if isinstance(one, Every):
        return any(implies(each, other) for each in one.terms)
    return _atom_implies(one, other)


def excludes(takes: Expression, facts: Mapping[str, str | int | None]) -> bool:
    """Tell whether a queue is proven to take no conversation with these facts; None: any."""
    if constant(takes) is False:
        return False  # only transferred to, with whatever facts
    return any(
        implies(takes, Binary("!=", Name(fact), Literal(value)))
        for fact, value in facts.items()
        if value is not None
    )


def cases(condition: Expression) -> tuple[Expression, ...]:
    """Cut a condition into cases of which one holds where it holds; itself if there are too many."""
    match condition:
        case Some(terms=terms):
            found = tuple(case for each in terms for case in cases(each))
        case Binary(operator="in", left=left, right=Items(items=items)) if items:
            found = tuple(Binary("==", left, each) for each in items)
        case Every(terms=(first, *rest)):
            others = cases(rest[0] if len(rest) == 1 else Every(tuple(rest)))
            found = tuple(both(one, other) for one in cases(first) for other in others)
        case _:
            return (condition,)
    return found if len(found) <= MOST_CASES else (condition,)


def both(one: Expression, other: Expression) -> Expression:
    """Join two conditions by ``&&``."""
    return Every((one, *(other.terms if isinstance(other, Every) else (other,))))


def _atom_implies(one: Expression, other: Expression) -> bool:
    if isinstance(other, Has):
        return _subject(one) == _text(other.member)
    first, second = comparison(one), comparison(other)
    if first is None or second is None or first[0] != second[0]:
        return False
    _, sign, values = first
    _, asked, wanted = second
    if sign in {"==", "in"}:
        return all(holds(value, asked, wanted) for value in values)
    if sign == "!=":
        return asked == "!=" and values == wanted
    return _range_implies((sign, values[0]), (asked, wanted))


def _range_implies(one: tuple[str, object], other: tuple[str, tuple[object, ...]]) -> bool:
    """Compare what is above or below a bound with another such, or with what it excludes."""
    (sign, bound), (asked, wanted) = one, other
    if asked == "!=":
        return not holds(wanted[0], sign, (bound,))
    if asked in {"==", "in"} or asked[0] != sign[0]:
        return False
    # What is strictly beyond a bound is also strictly beyond it where the bound itself is not.
    return holds(bound, f"{asked[0]}=" if len(sign) == 1 else asked, wanted)


def holds(value: object, sign: str, wanted: tuple[object, ...]) -> bool:
    """Tell whether a comparison with values that are written out is true of a value."""
    if sign == "in":
        return any(_same(value, each) for each in wanted)
    if sign in {"==", "!="}:
        return _same(value, wanted[0]) is (sign == "==")
    one, other = value, wanted[0]
    if isinstance(one, bool) or isinstance(other, bool):
        return False
    if isinstance(one, str) and isinstance(other, str):
        return _ordered(one, sign, other)
    if isinstance(one, int | float) and isinstance(other, int | float):
        return _ordered(one, sign, other)
    return False


def _ordered(one: str | float, sign: str, other: str | float) -> bool:
    before: bool = one < other  # type: ignore[operator]  # both are texts, or both are numbers
    if one == other:
        return len(sign) > 1
    return before is (sign[0] == "<")


def _same(one: object, other: object) -> bool:
    if isinstance(one, bool) is not isinstance(other, bool):
        return False
    return one == other


def comparison(node: Expression) -> Comparison | None:
    """Take a comparison of a fact with written values apart: the fact, the sign, the values."""
    match node:
        case Binary(operator="in", left=left, right=Items(items=items)) if items:
            values = [each.value for each in items if isinstance(each, Literal)]
            return (_text(left), "in", tuple(values)) if len(values) == len(items) else None
        case Binary(operator=sign, left=left, right=Literal(value=value)) if sign in COMPARISONS:
            return _text(left), sign, (value,)
        case Binary(operator=sign, left=Literal(value=value), right=right) if sign in COMPARISONS:
            return _text(right), _TURNED[sign], (value,)
        case _:
            return None


def _subject(node: Expression) -> str:
    """Name the part of a fact that must be there for a comparison to hold."""
    found = comparison(node)
    return "" if found is None else found[0]


def facts_read(node: Expression) -> frozenset[str]:
    """Name the facts that a condition reads."""
    own = {node.name} if isinstance(node, Name) else set()
    return frozenset(own).union(*(facts_read(each) for each in children(node)))
