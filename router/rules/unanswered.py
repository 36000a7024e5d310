"""Count conditions that could not be answered, by rule or queue, and tell why not.

Such a condition does not hold, and the conversation goes on to the next rule or queue: nothing is lost by
it. Most of them ask for an attribute that the conversation does not have, which is as it should be. The
others found what they ask for and could not use it (a text where a number was expected, a sum too large
for whole numbers): a platform sends something else than the rules expect, and somebody should know.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

import msgspec

from router.rules.cel.syntax import Expression, Has, Literal, Member, Name, children

Parts = tuple[tuple[str, str], ...]
"""Parts of facts that a condition cannot be answered without: ``("attributes", "nps")``."""

_SPARSE: Final = frozenset({"attributes", "customer", "skills"})


class Cause(StrEnum):
    """Why a condition could not be answered: something is not there, or cannot be used."""

    MISSING = "missing"
    UNUSABLE = "unusable"


class Unanswered(msgspec.Struct, frozen=True):
    """How often the condition of a ``rule`` or ``queue`` could not be answered, for one cause."""

    of: str
    name: str
    cause: Cause
    times: int


class Tally:
    """Counts of one policy; they only ever grow."""

    __slots__ = ("_times",)

    def __init__(self) -> None:
        self._times: dict[tuple[str, str, Cause], int] = {}

    def __iter__(self) -> Iterator[Unanswered]:
        """Give the counts above zero, in the order in which they first came."""
        for (of, name, cause), times in list(self._times.items()):
            yield Unanswered(of, name, cause, times)

    def note(self, of: str, name: str, *, parts: Parts, case: Mapping[str, Any]) -> None:
        """Count a condition that asks for these parts and could not be answered for this case."""
        is_missing = any(part not in case[fact] for fact, part in parts)
        key = (of, name, Cause.MISSING if is_missing else Cause.UNUSABLE)
        self._times[key] = self._times.get(key, 0) + 1


def parts_asked(tree: Expression) -> Parts:
    """Name the parts of facts that a condition reads; not those it only asks the presence of."""
    return tuple(dict.fromkeys(_parts(tree)))


def _parts(node: Expression) -> Iterator[tuple[str, str]]:
    match node:
        case Has():
            return
        case Member(of=Name(name=fact), key=Literal(value=str(part))) if fact in _SPARSE:
            yield fact, part
        case _:
            for each in children(node):
                yield from _parts(each)
