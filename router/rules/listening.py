"""What rules ask of a customer's text, ready to be asked once, when the text is there.

Each question of a rule becomes an ear: its name in the record of the conversation, its one form in
the condition, and the function that hears. Only the names of the ears that heard something outlive
the text.
"""

from collections.abc import Callable, Iterator

import msgspec

from router.rules.cel.hearing import (
    AFFIRMS,
    MENTIONS,
    NEAR,
    QUESTIONS,
    Lists,
    named_lists,
    number,
    phrases,
)
from router.rules.cel.syntax import Call, Expression, Literal, calls, canonical
from router.rules.negation import USUAL_WINDOW, affirmed
from router.rules.tongue import tongue
from router.rules.words import Phrases, Words, within

Hears = Callable[[Words], bool]


class Ear(msgspec.Struct, frozen=True):
    """A question of a rule about the text: its name in the record, its one form, the question."""

    name: str
    asked: str
    hears: Hears


def ears(rule: str, when: Expression, *, lists: Lists) -> tuple[Ear, ...]:
    """Make the ears of a rule: the first question is named as the rule, further ones by number."""
    return tuple(
        Ear(rule if n == 1 else f"{rule}\t{n}", canonical(call), _hears(call, lists))
        for n, call in enumerate(calls(when, QUESTIONS), start=1)
    )


def lists_asked(when: Expression) -> Iterator[str]:
    """Name the declared word lists that a condition speaks of."""
    for call in calls(when, QUESTIONS):
        for each in call.arguments:
            yield from named_lists(each)


def _hears(call: Call, lists: Lists) -> Hears:
    match call.function:
        case function if function == MENTIONS:
            return Phrases(phrases(call.arguments[0], lists)).heard
        case function if function == NEAR:
            return _near(call, lists)
        case function if function == AFFIRMS:
            return _affirms(call, lists)
        case _:
            language = call.arguments[0]
            wanted = language.value if isinstance(language, Literal) else None
            return lambda words: tongue(words.order) == wanted


def _near(call: Call, lists: Lists) -> Hears:
    one, other = (Phrases(phrases(each, lists)) for each in call.arguments[:2])
    distance = number(call) or 1

    def hears(words: Words) -> bool:
        if not (one.heard(words) and other.heard(words)):
            return False
        first, second = (list(each.spans(words.order)) for each in (one, other))
        return within(distance, first, other=second)

    return hears


def _affirms(call: Call, lists: Lists) -> Hears:
    wanted, window = Phrases(phrases(call.arguments[0], lists)), number(call) or USUAL_WINDOW
    return lambda words: wanted.heard(words) and affirmed(words.text, wanted, window=window)
