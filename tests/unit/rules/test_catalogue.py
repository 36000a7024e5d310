"""Every kind of mistake an operator can make is answered at its place, in words that mend it.

`tests/rules/bad` holds one file for each kind, wrong in that one way, and beside it what is said:
`line:column severity: message (suggestion)`. A new kind of mistake is a new pair of files.
"""

from pathlib import Path

import pytest

from router.rules import Problem, RulesError, load

CATALOGUE = Path(__file__).resolve().parents[2] / "rules" / "bad"
FILES = sorted(CATALOGUE.glob("*.yaml"))


def said(problem: Problem) -> str:
    hint = f" ({problem.suggestion})" if problem.suggestion else ""
    place = f"{problem.line}:{problem.column}"
    return f"{place} {problem.severity}: {problem.message}{hint}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_mistake_is_answered_at_its_place(file: Path) -> None:
    try:
        problems = load(file).warnings
    except RulesError as error:
        problems = error.problems

    assert [said(each) for each in problems] == (
        file.with_suffix(".expected").read_text(encoding="utf-8").splitlines()
    )
    assert {each.file for each in problems} == {str(file)}


def test_only_files_that_warn_can_be_used() -> None:
    for file in FILES:
        warns = file.stem.startswith("warning-")
        expected = file.with_suffix(".expected").read_text(encoding="utf-8")
        assert (" error: " in expected) is not warns, file.name


def test_the_catalogue_has_a_text_for_every_file() -> None:
    assert len(FILES) >= 80
    assert sorted(CATALOGUE.glob("*.expected")) == [each.with_suffix(".expected") for each in FILES]
