"""Write the reference of every key from the models that check them, so that it is never out of date."""

from collections.abc import Iterable, Iterator
from typing import Final, get_args

from pydantic.fields import FieldInfo

from router.rules.units import duration_text
from router.rules.written import calendars, conditions, deflecting, routing, staffing
from router.rules.written.fields import Duration, Written

SECTIONS: Final[tuple[tuple[str, type[Written]], ...]] = (
    ("The file", routing.Rules),
    ("calendars: NAME", calendars.Calendar),
    ("labels: NAME", staffing.Label),
    ("teams: NAME", staffing.Team),
    ("channels: NAME", staffing.Channel),
    ("channels: NAME: offer", staffing.Offer),
    ("channels: NAME: wrap_up", staffing.WrapUp),
    ("agents", staffing.Agents),
    ("agents: after_missed_offers", staffing.MissedOffers),
    ("agents: lost", staffing.Lost),
    ("qualification: (each rule)", routing.Rule),
    ("qualification: (each rule): set", routing.Findings),
    ("queues: NAME", routing.Queue),
    ("queues: NAME: order", routing.Order),
    ("queues: NAME: order: target", routing.Target),
    ("queues: NAME: preferred_agent", routing.PreferredAgent),
    ("queues: NAME: deflects: (each)", deflecting.Deflects),
    ("queues: NAME: deflects: (each): on", deflecting.When),
    ("queues: NAME: deflects: (each): off", conditions.Calm),
    ("queues: NAME: expands: (each step)", routing.Step),
    ("queues: NAME: expands: (each step): when", conditions.Standing),
)
"""Where each part stands in a file, and its model, from the outermost in."""


def reference() -> str:
    """Write one table a part, in Markdown, and the list of what is to come."""
    parts = tables(SECTIONS)
    planned = [
        f"- {_path(title, key)}: {what}."
        for title, model in SECTIONS
        for key, what in _planned(model)
    ]
    return "\n".join([*parts, "### To come", "", *planned, ""])


def tables(sections: Iterable[tuple[str, type[Written]]]) -> list[str]:
    """Write the lines of one table a part."""
    return [line for title, model in sections for line in _section(title, model)]


def _section(title: str, model: type[Written]) -> Iterator[str]:
    yield f"### {title}" if title == "The file" else f"### `{title}`"
    yield ""
    yield "| key | if left out | what it does |"
    yield "| --- | --- | --- |"
    for name, field in model.model_fields.items():
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


def _planned(model: type[Written]) -> Iterator[tuple[str, str]]:
    yield from sorted(model.PLANNED.items())


def _path(title: str, key: str) -> str:
    return f"`{key}`" if title == "The file" else f"`{title}: {key}`"
