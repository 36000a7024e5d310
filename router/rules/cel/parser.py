"""Read an expression into its tree, by recursive descent over the grammar of CEL.

Promises: the precedence and associativity of CEL; limits on nesting and size; the first syntax
error with its offset, in words, and a hint for the habits of other languages (``and``, ``=``).
Macros, maps, messages, ``/``, ``%`` and unsigned numbers are not part of what is offered and say
so.
"""

from collections.abc import Callable
from typing import Final

from router.rules.cel.scanner import MAX_INTEGER, ConditionError, Kind, Token, scan
from router.rules.cel.syntax import (
    COMPARISONS,
    RESERVED,
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
)

MAX_NESTING: Final = 24
MAX_NODES: Final = 1_000
MAX_CHAIN: Final = 32
MAX_TERMS: Final = 200

_CONSTANTS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None}
_WORDS: Final = {"and": "&&", "or": "||", "not": "!", "AND": "&&", "OR": "||", "is": "=="}


def parse(text: str) -> Expression:
    """Read an expression; raises ``ConditionError`` at the first thing that is no CEL."""
    parser = _Parser(scan(text))
    tree = parser.expression()
    parser.finish()
    return tree


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._next = 0
        self._nesting = 0
        self._nodes = 0

    @property
    def _token(self) -> Token:
        return self._tokens[self._next]

    def finish(self) -> None:
        if self._token.kind is not Kind.END:
            raise self._unexpected("an operator such as `&&`")

    def expression(self) -> Expression:
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise ConditionError(self._token.at, f"nested deeper than {MAX_NESTING} levels")
        condition = self._some()
        start = self._token
        if self._taken("?"):
            this = self._some()
            self._expect(":")
            that = self.expression()
            condition = self._made(Choice(condition, this, that, at=start.at))
        self._nesting -= 1
        return condition

    def _some(self) -> Expression:
        terms = self._chain(self._every, "||")
        if len(terms) == 1:
            return terms[0]
        flat = (
            part for each in terms for part in (each.terms if isinstance(each, Some) else [each])
        )
        return self._made(Some(tuple(flat), at=terms[0].at))

    def _every(self) -> Expression:
        terms = self._chain(self._relation, "&&")
        if len(terms) == 1:
            return terms[0]
        flat = (
            part for each in terms for part in (each.terms if isinstance(each, Every) else [each])
        )
        return self._made(Every(tuple(flat), at=terms[0].at))

    def _chain(self, part: Callable[[], Expression], sign: str) -> tuple[Expression, ...]:
        terms = [part()]
        while self._taken(sign):
            terms.append(part())
            if len(terms) > MAX_TERMS:
                raise ConditionError(self._token.at, f"more than {MAX_TERMS} terms in a row")
        return tuple(terms)

    def _relation(self) -> Expression:
        return self._left(self._sum, (*COMPARISONS, "in"))

    def _sum(self) -> Expression:
        return self._left(self._product, ("+", "-"))

    def _product(self) -> Expression:
        return self._left(self._unary, ("*",))

    def _left(self, part: Callable[[], Expression], signs: tuple[str, ...]) -> Expression:
        left = part()
        for _ in range(MAX_CHAIN):
            token = self._token
            if token.text not in signs or token.kind not in {Kind.SIGN, Kind.NAME}:
                return left
            self._next += 1
            left = self._made(Binary(token.text, left, part(), at=token.at))
        raise ConditionError(self._token.at, f"more than {MAX_CHAIN} operators in a row")

    def _unary(self) -> Expression:
        token = self._token
        if token.kind is not Kind.SIGN or token.text not in {"!", "-"}:
            return self._member()
        self._next += 1
        number = self._token
        if token.text == "-" and number.kind is Kind.NUMBER:
            self._next += 1
            return self._tail(self._number(number, sign=-1))
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise ConditionError(token.at, f"nested deeper than {MAX_NESTING} levels")
        operand = self._unary()
        self._nesting -= 1
        return self._made(Unary(token.text, operand, at=token.at))

    def _member(self) -> Expression:
        return self._tail(self._primary())

    def _tail(self, of: Expression) -> Expression:
        for _ in range(MAX_CHAIN):
            token = self._token
            if self._taken("."):
                field = self._token
                if field.kind is not Kind.NAME or field.text in RESERVED:
                    raise self._unexpected("a name after the dot")
                self._next += 1
                if self._taken("("):
                    call = Call(field.text, of, self._arguments(")"), at=field.at)
                    of = self._made(call)
                else:
                    of = self._made(Member(of, Literal(field.text, at=field.at), at=field.at))
            elif self._taken("["):
                key = self.expression()
                self._expect("]")
                of = self._made(Member(of, key, at=token.at))
            else:
                return of
        raise ConditionError(self._token.at, f"more than {MAX_CHAIN} parts in a row")

    def _primary(self) -> Expression:
        token = self._token
        if self._taken("("):
            inside = self.expression()
            self._expect(")")
            return inside
        if self._taken("["):
            return self._made(Items(self._arguments("]"), at=token.at))
        if token.kind is Kind.TEXT:
            self._next += 1
            return self._made(Literal(token.decoded, at=token.at))
        if token.kind is Kind.NUMBER:
            self._next += 1
            return self._number(token, sign=1)
        if token.kind is Kind.NAME and token.text in _CONSTANTS:
            self._next += 1
            return self._made(Literal(_CONSTANTS[token.text], at=token.at))
        if token.kind is not Kind.NAME or token.text in RESERVED:
            raise self._unexpected("a value")
        self._next += 1
        if not self._taken("("):
            return self._made(Name(token.text, at=token.at))
        arguments = self._arguments(")")
        if token.text == "has":
            return self._has(arguments, token)
        return self._made(Call(token.text, None, arguments, at=token.at))

    def _has(self, arguments: tuple[Expression, ...], token: Token) -> Expression:
        if len(arguments) == 1 and isinstance(arguments[0], Member):
            key = arguments[0].key
            if isinstance(key, Literal) and isinstance(key.value, str):
                return self._made(Has(arguments[0], at=token.at))
        raise ConditionError(
            token.at, "`has` asks for one part", "such as `has(attributes.amount)`"
        )

    def _arguments(self, closing: str) -> tuple[Expression, ...]:
        if self._taken(closing):
            return ()
        found = [self.expression()]
        while self._taken(","):
            found.append(self.expression())
        self._expect(closing)
        return tuple(found)

    def _number(self, token: Token, *, sign: int) -> Expression:
        if isinstance(token.number, int) and sign * token.number > MAX_INTEGER:
            raise ConditionError(token.at, f"the number {token.text} is too large")
        after = self._token
        if after.kind is Kind.NAME and after.at == token.at + len(token.text):
            raise ConditionError(
                after.at, f"`{after.text}` after a number", "numbers have no unit here"
            )
        return self._made(Literal(sign * token.number, at=token.at))

    def _taken(self, sign: str) -> bool:
        token = self._token
        if token.kind is Kind.SIGN and token.text == sign:
            self._next += 1
            return True
        return False

    def _expect(self, sign: str) -> None:
        if not self._taken(sign):
            raise self._unexpected(f"`{sign}`")

    def _made(self, node: Expression) -> Expression:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise ConditionError(node.at, f"more than {MAX_NODES} parts")
        return node

    def _unexpected(self, wanted: str) -> ConditionError:
        token = self._token
        if token.kind is Kind.END:
            return ConditionError(token.at, f"the condition ends where {wanted} is missing")
        before = self._tokens[self._next - 1]
        if before.text in _WORDS and before.kind is Kind.NAME:
            token = before
        if token.text in _WORDS:
            return ConditionError(
                token.at, f"`{token.text}` is not an operator", f"write `{_WORDS[token.text]}`"
            )
        return ConditionError(token.at, f"`{token.text}` where {wanted} is missing")
