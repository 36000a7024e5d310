"""Load files of routing tests: all scenarios of a file, or every reason why they cannot be run.

Rules are loaded with the router's own code, once for each path; a scenario that names what the
rules do not know is refused before it is run.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from router.model.policy import Policy
from router.rules import RulesError, RuleSet, load
from router.rules.compilation import Compiled
from router.rules.problems import Place, Problems
from router.rules.shape import fit, spot
from router.rules.source import decoded, read_bounded, read_tree
from router.scenarios.checking import checked
from router.scenarios.scenario import Suite
from router.scenarios.short_forms import written_out
from router.scenarios.written import File

EVERY_POOL: Final = "centre"
"""The name of the pool where the rules are for every pool."""


def files_of(path: Path) -> list[Path]:
    """Give the files of a folder in the order of their names; of a file, itself."""
    return sorted(path.glob("*.yaml")) if path.is_dir() else [path]


class Shelf:
    """Rule sets by path, each loaded once."""

    def __init__(self) -> None:
        self._loaded: dict[Path, RuleSet | RulesError] = {}

    def rules(self, path: Path) -> RuleSet:
        """Load rules, or raise what was wrong with them when they were loaded first."""
        key = path.resolve()
        if key not in self._loaded:
            try:
                self._loaded[key] = load(path)
            except RulesError as error:
                self._loaded[key] = error
        found = self._loaded[key]
        if isinstance(found, RulesError):
            raise found
        return found


def load_suite(
    file: Path, *, shelf: Shelf, rules: Path | None = None, pool: str | None = None
) -> Suite:
    """Load a file of scenarios; ``rules`` and ``pool`` hold instead of what the file names.

    Raises ``RulesError`` with every problem of the file, or of the rules it is for.
    """
    problems = Problems()
    name = str(file)
    try:
        content = read_bounded(file)
    except OSError as error:
        problems.error(Place(name), f"it cannot be read: {error.strerror or error}")
        raise RulesError(problems) from None
    text = decoded(content, name, problems=problems)
    root = None if text is None else read_tree(text, name, problems=problems)
    tree = None if root is None else written_out(root, problems=problems)
    if tree is None:
        raise RulesError(problems)
    found, removed = fit(tree, File, problems=problems)
    where = rules
    if where is None and found.rules is not None:
        where = file.parent / found.rules
    if where is None:
        problems.error(
            Place(name), "it does not say which rules", "`rules: ../rules`, or --rules PATH"
        )
        raise RulesError(problems)
    if not where.exists():
        problems.error(spot(tree, "rules"), f"there is nothing at `{where}`")
        raise RulesError(problems)
    chosen = _chosen(shelf.rules(where), pool or found.pool)
    if chosen is None:
        problems.error(
            spot(tree, "pool"), "the rules are for several pools", "say for which with `pool:`"
        )
        raise RulesError(problems)
    scenarios = checked(
        found, tree, vocabulary=chosen.vocabulary, whole=not removed, problems=problems
    )
    if problems.errors:
        raise RulesError(problems)
    named = pool or found.pool or next(iter(chosen.pools), EVERY_POOL)
    return Suite(file=name, pool=named, rules=chosen, scenarios=tuple(scenarios))


def _chosen(rules: RuleSet, pool: str | None) -> Compiled | None:
    if pool is None:
        return rules.sets[0] if len(rules.sets) == 1 else None
    policy: Policy | None = rules.for_pool(pool)
    return next((each for each in rules.sets if each.policy is policy), None)


def every_file(paths: tuple[Path, ...]) -> Iterator[Path]:
    """Give the files of several paths, each once."""
    yield from dict.fromkeys(each for path in paths for each in files_of(path))
