"""Put events on a topic by hand and read a topic: `contact-router topics put`, `… topics read`."""

import asyncio
import json
import re
import sys
from contextlib import suppress
from pathlib import Path

import click

from router.cli.exits import FoundWrongError, ServerLostError
from router.cli.options import as_json_option, connect, read_settings, settings_option
from router.daemon import console, logs
from router.daemon.settings import Settings
from router.daemon.topics import LOST
from router.daemon.unreached import not_reached
from router.model.limits import ID_PATTERN

WRITABLE = ("conversations", "agents", "commands")
READABLE = (*WRITABLE, "assignments", "dead-letters", console.QUEUE_MINUTES)


@click.command()
@click.argument("topic", type=click.Choice(WRITABLE))
@click.option("--pool", required=True, help="The key: which pool the events are for.")
@settings_option
@as_json_option
def put(topic: str, pool: str, settings_file: Path | None, *, as_json: bool) -> None:
    """Put the events on standard input, one JSON object a line, on an input topic."""
    if re.fullmatch(ID_PATTERN, pool) is None:
        raise click.BadParameter("a pool is 1 to 128 of A-Z a-z 0-9 _ . : @ -", param_hint="--pool")
    settings = read_settings(settings_file)
    logs.set_up(settings.log)
    if sys.stdin.isatty():
        click.echo("one event a line; they are sent at the end: Ctrl-D", err=True)
    values = [line.strip() for line in sys.stdin.buffer if line.strip()]
    if b"{" in values:
        raise click.UsageError("an event stands on one line: `jq -c .` writes it so")
    if not values:
        click.echo("there is no event on standard input", err=True)
    name = settings.topics.prefix + topic
    work = console.put(connect(settings), name, settings=settings, key=pool, values=values)
    try:
        placed = asyncio.run(work)
    except LookupError as error:
        raise FoundWrongError(str(error)) from error
    except LOST as error:
        raise _lost(settings, error) from error
    if as_json:
        records = [{"partition": partition, "offset": offset} for partition, offset in placed]
        click.echo(json.dumps({"topic": name, "records": records}))
        return
    for partition, offset in placed:
        click.echo(f"{name} partition {partition} offset {offset}")


@click.command()
@click.argument("topic", type=click.Choice(READABLE))
@click.option("--follow", is_flag=True, help="Go on with what comes, until Ctrl-C.")
@click.option("--pool", help="Only the records of this pool, by their key.")
@click.option("--where", is_flag=True, help="Print partition, offset and key before each record.")
@settings_option
def read(
    topic: str, settings_file: Path | None, *, follow: bool, pool: str | None, where: bool
) -> None:
    """Print the committed records of a topic, one a line.

    Those of one partition, and so of one pool, stand in their order. Between partitions there is
    none: the last line need not be the newest. (queue-minutes is what the streams write.)
    """
    settings = read_settings(settings_file)
    logs.set_up(settings.log)
    with suppress(KeyboardInterrupt):
        try:
            asyncio.run(_print(settings, topic, follow=follow, pool=pool, where=where))
        except LookupError as error:
            raise FoundWrongError(str(error)) from error
        except BrokenPipeError:
            # Whoever read what we print has had enough.
            raise
        except LOST as error:
            raise _lost(settings, error) from error


async def _print(
    settings: Settings, topic: str, *, follow: bool, pool: str | None, where: bool
) -> None:
    name = settings.topics.prefix + topic
    async for record in console.read(connect(settings), name, settings=settings, follow=follow):
        if pool is None or _pool_of(record, topic) == pool:
            place = f"{record.partition} {record.offset} {_quoted(record.key)} " if where else ""
            click.echo(place.encode() + record.value)


def _pool_of(record: console.Record, topic: str) -> str | None:
    key = record.key
    if key is not None and topic == console.QUEUE_MINUTES:
        return str(json.loads(key)["pool"])
    return None if key is None else key.decode(errors="backslashreplace")


def _quoted(key: bytes | None) -> str:
    """Write a key, whatever it holds, so that it can be told from what follows."""
    return "null" if key is None else json.dumps(key.decode(errors="backslashreplace"))


def _lost(settings: Settings, error: Exception) -> ServerLostError:
    return ServerLostError(not_reached(settings.kafka, error))
