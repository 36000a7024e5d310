"""Load rules from a file, a folder or a text: all of it, or every reason why not.

The daemon, ``rules check`` and ``rules show`` go through here, so what was checked is what will
run. A folder holds one or more rule sets in its ``*.yaml`` files. Loading reads files and nothing
else; it takes about half a millisecond for each entry of a file, so a large set is loaded beside
the event loop, not in it.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from router.model.policy import Policy
from router.rules.compilation import Compiled, compile_rules
from router.rules.doubts import warn
from router.rules.merging import grouped, merged, unlike
from router.rules.problems import Place, Problem, Problems, RulesError
from router.rules.qualification import Qualification
from router.rules.shape import fitted
from router.rules.source import Mapping as MappingNode
from router.rules.source import decoded, read, read_bounded
from router.rules.unanswered import Unanswered
from router.rules.word_lists import read_lists

MAX_FILES: Final = 200


class RuleSet:
    """Policies by pool; what ``router.model.policy.Policies`` asks for."""

    def __init__(self, sets: Iterable[Compiled], warnings: Iterable[Problem] = ()) -> None:
        self.sets: tuple[Compiled, ...] = tuple(sets)
        """Every rule set with its pools, policy and full document, in the order of the files."""
        self.warnings: tuple[Problem, ...] = tuple(warnings)
        """What is allowed and probably not meant, in the order of the files."""
        self._by_pool: Mapping[str, Policy] = {
            pool: each.policy for each in self.sets for pool in each.pools
        }
        self._otherwise = next((each.policy for each in self.sets if not each.pools), None)

    @property
    def policies(self) -> tuple[Policy, ...]:
        """Give every policy, in the order of the files."""
        return tuple(each.policy for each in self.sets)

    def unanswered(self) -> Iterator[Unanswered]:
        """Give how often conditions could not be answered so far, set by set."""
        for each in self.policies:
            if isinstance(each.qualifier, Qualification):
                yield from each.qualifier.unanswered

    def for_pool(self, pool: str) -> Policy | None:
        """Give the pool's own policy, else the one for every pool, else None."""
        return self._by_pool.get(pool, self._otherwise)

    def set_for(self, pool: str | None) -> Compiled | None:
        """Give the set whose policy is the pool's; of None: the one for every pool."""
        own = (each for each in self.sets if pool in each.pools)
        return next(own, next((each for each in self.sets if not each.pools), None))


def load(path: str | Path) -> RuleSet:
    """Load a rule file, or all ``*.yaml`` of a folder.

    Raises ``RulesError`` with every problem of all files in the order of file, line, column; also
    where nothing is there to be read. Warnings alone raise nothing: see ``RuleSet.warnings``.
    """
    problems = Problems()
    files = _files(Path(path), problems=problems)
    texts = [(str(each), _text(each, problems=problems)) for each in files]
    return _compiled(texts, on_disk=True, problems=problems)


def loads(text: str, name: str = "rules.yaml") -> RuleSet:
    """Load rules from a text, as if it were the file ``name``. Raises ``RulesError``.

    Word lists are written out in it; no file is read.
    """
    return _compiled([(name, text)], on_disk=False, problems=Problems())


def _files(path: Path, *, problems: Problems) -> list[Path]:
    if not path.is_dir():
        return [path]
    names = sorted(each for each in path.iterdir() if not each.name.startswith("."))
    for each in names:
        if each.suffix == ".yml":
            problems.error(
                Place(str(each)), "only `*.yaml` is read", f"rename it to {each.stem}.yaml"
            )
    found = [each for each in names if each.suffix == ".yaml"]
    if not found:
        problems.error(Place(str(path)), "no `*.yaml` file in this folder")
    if len(found) > MAX_FILES:
        problems.error(Place(str(path)), f"more than {MAX_FILES} files")
    return found[:MAX_FILES]


def _text(path: Path, *, problems: Problems) -> str | None:
    place = Place(str(path))
    try:
        content = read_bounded(path)
    except OSError as error:
        problems.error(place, f"it cannot be read: {error.strerror or error}")
        return None
    return decoded(content, str(path), problems=problems)


def _compiled(
    texts: Sequence[tuple[str, str | None]], *, on_disk: bool, problems: Problems
) -> RuleSet:
    trees: list[MappingNode] = []
    by_file: dict[str, str] = {}
    for name, text in texts:
        tree = None if text is None else read(text, name, problems=problems)
        if text is not None and tree is not None:
            trees.append(tree)
            by_file[name] = text
    sets: list[Compiled] = []
    for files in grouped(trees, problems=problems).values():
        whole = merged(files, problems=problems)
        if len(trees) < len(texts):
            # What the unreadable file declares is unknown: only the form of the others is judged.
            fitted(whole, problems=problems)
            continue
        unlike(whole, problems=problems)
        lists, words = read_lists(whole, on_disk=on_disk, problems=problems)
        digest = _digest([*(by_file[each.place.file] for each in files), *words])
        compiled = compile_rules(whole, digest, word_lists=lists, problems=problems)
        if compiled is not None:
            warn(compiled, problems=problems)
            sets.append(compiled)
    if problems.errors:
        raise RulesError(problems)
    return RuleSet(sets, problems)


def _digest(texts: Iterable[str]) -> str:
    """Hash texts so that moving a line from one file to the next changes the hash."""
    found = hashlib.sha256()
    for text in texts:
        found.update(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest())
    return found.hexdigest()
