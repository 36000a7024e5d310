"""Cut an expression into tokens.

Promises: every token knows its offset, text literals come out decoded, and whatever is no token is
a ``ConditionError`` that says what to write instead. Limits the length of an expression.
"""

import math
import re
from enum import Enum, auto
from typing import Final

import msgspec

MAX_LENGTH: Final = 4_000
MAX_INTEGER: Final = 2**63 - 1


class ConditionError(Exception):
    """What is wrong with an expression, where, and what to write instead."""

    def __init__(self, at: int, message: str, suggestion: str = "") -> None:
        super().__init__(message)
        self.at = at
        self.message = message
        self.suggestion = suggestion


class Kind(Enum):
    """Kinds of token."""

    NAME = auto()
    NUMBER = auto()
    TEXT = auto()
    SIGN = auto()
    END = auto()


class Token(msgspec.Struct, frozen=True, gc=False):
    """A token: its kind, its characters, where it starts, and what a literal stands for."""

    kind: Kind
    text: str
    at: int
    decoded: str = ""
    number: int | float = 0


_TOKEN = re.compile(
    r"""(?P<space>(?:\s|//[^\n]*)+)
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*(?=(?P<quote>["'])?))
      | (?P<float>[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+)
      | (?P<integer>[0-9]+)
      | (?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
      | (?P<sign>&&|\|\||==|!=|<=|>=|[<>!+\-*()\[\].,?:])""",
    re.VERBOSE,
)
_RAW = re.compile(r"""[rR]("[^"\n]*"|'[^'\n]*')""")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([abfnrtv\\?\"'`]))|\\(.)")
_SIMPLE: Final = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_INSTEAD: Final = {
    "=": "compare with `==`",
    "&": "write `&&`",
    "|": "write `||`",
    "{": "maps are not part of the rules; a list is `[...]`",
    "/": "division is not part of the rules",
    "%": "`%` is not part of the rules",
    '"': "close the quotes on the same line",
    "'": "close the quotes on the same line",
    "“": 'quotes are straight: "',
    "”": 'quotes are straight: "',
    "«": 'quotes are straight: "',
    "’": "quotes are straight: '",
}


def scan(text: str) -> list[Token]:
    """Cut a text into tokens; the last one is the end."""
    if len(text) > MAX_LENGTH:
        raise ConditionError(0, f"a condition longer than {MAX_LENGTH} characters")
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        raw = _RAW.match(text, at)
        match = raw or _TOKEN.match(text, at)
        if match is None:
            raise ConditionError(at, f"`{text[at]}` means nothing here", _INSTEAD.get(text[at], ""))
        if raw is not None:
            tokens.append(Token(Kind.TEXT, raw[0], at, decoded=raw[1][1:-1]))
        elif match["space"] is None:
            tokens.append(_token(match))
        at = match.end()
    tokens.append(Token(Kind.END, "the end", len(text.rstrip())))
    return tokens


def _token(match: re.Match[str]) -> Token:
    at, text = match.start(), match[0]
    if match["name"] is not None:
        if match["quote"] is not None:
            raise ConditionError(
                at, f"`{text}` before quotes", "put a space or an operator between"
            )
        return Token(Kind.NAME, text, at)
    if match["text"] is not None:
        return Token(Kind.TEXT, text, at, decoded=_decoded(text[1:-1], at + 1))
    if match["float"] is not None:
        number = float(text)
        if math.isinf(number):
            raise ConditionError(at, f"the number {text} is too large")
        return Token(Kind.NUMBER, text, at, number=number)
    if match["integer"] is not None:
        if int(text) > MAX_INTEGER + 1:
            raise ConditionError(at, f"the number {text} is too large")
        return Token(Kind.NUMBER, text, at, number=int(text))
    return Token(Kind.SIGN, text, at)


def _decoded(text: str, at: int) -> str:
    def character(match: re.Match[str]) -> str:
        digits, simple = match[1] or match[2], match[3]
        if simple is not None:
            return _SIMPLE.get(simple, simple)
        code = int(digits, 16) if digits else 0xD800
        if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            raise ConditionError(
                at + match.start(), f"`{match[0]}` is no escape", "a backslash is written `\\\\`"
            )
        return chr(code)

    return _ESCAPE.sub(character, text)
