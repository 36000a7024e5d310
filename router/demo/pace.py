"""How much faster than life the demo's people are, and the rules that go with it.

The router has no other time than the real one. So it is people who hurry: a second of the demo is a
minute of theirs, and every duration and rate in the rules is quickened by the same factor, in a
copy that the demo's router runs with. What the rules say besides is left as it is. Two durations
are not taken all the way: a lease of less than `SHORTEST_LEASE_MS` would ask every desktop for
several heartbeats a second, and an offer of less than `SHORTEST_OFFER_MS` would be missed wherever
the machine is busy for a moment.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from router.rules import RuleSet, load
from router.rules.units import NotationError, duration, duration_text, rate, rate_text
from router.rules.writing import yaml_text

PACE: Final = 60
"""Seconds of the centre in a second of the demo."""

SHORTEST_LEASE_MS: Final = 6_000
SHORTEST_OFFER_MS: Final = 600

SHORTEST: Final = {
    "lease": SHORTEST_LEASE_MS,
    "expires": SHORTEST_OFFER_MS,
    "every": 1_000,
    "handling": 1_000,
    "patience": 1_000,
}
"""What a duration of that name is at least, in milliseconds of the demo."""
MINUTE_MS: Final = 60_000
"""What a service level is measured over is in whole minutes, of the demo too."""


def played(centre_s: float) -> float:
    """Give the seconds that so many seconds of the centre take in the demo."""
    return centre_s / PACE


def lived(played_s: float) -> float:
    """Give the seconds of the centre that so many seconds of the demo stand for."""
    return played_s * PACE


def quicken_rules(path: Path, *, into: Path) -> RuleSet:
    """Write a quickened copy of the rules at `path` into a folder, and load it.

    One file for each rule set. Raises `RulesError` where the rules cannot be used.
    """
    into.mkdir(parents=True, exist_ok=True)
    for number, each in enumerate(load(path).sets):
        text = yaml_text(quickened(each.document))
        (into / f"{number:03}.yaml").write_text(text, encoding="utf-8")
    return load(into)


def quickened(document: Mapping[str, Any]) -> dict[str, Any]:
    """Quicken every duration and rate of a whole rule document."""
    return {name: _quickened(name, value) for name, value in document.items()}


def _quickened(name: str, value: Any) -> Any:
    match value:
        case str():
            if name == "over":
                return duration_text(-(-duration(_faster(value)) // MINUTE_MS) * MINUTE_MS)
            return _at_least(SHORTEST[name], _faster(value)) if name in SHORTEST else _faster(value)
        case Mapping():
            return {inner: _quickened(inner, each) for inner, each in value.items()}
        case list():
            return [_quickened("", each) for each in value]
        case _:
            return value


def _at_least(ms: int, text: str) -> str:
    return duration_text(max(ms, duration(text)))


def _faster(text: str) -> str:
    """Quicken a text that is a duration or a rate; leave any other."""
    try:
        return duration_text(max(1, round(duration(text) / PACE)) if duration(text) else 0)
    except NotationError:
        pass
    try:
        return rate_text(rate(text) * PACE)
    except NotationError:
        return text
