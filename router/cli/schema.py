"""Publish the contract: JSON Schemas of all events, and the AsyncAPI document about the topics.

The files in `config/schemas` are made by this command and kept with the code; `--check` tells
whether they still say what the code does. Reaches no server.
"""

import json
from pathlib import Path

import click

from router.cli.exits import FoundWrongError
from router.wire.publishing import difference, documents, write


@click.command()
@click.argument("names", metavar="[EVENT]...", nargs=-1)
@click.option("--write", "writes", is_flag=True, help="Write the files into the folder.")
@click.option("--check", "checks", is_flag=True, help="Exit with 1 unless the files are current.")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("config/schemas"),
    show_default=True,
    help="Where the files are.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def schema(
    names: tuple[str, ...], *, writes: bool, checks: bool, folder: Path, as_json: bool
) -> None:
    """Print, write or check the schemas of the events.

    Without a name, lists the documents; with names (such as agent.presence, or
    assignments.offer.declined where two topics have a type of the same name), prints those. The
    name asyncapi prints the AsyncAPI document.
    """
    if writes + checks + bool(names) > 1:
        raise click.UsageError("Give either names, or --write, or --check.")
    if checks:
        _check(folder, as_json=as_json)
    elif writes:
        changed = write(folder)
        if as_json:
            click.echo(json.dumps({"folder": str(folder), "changed": changed}))
        else:
            click.echo(f"{len(changed)} of {len(documents())} files changed in {folder}")
    elif names:
        _print(names)
    else:
        _list(as_json=as_json)


def _check(folder: Path, *, as_json: bool) -> None:
    found = difference(folder)
    wrong = {kind: files for kind, files in found.items() if files}
    if as_json:
        click.echo(json.dumps({"folder": str(folder), "current": not wrong, **found}))
    elif not wrong:
        click.echo(f"the {len(documents())} files in {folder} are current")
    else:
        for kind, files in wrong.items():
            for file in files:
                click.echo(f"{kind}: {folder / file}")
    if wrong:
        raise FoundWrongError("the schemas are not current; run: contact-router schema --write")


def _print(names: tuple[str, ...]) -> None:
    """Print one document as it is, several as an array of JSON."""
    texts = [documents()[f"{_found(name)}.json"] for name in names]
    if len(texts) == 1:
        click.echo(texts[0], nl=False)
    else:
        click.echo(json.dumps([json.loads(text) for text in texts], indent=2, ensure_ascii=False))


def _list(*, as_json: bool) -> None:
    names = [file.removesuffix(".json") for file in documents()]
    if as_json:
        click.echo(json.dumps(names))
    else:
        for name in names:
            click.echo(name)


def _found(name: str) -> str:
    known = [file.removesuffix(".json") for file in documents()]
    if name in known:
        return name
    meant = [each for each in known if each.partition(".")[2] == name]
    if len(meant) == 1:
        return meant[0]
    if meant:
        raise click.UsageError(f"{name} is on several topics: {' or '.join(meant)}.")
    raise click.UsageError(f"There is no event {name}; `contact-router schema` lists them.")
