"""Write the tables of settings and figures from what defines them, so that they are never out of date.

`python -m router.daemon.reference settings` (or `metrics`) prints what `docs/settings.md` (or
`docs/metrics.md`) holds after its last heading.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from router.daemon.metrics import Metrics
from router.daemon.settings import PREFIX, Settings

SEPARATOR: Final = "__"


def settings_tables() -> str:
    """Write one table a section, in Markdown: field, variable, default, what it is good for."""
    lines: list[str] = []
    top = {name: field for name, field in Settings.model_fields.items() if _section(field) is None}
    lines += _table("At the top", "Of the process as a whole.", top, path="")
    for name, field in Settings.model_fields.items():
        section = _section(field)
        if section is not None:
            words = (section.__doc__ or "").strip()
            lines += _table(f"`{name}`", words, section.model_fields, path=f"{name}{SEPARATOR}")
    return "\n".join(lines)


def metrics_table() -> str:
    """Write one table, in Markdown: name, kind, labels, formula."""
    lines = ["| figure | kind | labels | what it counts, and how |", "| --- | --- | --- | --- |"]
    for each in sorted(Metrics().described):
        labels = ", ".join(f"`{label}`" for label in each.labels)
        lines.append(f"| `{each.name}` | {each.kind} | {labels} | {each.text} |")
    return "\n".join([*lines, ""])


def _section(field: FieldInfo) -> type[BaseModel] | None:
    kind: Any = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _table(title: str, words: str, fields: dict[str, FieldInfo], *, path: str) -> Iterator[str]:
    yield from (f"### {title}", "", words, "")
    yield from ("| field | variable | default | what it is good for |", "| --- | --- | --- | --- |")
    for name, field in fields.items():
        variable = f"{PREFIX}{path}{name}".upper()
        text = " ".join((field.description or "").split()).replace("|", "\\|")
        yield f"| `{name}` | `{variable}` | {_default(field)} | {text} |"
    yield ""


def _default(field: FieldInfo) -> str:
    default = field.default
    if default is None:
        return "none"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default}`" if isinstance(default, int | float | str | Path) else ""


if __name__ == "__main__":
    tables = {"settings": settings_tables, "metrics": metrics_table}
    sys.stdout.write(tables[sys.argv[1]]())
