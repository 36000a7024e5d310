"""Questions about the customer's words: how they are written, and what may be asked.

``text.mentions(LIST)``, ``text.affirms(LIST)`` or ``(LIST, WORDS)``, ``text.mentionsNear(LIST,
LIST, WORDS)`` and ``text.writtenIn("fr")``. A list is written out, or declared
(``word_lists.anger``), or several of both joined by ``+``. All of a question stands in the rule, so
it can be asked once, when the text is there.
"""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from router.rules.cel.syntax import (
    Binary,
    Call,
    Expression,
    Items,
    Literal,
    Member,
    Name,
    canonical,
)
from router.rules.problems import nearest
from router.rules.tongue import TONGUES
from router.rules.words import MAX_PHRASES, phrase_trouble

MENTIONS: Final = "mentions"
NEAR: Final = "mentionsNear"
AFFIRMS: Final = "affirms"
WRITTEN_IN: Final = "writtenIn"
QUESTIONS: Final = frozenset({MENTIONS, NEAR, AFFIRMS, WRITTEN_IN})
LISTS: Final = "word_lists"
MAX_DISTANCE: Final = 50
MAX_WINDOW: Final = 10

_FORMS: Final = {
    MENTIONS: '`text.mentions(["one", "two words"])`',
    NEAR: '`text.mentionsNear(["one"], ["another"], 5)`',
    AFFIRMS: '`text.affirms(["one", "two words"])`',
    WRITTEN_IN: '`text.writtenIn("fr")`',
}
_LISTS_TAKEN: Final = {MENTIONS: 1, NEAR: 2, AFFIRMS: 1, WRITTEN_IN: 0}

Lists = Mapping[str, tuple[str, ...]]
"""The words and phrases of each declared list."""


class Unheard(msgspec.Struct, frozen=True):
    """A trouble of a question: what it is about, the message, a suggestion."""

    node: Expression
    message: str
    suggestion: str = ""


def troubles(call: Call, lists: Lists) -> Iterator[Unheard]:
    """Tell what is wrong with a question."""
    function, form = call.function, _FORMS[call.function]
    if not isinstance(call.target, Name) or call.target.name != "text":
        yield Unheard(call, f"`{function}` is asked of the customer's words", form)
    taken = _LISTS_TAKEN[function]
    numbers = call.arguments[taken:]
    fits = len(call.arguments) >= taken and len(numbers) == (function in {NEAR, WRITTEN_IN})
    if not fits and not (function == AFFIRMS and len(numbers) == 1):
        yield Unheard(call, _wrong_number(function), form)
        return
    for each in call.arguments[:taken]:
        yield from _list_troubles(each, lists, of=call)
    if function == WRITTEN_IN:
        value = _literal(numbers[0])
        if value not in TONGUES:
            hint = nearest(str(value), TONGUES)
            yield Unheard(numbers[0], f"`{canonical(numbers[0])}` is no language to guess", hint)
        return
    most = MAX_DISTANCE if function == NEAR else MAX_WINDOW
    for each in numbers:
        value = _literal(each)
        if type(value) is not int or not 1 <= value <= most:
            yield Unheard(each, f"`{canonical(each)}` is no number of words", f"from 1 to {most}")


def phrases(node: Expression, lists: Lists) -> tuple[str, ...]:
    """Give the words and phrases of a list that was checked."""
    match node:
        case Items(items=items):
            return tuple(str(each.value) for each in items if isinstance(each, Literal))
        case Member(of=Name(name=name), key=Literal(value=str(key))) if name == LISTS:
            return lists.get(key, ())
        case Binary(operator="+", left=left, right=right):
            return (*phrases(left, lists), *phrases(right, lists))
        case _:
            return ()


def named_lists(node: Expression) -> Iterator[str]:
    """Name the declared lists that a list of a question is made of."""
    match node:
        case Member(of=Name(name=name), key=Literal(value=str(key))) if name == LISTS:
            yield key
        case Binary(operator="+", left=left, right=right):
            yield from named_lists(left)
            yield from named_lists(right)


def number(call: Call) -> int | None:
    """Give the number of words that a question ends with, if it does."""
    value = _literal(call.arguments[-1])
    return value if type(value) is int else None


def _wrong_number(function: str) -> str:
    return {
        MENTIONS: f"`mentions` takes a list of 1 to {MAX_PHRASES} texts",
        NEAR: "`mentionsNear` takes two lists of texts and a number of words",
        AFFIRMS: "`affirms` takes a list of texts, and perhaps a number of words",
        WRITTEN_IN: "`writtenIn` takes one language",
    }[function]


def _list_troubles(node: Expression, lists: Lists, *, of: Call) -> Iterator[Unheard]:
    match node:
        case Items(items=items) if 1 <= len(items) <= MAX_PHRASES:
            for each in items:
                phrase = _literal(each)
                trouble = phrase_trouble(phrase) if isinstance(phrase, str) else "a text in quotes"
                if trouble:
                    yield Unheard(each, f"`{canonical(each)}` cannot be looked for: {trouble}")
        case Member(of=Name(name=name), key=Literal(value=str(key))) if name == LISTS:
            if key not in lists:
                hint = nearest(key, lists) or f"declare it: `{LISTS}: {{{key}: words/{key}.txt}}`"
                yield Unheard(node, f"unknown word list `{key}`", hint)
        case Binary(operator="+", left=left, right=right):
            yield from _list_troubles(left, lists, of=of)
            yield from _list_troubles(right, lists, of=of)
        case _:
            yield Unheard(of, _wrong_number(of.function), _FORMS[of.function])


def _literal(node: Expression) -> object:
    return node.value if isinstance(node, Literal) else None
