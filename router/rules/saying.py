"""Say values of rules in words, and what changes in them: in a map its parts, in a list its items.

For ``rules diff``. A value is written on one line, as it could stand in a rule file; of a list only
those items are said that come, go, or change, each by its number and what it is for.
"""

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, Final, NamedTuple

import msgspec

ITEMS: Final[Mapping[str, str]] = {
    "expands": "step",
    "overflows": "overflow",
    "deflects": "deflection",
}
"""Keys of a queue that hold a list, with the word for one item of it."""
_BOUND: Final = "lends_at_most"


class ItemChange(NamedTuple):
    """An item of a list that comes (no ``old``), goes (no ``new``) or changes."""

    words: str
    old: Mapping[str, Any] | None
    new: Mapping[str, Any] | None


def said(value: Any) -> str:
    """Write a value on one line, as it could stand in a rule file."""
    match value:
        case bool():
            return "yes" if value else "no"
        case dict() if value:
            return ", ".join(f"{name} {inner(each)}" for name, each in value.items())
        case dict():
            return "nothing"
        case list():
            return "[" + ", ".join(inner(each) for each in value) + "]"
        case _:
            return str(value)


def inner(value: Any) -> str:
    """Write a value that stands in another one."""
    return "{" + said(value) + "}" if isinstance(value, dict) else said(value)


def changed_parts(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """Write only those parts of a value that change."""
    parts: list[str] = []
    for name in dict.fromkeys((*old, *new)):
        was, becomes = old.get(name), new.get(name)
        if was != becomes:
            now = "no more" if becomes is None else inner(becomes)
            parts.append(f"{name} {now} (was {'left out' if was is None else inner(was)})")
    return ", ".join(parts)


def changed_items(
    key: str, old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]
) -> Iterator[ItemChange]:
    """Give the items that change, in the order of the new list; those that are gone where they stood."""
    word = ITEMS[key]
    before, after = ([msgspec.json.encode(each) for each in items] for items in (old, new))
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)
    for _, start, end, from_, until in matcher.get_opcodes():
        gone, come = old[start:end], new[from_:until]
        if gone == come:
            continue
        for number, (was, becomes) in enumerate(zip(gone, come, strict=False), from_ + 1):
            yield ItemChange(_changed(f"{word} {number}", was, becomes), was, becomes)
        for number, was in enumerate(gone[len(come) :], start + len(come) + 1):
            yield ItemChange(f"{word} {number} of before is gone: {said(was)}", was, None)
        for number, becomes in enumerate(come[len(gone) :], from_ + len(gone) + 1):
            yield ItemChange(f"{word} {number} is new: {said(becomes)}", None, becomes)


def _changed(which: str, was: Mapping[str, Any], becomes: Mapping[str, Any]) -> str:
    name = f"{which}{_what_for(becomes)}"
    if {**was, _BOUND: None} == {**becomes, _BOUND: None}:
        bounds = [each.get(_BOUND, "any number") for each in (becomes, was)]
        return f"{name} lends at most {bounds[0]} (was: {bounds[1]})"
    return f"{name}: {changed_parts(was, becomes)}"


def _what_for(item: Mapping[str, Any]) -> str:
    if "to" in item:
        return f" (to {said(item['to'])})"
    return f" ({said(item['offer'])})" if "offer" in item else ""
