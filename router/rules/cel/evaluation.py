"""Turn a checked expression into a function of the facts, once, so that asking it is cheap.

The functions give True, False or another value; ``FAILED`` stands for what CEL calls an error (a
missing attribute, types that do not go together, a number too large). As CEL has it, ``false &&``
anything is false and ``true ||`` anything is true, on either side, failed or not. No function here
raises, loops without bound or changes anything.
"""

import operator
import re
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, Final

from router.rules.cel.scanner import MAX_INTEGER
from router.rules.cel.syntax import (
    Binary,
    Call,
    Choice,
    Every,
    Expression,
    Has,
    Items,
    Literal,
    Member,
    Name,
    Some,
    Unary,
    canonical,
)


class Failed(Enum):
    """The one value of a condition that could not be answered."""

    FAILED = "failed"


FAILED: Final = Failed.FAILED

Case = Mapping[str, Any]
"""The facts by name. ``heard``: the ``text.mentions(...)``, in their one form, that are so."""

Answer = Callable[[Case], Any]

_ORDER: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_SUMS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}
_TEXT_QUESTIONS: Final[dict[str, Callable[[str, str], bool]]] = {
    "startsWith": lambda whole, part: whole.startswith(part),
    "endsWith": lambda whole, part: whole.endswith(part),
    "contains": lambda whole, part: part in whole,
}
_NUMBERS: Final = frozenset({int, float})
_NUMERAL = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")


def compiled(node: Expression) -> Answer:
    """Turn an expression into a function of the facts."""
    return _COMPILERS[type(node)](node)


def equal(left: object, right: object) -> bool | Failed:
    """Compare as CEL does: numbers by value, other types never equal to one another."""
    if left is FAILED or right is FAILED:
        return FAILED
    kind, other = type(left), type(right)
    if kind is other:
        if isinstance(left, list) and isinstance(right, list):
            pairs = zip(left, right, strict=False)
            return len(left) == len(right) and all(equal(a, b) is True for a, b in pairs)
        return left == right
    return kind in _NUMBERS and other in _NUMBERS and left == right


def _literal(node: Literal) -> Answer:
    value = node.value
    return lambda _: value


def _name(node: Name) -> Answer:
    return operator.itemgetter(node.name)


def _member(node: Member) -> Answer:
    of = compiled(node.of)
    if isinstance(node.of, Name) and isinstance(node.key, Literal):
        fact, name = node.of.name, node.key.value
        return lambda case: case[fact].get(name, FAILED)
    key = compiled(node.key)

    def part(case: Case) -> Any:
        whole, index = of(case), key(case)
        if isinstance(whole, list) and type(index) is int and 0 <= index < len(whole):
            return whole[index]
        if isinstance(whole, Mapping) and isinstance(index, str):
            return whole.get(index, FAILED)
        return FAILED

    return part


def _has(node: Has) -> Answer:
    of, key = node.member.of, node.member.key
    if not isinstance(of, Name) or not isinstance(key, Literal):
        raise TypeError(f"not a part of a fact: {canonical(node)}")
    fact, name = of.name, key.value
    return lambda case: name in case[fact]


def _items(node: Items) -> Answer:
    items = [compiled(each) for each in node.items]

    def found(case: Case) -> Any:
        values = [each(case) for each in items]
        return FAILED if any(each is FAILED for each in values) else values

    return found


def _every(node: Every) -> Answer:
    terms = [compiled(each) for each in node.terms]
    if len(terms) == 2:
        return _both(*terms)

    def every(case: Case) -> bool | Failed:
        answer: bool | Failed = True
        for each in terms:
            found = each(case)
            if found is False:
                return False
            if found is not True:
                answer = FAILED
        return answer

    return every


def _some(node: Some) -> Answer:
    terms = [compiled(each) for each in node.terms]
    if len(terms) == 2:
        return _either(*terms)

    def some(case: Case) -> bool | Failed:
        answer: bool | Failed = False
        for each in terms:
            found = each(case)
            if found is True:
                return True
            if found is not False:
                answer = FAILED
        return answer

    return some


def _both(one: Answer, other: Answer) -> Answer:
    def both(case: Case) -> bool | Failed:
        first = one(case)
        if first is False:
            return False
        second = other(case)
        if second is False:
            return False
        return True if first is True and second is True else FAILED

    return both


def _either(one: Answer, other: Answer) -> Answer:
    def either(case: Case) -> bool | Failed:
        first = one(case)
        if first is True:
            return True
        second = other(case)
        if second is True:
            return True
        return False if first is False and second is False else FAILED

    return either


def _unary(node: Unary) -> Answer:
    operand = compiled(node.operand)
    return _not(operand) if node.operator == "!" else _negative(operand)


def _not(term: Answer) -> Answer:
    def negated(case: Case) -> bool | Failed:
        found = term(case)
        return not found if found is True or found is False else FAILED

    return negated


def _choice(node: Choice) -> Answer:
    condition, this, that = (compiled(each) for each in (node.condition, node.this, node.that))

    def chosen(case: Case) -> Any:
        found = condition(case)
        if found is True:
            return this(case)
        return that(case) if found is False else FAILED

    return chosen


def _negative(term: Answer) -> Answer:
    def negative(case: Case) -> Any:
        return _whole(-found) if type(found := term(case)) in _NUMBERS else FAILED

    return negative


