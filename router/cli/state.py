"""Show what the shards hold, from the topics alone: `contact-router state`.

Reads what is committed, whether a router runs or not, and disturbs none. What it shows is what a
new owner of a shard would begin with.
"""

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

import click
import msgspec

from router.cli.exits import FoundWrongError, ServerLostError
from router.cli.options import connect, read_settings, settings_option
from router.daemon import logs
from router.daemon.fold import Fold, fold_committed
from router.daemon.settings import Settings
from router.daemon.topics import LOST, describe, problems, shard_count
from router.daemon.unreached import not_reached
from router.model.state import AgentRecord, ConversationRecord, PoolRecord


@click.command()
@settings_option
@click.option(
    "--partition", type=click.IntRange(min=0), help="Only this shard; by default all of them."
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print every record, a JSON object for each shard."
)
def state(settings_file: Path | None, partition: int | None, *, as_json: bool) -> None:
    """Show what a shard holds."""
    settings = read_settings(settings_file)
    logs.set_up(settings.log)
    try:
        folds = asyncio.run(_read(settings, partition))
    except LOST as error:
        raise ServerLostError(not_reached(settings.kafka, error)) from error
    for shard, fold in sorted(folds.items()):
        if as_json:
            click.echo(json.dumps(_everything(shard, fold)))
        else:
            click.echo("\n".join(_summary(shard, fold)))


async def _read(settings: Settings, partition: int | None) -> dict[int, Fold]:
    connection = connect(settings)
    found = await describe(connection, settings)
    wrong = problems(found, settings)
    if wrong:
        raise FoundWrongError("\n".join(wrong))
    shards = shard_count(found, settings)
    if partition is not None and partition >= shards:
        raise click.UsageError(f"there are {shards} shards, 0 to {shards - 1}")
    wanted = list(range(shards)) if partition is None else [partition]
    return await fold_committed(connection, settings, shards=wanted)


def _summary(shard: int, fold: Fold) -> list[str]:
    positions = fold.positions()
    if positions is None:
        return [f"shard {shard}: nothing was ever read"]
    at = ", ".join(f"{name} {offset}" for name, offset in msgspec.to_builtins(positions).items())
    pools: dict[str, PoolRecord] = {}
    stages: dict[str, Counter[str]] = {}
    presences: dict[str, Counter[str]] = {}
    for key, entity in fold.entities():
        if isinstance(entity, PoolRecord):
            pools[key.pool] = entity
        elif isinstance(entity, ConversationRecord):
            stages.setdefault(key.pool, Counter())[entity.stage] += 1
        elif isinstance(entity, AgentRecord):
            presences.setdefault(key.pool, Counter())[entity.presence.value] += 1
    lines = [f"shard {shard}: next offsets {at}; folded {fold.records} records"]
    for name, record in sorted(pools.items()):
        lines.append(f"  pool {name}: {record.seq} decisions, policy {record.policy or '(none)'}")
        lines.append(f"    conversations: {_counts(stages.get(name))}")
        lines.append(f"    agents: {_counts(presences.get(name))}")
    return lines


def _counts(counter: Counter[str] | None) -> str:
    if not counter:
        return "none"
    return ", ".join(f"{count} {word}" for word, count in sorted(counter.items()))


def _everything(shard: int, fold: Fold) -> dict[str, Any]:
    positions = fold.positions()
    return {
        "shard": shard,
        "positions": None if positions is None else msgspec.to_builtins(positions),
        "entities": [
            {"pool": key.pool, "kind": key.kind, "id": key.id, "value": msgspec.to_builtins(entity)}
            for key, entity in sorted(fold.entities(), key=lambda pair: pair[0])
        ],
    }
