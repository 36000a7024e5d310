"""Whatever stands in a file of scenarios, the answer is a result or a list of problems, no crash."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.rules import Problem, RulesError, loads
from router.rules.compilation import Compiled
from router.scenarios import Shelf, Suite, load_suite, run
from router.scenarios.explaining import explain, explanation_lines
from router.scenarios.report import as_values, failure_lines, story_lines
from tests.unit.scenarios.playing import RULES

WHOLE = """\
rules: rules.yaml
at: 2026-03-02 10:00 Europe/Paris
people:
  ana: {skills: {contracts: 2}, channels: {chat: 2, voice: 1}, languages: [fr], cost: 3}
  bob: {skills: {contracts: 1}, preferences: {contracts: 2}}
scenarios:
  - name: all that there is
    agents: [ana, {id: bob, presence: break, lasts: 5m, idle: 1m}]
    steps:
      - conversation: {id: c1, channel: voice, topic: contracts, waited: 5s, customer: {id: k1}}
        event: e1
        expect: [{queued: c1, in: contracts, place: 1}, {offered: c1, to: ana}, nothing else]
      - {after: 3s, accept: c1, expect: {assigned: c1, to: ana, waited: 8s}}
      - {transfer: {conversation: c1, to: {agent: bob}}, expect: {requeued: c1}}
      - expect: {waits: c1, passed_over: {ana: barred, bob: presence}, would_help: come_back}
      - {update: {id: c1, level: 3, attributes: {x: 1}}, expect: {queued: c1, level: 3}}
      - {command: {assign: c1, to: ana}, expect: [{applied: c1}, {assigned: c1, to: ana}, nothing else]}
      - {agent: {id: bob, presence: available}, expect: nothing}
      - {wrapped_up: c1, expect: {refused: ana, reason: no_wrap_up}}
      - {take_instead: c1, expect: {refused: c1}}
      - {silent: ana}
      - {at: 2026-03-02T11:00:00+01:00, expect: {suspended: ana, reason: lease_expired}}
      - {abandon: {conversation: c1, reason: gone}, expect: {abandoned: c1}}
"""
PIECES = st.sampled_from(
    [
        *("", "{}", "[]", "[1]", "{a: 1}", "null", "true", "-1", "1.5", "''", '"x"', "c9", "anna"),
        *("*a", "&a", "!!x", "\t", "9" * 30, "1..3", "90s", "é", "~", "nothing", "nothing else"),
        *("\n", "  ", ": ", "- ", "#", "{", "}", "[", "]", ",", "open", "2026-03-29 02:30 Europe/Paris"),
    ]
)  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """Put pieces that do not belong there in place of others."""
    text = WHOLE
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        length = draw(st.sampled_from((0, 0, 1, 2, 5, 12)))
        text = text[:start] + draw(PIECES) + text[start + length :]
    return text


@pytest.fixture(scope="module")
def folder() -> Path:
    place = Path(tempfile.mkdtemp())
    (place / "rules.yaml").write_text(RULES, encoding="utf-8")
    return place


def test_all_that_there_is_goes_as_expected(folder: Path) -> None:
    file = folder / "whole.yaml"
    file.write_text(WHOLE, encoding="utf-8")
    suite = load_suite(file, shelf=Shelf())
    (result,) = [run(suite, each) for each in suite.scenarios]
    assert result.ok, "\n".join(failure_lines(result))


def loaded(file: Path) -> tuple[Suite | None, tuple[Problem, ...]]:
    try:
        return load_suite(file, shelf=Shelf()), ()
    except RulesError as error:
        return None, error.problems


@settings(max_examples=400, deadline=None)
@given(damaged())
def test_a_damaged_file_is_played_or_answered(text: str) -> None:
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "scenarios.yaml"
        (Path(place) / "rules.yaml").write_text(RULES, encoding="utf-8")
        file.write_text(text, encoding="utf-8")
        suite, problems = loaded(file)
        assert (suite is None) is bool(problems)
        assert all(each.line >= 1 and each.message for each in problems)
        for scenario in () if suite is None else suite.scenarios:
            result = run(suite, scenario)
            assert as_values(result)["ok"] is result.ok
            assert result.ok or list(failure_lines(result))
            list(story_lines(result))


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=6).map(" ".join))
def test_any_case_is_explained_or_answered(text: str) -> None:
    (rules,) = loads(RULES).sets
    case = (
        f"conversation: {{channel: chat, topic: contracts, {text}}}\nagents: [{{id: ana, {text}}}]"
    )
    lines, problems = explained(rules, case)
    assert bool(lines) is not bool(problems)


def explained(rules: Compiled, case: str) -> tuple[list[str], tuple[Problem, ...]]:
    try:
        return list(explanation_lines(explain(rules, case))), ()
    except RulesError as error:
        return [], error.problems
