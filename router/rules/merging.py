"""Put the files of one rule set together, and let entries be like others.

Files that are for the same pools are one set: their sections are joined in the order of the file
names, and a name declared twice is an error. ``like`` is resolved on the tree, so that every value
keeps the place where it was written.
"""

from collections.abc import Sequence as SequenceType
from typing import Final

from router.rules.problems import Place, Problems, nearest
from router.rules.source import Entry, Mapping, Node, Scalar, Sequence, plain

NEVER_INHERITED: Final = frozenset({"like", "takes"})
_LIKENESSES: Final = ("channels", "queues")


def pools_of(tree: Mapping) -> frozenset[str] | None:
    """Tell which pools a file is for; None: for every pool without rules of its own."""
    node = tree.get("pools")
    if not isinstance(node, Sequence):
        return None
    return frozenset(str(plain(each)) for each in node.items)


def grouped(
    trees: SequenceType[Mapping], *, problems: Problems
) -> dict[frozenset[str] | None, list[Mapping]]:
    """Sort files into rule sets by their pools; a pool in two sets is an error."""
    sets: dict[frozenset[str] | None, list[Mapping]] = {}
    for tree in trees:
        sets.setdefault(pools_of(tree), []).append(tree)
    owners: dict[str, str] = {}
    for pools, files in sets.items():
        for pool in sorted(pools or ()):
            first = owners.setdefault(pool, files[0].place.file)
            if first != files[0].place.file:
                problems.error(
                    files[0].entries["pools"].place,
                    f"pool `{pool}` has other rules in {first}",
                    "files for the same pools name exactly the same ones",
                )
    return sets


def merged(files: SequenceType[Mapping], *, problems: Problems) -> Mapping:
    """Join the files of a set into one tree."""
    whole = Mapping(files[0].place, dict(files[0].entries))
    for tree in files:
        version = tree.entries.get("version")
        if version is None:
            problems.error(tree.place, "`version` is missing", "begin the file with `version: 1`")
        if tree is files[0]:
            continue
        for name, entry in tree.entries.items():
            if name in {"version", "pools"}:
                _check_version(name, entry, problems=problems)
                continue
            first = whole.entries.get(name)
            joined = (
                entry.value if first is None else _joined(first.value, entry, problems=problems)
            )
            whole.entries[name] = Entry(name, (first or entry).place, joined)
    return whole


def _check_version(name: str, entry: Entry, *, problems: Problems) -> None:
    if name == "version" and plain(entry.value) != 1:
        problems.error(
            entry.value.place, f"`{plain(entry.value)}` is not offered here", "one of `1`"
        )


def _joined(first: Node, second: Entry, *, problems: Problems) -> Node:
    more = second.value
    if isinstance(first, Mapping) and isinstance(more, Mapping):
        both = dict(first.entries)
        for name, entry in more.entries.items():
            if name in both:
                _twice(name, both[name].place, entry.place, problems=problems)
            else:
                both[name] = entry
        return Mapping(first.place, both)
    if isinstance(first, Sequence) and isinstance(more, Sequence):
        return Sequence(first.place, [*first.items, *more.items])
    if isinstance(first, Scalar) and first.value is None:
        return more
    if not (isinstance(more, Scalar) and more.value is None):
        problems.error(more.place, f"`{second.name}` is not written as in {first.place.file}")
    return first


def _twice(name: str, first: Place, second: Place, *, problems: Problems) -> None:
    problems.error(
        second, f"`{name}` is written twice (first in {first.file} on line {first.line})"
    )


def unlike(tree: Mapping, *, problems: Problems) -> None:
    """Replace every ``like`` by the keys it stands for."""
    for section in _LIKENESSES:
        group = tree.get(section)
        if isinstance(group, Mapping):
            done: dict[str, Mapping] = {}
            for name in list(group.entries):
                _resolved(group, (name,), done=done, problems=problems)
            for name, entry in group.entries.items():
                if name in done:
                    group.entries[name] = Entry(name, entry.place, done[name])


def _resolved(
    group: Mapping, path: tuple[str, ...], *, done: dict[str, Mapping], problems: Problems
) -> Mapping | None:
    name = path[-1]
    item = group.get(name)
    if name in done or not isinstance(item, Mapping):
        return done.get(name)
    entry = item.entries.get("like")
    own = {key: each for key, each in item.entries.items() if key != "like"}
    inherited: dict[str, Entry] = {}
    if entry is not None:
        other = str(plain(entry.value))
        if other in path:
            problems.error(
                entry.value.place, f"`{name}` would be like itself: {' like '.join((*path, other))}"
            )
        elif other not in group.entries:
            problems.error(
                entry.value.place, f"nothing is named `{other}` here", nearest(other, group.entries)
            )
        else:
            model = _resolved(group, (*path, other), done=done, problems=problems)
            inherited = {} if model is None else model.entries
    kept = {key: each for key, each in inherited.items() if key not in NEVER_INHERITED | set(own)}
    done[name] = Mapping(item.place, {**own, **kept})
    return done[name]
