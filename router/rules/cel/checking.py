"""Compare an expression with the declared names and the types of the facts, before it ever runs.

Finds every trouble of an expression, not only the first: names that are not declared (with what was
probably meant), comparisons that can never hold, functions that are not offered. What depends on an
attribute's value is only known when it runs: there an attribute that is missing, or of another
type, makes the condition fail, and a condition that fails does not hold.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import msgspec

from router.rules.cel.hearing import LISTS, QUESTIONS, troubles
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
from router.rules.problems import Severity, nearest
from router.rules.vocabulary import CUSTOMER_PARTS, FACTS, NULLABLE, Type, Vocabulary

_NUMBERS: Final = frozenset({Type.INTEGER, Type.DECIMAL})
_TEXT_FUNCTIONS: Final = ("startsWith", "endsWith", "contains")
FUNCTIONS: Final = (*_TEXT_FUNCTIONS, *sorted(QUESTIONS), "size", "double", "has")
_LITERALS: Final[dict[type, Type]] = {
    type(None): Type.NULL,
    bool: Type.BOOLEAN,
    int: Type.INTEGER,
    float: Type.DECIMAL,
    str: Type.TEXT,
}
_REFUSED: Final = {
    "matches": "patterns are not offered: name the words with `text.mentions([...])`",
    "exists": "write the cases out with `||`, or use `in`",
    "all": "write the cases out with `&&`",
}


class Finding(msgspec.Struct, frozen=True):
    """A trouble in an expression, by the offset it starts at."""

    at: int
    message: str
    suggestion: str = ""
    severity: Severity = Severity.ERROR


def check(
    tree: Expression, vocabulary: Vocabulary, *, facts: Mapping[str, Type]
) -> tuple[Finding, ...]:
    """List the troubles of a condition that may read these facts."""
    checker = _Checker(vocabulary, facts)
    found = checker.type_of(tree)
    if found not in {Type.BOOLEAN, Type.ANY}:
        checker.blame(tree, f"this is {found.value}; a condition is true or false")
    return tuple(checker.findings)


class _Checker:
    def __init__(self, vocabulary: Vocabulary, facts: Mapping[str, Type]) -> None:
        self.findings: list[Finding] = []
        self._vocabulary = vocabulary
        self._facts = facts
        self._kinds: dict[type, Callable[[Any], Type]] = {
            Literal: self._literal,
            Name: self._name,
            Member: self._member,
            Has: self._has,
            Items: self._items,
            Every: self._joined,
            Some: self._joined,
            Unary: self._unary,
            Choice: self._choice,
            Call: self._call,
            Binary: self._binary,
        }

    def blame(self, node: Expression, message: str, suggestion: str = "") -> Type:
        self.findings.append(Finding(node.at, message, suggestion))
        return Type.ANY

    def type_of(self, node: Expression) -> Type:
        """Give the type of a part, and blame what is wrong in it."""
        return self._kinds[type(node)](node)

    def _literal(self, node: Literal) -> Type:
        return _LITERALS[type(node.value)]

    def _has(self, node: Has) -> Type:
        member = node.member
        if not isinstance(member.of, Name):
            return self.blame(node, "`has` asks for a part of a fact")
        self._member(member)
        return Type.BOOLEAN

    def _items(self, node: Items) -> Type:
        for each in node.items:
            self.type_of(each)
        return Type.LIST

    def _joined(self, node: Every | Some) -> Type:
        self._conditions(node.terms)
        return Type.BOOLEAN

    def _choice(self, node: Choice) -> Type:
        self._conditions((node.condition,))
        either, other = self.type_of(node.this), self.type_of(node.that)
        return either if either is other else Type.ANY

    def _name(self, node: Name) -> Type:
        name = node.name
        if name == "text" and name in self._facts:
            return self.blame(
                node, "of the customer's words only this can be asked", "`text.mentions([...])`"
            )
        found = self._facts.get(name)
        if found is not None:
            return found
        if name == LISTS:
            return self.blame(
                node, "a word list is for the customer's words", f"`text.mentions({LISTS}.NAME)`"
            )
        if name in FACTS:
            return self.blame(
                node,
                f"a queue cannot read the {name}: it is gone once qualification has read it",
                "set a topic in qualification, and take that",
            )
        if name in self._vocabulary.topics or name in self._vocabulary.channels:
            return self.blame(node, f"unknown fact `{name}`", f'a text is in quotes: "{name}"')
        hint = nearest(name, self._facts)
        if not hint.startswith("did"):
            hint = f"an attribute is written `attributes.{name}`"
        return self.blame(node, f"unknown fact `{name}`", hint)

    def _member(self, node: Member) -> Type:
        of = node.of
        key_type = self.type_of(node.key)
        if isinstance(of, Name) and self._facts.get(of.name) is Type.MAP:
            return self._part(of.name, node.key, found=key_type)
        found = self.type_of(of)
        if isinstance(of, Name) and of.name not in self._facts:
            return Type.ANY
        if found is Type.LIST:
            if key_type not in {Type.INTEGER, Type.ANY}:
                self.blame(node, "a list is counted by whole numbers from 0")
            return Type.ANY
        what = "attributes are flat" if found is Type.ANY else f"it is {found.value}"
        return self.blame(node, f"`{canonical(of)}` has no parts: {what}")

    def _part(self, fact: str, key: Expression, *, found: Type) -> Type:
        if found not in {Type.TEXT, Type.ANY}:
            return self.blame(key, f"the parts of `{fact}` have names")
        name = key.value if isinstance(key, Literal) else None
        if fact == "customer":
            if isinstance(name, str) and name not in CUSTOMER_PARTS:
                self.blame(key, f"a customer has no `{name}`", nearest(name, CUSTOMER_PARTS))
            return Type.TEXT
        if fact == "skills":
            self._declared("skill", key)
            return Type.INTEGER
        return Type.ANY

    def _conditions(self, terms: Iterable[Expression]) -> None:
        for each in terms:
            found = self.type_of(each)
            if found not in {Type.BOOLEAN, Type.ANY}:
                self.blame(each, f"`{canonical(each)}` is {found.value}, not true or false")

    def _unary(self, node: Unary) -> Type:
        if node.operator == "!":
            self._conditions((node.operand,))
            return Type.BOOLEAN
        found = self.type_of(node.operand)
        if found not in _NUMBERS and found is not Type.ANY:
            self.blame(node, f"`-` before {found.value}")
        return found

    def _binary(self, node: Binary) -> Type:
        left, right = self.type_of(node.left), self.type_of(node.right)
        if node.operator == "in":
            self._in(node, left, right=right)
            return Type.BOOLEAN
        if node.operator in {"==", "!="}:
            self._equal(node, left, right=right)
            return Type.BOOLEAN
        if node.operator in {"<", "<=", ">", ">="}:
            same = left is right or {left, right} <= _NUMBERS or Type.ANY in {left, right}
            if not same or {left, right} & {Type.LIST, Type.MAP, Type.NULL}:
                self.blame(node, f"`{node.operator}` between {left.value} and {right.value}")
            return Type.BOOLEAN
        return self._arithmetic(node, left, right=right)

    def _arithmetic(self, node: Binary, left: Type, *, right: Type) -> Type:
        joinable = (_NUMBERS | {Type.TEXT, Type.LIST}) if node.operator == "+" else _NUMBERS
        for found in (left, right):
            if found not in joinable and found is not Type.ANY:
                return self.blame(node, f"`{node.operator}` with {found.value}")
        if Type.ANY in {left, right}:
            unsure = node.left if left is Type.ANY else node.right
            if {left, right} & _NUMBERS:
                hint = f"write `double({canonical(unsure)})` and decimal numbers such as `2.0`"
                self.findings.append(
                    Finding(
                        unsure.at,
                        "whole and decimal numbers do not mix, and an attribute may be either",
                        hint,
                        Severity.WARNING,
                    )
                )
            return right if left is Type.ANY else left
        if left is not right:
            self.blame(
                node,
                f"`{node.operator}` between {left.value} and {right.value}",
                "write `2.0` for 2, or `double(...)`" if {left, right} <= _NUMBERS else "",
            )
        return left

    def _equal(self, node: Binary, left: Type, *, right: Type) -> None:
        for one, other in ((node.left, node.right), (node.right, node.left)):
            self._belongs(one, other)
        if Type.MAP in {left, right}:
            self.blame(node, "a group of facts cannot be compared; name one of its parts")
            return
        if Type.NULL in {left, right}:
            whole = node.left if right is Type.NULL else node.right
            nullable = isinstance(whole, Name) and whole.name in NULLABLE
            if not nullable and Type.ANY not in {left, right}:
                hint = ""
                if isinstance(whole, Member):
                    hint = f"ask whether it is there: `has({canonical(whole)})`"
                self.blame(node, f"`{canonical(whole)}` is never null", hint)
            return
        if left is right or {left, right} <= _NUMBERS or Type.ANY in {left, right}:
            return
        self.blame(
            node, f"{left.value} is never equal to {right.value}: `{canonical(node)}` says nothing"
        )

    def _in(self, node: Binary, left: Type, *, right: Type) -> None:
        if right is Type.LIST:
            for each in node.right.items if isinstance(node.right, Items) else ():
                self._belongs(node.left, each)
                found = self._quiet(each)
                alike = left is found or {left, found} <= _NUMBERS
                if not alike and not {left, found} & {Type.ANY, Type.NULL}:
                    self.blame(each, f"{left.value} is never equal to {found.value}")
        elif right is Type.MAP and isinstance(node.right, Name):
            self._part(node.right.name, node.left, found=left)
        elif right is not Type.ANY:
            self.blame(
                node, f"`in` looks into a list, not into {right.value}", 'such as `["a", "b"]`'
            )
        else:
            self.blame(node, "`in` looks into a list; an attribute holds one value")

    def _quiet(self, node: Expression) -> Type:
        """Give a type without reporting twice what is wrong with the node."""
        return _Checker(self._vocabulary, self._facts).type_of(node)

    def _belongs(self, fact: Expression, value: Expression) -> None:
        """Check that what a topic or channel is compared with is declared."""
        if isinstance(fact, Name) and fact.name in {"topic", "channel"}:
            self._declared(fact.name, value)

    def _declared(self, kind: str, value: Expression) -> None:
        if not isinstance(value, Literal) or not isinstance(value.value, str):
            return
        known = {
            "topic": self._vocabulary.topics,
            "channel": self._vocabulary.channels,
            "skill": self._vocabulary.skills,
        }[kind]
        if value.value not in known:
            self.blame(value, f"unknown {kind} `{value.value}`", nearest(value.value, known))

    def _call(self, node: Call) -> Type:
        offered: dict[str, Callable[[Call], Type]] = {
            **dict.fromkeys(_TEXT_FUNCTIONS, self._text_function),
            **dict.fromkeys(QUESTIONS, self._question),
            "size": self._size,
            "double": self._double,
        }
        function = offered.get(node.function)
        if function is not None:
            return function(node)
        hint = _REFUSED.get(node.function) or nearest(node.function, FUNCTIONS)
        return self.blame(node, f"no function `{node.function}` is offered", hint)

    def _text_function(self, node: Call) -> Type:
        parts = (node.target, *node.arguments)
        if node.target is None or len(node.arguments) != 1:
            self.blame(node, f"`{node.function}` follows one text and takes another")
        for each in parts:
            if each is not None and self.type_of(each) not in {Type.TEXT, Type.ANY}:
                self.blame(each, f"`{node.function}` is for texts; `{canonical(each)}` is none")
        return Type.BOOLEAN

    def _question(self, node: Call) -> Type:
        is_of_text = isinstance(node.target, Name) and node.target.name == "text"
        if is_of_text and "text" not in self._facts:
            self.type_of(node.target or node)
        for each in troubles(node, self._vocabulary.word_lists):
            self.blame(each.node, each.message, each.suggestion)
        return Type.BOOLEAN

    def _size(self, node: Call) -> Type:
        parts = node.arguments if node.target is None else (node.target, *node.arguments)
        if len(parts) != 1:
            self.blame(node, "`size` takes one text or list")
        for each in parts:
            found = self.type_of(each)
            if found not in {Type.TEXT, Type.LIST, Type.MAP, Type.ANY}:
                self.blame(each, f"`{canonical(each)}` has no size: it is {found.value}")
        return Type.INTEGER

    def _double(self, node: Call) -> Type:
        if node.target is not None or len(node.arguments) != 1:
            self.blame(node, "`double` takes one number")
        for each in node.arguments:
            found = self.type_of(each)
            if found not in {*_NUMBERS, Type.TEXT, Type.ANY}:
                self.blame(each, f"`{canonical(each)}` is {found.value}, not a number")
        return Type.DECIMAL
