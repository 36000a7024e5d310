"""JSON as the wire reads it: strict text, nothing that two readers could understand differently.

Promises: UTF-8 without a byte order mark, the grammar of RFC 8259 and no more (no NaN, no
comments), Unicode text only (no half of a surrogate pair), depth within the contract. A name given
twice has its last value, a number beyond every limit stays beyond every limit. Says what a document
is, not what it means.
"""

import json
import re
from itertools import accumulate
from typing import Any, Final

from router.model import limits
from router.model.reasons import Unreadable

_MUCH_TOO_DEEP: Final = 200
"""Beyond this no parser is asked, since each has a depth of its own at which it gives up."""

_BEYOND: Final = 2**64
"""Stands for every whole number of more digits than any limit allows."""

# A string that is never closed goes on to the end: to look for its end at each quote would be slow.
_string_text = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
_not_bracket = re.compile(r"[^\[\]{}]+")
_half_pair = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    r"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F]"
)
_STEPS: Final = {"[": 1, "{": 1, "]": -1, "}": -1}


def read(value: bytes) -> tuple[Any, Unreadable | None]:
    """Read one JSON document, and why it cannot be used: not JSON, too deep, or None.

    Objects are dicts in the order of their names' first appearance.
    """
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        return None, Unreadable.NOT_JSON
    deep = False
    if openers(value) > limits.MAX_DEPTH:
        deepest, left_open = _depth(text)
        deep = deepest > limits.MAX_DEPTH
        if deepest > _MUCH_TOO_DEEP:
            return None, Unreadable.NOT_JSON if left_open else Unreadable.TOO_DEEP
    try:
        document = _decoder.decode(text)
    except ValueError:
        return None, Unreadable.NOT_JSON
    if "\\u" in text and _half_pair.search(text.replace("\\\\", "__")):
        return None, Unreadable.NOT_JSON
    return (None, Unreadable.TOO_DEEP) if deep else (document, None)


def openers(value: bytes) -> int:
    """Count what could open an object or array; the depth is at most that."""
    return value.count(b"{") + value.count(b"[")


def _depth(text: str) -> tuple[int, int]:
    """Give the deepest nesting outside strings, and how many brackets stay open at the end."""
    brackets = _not_bracket.sub("", _string_text.sub("", text))
    levels = list(accumulate(map(_STEPS.__getitem__, brackets), initial=0))
    return max(levels), levels[-1]


def _whole_number(text: str) -> int:
    if len(text) <= len(str(limits.MAX_INTEGER)) + 1:
        return int(text)
    return -_BEYOND if text.startswith("-") else _BEYOND


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no JSON number")


_decoder = json.JSONDecoder(parse_int=_whole_number, parse_constant=_no_number)
