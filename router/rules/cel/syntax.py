"""The tree of an expression, and how it is written back.

Every node knows the offset of the character it is blamed by. Chains of ``&&`` and of ``||`` are one
node each. ``canonical`` writes a tree in one way only: two expressions that differ in spaces,
quotes or needless brackets are the same text, so it can name their meaning.
"""

import json
from typing import Final

import msgspec

Value = str | int | float | bool | None


class Node(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Common part: where the node stands in the text of the expression."""

    at: int = 0


class Literal(Node, frozen=True):
    """Text, a number, true, false or null."""

    value: Value


class Name(Node, frozen=True):
    """A fact, such as ``topic``."""

    name: str


class Member(Node, frozen=True):
    """A part of a fact, such as ``customer.tier``; ``indexed``: written ``attributes["x"]``."""

    of: "Expression"
    key: "Expression"


class Has(Node, frozen=True):
    """Whether a part is there: ``has(attributes.x)``."""

    member: Member


class Call(Node, frozen=True):
    """A function; ``target`` is what stands before the dot."""

    function: str
    target: "Expression | None"
    arguments: "tuple[Expression, ...]"


class Unary(Node, frozen=True):
    """``!`` or ``-``."""

    operator: str
    operand: "Expression"


class Binary(Node, frozen=True):
    """A comparison, ``in``, ``+``, ``-`` or ``*``; ``at`` is that of the operator."""

    operator: str
    left: "Expression"
    right: "Expression"


class Every(Node, frozen=True):
    """Terms joined by ``&&``."""

    terms: "tuple[Expression, ...]"


class Some(Node, frozen=True):
    """Terms joined by ``||``."""

    terms: "tuple[Expression, ...]"


class Choice(Node, frozen=True):
    """``condition ? this : that``."""

    condition: "Expression"
    this: "Expression"
    that: "Expression"


class Items(Node, frozen=True):
    """A list."""

    items: "tuple[Expression, ...]"


Expression = Literal | Name | Member | Has | Call | Unary | Binary | Every | Some | Choice | Items

COMPARISONS: Final = ("==", "!=", "<=", ">=", "<", ">")
TRUE: Final = Literal(True)

_CHOICE, _SOME, _EVERY, _RELATION, _SUM, _PRODUCT, _UNARY, _MEMBER = range(8)
_STRENGTH: Final = {
    **dict.fromkeys((*COMPARISONS, "in"), _RELATION),
    **dict.fromkeys(("+", "-"), _SUM),
    "*": _PRODUCT,
}


def constant(node: "Expression") -> bool | None:
    """Give the answer of a condition that is ``true`` or ``false`` as it stands, else None."""
    return node.value if isinstance(node, Literal) and isinstance(node.value, bool) else None


def children(node: Expression) -> tuple[Expression, ...]:
    """Give the parts of a node, from left to right."""
    match node:
        case Member(of=of, key=key):
            return (of, key)
        case Has(member=member):
            return (member,)
        case Call(target=target, arguments=arguments):
            return arguments if target is None else (target, *arguments)
        case Unary(operand=operand):
            return (operand,)
        case Binary(left=left, right=right):
            return (left, right)
        case Every(terms=terms) | Some(terms=terms) | Items(items=terms):
            return terms
        case Choice(condition=condition, this=this, that=that):
            return (condition, this, that)
        case _:
            return ()


def calls(node: Expression, functions: frozenset[str]) -> tuple[Call, ...]:
    """Give every call of one of these functions in an expression, from left to right."""
    own = (node,) if isinstance(node, Call) and node.function in functions else ()
    return (*own, *(call for each in children(node) for call in calls(each, functions)))


def canonical(node: Expression) -> str:
    """Write an expression in its one form."""
    return _written(node)[0]


def _written(node: Expression) -> tuple[str, int]:
    """Give the text and how strongly it holds together."""
    match node:
        case Literal(value=value):
            negative = isinstance(value, int | float) and value < 0
            return json.dumps(value, ensure_ascii=False), _UNARY if negative else _MEMBER
        case Name(name=name):
            return name, _MEMBER
        case Member(of=of, key=Literal(value=str(key))) if _identifier(key):
            return f"{_as(of, _MEMBER)}.{key}", _MEMBER
        case Member(of=of, key=index):
            return f"{_as(of, _MEMBER)}[{canonical(index)}]", _MEMBER
        case Has(member=member):
            return f"has({canonical(member)})", _MEMBER
        case Call(function=function, target=target, arguments=arguments):
            inside = ", ".join(canonical(each) for each in arguments)
            before = "" if target is None else f"{_as(target, _MEMBER)}."
            return f"{before}{function}({inside})", _MEMBER
        case Items(items=items):
            return f"[{', '.join(canonical(each) for each in items)}]", _MEMBER
        case _:
            return _joined(node)


def _joined(node: Unary | Binary | Every | Some | Choice) -> tuple[str, int]:
    match node:
        case Unary(operator=operator, operand=operand):
            return f"{operator}{_as(operand, _MEMBER)}", _UNARY
        case Binary(operator=operator, left=left, right=right):
            strength = _STRENGTH[operator]
            return f"{_as(left, strength)} {operator} {_as(right, strength + 1)}", strength
        case Every(terms=terms):
            return " && ".join(_as(each, _EVERY) for each in terms), _EVERY
        case Some(terms=terms):
            return " || ".join(_as(each, _SOME) for each in terms), _SOME
        case Choice(condition=condition, this=this, that=that):
            parts = (_as(condition, _SOME), _as(this, _SOME), canonical(that))
            return f"{parts[0]} ? {parts[1]} : {parts[2]}", _CHOICE


def _as(node: Expression, strength: int) -> str:
    text, own = _written(node)
    return text if own >= strength else f"({text})"


def _identifier(text: str) -> bool:
    return text.isascii() and text.isidentifier() and text not in RESERVED


RESERVED: Final = frozenset(
    (
        *("as", "break", "const", "continue", "else", "false", "for", "function", "if", "import"),
        *("in", "let", "loop", "namespace", "null", "package", "return", "true", "var", "void"),
        "while",
    )
)
"""Words that CEL keeps for itself; a part with such a name is written ``attributes["if"]``."""
