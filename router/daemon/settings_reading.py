"""Read the settings of this process: the file first, then the variables, which win.

Promises: all that is wrong is said at once, each with the line of the file or the name of the
variable, and the field; no value is ever repeated, for it may be a secret.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pydantic
import pydantic_settings
from pydantic import BaseModel

from router.daemon.settings import PREFIX, Settings
from router.rules import source
from router.rules.problems import Problems, nearest

SEPARATOR: Final = "__"


class SettingsError(Exception):
    """Tell what is wrong with the settings; one line for each problem."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def read_settings(file: Path | None) -> Settings:
    """Read the settings from a YAML file (None: no file) and the environment.

    Raises `SettingsError`.
    """
    tree = None if file is None else _tree(file)
    given: dict[str, Any] = {} if tree is None else source.plain(tree)
    misnamed = dict(_misnamed_variables())
    wrong = [f"{name}: {what}" for name, what in misnamed.items()]
    try:
        settings = Settings(**given)
        if not wrong:
            return settings
    except pydantic.ValidationError as error:
        wrong += [_say(each, tree) for each in error.errors() if _by(each) not in misnamed]
    except pydantic_settings.SettingsError as error:
        wrong.append(f"the environment cannot be read: {error}")
    raise SettingsError(wrong)


def _tree(file: Path) -> source.Mapping:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise SettingsError([f"{file}: cannot be read: {reason}"]) from None
    problems = Problems()
    tree = source.read_tree(text, str(file), problems=problems)
    if tree is not None and not isinstance(tree, source.Mapping):
        problems.error(tree.place, "settings are keys such as `kafka:` and `rules:`")
    if not isinstance(tree, source.Mapping) or problems.errors:
        raise SettingsError([str(each) for each in problems])
    return tree


def variables() -> Iterator[str]:
    """Name every variable that sets something."""
    for name, field in Settings.model_fields.items():
        section = field.annotation
        if isinstance(section, type) and issubclass(section, BaseModel):
            for each in section.model_fields:
                yield f"{PREFIX}{name}{SEPARATOR}{each}".upper()
        else:
            yield f"{PREFIX}{name}".upper()


def _misnamed_variables() -> Iterator[tuple[str, str]]:
    """Find variables with our prefix that set nothing but look as if they should, and say so."""
    known = frozenset(variables())
    sections = {name.partition(SEPARATOR)[0] for name in known}
    for name in sorted(os.environ):
        upper = name.upper()
        if not upper.startswith(PREFIX) or upper in known:
            continue
        hint = nearest(upper, known)
        # Other programs may have variables of this prefix; those are none of our business.
        if upper.partition(SEPARATOR)[0] in sections or hint:
            yield name, "no such setting" + (f" ({hint})" if hint else "")


def _say(error: Any, tree: source.Mapping | None) -> str:
    path = tuple(str(each) for each in error["loc"])
    field = ".".join(path)
    message = error["msg"].removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        hint = nearest(path[-1], _fields_beside(path))
        message = "no such setting" + (f" ({hint})" if hint else "")
    elif error["type"] == "model_type":
        message = _of_section(path, is_empty=error["input"] is None)
    return f"{_where(path, tree)}: {field}: {message}"


def _of_section(path: tuple[str, ...], *, is_empty: bool) -> str:
    """Say what stands in a section, where something else does; never what that is."""
    if is_empty:
        return "is empty: its settings stand below it, or it is left out"
    return f"holds settings, such as `{next(iter(_fields_beside((*path, ''))))}`"


def _where(path: tuple[str, ...], tree: source.Mapping | None) -> str:
    """Find who set a field: its variable if there is one, else its line in the file."""
    name = _variable(path)
    if name is not None:
        return name
    node: source.Node | None = tree
    place = None if tree is None else tree.place
    for step in path:
        entry = node.entries.get(step) if isinstance(node, source.Mapping) else None
        if entry is None:
            break
        place, node = entry.place, entry.value
    if place is None:
        return f"{PREFIX}{path[0]}{SEPARATOR}…".upper()
    return f"{place.file}:{place.line}:{place.column}"


def _by(error: Any) -> str | None:
    return _variable(tuple(str(each) for each in error["loc"]))


def _variable(path: tuple[str, ...]) -> str | None:
    """Name the variable that sets a field, as it is written; None where none does."""
    variable = f"{PREFIX}{SEPARATOR.join(path)}".upper()
    return next((name for name in os.environ if name.upper() == variable), None)


def _fields_beside(path: tuple[str, ...]) -> Mapping[str, object]:
    model: Any = Settings
    for step in path[:-1]:
        model = model.model_fields[step].annotation
    fields: Mapping[str, object] = model.model_fields
    return fields
