"""Hold a tree against the models of the language and report every key and value that does not fit.

What does not fit is reported in plain words at its place and taken out of the tree, so that the
rest can still be compiled and its own problems found in the same run. The tree that is left always
fits the models.
"""

from collections.abc import Iterator
from collections.abc import Mapping as MappingType
from types import UnionType
from typing import Any, Final, TypeVar, Union, get_args, get_origin

import msgspec
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from router.rules.problems import Place, Problems, nearest, shown
from router.rules.source import Entry, Mapping, Node, Scalar, Sequence, plain
from router.rules.written.fields import TROUBLE, Written
from router.rules.written.routing import Rules

MAX_ROUNDS: Final = 100

Loc = tuple[int | str, ...]
Removed = frozenset[tuple[Place, str]]
W = TypeVar("W", bound=Written)


class Fitted(msgspec.Struct, frozen=True):
    """What fits the language, and what did not: the place of the group and the key taken out."""

    rules: Rules
    removed: Removed

    def hurts(self, tree: Mapping, *path: int | str) -> bool:
        """Tell whether something did not fit at a path of the tree, beneath it or around it."""
        steps, node = follow(tree, path)
        gone = {name for place, name in self.removed if place == node.place}
        if len(steps) < len(path):
            return str(path[len(steps)]) in gone
        places = {each.place for each in _nodes(node)}
        return any(place in places for place, _ in self.removed)


def fitted(tree: Mapping, *, problems: Problems) -> Fitted:
    """Validate the tree of a rule set; what does not fit is reported and removed from it."""
    return Fitted(*fit(tree, Rules, problems=problems))


def fit(tree: Mapping, kind: type[W], *, problems: Problems) -> tuple[W, Removed]:
    """Validate a tree against a model whose keys may all be left out, and take out what is wrong.

    Only the first look reports: what a later one finds follows from what was taken out.
    """
    removed = set(_emptied(tree, problems=problems))
    for attempt in range(MAX_ROUNDS):
        try:
            return kind.model_validate(plain(tree)), frozenset(removed)
        except ValidationError as error:
            found = error.errors(include_url=False)
        for each in found if attempt == 0 else ():
            problems.error(_place(tree, each), *_words(each, kind))
        before = len(removed)
        # As far as each is written, before anything is taken out: a value that none of several
        # kinds fits is told of each kind, whose name is no part of the tree.
        written = {each["loc"][: len(follow(tree, each["loc"])[0])] for each in found}
        for loc in sorted(written, key=_order, reverse=True):
            removed |= _remove(tree, loc)
        if len(removed) == before:
            break
    tree.entries.clear()
    return kind.model_validate({}), frozenset(removed)


def _emptied(node: Node, *, problems: Problems) -> Iterator[tuple[Place, str]]:
    """Report and take out keys and list items that have no value."""
    if isinstance(node, Mapping):
        for name, entry in list(node.entries.items()):
            if isinstance(entry.value, Scalar) and entry.value.value is None:
                problems.error(entry.place, f"`{name}` has no value", "write one, or take it out")
                del node.entries[name]
                yield node.place, name
            else:
                yield from _emptied(entry.value, problems=problems)
    elif isinstance(node, Sequence):
        for each in node.items:
            if isinstance(each, Scalar) and each.value is None:
                problems.error(each.place, "an item without a value", "write one, or take it out")
            else:
                yield from _emptied(each, problems=problems)
        node.items = [
            each for each in node.items if not (isinstance(each, Scalar) and each.value is None)
        ]


def _nodes(node: Node) -> Iterator[Node]:
    """Give a node and all beneath it."""
    yield node
    match node:
        case Mapping(entries=entries):
            for entry in entries.values():
                yield from _nodes(entry.value)
        case Sequence(items=items):
            for each in items:
                yield from _nodes(each)
        case Scalar():
            pass


def _order(loc: Loc) -> tuple[str | tuple[int, int], ...]:
    """Sort places so that of a list the last items are removed first."""
    return tuple((1, each) if isinstance(each, int) else (0, 0) for each in loc)


def follow(tree: Node, loc: Loc) -> tuple[list[Entry | int], Node]:
    """Walk as far along a path as the tree goes; give the steps taken and the node reached."""
    node, steps = tree, list[Entry | int]()
    for part in loc:
        if isinstance(node, Mapping) and str(part) in node.entries:
            entry = node.entries[str(part)]
            steps.append(entry)
            node = entry.value
        elif isinstance(node, Sequence) and isinstance(part, int) and part < len(node.items):
            steps.append(part)
            node = node.items[part]
        else:
            break
    return steps, node


