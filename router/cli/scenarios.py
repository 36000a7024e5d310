"""Run routing tests: ``contact-router rules test PATH...``.

Scenarios are played by the router's own engine under the rules their file names. Results go to
standard output. Exit status 0: every scenario went as expected; 1: one did not, or a file or its
rules cannot be used; 2: wrong use.
"""

import json
import sys
from pathlib import Path
from typing import Any, Final

import click

from router.cli.problems import annotation, print_problems, problem_values
from router.rules import Problem, RulesError
from router.scenarios import Result, Shelf, Suite, every_file, load_suite, run
from router.scenarios.report import as_values, failure_lines, story_lines

_PATH: Final = click.Path(exists=True, path_type=Path)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=_PATH, metavar="PATH...")
@click.option("--rules", "rules_path", type=_PATH, help="Rules to use instead of those named.")
@click.option("--pool", help="The pool whose rules to use, where they are for several.")
@click.option("--only", help="Only scenarios whose name contains this.")
@click.option("--story", is_flag=True, help="Tell every decision of every scenario.")
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="For people, for programs, or as annotations of GitHub Actions.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def test(  # noqa: PLR0913, PLR0917 - one for each option, by name
    paths: tuple[Path, ...],
    rules_path: Path | None,
    pool: str | None,
    only: str | None,
    story: bool,
    style: str,
    as_json: bool,
) -> None:
    """Play the scenarios of files or folders and compare what is decided."""
    shelf = Shelf()
    problems: dict[Problem, None] = {}
    played: list[tuple[Suite, list[Result]]] = []
    for file in every_file(paths):
        try:
            suite = load_suite(file, shelf=shelf, rules=rules_path, pool=pool)
        except RulesError as error:
            problems.update(dict.fromkeys(error.problems))
            continue
        chosen = [each for each in suite.scenarios if only is None or only in each.name]
        played.append((suite, [run(suite, each) for each in chosen]))
    results = [each for _, some in played for each in some]
    if not results and not problems:
        found = "there are no scenarios to play"
        raise click.UsageError(found if only is None else f"{found}: no name has {only!r} in it")
    ok = not problems and all(each.ok for each in results)
    if style == "json" or as_json:
        report = _report(list(problems), results, ok=ok)
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
    elif style == "github":
        _annotate(list(problems), results)
    else:
        _print(list(problems), played, story=story)
    sys.exit(0 if ok else 1)


def _print(
    problems: list[Problem], played: list[tuple[Suite, list[Result]]], *, story: bool
) -> None:
    print_problems(problems)
    for suite, results in played:
        if not results:
            continue
        failed = sum(not each.ok for each in results)
        mark = click.style("ok", fg="green") if not failed else _bad(f"{failed} failed")
        count = f"{len(results)} scenario" + ("s" if len(results) > 1 else "")
        click.echo(f"{suite.file}: {count}, {mark}")
        for each in results:
            if story or not each.ok:
                _tell(each, story=story)
    every = [each for _, results in played for each in results]
    failed = sum(not each.ok for each in every)
    files = {each.file for each in problems}
    end = f"{len(every) - failed} of {len(every)} scenarios as expected"
    if files:
        end += f"; not read: {', '.join(sorted(files))}"
    if story or failed:
        click.echo()
    click.echo(click.style(end, bold=True, fg="red" if failed or files else "green"))


def _bad(text: str) -> str:
    return click.style(text, fg="red", bold=True)


def _tell(result: Result, *, story: bool) -> None:
    place = result.scenario.place
    mark = click.style("ok", fg="green") if result.ok else _bad("failed")
    name = click.style(result.scenario.name, bold=True)
    click.echo(f"\n{place.file}:{place.line}: {mark}: {name}")
    if story:
        for line in story_lines(result):
            click.echo(line)
    if not result.ok:
        for line in failure_lines(result):
            click.echo(_bad(line) if line.startswith("  ✗") else line)


def _report(problems: list[Problem], results: list[Result], *, ok: bool) -> dict[str, Any]:
    return {
        "ok": ok,
        "problems": [problem_values(each) for each in problems],
        "scenarios": [as_values(each) for each in results],
    }


def _annotate(problems: list[Problem], results: list[Result]) -> None:
    for each in problems:
        click.echo(annotation(each))
    for result in results:
        if not result.ok:
            place = result.steps[-1].step.place
            text = "\n".join([result.scenario.name, *failure_lines(result)])
            click.echo(annotation(Problem(place.file, place.line, place.column, text)))
