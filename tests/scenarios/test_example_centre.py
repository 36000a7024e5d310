"""The example centre does what its scenarios say, and they cover what the centre can do."""

import re
from pathlib import Path

import pytest

from router.engine.remedies import Change
from router.model.reasons import PassedOver
from router.scenarios import Scenario, Shelf, Suite, load_suite, run
from router.scenarios.decided import WORDS
from router.scenarios.reference import reference
from router.scenarios.report import failure_lines

PROJECT = Path(__file__).resolve().parents[2]
FILES = sorted((PROJECT / "config" / "scenarios").glob("*.yaml"))
SHELF = Shelf()
SUITES = [load_suite(file, shelf=SHELF) for file in FILES]
STORIES = [(suite, each) for suite in SUITES for each in suite.scenarios]


@pytest.mark.parametrize(("suite", "scenario"), STORIES, ids=[each.name for _, each in STORIES])
def test_a_scenario_goes_as_expected(suite: Suite, scenario: Scenario) -> None:
    result = run(suite, scenario)
    assert result.ok, "\n".join(failure_lines(result))


def test_a_scenario_goes_the_same_each_time() -> None:
    for suite, scenario in STORIES:
        first, second = run(suite, scenario), run(suite, scenario)
        assert [each.decided for each in first.steps] == [each.decided for each in second.steps]


def test_every_queue_and_every_kind_of_decision_has_a_scenario() -> None:
    decided = [
        told for suite, each in STORIES for step in run(suite, each).steps for told in step.decided
    ]
    queues = {str(each.details["in"]) for each in decided if "in" in each.details}
    assert queues == set(SUITES[0].policy.queues)
    assert {each.word for each in decided} | NOT_YET == set(WORDS)


NOT_YET = {
    "policy_changed",
}
"""Decisions that the engine does not take yet, or not within a scenario."""


CAPABILITIES = (PROJECT / "docs" / "capabilities.md").read_text(encoding="utf-8")
MUST_HAVE = 17


def test_the_list_of_capabilities_names_scenarios_that_exist() -> None:
    names = {each.name for _, each in STORIES}
    named = re.findall(r"“(.+?)”", CAPABILITIES)
    assert len(named) >= 30
    assert set(named) <= names


def test_the_list_of_capabilities_names_tests_that_exist() -> None:
    named = re.findall(r"`(tests/[^`]+?)::([^`]+)`", CAPABILITIES)
    assert named
    for file, test in named:
        text = (PROJECT / file).read_text(encoding="utf-8")
        assert re.search(rf"^(async )?def {test}\(", text, flags=re.MULTILINE), f"{file}::{test}"


def test_every_capability_has_its_number_and_something_that_shows_it() -> None:
    sections = re.findall(r"^## (\d+)\. .+?(?=^## )", CAPABILITIES, flags=re.MULTILINE | re.DOTALL)
    assert sections == [str(number) for number in range(1, MUST_HAVE + 1)]
    for text in re.split(r"^## \d+\. ", CAPABILITIES, flags=re.MULTILINE)[1:]:
        rows = [row for row in text.split("\n## ")[0].splitlines() if row.startswith("| ")][1:]
        assert rows
        assert all("“" in row or "`tests/" in row for row in rows[1:]), rows


def test_the_guide_to_scenarios_has_the_reference_of_the_language() -> None:
    guide = (PROJECT / "docs" / "scenarios.md").read_text(encoding="utf-8")
    assert guide.endswith("## Every key\n\n" + reference())


GUIDE = (PROJECT / "docs" / "scenarios.md").read_text(encoding="utf-8")


def test_the_example_of_the_guide_goes_as_it_says_and_fails_as_it_says(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", GUIDE, flags=re.DOTALL)
    (failed,) = re.findall(
        r"```text\nexperts.yaml:6: failed: .*?\n(.*?)\n```", GUIDE, flags=re.DOTALL
    )
    file = tmp_path / "experts.yaml"
    for text, said in (
        (example, None),
        (WAITS.sub("        expect: {assigned: c1, to: ana}\n", example), failed),
    ):
        file.write_text(text, encoding="utf-8")
        suite = load_suite(file, shelf=SHELF, rules=PROJECT / "config" / "rules")
        (scenario,) = suite.scenarios
        result = run(suite, scenario)
        assert result.ok is (said is None)
        assert said is None or "\n".join(failure_lines(result)) == said
        assert scenario.place.line == 6


WAITS = re.compile(r"        agent: \{id: bob, presence: available\}\n.*\n")


def test_the_run_that_the_guide_shows_is_the_one_there_is() -> None:
    for suite in SUITES:
        file = Path(suite.file).relative_to(PROJECT)
        assert f"{file}: {len(suite.scenarios)} scenarios, ok" in GUIDE
    assert f"{len(STORIES)} of {len(STORIES)} scenarios as expected" in GUIDE


def test_every_word_of_why_not_and_of_what_would_help_is_told_in_order() -> None:
    told = re.findall(
        r"^\| `(\w+)` \| [^|]+ \|$", GUIDE.split("`passed_over` has")[1], re.MULTILINE
    )
    assert told == [each.value for each in (*PassedOver, *Change)]
