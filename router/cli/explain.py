"""Tell why a conversation would go where: ``contact-router rules explain RULES [CASE]``.

Exit status 0: it is told, also where the router would refuse the conversation; 1: the rules or the
case cannot be used; 2: wrong use.
"""

import json
import sys
from pathlib import Path
from typing import IO, Final

import click

from router.cli.problems import print_problems
from router.cli.rule_sets import rule_set
from router.rules import RulesError
from router.rules.problems import Problems
from router.rules.source import MAX_BYTES, decoded
from router.scenarios.explaining import explain as explained
from router.scenarios.explaining import explanation_lines, explanation_values

_PATH: Final = click.Path(exists=True, path_type=Path)


@click.command()
@click.argument("path", type=_PATH, metavar="RULES")
@click.argument("case", type=click.File("rb"), required=False)
@click.option(
    "--conversation", help="Instead of the case's: '{channel: chat, text: \"mon contrat\"}'."
)
@click.option("--agents", help="Instead of the case's: '[{id: ana, skills: {contracts: 2}}]'.")
@click.option("--at", help="When: '2026-03-02 10:00 Europe/Paris'.")
@click.option("--pool", help="The pool whose rules to use, where a folder has several sets.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def explain(  # noqa: PLR0913, PLR0917 - one for each option, by name
    path: Path,
    case: IO[bytes] | None,
    conversation: str | None,
    agents: str | None,
    at: str | None,
    pool: str | None,
    as_json: bool,
) -> None:
    """Tell why a conversation would go where, given the agents of a case (a file, or -)."""
    rules = rule_set(path, pool)
    given = {"conversation": conversation, "agents": agents, "at": at}
    parts = {name: text for name, text in given.items() if text is not None}
    if case is None and conversation is None:
        raise click.UsageError("say which conversation: a CASE, or --conversation")
    content, name = (b"", "case") if case is None else (case.read(MAX_BYTES + 1), case.name)
    problems = Problems()
    text = decoded(content, name, problems=problems)
    if text is None:
        print_problems(problems)
        sys.exit(1)
    try:
        found = explained(rules, text, name=name, parts=parts)
    except RulesError as error:
        print_problems(error.problems)
        sys.exit(1)
    if as_json:
        click.echo(json.dumps(explanation_values(found), ensure_ascii=False, indent=2))
        return
    for line in explanation_lines(found):
        click.echo(line)
