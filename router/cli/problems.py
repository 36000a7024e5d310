"""Print the problems of files that operators write: for people, for programs, for a pipeline."""

from collections.abc import Iterable
from typing import Any, Final

import click

from router.rules import Problem, Severity

_COLOURS: Final = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


def print_problems(problems: Iterable[Problem]) -> None:
    """Print each problem on one line, as compilers do."""
    for each in problems:
        place = click.style(f"{each.file}:{each.line}:{each.column}:", bold=True)
        severity = click.style(each.severity.value, fg=_COLOURS[each.severity], bold=True)
        hint = click.style(f" ({each.suggestion})", dim=True) if each.suggestion else ""
        click.echo(f"{place} {severity}: {each.message}{hint}")


def problem_values(problem: Problem) -> dict[str, Any]:
    """Give a problem as plain values, ready to be JSON."""
    return {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "severity": problem.severity.value,
        "message": problem.message,
        "suggestion": problem.suggestion or None,
    }


def annotation(problem: Problem) -> str:
    """Write a problem as a workflow command, whose texts escape their own signs."""
    hint = f" ({problem.suggestion})" if problem.suggestion else ""
    text = _escaped(problem.message + hint)
    file = _escaped(problem.file).replace(":", "%3A").replace(",", "%2C")
    place = f"file={file},line={problem.line},col={problem.column}"
    return f"::{problem.severity} {place}::{text}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
