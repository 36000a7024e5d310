"""`contact-router rules test`: for people, for programs, for a pipeline; its exit status."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from router.cli.main import main

RULES = """
version: 1
channels: {chat: {offer: {mode: automatic}}}
queues: {welcome: {takes: true}}
"""
GOOD = """
rules: rules.yaml
scenarios:
  - name: somebody comes
    agents: [{id: ana, channels: {chat: 1}}]
    steps:
      - conversation: {id: c1}
        expect: {assigned: c1, to: ana}
"""
WRONG = GOOD.replace("assigned: c1, to: ana", "offered: c1").replace("comes", "is asked")
BAD = GOOD.replace("rules: rules", "rule: rules")


def rules(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["rules", "test", *map(str, words)])


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "rules.yaml").write_text(RULES)
    for name, text in (("good", GOOD), ("wrong", WRONG), ("bad", BAD)):
        (tmp_path / f"{name}.yaml").write_text(text)
    return tmp_path


def test_scenarios_that_go_as_expected(files: Path) -> None:
    result = rules(files / "good.yaml")
    assert result.exit_code == 0
    assert result.stdout == (
        f"{files / 'good.yaml'}: 1 scenario, ok\n1 of 1 scenarios as expected\n"
    )


def test_a_scenario_that_goes_otherwise_is_told_side_by_side(files: Path) -> None:
    result = rules(files / "good.yaml", files / "wrong.yaml")
    assert result.exit_code == 1
    told = result.stdout.splitlines()
    assert told[1] == f"{files / 'wrong.yaml'}: 1 scenario, 1 failed"
    assert told[3] == f"{files / 'wrong.yaml'}:4: failed: somebody is asked"
    assert told[-1] == "1 of 2 scenarios as expected"
    assert "who could have had c1" in result.stdout


def test_a_file_that_cannot_be_read_spoils_the_run_and_not_the_others(files: Path) -> None:
    result = rules(files / "bad.yaml", files / "good.yaml")
    assert result.exit_code == 1
    assert "bad.yaml:2:1: error: unknown key `rule` (did you mean `rules`?)" in result.stdout
    assert "good.yaml: 1 scenario, ok" in result.stdout


def test_a_program_gets_all_of_it(files: Path) -> None:
    result = rules(files / "wrong.yaml", "--json")
    assert result.exit_code == 1
    assert result.stdout == rules(files / "wrong.yaml", "--format", "json").stdout
    report = json.loads(result.stdout)
    (scenario,) = report["scenarios"]
    (step,) = scenario["steps"]
    assert (report["ok"], scenario["name"], scenario["line"]) == (False, "somebody is asked", 4)
    assert step["missing"] == [{"offered": "c1"}]
    assert [next(iter(each)) for each in step["decided"]] == ["queued", "assigned"]
    assert step["passed_over"]["c1"][0]["agent"] == "ana"


def test_a_pipeline_gets_an_annotation_at_the_step(files: Path) -> None:
    result = rules(files / "wrong.yaml", "--format", "github")
    assert result.exit_code == 1
    assert result.stdout.startswith(f"::error file={files / 'wrong.yaml'},line=7,col=9::somebody")
    assert result.stdout.count("\n") == 1


def test_some_scenarios_or_all_decisions(files: Path) -> None:
    assert rules(files / "good.yaml", files / "wrong.yaml", "--only", "comes").exit_code == 0
    assert "assigned: c1, to: ana" in rules(files / "good.yaml", "--story").stdout


def test_a_folder_is_all_its_files(files: Path) -> None:
    (files / "more").mkdir()
    (files / "more" / "good.yaml").write_text(GOOD.replace("rules.yaml", "../rules.yaml"))
    assert rules(files / "more").exit_code == 0


def test_scenarios_are_played_under_other_rules_before_these_come_into_force(files: Path) -> None:
    other = files / "other.yaml"
    other.write_text(RULES.replace("mode: automatic", "mode: manual"))
    assert rules(files / "good.yaml").exit_code == 0
    result = rules(files / "good.yaml", "--rules", other)
    assert result.exit_code == 1
    assert "offered: c1, to: ana" in result.stdout


def test_of_rules_for_several_pools_one_is_chosen(files: Path) -> None:
    both = files / "both"
    both.mkdir()
    for pool, mode in (("north", "automatic"), ("south", "manual")):
        text = RULES.replace("automatic", mode) + f"pools: [{pool}]\n"
        (both / f"{pool}.yaml").write_text(text)
    good = files / "good.yaml"
    assert "say for which with `pool:`" in rules(good, "--rules", both).stdout
    assert rules(good, "--rules", both, "--pool", "north").exit_code == 0
    assert rules(good, "--rules", both, "--pool", "south").exit_code == 1


def test_nothing_to_play_is_wrong_use(files: Path) -> None:
    assert rules(files / "good.yaml", "--only", "nobody").exit_code == 2
    assert rules(files / "gone.yaml").exit_code == 2


def explain(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["rules", "explain", *map(str, words)])


def test_a_case_is_explained_from_a_file_or_from_the_command_line(files: Path) -> None:
    case = files / "case.yaml"
    case.write_text("agents: [{id: ana, skills: {}}]\nconversation: {channel: chat}\n")
    result = explain(files / "rules.yaml", case)
    assert result.exit_code == 0
    assert "ana    assigned to this agent" in result.stdout
    again = explain(
        *(files / "rules.yaml", "--agents", "[{id: ana, skills: {}}]"),
        *("--conversation", "{channel: chat}"),
    )
    assert again.stdout == result.stdout
    report = json.loads(explain(files / "rules.yaml", case, "--json").stdout)
    assert (report["queue"], report["agents"][0]["agent"]) == ("welcome", "ana")


def test_a_case_or_rules_that_cannot_be_used(files: Path) -> None:
    result = explain(files / "rules.yaml", "--conversation", "{channel: fax}")
    assert result.exit_code == 1
    assert result.stdout.startswith("--conversation:1:11: error: unknown channel `fax`")
    assert explain(files / "good.yaml", "--conversation", "{channel: chat}").exit_code == 1
    assert explain(files / "rules.yaml").exit_code == 2


def test_a_case_that_is_no_text_is_told_so(files: Path) -> None:
    case = files / "case.yaml"
    case.write_bytes(b"conversation: {channel: chat, text: r\xe9siliation}\n")
    result = explain(files / "rules.yaml", case)
    assert result.exit_code == 1
    assert "case.yaml:1:38: error: not UTF-8 text" in result.stdout
    scenarios = files / "latin.yaml"
    scenarios.write_bytes(b'rules: rules.yaml\nscenarios: [{name: "\\ud83d", steps: []}]\n')
    result = CliRunner().invoke(main, ["rules", "test", str(scenarios)])
    assert result.exit_code == 1
    assert "latin.yaml:2:20: error: `\\ud83d` is half a character" in result.stdout
