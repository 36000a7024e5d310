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
READABLE = (*WRITABLE, "assignments", "dead-letters")


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
@settings_option
def read(topic: str, settings_file: Path | None, *, follow: bool) -> None:
    """Print the committed records of a topic, one a line."""
    settings = read_settings(settings_file)
    logs.set_up(settings.log)
    with suppress(KeyboardInterrupt):
        try:
            asyncio.run(_print(settings, settings.topics.prefix + topic, follow=follow))
        except LookupError as error:
            raise FoundWrongError(str(error)) from error
        except LOST as error:
            raise _lost(settings, error) from error


async def _print(settings: Settings, topic: str, *, follow: bool) -> None:
    values = console.read(connect(settings), topic, settings=settings, follow=follow)
    async for value in values:
        click.echo(value)


def _lost(settings: Settings, error: Exception) -> ServerLostError:
    return ServerLostError(not_reached(settings.kafka, error))
