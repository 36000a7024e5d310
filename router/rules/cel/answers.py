"""What a compiled condition is and gives, and how its parts are joined: logic with a third answer.

``FAILED`` stands for what CEL calls an error: a missing attribute, types that do not go together, a
number too large. As CEL has it, ``false &&`` anything is false and ``true ||`` anything is true, on
either side, failed or not. No function here raises or changes anything.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any, Final


class Failed(Enum):
    """The one value of a condition that could not be answered."""

    FAILED = "failed"


FAILED: Final = Failed.FAILED

Case = Mapping[str, Any]
"""The facts by name. ``heard``: the questions about the text, in their one form, that are so."""

Answer = Callable[[Case], Any]


def every(terms: Sequence[Answer]) -> Answer:
    """Join terms by ``&&``."""
    if len(terms) == 2:
        return _both(*terms)

    def answer(case: Case) -> bool | Failed:
        result: bool | Failed = True
        for each in terms:
            found = each(case)
            if found is False:
                return False
            if found is not True:
                result = FAILED
        return result

    return answer


def some(terms: Sequence[Answer]) -> Answer:
    """Join terms by ``||``."""
    if len(terms) == 2:
        return _either(*terms)

    def answer(case: Case) -> bool | Failed:
        result: bool | Failed = False
        for each in terms:
            found = each(case)
            if found is True:
                return True
            if found is not False:
                result = FAILED
        return result

    return answer


def _both(one: Answer, other: Answer) -> Answer:
    def answer(case: Case) -> bool | Failed:
        first = one(case)
        if first is False:
            return False
        second = other(case)
        if second is False:
            return False
        return True if first is True and second is True else FAILED

    return answer


def _either(one: Answer, other: Answer) -> Answer:
    def answer(case: Case) -> bool | Failed:
        first = one(case)
        if first is True:
            return True
        second = other(case)
        if second is True:
            return True
        return False if first is False and second is False else FAILED

    return answer


def negated(term: Answer) -> Answer:
    """Turn an answer round by ``!``."""

    def answer(case: Case) -> bool | Failed:
        found = term(case)
        return not found if found is True or found is False else FAILED

    return answer


def chosen(condition: Answer, this: Answer, *, that: Answer) -> Answer:
    """Choose by ``condition ? this : that``."""

    def answer(case: Case) -> Any:
        found = condition(case)
        if found is True:
            return this(case)
        return that(case) if found is False else FAILED

    return answer