def _whole(number: Any) -> Any:
    """Keep whole numbers within 64 bits."""
    if type(number) is int and not -MAX_INTEGER - 1 <= number <= MAX_INTEGER:
        return FAILED
    return number


def _binary(node: Binary) -> Answer:
    left, right = compiled(node.left), compiled(node.right)
    match node.operator:
        case "==":
            return _equality(node, left, right=right)
        case "!=":
            return _not(_equality(node, left, right=right))
        case "in":
            return _in(node, left, right=right)
        case sign if sign in _ORDER and isinstance(node.right, Literal):
            return _ordered_by(_ORDER[sign], left, bound=node.right.value)
        case sign if sign in _ORDER:
            return _ordered(_ORDER[sign], left, right=right)
        case sign:
            return _sum(_SUMS[sign], left, right=right)


def _equality(node: Binary, left: Answer, *, right: Answer) -> Answer:
    for one, answer, other in ((node.left, right, node.right), (node.right, left, node.left)):
        if isinstance(one, Literal) and isinstance(one.value, str):
            return _same_text(one.value, other, answer=answer)
    return lambda case: equal(left(case), right(case))


def _same_text(wanted: str, of: Expression, *, answer: Answer) -> Answer:
    """Compare with a text: a text is equal to nothing but itself, so no types need be asked."""
    match of:
        case Name(name=fact):
            return lambda case: case[fact] == wanted
        case Member(of=Name(name=fact), key=Literal(value=part)):

            def same_part(case: Case) -> bool | Failed:
                found = case[fact].get(part, FAILED)
                return FAILED if found is FAILED else bool(found == wanted)

            return same_part

    def same(case: Case) -> bool | Failed:
        found = answer(case)
        return FAILED if found is FAILED else bool(found == wanted)

    return same


def _in(node: Binary, left: Answer, *, right: Answer) -> Answer:
    if isinstance(node.right, Items) and all(
        isinstance(each, Literal) and isinstance(each.value, str) for each in node.right.items
    ):
        texts = frozenset(each.value for each in node.right.items if isinstance(each, Literal))

        def among(case: Case) -> bool | Failed:
            found = left(case)
            if isinstance(found, str):
                return found in texts
            return FAILED if found is FAILED else False

        return among

    def within(case: Case) -> Any:
        item, whole = left(case), right(case)
        if item is FAILED:
            return FAILED
        if isinstance(whole, list):
            return any(equal(item, each) is True for each in whole)
        if isinstance(whole, Mapping) and isinstance(item, str):
            return item in whole
        return FAILED

    return within


def _ordered(before: Callable[[Any, Any], bool], left: Answer, *, right: Answer) -> Answer:
    def ordered(case: Case) -> bool | Failed:
        one, other = left(case), right(case)
        kind, of = type(one), type(other)
        if kind in _NUMBERS and of in _NUMBERS:
            return before(one, other)
        if kind is of and kind in {str, bool}:
            return before(one, other)
        return FAILED

    return ordered


def _ordered_by(before: Callable[[Any, Any], bool], left: Answer, *, bound: Any) -> Answer:
    """Compare with a value that is known beforehand, the usual case."""
    kinds = _NUMBERS if type(bound) in _NUMBERS else frozenset({type(bound)} & {str, bool})

    def ordered(case: Case) -> bool | Failed:
        found = left(case)
        return before(found, bound) if type(found) in kinds else FAILED

    return ordered


def _sum(joined: Callable[[Any, Any], Any], left: Answer, *, right: Answer) -> Answer:
    joinable = frozenset({int, float, str, list} if joined is operator.add else {int, float})

    def total(case: Case) -> Any:
        one, other = left(case), right(case)
        if type(one) is not type(other) or type(one) not in joinable:
            return FAILED
        return _whole(joined(one, other))

    return total


def _call(node: Call) -> Answer:
    subject = node.arguments[0] if node.target is None else node.target
    match node.function:
        case "mentions":
            asked = canonical(node)
            return lambda case: asked in case["heard"]
        case "size":
            return _size(compiled(subject))
        case "double":
            return _double(compiled(subject))
        case name:
            return _about_text(name, compiled(subject), argument=compiled(node.arguments[0]))


def _about_text(name: str, subject: Answer, *, argument: Answer) -> Answer:
    ask = _TEXT_QUESTIONS[name]

    def asked(case: Case) -> bool | Failed:
        whole, part = subject(case), argument(case)
        return ask(whole, part) if isinstance(whole, str) and isinstance(part, str) else FAILED

    return asked


def _size(of: Answer) -> Answer:
    def size(case: Case) -> Any:
        found = of(case)
        return len(found) if isinstance(found, str | list | Mapping) else FAILED

    return size


def _double(of: Answer) -> Answer:
    def double(case: Case) -> Any:
        found = of(case)
        if type(found) in _NUMBERS or (isinstance(found, str) and _NUMERAL.fullmatch(found)):
            return float(found)
        return FAILED

    return double


_COMPILERS: Final[dict[type, Callable[[Any], Answer]]] = {
    Literal: _literal,
    Name: _name,
    Member: _member,
    Has: _has,
    Items: _items,
    Every: _every,
    Some: _some,
    Unary: _unary,
    Choice: _choice,
    Call: _call,
    Binary: _binary,
}
