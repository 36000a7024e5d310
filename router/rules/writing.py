"""Write a rule document as YAML that people read and ``rules check`` accepts.

Only what a rule document holds is written: groups, lists, texts, whole numbers, true and false. A
group or list that fits on the line is written on it. Texts are quoted wherever YAML could take them
for something else.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

WIDTH: Final = 96
_BARE = re.compile(r"[^\W\d_](?:[\w ./+-]*[\w/+-])?|[0-9]+(?:ms|s|m|h|d|/s|\.\.[0-9]+)")
_ENDS_TEXT = re.compile(r":(\s|$)|\s#")
_WORDS: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def yaml_text(document: Mapping[str, Any]) -> str:
    """Write a document, a section after the other."""
    return "\n".join("\n".join(_entry(name, value, 0)) + "\n" for name, value in document.items())


def _entry(name: str, value: Any, depth: int) -> Iterator[str]:
    pad = "  " * depth
    head = f"{pad}{_text(name)}:"
    if isinstance(value, str):
        yield f"{head} {_line(value)}"
    elif len(head) + 1 + len(_flow(value)) <= WIDTH and (depth > 1 or not _large(value)):
        yield f"{head} {_flow(value)}"
    elif isinstance(value, Mapping):
        yield head
        for key, each in value.items():
            yield from _entry(str(key), each, depth + 1)
    elif isinstance(value, list):
        yield head
        for each in value:
            yield from _item(each, depth + 1)
    else:
        yield f"{head} {_flow(value)}"


def _item(value: Any, depth: int) -> Iterator[str]:
    pad = "  " * depth
    if not isinstance(value, Mapping):
        yield f"{pad}- {_line(value) if isinstance(value, str) else _flow(value)}"
        return
    lines = [line for key, each in value.items() for line in _entry(str(key), each, depth + 1)]
    first, *others = lines
    yield f"{pad}- {first[len(pad) + 2 :]}"
    yield from others


def _large(value: Any) -> bool:
    """Tell whether a group deserves lines of its own: it holds another group."""
    parts = (
        value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    )
    return any(isinstance(each, Mapping) for each in parts)


def _flow(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case str():
            return _text(value)
        case Mapping():
            inside = ", ".join(f"{_text(str(key))}: {_flow(each)}" for key, each in value.items())
            return f"{{{inside}}}"
        case Sequence():
            return f"[{', '.join(_flow(each) for each in value)}]"
        case _:
            raise TypeError(f"nothing a rule document holds: {value!r}")


def _line(value: str) -> str:
    """Write a text that has the rest of a line for itself, such as a condition."""
    plain = value[:1].isalpha() and value.isprintable() and value == value.strip()
    if plain and not _ENDS_TEXT.search(value) and value.casefold() not in _WORDS:
        return value
    return _text(value)


def _text(value: str) -> str:
    if _BARE.fullmatch(value) and value.casefold() not in _WORDS:
        return value
    if '"' in value and value.isprintable():
        doubled = value.replace("'", "''")
        return f"'{doubled}'"
    return json.dumps(value, ensure_ascii=False)
