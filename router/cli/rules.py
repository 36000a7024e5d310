"""Check rule files, and show what they amount to: ``contact-router rules check|show``.

Uses the code the router itself loads rules with. Results go to standard output. Exit status 0: the
rules can be used; 1: they cannot, or with ``--strict`` there is a warning; 2: wrong use.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Final

import click

from router.cli.differences import diff
from router.cli.explain import explain
from router.cli.problems import annotation, print_problems, problem_values
from router.cli.rule_sets import rule_set
from router.cli.scenarios import test
from router.rules import Problem, RulesError, RuleSet, Severity, load
from router.rules.problems import Problems
from router.rules.roster import people
from router.rules.source import MAX_BYTES, decoded
from router.rules.staffing import warn_of_skills, warn_of_staffing
from router.rules.writing import yaml_text

_PATH: Final = click.Path(exists=True, path_type=Path)


@click.group()
def rules() -> None:
    """Check, show and test the rules that decide who gets which conversation."""


rules.add_command(test)
rules.add_command(diff)
rules.add_command(explain)


@rules.command()
@click.argument("paths", nargs=-1, required=True, type=_PATH, metavar="PATH...")
@click.option("--strict", is_flag=True, help="Warnings are as bad as errors.")
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="For people, for programs, or as annotations of GitHub Actions.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option(
    "--roster",
    type=click.File("rb"),
    help="Who works here (YAML or JSON, - for standard input): tells for what there is nobody.",
)
def check(  # noqa: PLR0917 - one for each option, by name
    paths: tuple[Path, ...], strict: bool, style: str, as_json: bool, roster: IO[bytes] | None
) -> None:
    """Report every problem of rule files or folders, each as the router would load it."""
    problems: list[Problem] = []
    sound: list[tuple[Path, RuleSet]] = []
    for path in paths:
        try:
            found = load(path)
        except RulesError as error:
            problems.extend(error.problems)
        else:
            problems.extend(found.warnings)
            sound.append((path, found))
    if roster is not None:
        problems += _staffing(roster, sound)
    wrong = [each for each in problems if strict or each.severity is Severity.ERROR]
    ok = not wrong
    if style == "json" or as_json:
        click.echo(json.dumps(_report(problems, sound, ok=ok), ensure_ascii=False, indent=2))
    elif style == "github":
        for each in problems:
            click.echo(annotation(each))
    else:
        print_problems(problems)
        beside = "" if roster is None else roster.name
        for path, found in sound:
            own = [
                each
                for each in wrong
                if each in found.warnings or each.file == beside or _is_in(each, path)
            ]
            _print(path, found, wrong=own)
    sys.exit(0 if ok else 1)


@rules.command()
@click.argument("path", type=_PATH)
@click.option("--pool", help="The pool whose rules to show, where a folder has several sets.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def show(path: Path, pool: str | None, as_json: bool) -> None:
    """Print the rules in force, every default filled in, as YAML that can be used itself."""
    chosen = rule_set(path, pool)
    if as_json:
        whole = {
            "version": chosen.policy.version,
            "files": chosen.policy.files,
            "pools": list(chosen.pools),
            "rules": chosen.document,
        }
        click.echo(json.dumps(whole, ensure_ascii=False, indent=2))
    else:
        pools = ", ".join(chosen.pools) or "every pool without rules of its own"
        click.echo(
            f"# policy {chosen.policy.version}, for {pools}\n{yaml_text(chosen.document)}", nl=False
        )


def _staffing(roster: IO[bytes], sound: Iterable[tuple[Path, RuleSet]]) -> list[Problem]:
    """Hold rules that can be used against those who work under them."""
    found = Problems()
    text = decoded(roster.read(MAX_BYTES + 1), roster.name, problems=found)
    if text is None:
        return list(found)
    try:
        staff = people(text, roster.name)
    except RulesError as error:
        return list(error.problems)
    sets = [each for _, rules in sound for each in rules.sets]
    for each in sets:
        warn_of_staffing(each, staff, problems=found)
    if sets:
        warn_of_skills(sets, staff, problems=found)
    return list(found)


def _is_in(problem: Problem, path: Path) -> bool:
    """Tell whether a problem is in a file that was checked, or below a folder that was."""
    return Path(problem.file).is_relative_to(path)


def _print(path: Path, found: RuleSet, *, wrong: list[Problem]) -> None:
    for each_set in found.sets:
        policy = each_set.policy
        others = "every pool" if len(found.sets) == 1 else "every other pool"
        pools = ", ".join(each_set.pools) or others
        click.echo(
            f"{path}: {_verdict(wrong)}, policy {policy.version} for {pools}: "
            f"{len(each_set.steps)} qualification rules, {len(policy.queues)} queues, "
            f"{len(policy.channels)} channels"
        )


def _verdict(wrong: list[Problem]) -> str:
    if not wrong:
        return click.style("ok", fg="green")
    counts = Counter(each.severity.value for each in wrong)
    said = ", ".join(f"{n} {word}{'s' if n > 1 else ''}" for word, n in sorted(counts.items()))
    return f"{click.style('not ok', fg='red')} ({said})"


def _report(
    problems: Iterable[Problem], sound: Iterable[tuple[Path, RuleSet]], *, ok: bool
) -> dict[str, object]:
    return {
        "ok": ok,
        "problems": [problem_values(each) for each in problems],
        "sets": [
            {
                "path": str(path),
                "pools": list(each.pools),
                "version": each.policy.version,
                "files": each.policy.files,
                "queues": list(each.policy.queues),
            }
            for path, found in sound
            for each in found.sets
        ],
    }