def _place(tree: Mapping, error: ErrorDetails) -> Place:
    steps, node = follow(tree, error["loc"])
    last = steps[-1] if steps else None
    about_key = error["type"] in {"extra_forbidden", "missing"} or error["loc"][-1:] == ("[key]",)
    return last.place if about_key and isinstance(last, Entry) else node.place


def _remove(tree: Mapping, loc: Loc) -> set[tuple[Place, str]]:
    """Take out what does not fit: the value, or what holds it where a key is missing."""
    steps, _ = follow(tree, loc)
    if not steps or len(steps) < len(loc):
        return set()
    _, parent = follow(tree, loc[: len(steps) - 1])
    last = steps[-1]
    if isinstance(parent, Mapping) and isinstance(last, Entry):
        parent.entries.pop(last.name, None)
        return {(parent.place, last.name)}
    if isinstance(parent, Sequence) and isinstance(last, int):
        del parent.items[last]
        return {(parent.place, f"{last} of {len(parent.items) + 1}")}
    return set()


def _words(error: ErrorDetails, root: type[Written]) -> tuple[str, str]:
    context = error.get("ctx", {})
    key = str(error["loc"][-1]) if error["loc"] else ""
    value = shown(error["input"])
    match error["type"]:
        case kind if kind == TROUBLE:
            return str(context["message"]), str(context["suggestion"])
        case "extra_forbidden":
            return _unknown_key(error["loc"], root)
        case "missing":
            return f"`{key}` is missing", ""
        case "literal_error":
            offered = str(context["expected"]).replace("'", "").replace(" or ", ", ").lower()
            return f"{value} is not offered here", nearest(value.strip("`"), offered.split(", "))
        case "greater_than_equal":
            return f"{value} is too small", f"at least {context['ge']}"
        case "less_than_equal":
            return f"{value} is too large", f"at most {context['le']}"
        case "bool_type" if value in _SWITCHES:
            return f"{value} is a text here", f"write `{_SWITCHES[value]}`"
        case kind:
            return f"{value} where {_WANTED.get(kind, 'something else')} should be", ""


_SWITCHES: Final = {"`yes`": "true", "`on`": "true", "`no`": "false", "`off`": "false"}
_WANTED: Final = {
    "int_type": "a whole number",
    "string_type": "a text",
    "bool_type": "`true` or `false`",
    "list_type": "a list such as `[one, two]`",
    "dict_type": "a group of keys and values",
    "model_type": "a group of keys and values",
    "model_attributes_type": "a group of keys and values",
}


def _unknown_key(loc: Loc, root: type[Written]) -> tuple[str, str]:
    key = str(loc[-1])
    model = model_at(loc[:-1], root)
    if model is None:
        return f"unknown key `{key}`", ""
    known = [field.alias or name for name, field in model.model_fields.items()]
    hint = nearest(key, known)
    return f"unknown key `{key}`", hint or f"one of {', '.join(f'`{each}`' for each in known)}"


def model_at(loc: Loc, root: type[Written] = Rules) -> type[Written] | None:
    """Find the model of the language that describes what stands at a path."""
    kind: Any = root
    for part in loc:
        kind = _inner(kind)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            fields = {field.alias or name: field for name, field in kind.model_fields.items()}
            kind = fields[str(part)].annotation if part in fields else None
        elif get_origin(kind) in {dict, MappingType}:
            kind = get_args(kind)[1]
        elif get_origin(kind) is list:
            kind = get_args(kind)[0]
    kind = _inner(kind)
    return kind if isinstance(kind, type) and issubclass(kind, Written) else None


def _inner(kind: Any) -> Any:
    """Look through ``Optional``."""
    if get_origin(kind) in {Union, UnionType}:
        arms = [each for each in get_args(kind) if each is not type(None)]
        return _inner(arms[0]) if arms else None
    return kind


def spot(tree: Node, *loc: int | str) -> Place:
    """Find the place of a value, or of the innermost thing around it that is written."""
    return follow(tree, loc)[1].place


def key_spot(tree: Node, *loc: int | str) -> Place:
    """Find the place of a key, or of the innermost thing around it that is written."""
    steps, node = follow(tree, loc)
    last = steps[-1] if len(steps) == len(loc) and steps else None
    return last.place if isinstance(last, Entry) else node.place
