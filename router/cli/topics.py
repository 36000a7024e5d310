"""Make and verify the six topics from the command line.

`create` makes what is missing and then verifies, like `check`; neither changes a topic that is
there. Exit status 1 when something must be otherwise, with a line for each problem.
"""

import asyncio
import json
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import click

from router.cli import console
from router.cli.exits import FoundWrongError, ServerLostError
from router.cli.options import as_json_option, connect, read_settings, settings_option
from router.daemon import logs
from router.daemon.errors import TopicsWrongError
from router.daemon.settings import Settings
from router.daemon.topics import LOST, Found, TopicNames, create, describe, problems
from router.daemon.unreached import not_reached

Answer = TypeVar("Answer")


@click.group()
def topics() -> None:
    """Make and verify the topics; put events on them, and read them."""


topics.add_command(console.put)
topics.add_command(console.read)


@topics.command(name="create")
@settings_option
@as_json_option
def create_topics(settings_file: Path | None, *, as_json: bool) -> None:
    """Create the topics that are missing, then verify all six."""
    settings = read_settings(settings_file)
    connection = connect(settings)
    try:
        made = _ask(create(connection, settings), settings)
    except TopicsWrongError as refused:
        raise FoundWrongError(str(refused)) from refused
    found = _ask(describe(connection, settings), settings)
    wrong = problems(found, settings, partitions=settings.topics.partitions)
    if not as_json:
        for name in made:
            click.echo(f"created {name}")
    _report(found, wrong, settings=settings, made=made if as_json else None)


@topics.command()
@settings_option
@as_json_option
def check(settings_file: Path | None, *, as_json: bool) -> None:
    """Verify that the topics are as the router needs them."""
    settings = read_settings(settings_file)
    found = _ask(describe(connect(settings), settings), settings)
    wrong = problems(found, settings)
    _report(found, wrong, settings=settings, made=[] if as_json else None)


def _report(
    found: dict[str, Found], wrong: list[str], *, settings: Settings, made: list[str] | None
) -> None:
    """Print what was found; as JSON where `made` is given."""
    if made is not None:
        facts = {name: topic.partitions for name, topic in found.items()}
        click.echo(json.dumps({"topics": facts, "created": made, "problems": wrong}))
    if wrong:
        raise FoundWrongError("\n".join(wrong))
    if made is None:
        names = TopicNames.with_prefix(settings.topics.prefix)
        count = found[names.conversations].partitions
        click.echo(f"the six topics {settings.topics.prefix}* are sound: {count} shards")


def _ask(question: Coroutine[Any, Any, Answer], settings: Settings) -> Answer:
    logs.set_up(settings.log)
    try:
        return asyncio.run(question)
    except LOST as error:
        raise ServerLostError(not_reached(settings.kafka, error)) from error
