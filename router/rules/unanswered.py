"""Count conditions that could not be answered, by rule or queue, and tell why not.

Such a condition does not hold, and the conversation goes on to the next rule or queue: nothing is
lost by it. Most of them ask for an attribute that the conversation does not have, which is as it
should be. The others found what they ask for and could not use it (a text where a number was
expected, a sum too large for whole numbers): a platform sends something else than the rules expect,
and somebody should know.
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


class Count:
    """How often one condition could not be answered, which asks for these ``parts``."""

    __slots__ = ("missing", "name", "of", "parts", "unusable")

    def __init__(self, of: str, name: str, parts: Parts) -> None:
        self.of = of
        self.name = name
        self.parts = parts
        self.missing = 0
        self.unusable = 0

    def note(self, case: Mapping[str, Any]) -> None:
        """Count that it could not be answered for this case."""
        for fact, part in self.parts:
            if part not in case[fact]:
                self.missing += 1
                return
        self.unusable += 1


class Tally:
    """Counts of one policy; they only ever grow."""

    __slots__ = ("_counts",)

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], Count] = {}

    def __iter__(self) -> Iterator[Unanswered]:
        """Give the counts above zero, in the order in which they were asked for first."""
        for each in list(self._counts.values()):
            if each.missing:
                yield Unanswered(each.of, each.name, Cause.MISSING, each.missing)
            if each.unusable:
                yield Unanswered(each.of, each.name, Cause.UNUSABLE, each.unusable)

    def count(self, of: str, name: str, parts: Parts) -> Count:
        """Give the count of a condition, to be added to."""
        known = self._counts.get((of, name))
        if known is None:
            known = self._counts[of, name] = Count(of, name, parts)
        return known


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
