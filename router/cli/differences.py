"""Say in words what other rules change, and for whom: ``contact-router rules diff OLD NEW``.

Exit status 0: it is told, also where nothing changes; 1: one of the two cannot be used; 2: wrong
use.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from router.cli.problems import print_problems
from router.rules import RulesError, RuleSet, load
from router.rules.compilation import Compiled
from router.rules.differences import Difference, differences

_PATH: Final = click.Path(exists=True, path_type=Path)
_COLOURS: Final = {"added": "green", "gains": "green", "removed": "red", "loses": "red"}
Pair = tuple[tuple[str, ...], Compiled | None, Compiled | None]


@click.command()
@click.argument("old", type=_PATH)
@click.argument("new", type=_PATH)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def diff(old: Path, new: Path, as_json: bool) -> None:
    """Say what changes from the rules OLD to the rules NEW, and for whom."""
    found: list[RuleSet] = []
    for path in (old, new):
        try:
            found.append(load(path))
        except RulesError as error:
            print_problems(error.problems)
    if len(found) < 2:
        sys.exit(1)
    pairs = list(_pairs(*found))
    if as_json:
        values = [_values(pair) for pair in pairs]
        click.echo(json.dumps({"sets": values}, ensure_ascii=False, indent=2))
    else:
        for pair in pairs:
            _tell(pair)


def _pairs(old: RuleSet, new: RuleSet) -> Iterator[Pair]:
    """Set beside one another what holds for a pool: its own rules, else those for every pool."""
    named = (pool for each in (*old.sets, *new.sets) for pool in each.pools or (None,))
    alike: dict[tuple[int, int], tuple[list[str], Compiled | None, Compiled | None]] = {}
    for pool in dict.fromkeys(named):
        before, after = old.set_for(pool), new.set_for(pool)
        pools, *_ = alike.setdefault((id(before), id(after)), ([], before, after))
        pools += [] if pool is None else [pool]
    for pools, before, after in alike.values():
        yield tuple(pools), before, after


def _for_whom(pools: tuple[str, ...]) -> str:
    return ", ".join(pools) or "every pool without rules of its own"


def _tell(pair: Pair) -> None:
    pools, old, new = pair
    whom = _for_whom(pools)
    if old is None or new is None:
        click.echo(f"for {whom}: {'new rules' if old is None else 'no rules any more'}")
        return
    versions = f"policy {old.policy.version} to {new.policy.version}"
    found = list(differences(old, new))
    if not found:
        click.echo(f"for {whom}: nothing changes (policy {new.policy.version})")
        return
    click.echo(f"for {whom}: {versions}")
    section = about = None
    for each in found:
        if each.section != section:
            click.echo(click.style(each.section, bold=True))
            section, about = each.section, ""
        indent = "  "
        if each.about:
            if each.about != about:
                click.echo(f"  {each.about}")
            indent = "    "
        about = each.about
        click.echo(indent + click.style(each.words, fg=_COLOURS.get(each.kind)))


def _values(pair: Pair) -> dict[str, Any]:
    pools, old, new = pair
    changes: list[Difference] = []
    if old is not None and new is not None:
        changes = list(differences(old, new))
    return {
        "pools": list(pools),
        "from": None if old is None else old.policy.version,
        "to": None if new is None else new.policy.version,
        "changes": [msgspec.to_builtins(each) for each in changes],
    }
