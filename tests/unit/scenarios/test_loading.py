"""A scenario that cannot mean anything is refused before it is played, at its place, in words."""

from pathlib import Path

import pytest

from router.rules import RulesError
from router.scenarios import Shelf, load_suite
from router.scenarios.decided import STATES, WORDS, details_of
from router.scenarios.written import Expectation
from tests.unit.scenarios.playing import RULES, refused

ONE = """\
scenarios:
  - name: a story
    agents: [{id: ana, skills: {contracts: 2}}]
    steps:
      - conversation: {id: c1, channel: chat, topic: contracts}
        expect: {assigned: c1, to: ana}
"""


def test_a_sound_file_has_no_problem(tmp_path: Path) -> None:
    assert refused(tmp_path, ONE) == []


@pytest.mark.parametrize(
    ("sound", "broken", "said"),
    [
        ("topic: contracts", "topic: contrats",
         "6:54 unknown topic `contrats` (did you mean `contracts`?)"),
        ("channel: chat", "channel: chatt", "6:41 unknown channel `chatt` (did you mean `chat`?)"),
        ("channel: chat, ", "", "6:23 `channel` is missing"),
        ("{contracts: 2}", "{contract: 2}",
         "4:33 unknown skill `contract` (did you mean `contracts`?)"),
        ("{contracts: 2}", "{contracts: 4}",
         "4:44 level 4 of `contracts` does not exist (it has 1..3)"),
        ("to: ana", "to: anna", "7:36 unknown agent `anna` (did you mean `ana`?)"),
        ("assigned: c1", "assigned: c2",
         "7:28 unknown conversation `c2` (one of `c1`)"),
        ("assigned: c1", "asigned: c1", "7:18 unknown key `asigned` (did you mean `assigned`?)"),
        ("{assigned: c1, to: ana}", "{deflected: c1, to: voise}",
         "7:37 `voise` is no channel or team (did you mean `voice`?)"),
        ("to: ana", "at_most: 3", "7:32 unknown key `at_most` (one of"),
        ("to: ana", "rules: [x]", "7:32 `assigned` has no `rules`"),
        ("{assigned: c1, to: ana}", "{assigned: c1, queued: c1}",
         "7:17 `queued` and `assigned` in one (a list)"),
        ("{assigned: c1, to: ana}", "soon",
         "7:17 `soon` is no expectation (`{assigned: c1, to: ana}` or `nothing`)"),
        ("{assigned: c1, to: ana}", "{refused: c1, reason: full}", "7:39 `full` is no reason"),
        ("  expect: {assigned: c1, to: ana}", "  after: 5",
         "7:16 `5` is not a duration (write the unit: `5s`)"),
        ("  expect: {assigned: c1, to: ana}", "  after: 5s",
         "3:5 it expects nothing, so it cannot fail (an `expect` in a step)"),
        ("  expect", "  abandon: c1\n        expect",
         "6:9 `conversation` and `abandon` in one step (one thing happens in a step)"),
        ("- name: a story\n   ", "- at: 10:00\n   ",
         "3:9 `10:00` is not a moment with its zone"),
        ("- name: a story\n   ", "- at: 2026-03-29 02:30 Europe/Paris\n   ",
         "3:9 `2026-03-29 02:30 Europe/Paris` is skipped or comes twice"),
        ("- name: a story\n   ", "-", "3:5 `name` is missing"),
        ("agents: [{id: ana, skills: {contracts: 2}}]", "agents: [ana]",
         "4:14 unknown agent `ana`"),
    ],
)  # fmt: skip
def test_a_mistake_is_answered_at_its_place(
    tmp_path: Path, sound: str, broken: str, said: str
) -> None:
    assert sound in ONE
    problems = refused(tmp_path, ONE.replace(sound, broken))
    assert any(each.startswith(said) for each in problems), problems


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    broken = ONE.replace("topic: contracts", "topic: x").replace("to: ana", "to: eve")
    assert len(refused(tmp_path, broken)) == 2


def test_where_a_refusal_is_expected_names_may_be_unknown(tmp_path: Path) -> None:
    text = ONE.replace("channel: chat", "channel: fax").replace(
        "{assigned: c1, to: ana}", "{refused: c1, reason: unconfigured_channel}"
    )
    assert refused(tmp_path, text) == []


def test_steps_go_forward_in_time(tmp_path: Path) -> None:
    step = "      - at: 2026-03-01T10:00:00+01:00\n        expect: nothing\n"
    (problem,) = refused(tmp_path, ONE + step)
    assert problem.startswith("8:13 this is before the step before")


def test_a_scenario_stays_quick(tmp_path: Path) -> None:
    assert refused(tmp_path, ONE + "      - {after: 7d, expect: nothing}\n") == []
    (problem,) = refused(tmp_path, ONE + "      - {after: 169h, expect: nothing}\n")
    assert problem.startswith("8:9 more than a week after the step before")


def test_a_bare_list_is_a_list_of_scenarios_for_rules_that_are_named(tmp_path: Path) -> None:
    rules, file = tmp_path / "rules.yaml", tmp_path / "list.yaml"
    rules.write_text(RULES, encoding="utf-8")
    file.write_text(ONE.partition("\n")[2], encoding="utf-8")
    suite = load_suite(file, shelf=Shelf(), rules=rules)
    assert [each.name for each in suite.scenarios] == ["a story"]
    with pytest.raises(RulesError, match="does not say which rules"):
        load_suite(file, shelf=Shelf())


def test_rules_that_cannot_be_used_are_told_instead(tmp_path: Path) -> None:
    rules, file = tmp_path / "bad.yaml", tmp_path / "list.yaml"
    rules.write_text(RULES.replace("topics:", "topic:"), encoding="utf-8")
    file.write_text(ONE, encoding="utf-8")
    with pytest.raises(RulesError, match="unknown key `topic`"):
        load_suite(file, shelf=Shelf(), rules=rules)


def test_a_clock_time_is_that_of_its_zone_in_summer_and_winter(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")
    file = tmp_path / "s.yaml"
    for written, exact in (
        ("2026-03-29 01:59 Europe/Paris", "2026-03-29T00:59:00Z"),
        ("2026-03-29 03:00:30 Europe/Paris", "2026-03-29T03:00:30+02:00"),
    ):
        starts = []
        for at in (written, exact):
            text = f"rules: rules.yaml\nat: {at}\n{ONE}"
            file.write_text(text, encoding="utf-8")
            starts.append(load_suite(file, shelf=Shelf()).scenarios[0].at)
        assert starts[0] == starts[1]


@pytest.mark.parametrize("word", [*WORDS, *STATES])
def test_every_detail_that_a_decision_has_may_be_expected(word: str) -> None:
    keys = {field.alias or name for name, field in Expectation.model_fields.items()}
    assert set(details_of(word)) <= keys
