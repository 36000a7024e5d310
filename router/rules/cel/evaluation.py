"""Turn a checked expression into a function of the facts, once, so that asking it is cheap.

The function gives True, False, another value, or ``FAILED``. It has no loops but over what is
written in the expression, raises nothing and changes nothing. The forms that rules are full of (a
fact or attribute compared with a value that is written out) have functions of their own.
"""

import re
from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any, Final

from router.rules.cel.answers import FAILED, Answer, Case, Failed, chosen, every, negated, some
from router.rules.cel.comparing import (
    NUMBERS,
    ORDER,
    SUMS,
    among,
    equal,
    negative,
    ordered,
    ordered_by,
    total,
    within,
)
from router.rules.cel.hearing import QUESTIONS
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

_NUMERAL = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_TEXT_QUESTIONS: Final[dict[str, Callable[[str, str], bool]]] = {
    "startsWith": lambda whole, part: whole.startswith(part),
    "endsWith": lambda whole, part: whole.endswith(part),
    "contains": lambda whole, part: part in whole,
}


def compiled(node: Expression) -> Answer:
    """Turn an expression that was checked into a function of the facts."""
    return _COMPILERS[type(node)](node)


def _literal(node: Literal) -> Answer:
    value = node.value
    return lambda _: value


def _name(node: Name) -> Answer:
    return itemgetter(node.name)


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
    return every([compiled(each) for each in node.terms])


def _some(node: Some) -> Answer:
    return some([compiled(each) for each in node.terms])


def _unary(node: Unary) -> Answer:
    operand = compiled(node.operand)
    return negated(operand) if node.operator == "!" else negative(operand)


def _choice(node: Choice) -> Answer:
    return chosen(compiled(node.condition), compiled(node.this), that=compiled(node.that))


def _binary(node: Binary) -> Answer:
    left, right = compiled(node.left), compiled(node.right)
    match node.operator:
        case "==":
            return _equality(node)
        case "!=":
            return negated(_equality(node))
        case "in":
            texts = _texts(node.right)
            return within(left, right) if texts is None else among(left, texts)
        case sign if sign in ORDER and isinstance(node.right, Literal):
            return ordered_by(ORDER[sign], left, bound=node.right.value)
        case sign if sign in ORDER:
            return ordered(ORDER[sign], left, right=right)
        case sign:
            return total(SUMS[sign], left, right=right)


def _texts(node: Expression) -> frozenset[str] | None:
    """Give the texts of a list that holds nothing else."""
    if not isinstance(node, Items):
        return None
    values = [each.value if isinstance(each, Literal) else None for each in node.items]
    texts = frozenset(each for each in values if isinstance(each, str))
    return texts if all(isinstance(each, str) for each in values) else None


def _equality(node: Binary) -> Answer:
    for text, other in ((node.left, node.right), (node.right, node.left)):
        if isinstance(text, Literal) and isinstance(text.value, str):
            return _same_text(text.value, other)
    left, right = compiled(node.left), compiled(node.right)
    return lambda case: equal(left(case), right(case))


def _same_text(wanted: str, of: Expression) -> Answer:
    """Compare with a text: a text is equal to nothing but itself, so no types need be asked."""
    match of:
        case Name(name=fact):
            return lambda case: case[fact] == wanted
        case Member(of=Name(name=fact), key=Literal(value=part)):

            def same_part(case: Case) -> bool | Failed:
                found = case[fact].get(part, FAILED)
                return FAILED if found is FAILED else bool(found == wanted)

            return same_part

    answer = compiled(of)

    def same(case: Case) -> bool | Failed:
        found = answer(case)
        return FAILED if found is FAILED else bool(found == wanted)

    return same


def _call(node: Call) -> Answer:
    subject = node.arguments[0] if node.target is None else node.target
    match node.function:
        case name if name in QUESTIONS:
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
        if type(found) in NUMBERS or (isinstance(found, str) and _NUMERAL.fullmatch(found)):
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
