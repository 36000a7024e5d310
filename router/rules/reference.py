"""Write the reference of every key from the models that check them, so that it is never out of date.

``python -m router.rules.reference`` prints it, as it stands at the end of docs/rules.md. A key that
is added to a model is in it, and so is a model that a key is made of: nothing is listed here.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from router.rules.units import duration_text
from router.rules.written.fields import Duration, Written
from router.rules.written.routing import Rules

THE_FILE: Final = "The file"
_EACH: Final = {"qualification": "(each rule)", "expands": "(each step)"}
"""How one of a list is called, where it has a name."""

Section = tuple[str, type[Written], tuple[str, ...]]
"""Where a part stands in a file, its model, and where else the same keys may stand."""


def sections() -> tuple[Section, ...]:
    """Give every part of the language, from the outermost in; each model once."""
    places: dict[type[Written], list[str]] = {Rules: [THE_FILE]}
    _find(Rules, "", within=(), places=places)
    found: list[Section] = []
    for model, titles in places.items():
        title, *others = sorted(titles, key=lambda each: each.count(": "))
        found.append((title, model, tuple(others)))
    return tuple(found)


def _find(
    model: type[Written],
    path: str,
    *,
    within: tuple[type[Written], ...],
    places: dict[type[Written], list[str]],
) -> None:
    for name, field in model.model_fields.items():
        key = field.alias or name
        for kind, form in _models(field.annotation, ""):
            if kind in {model, *within}:
                continue  # such as conditions that are made of conditions
            one = _EACH.get(key, form) if form else ""
            title = ": ".join(each for each in (path, key, one) if each)
            places.setdefault(kind, []).append(title)
            _find(kind, title, within=(*within, model), places=places)


def _models(kind: Any, form: str) -> Iterator[tuple[type[Written], str]]:
    """Give the models that a type is made of, with how one of them is called in its list or group."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in {Union, UnionType}:
        for each in arguments:
            yield from _models(each, form)
    elif origin is list:
        yield from _models(arguments[0], "(each)")
    elif origin in {dict, Mapping}:
        yield from _models(arguments[1], "NAME")
    elif isinstance(kind, type) and issubclass(kind, BaseModel) and issubclass(kind, Written):
        yield kind, form


def reference() -> str:
    """Write one table a part, in Markdown, what must be there first."""
    return "\n".join(tables(sections()))


def tables(parts: Iterable[Section]) -> list[str]:
    """Write the lines of one table a part."""
    return [line for part in parts for line in _section(part)]


def _section(part: Section) -> Iterator[str]:
    title, model, others = part
    yield f"### {title}" if title == THE_FILE else f"### `{title}`"
    yield ""
    if others:
        yield f"Also `{'`, `'.join(others)}`."
        yield ""
    yield "| key | if left out | what it does |"
    yield "| --- | --- | --- |"
    fields = model.model_fields.items()
    for name, field in sorted(fields, key=lambda each: not each[1].is_required()):
        text = (field.description or "").replace("|", "\\|")
        yield f"| `{field.alias or name}` | {_default(field)} | {text} |"
    yield ""


def _default(field: FieldInfo) -> str:
    default = field.default
    if field.is_required():
        return "required"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, int) and get_args(Duration)[1] in field.metadata:
        return f"`{duration_text(default)}`"
    return f"`{default}`" if isinstance(default, int | str) else ""


if __name__ == "__main__":
    sys.stdout.write(reference())
