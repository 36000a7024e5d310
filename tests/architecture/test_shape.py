"""The house keeps its shape: modules of one idea, honest names, an engine without a clock."""

import ast
import re
import tokenize
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
LONGEST_MODULE = 400
NAMES_THAT_SAY_NOTHING = {"base", "common", "handler", "handlers", "helper", "helpers"} | {
    *("manager", "managers", "misc", "util", "utils"),
}
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")}


def modules(*rooms: str) -> Iterator[Path]:
    """Every Python file of these folders, as paths from the project's root."""
    for room in rooms:
        for path in sorted((PROJECT / room).rglob("*.py")):
            yield path.relative_to(PROJECT)


@pytest.mark.parametrize("module", list(modules("router", "streams")), ids=str)
def test_a_module_has_one_idea_and_a_name_for_it(module: Path) -> None:
    lines = (PROJECT / module).read_text().count("\n")

    assert lines <= LONGEST_MODULE, "look for the second noun in it"
    assert not {part.removesuffix(".py") for part in module.parts} & NAMES_THAT_SAY_NOTHING


def test_the_engine_is_told_the_time() -> None:
    clocks_read = [
        f"{module}:{node.lineno}"
        for module in modules("router/engine", "router/model")
        for node in ast.walk(ast.parse((PROJECT / module).read_text()))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name | ast.Attribute)
        and (ast.unparse(node.value).rpartition(".")[2], node.attr) in CLOCKS
    ]

    assert not clocks_read


SILENCED = re.compile(r"#\s*(?:ruff: )?(?:noqa|type: ignore)\b(?:: ?[A-Z0-9, ]+|\[[a-z, -]+\])?")
CATCHES_ALL = re.compile(r"\s*except (?:Exception|BaseException)\b")
A_WORD = re.compile(r"[a-z]{2,}")


@pytest.mark.parametrize(
    "module", list(modules("router", "streams", "loadtests", "tests")), ids=str
)
def test_whatever_is_silenced_or_caught_without_distinction_has_its_reason_beside_it(
    module: Path,
) -> None:
    text = (PROJECT / module).read_text()
    lines = text.splitlines()
    comments = {
        token.start[0]: token.string
        for token in tokenize.generate_tokens(StringIO(text).readline)
        if token.type == tokenize.COMMENT
    }
    without = [
        f"{module}:{number}: {comment}"
        for number, comment in comments.items()
        if SILENCED.search(comment) and not A_WORD.search(SILENCED.sub("", comment))
    ]
    for number, line in enumerate(lines, start=1):
        said = comments.get(number, "") + comments.get(number - 1, "")
        if CATCHES_ALL.match(line) and not A_WORD.search(SILENCED.sub("", said)):
            without.append(f"{module}:{number}: {line.strip()}")

    assert not without
