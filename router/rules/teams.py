"""Read and write which teams serve a queue: ``teams`` of a queue, or of a step of its ladder.

``own`` (what holds where nothing is written) is every team that is no partner: work goes to another
company only where a rule names it. ``any`` is everybody. An agent whose team nobody declared is of
the centre's own.
"""

from collections.abc import Iterable
from typing import Any, Final

from router.model.requirement import NOTHING, AllOf, AnyOf, NotOf, Requirement, TeamTerm
from router.rules.problems import Problems, nearest
from router.rules.shape import spot
from router.rules.source import Mapping

OWN: Final = "own"
ANY: Final = "any"

Path = tuple[str | int, ...]


class TeamsReader:
    """Read which teams serve, against those that are declared. ``partners``: of other companies."""

    def __init__(
        self, tree: Mapping, *, teams: frozenset[str], partners: Iterable[str], problems: Problems
    ) -> None:
        self._tree = tree
        self._teams = teams
        self.problems = problems
        self.own = all_but(partners)

    def serves(self, written: str | list[str], path: Path) -> Requirement:
        """Read one ``teams``; a name that nobody declared is reported."""
        if written == ANY:
            return NOTHING
        if written == OWN:
            return self.own
        for index, name in enumerate(written):
            self._check(name, path=(*path, index))
        if not written:
            self.problems.error(
                spot(self._tree, *path), "no team serves, and nobody is called", "`any`, or a team"
            )
        terms = tuple(TeamTerm(name) for name in dict.fromkeys(written))
        return terms[0] if len(terms) == 1 else AnyOf(terms)

    def _check(self, name: str, *, path: Path) -> None:
        if name not in self._teams:
            self.problems.error(
                spot(self._tree, *path), f"unknown team `{name}`", nearest(name, self._teams)
            )


def all_but(teams: Iterable[str]) -> Requirement:
    """Give that every team serves but these."""
    terms = tuple(NotOf(TeamTerm(name)) for name in sorted(teams))
    return terms[0] if len(terms) == 1 else AllOf(terms)


def teams_value(serves: Requirement, *, own: Requirement) -> Any:
    """Write which teams serve as a rule file would."""
    if serves == own:
        return OWN
    match serves:
        case TeamTerm(team):
            return [team]
        case AnyOf(terms):
            return [each.team for each in terms if isinstance(each, TeamTerm)]
        case _:
            return ANY
