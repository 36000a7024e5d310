"""What is wrong or doubtful in a rule file, said so that an operator can mend it.

A ``Problem`` names the spot, says what is wrong in the words of the trade and, where a near name
exists, what was probably meant. Problems are gathered, never thrown one at a time: whoever checks
a file sees all of them at once. This module reads no file and knows no rule.
"""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from enum import StrEnum

import msgspec


class Severity(StrEnum):
    """An error keeps the rules from being used; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


class Place(msgspec.Struct, frozen=True, order=True):
    """A spot in a rule file; lines and columns count from 1."""

    file: str
    line: int = 1
    column: int = 1


class Problem(msgspec.Struct, frozen=True, order=True):
    """One thing to mend. ``suggestion`` is empty where nothing better is known."""

    file: str
    line: int
    column: int
    message: str
    suggestion: str = ""
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        """Write the problem on one line, as compilers do."""
        hint = f" ({self.suggestion})" if self.suggestion else ""
        return f"{self.file}:{self.line}:{self.column}: {self.severity}: {self.message}{hint}"


class RulesError(Exception):
    """Rules that cannot be used. ``problems`` holds every error and warning, in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(each) for each in self.problems))


class Problems:
    """Gather problems; the same one is kept once."""

    def __init__(self) -> None:
        self._found: dict[Problem, None] = {}

    def __iter__(self) -> Iterator[Problem]:
        """Give the problems in the order of file, line, column."""
        return iter(sorted(self._found))

    @property
    def errors(self) -> int:
        """Count the errors."""
        return sum(each.severity is Severity.ERROR for each in self._found)

    def error(self, place: Place, message: str, suggestion: str = "") -> None:
        """Note something that keeps the rules from being used."""
        self._add(place, Severity.ERROR, (message, suggestion))

    def warning(self, place: Place, message: str, suggestion: str = "") -> None:
        """Note something that is allowed, and probably not meant."""
        self._add(place, Severity.WARNING, (message, suggestion))

    def _add(self, place: Place, severity: Severity, words: tuple[str, str]) -> None:
        message, suggestion = words
        problem = Problem(
            place.file, place.line, place.column, message, suggestion, severity=severity
        )
        self._found.setdefault(problem)


def nearest(name: str, known: Iterable[str]) -> str:
    """Suggest the known name that was probably meant, or list the few there are, or nothing."""
    names = sorted(known)
    close = get_close_matches(name, names, n=1, cutoff=0.6)
    if not close:
        lowered = {each.casefold(): each for each in reversed(names)}
        found = get_close_matches(name.casefold(), lowered, n=1, cutoff=0.6)
        close = [lowered[each] for each in found]
    if close:
        return f"did you mean `{close[0]}`?"
    if 0 < len(names) <= 8:
        return f"one of {', '.join(f'`{each}`' for each in names)}"
    return ""


def shown(value: object) -> str:
    """Say a value as it stands in the file, so that it can be found there."""
    match value:
        case dict():
            return "a group of keys"
        case list():
            return "a list"
        case None:
            return "nothing"
        case bool():
            return f"`{str(value).lower()}`"
        case _:
            text = str(value)
            return f"`{text}`" if len(text) <= 60 else f"`{text[:57]}...`"
