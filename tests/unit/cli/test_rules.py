"""`contact-router rules check|show`: for people, for programs, for a pipeline."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from router.cli.main import main

CONFIG = Path(__file__).resolve().parents[3] / "config"
GOOD = "version: 1\nchannels: {chat: {}}\nqueues: {q: {takes: true}}\n"
DOUBTFUL = GOOD + "topics: [x]\n"
BAD = GOOD.replace("takes: true", "takes: levl > 1")


def rules(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["rules", *map(str, words)])


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for name, text in (("good", GOOD), ("doubtful", DOUBTFUL), ("bad", BAD)):
        (tmp_path / f"{name}.yaml").write_text(text)
    return tmp_path


def test_sound_rules_are_confirmed(files: Path) -> None:
    result = rules("check", files / "good.yaml", CONFIG / "rules")
    assert result.exit_code == 0
    assert [each.partition(": ")[2][:9] for each in result.stdout.splitlines()] == ["ok, polic"] * 2


def test_bad_rules_are_told_where_and_what(files: Path) -> None:
    result = rules("check", files / "bad.yaml")
    assert result.exit_code == 1
    assert result.stdout == (
        f"{files / 'bad.yaml'}:3:21: error: unknown fact `levl` (did you mean `level`?)\n"
    )


def test_warnings_count_only_when_asked(files: Path) -> None:
    assert rules("check", files / "doubtful.yaml").exit_code == 0
    assert rules("check", "--strict", files / "doubtful.yaml").exit_code == 1
    assert "warning: no rule" in rules("check", files / "doubtful.yaml").stdout


def test_rules_that_do_not_pass_are_not_called_ok(files: Path) -> None:
    doubtful, good = files / "doubtful.yaml", files / "good.yaml"
    told = rules("check", "--strict", doubtful, good).stdout
    assert f"{doubtful}: not ok (1 warning), policy" in told
    assert f"{good}: ok, policy" in told
    assert f"{doubtful}: ok, policy" in rules("check", doubtful).stdout

    roster = files / "roster.yaml"
    roster.write_text("agents: [{id: ana, skils: {}, langages: [fr]}]\n")
    told = rules("check", "--roster", roster, good).stdout
    assert f"{good}: not ok (2 errors), policy" in told


def test_all_paths_are_checked_each_by_itself(files: Path) -> None:
    result = rules("check", files / "good.yaml", files / "bad.yaml", files / "doubtful.yaml")
    assert result.exit_code == 1
    assert [word in result.stdout for word in ("levl", "`x`", "good.yaml: ok")] == [True] * 3


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"agents:\n  - {id: ana, site: Orl\xe9ans}\n", ":2:24: error: not UTF-8 text"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", ":1:1: error: not UTF-8 text"),
        (b'{"agents": [{"id": "\\ud83d"}]}', ":1:20: error: `\\ud83d` is half a character"),
    ],
)
def test_a_roster_that_is_no_text_is_told_so(files: Path, content: bytes, said: str) -> None:
    roster = files / "roster.yaml"
    roster.write_bytes(content)
    told = rules("check", "--roster", roster, files / "good.yaml")
    assert told.exit_code == 1
    assert f"roster.yaml{said}" in told.stdout


def test_rules_are_held_against_a_roster(files: Path) -> None:
    roster = files / "roster.yaml"
    roster.write_text("agents: [{id: ana, channels: {fax: 1}}, {id: bob, channels: {fax: 1}}]\n")
    told = rules("check", "--roster", roster, files / "good.yaml")
    assert told.exit_code == 0
    assert "of 2 agents nobody may have a conversation on `chat` from `q`" in told.stdout
    assert rules("check", "--strict", "--roster", roster, files / "good.yaml").exit_code == 1

    roster.write_text("agents: [{id: ana}, {id: bob}]\n")
    assert rules("check", "--strict", "--roster", roster, files / "good.yaml").exit_code == 0

    roster.write_text("agents: [{id: ana, skils: {}}]\n")
    told = rules("check", "--roster", roster, files / "good.yaml")
    assert (told.exit_code, "did you mean `skills`?" in told.stdout) == (1, True)


def test_the_example_centre_has_people_for_all_that_may_come() -> None:
    told = rules("check", "--strict", "--roster", CONFIG / "roster.yaml", CONFIG / "rules")
    assert told.exit_code == 0, told.stdout


def test_a_program_gets_the_same(files: Path) -> None:
    result = rules("check", "--format", "json", files / "bad.yaml", files / "good.yaml")
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    assert report["ok"] is False
    assert report["problems"] == [
        {
            "file": str(files / "bad.yaml"),
            "line": 3,
            "column": 21,
            "severity": "error",
            "message": "unknown fact `levl`",
            "suggestion": "did you mean `level`?",
        }
    ]
    (sound,) = report["sets"]
    assert (sound["path"], sound["pools"], sound["queues"]) == (str(files / "good.yaml"), [], ["q"])
    short = rules("check", "--json", files / "bad.yaml", files / "good.yaml")
    assert (short.exit_code, short.stdout) == (1, result.stdout)


def test_a_pipeline_gets_annotations(files: Path) -> None:
    result = rules("check", "--format", "github", files / "bad.yaml")
    assert result.stdout == (
        f"::error file={files / 'bad.yaml'},line=3,col=21::"
        "unknown fact `levl` (did you mean `level`?)\n"
    )


def test_wrong_use_is_told_apart_from_wrong_rules(files: Path) -> None:
    assert rules("check").exit_code == 2
    assert rules("check", files / "none.yaml").exit_code == 2
    assert rules("show", files / "none.yaml").exit_code == 2


def test_the_rules_in_force_can_be_shown_and_used(files: Path) -> None:
    shown = rules("show", CONFIG / "rules")
    assert shown.exit_code == 0
    (files / "shown.yaml").write_text(shown.stdout)
    assert rules("check", "--strict", files / "shown.yaml").exit_code == 0
    again = rules("show", files / "shown.yaml")
    assert again.stdout == shown.stdout


def test_the_rules_in_force_can_be_read_by_a_program(files: Path) -> None:
    found = json.loads(rules("show", "--json", files / "good.yaml").stdout)
    assert (found["pools"], len(found["version"]), len(found["files"])) == ([], 12, 64)
    assert found["rules"]["queues"]["q"]["order"] == {"by": "priority", "ageing": "0/s"}


def test_bad_rules_cannot_be_shown(files: Path) -> None:
    result = rules("show", files / "bad.yaml")
    assert result.exit_code == 1
    assert "unknown fact" in result.stdout


def test_of_several_sets_one_is_chosen_by_its_pool(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD)
    (tmp_path / "b.yaml").write_text(GOOD.replace("\n", "\npools: [france]\n", 1))
    assert rules("show", tmp_path).exit_code == 2
    assert "for france" in rules("show", tmp_path, "--pool", "france").stdout
    assert "for every pool" in rules("show", tmp_path, "--pool", "spain").stdout
    assert rules("show", tmp_path / "b.yaml", "--pool", "spain").exit_code == 2


def test_nothing_is_coloured_where_nobody_looks(files: Path) -> None:
    assert "\x1b" not in rules("check", files / "bad.yaml").stdout


def test_a_difference_is_told_in_words_and_to_programs(files: Path) -> None:
    other = files / "other.yaml"
    other.write_text(GOOD.replace("chat: {}", "chat: {units: 50}"))
    result = rules("diff", files / "good.yaml", other)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[1:] == [
        "channels",
        "  chat",
        "    one conversation takes 50 units of an agent (was: 100)",
    ]
    report = json.loads(rules("diff", "--json", files / "good.yaml", other).stdout)
    (change,) = report["sets"][0]["changes"]
    assert (change["about"], change["kind"], change["old"], change["new"]) == (
        "chat",
        "changed",
        100,
        50,
    )


def test_rules_for_pools_that_come_and_go(files: Path) -> None:
    for_france = files / "france.yaml"
    for_france.write_text(GOOD + "pools: [france]\n")
    result = rules("diff", files / "good.yaml", for_france)
    everybody, france = result.stdout.splitlines()
    assert everybody == "for every pool without rules of its own: no rules any more"
    assert france.startswith("for france: nothing changes (policy ")
    back = rules("diff", for_france, files / "good.yaml")
    everybody, france = sorted(back.stdout.splitlines())
    assert everybody == "for every pool without rules of its own: new rules"
    assert france.startswith("for france: nothing changes (policy ")


def test_a_pool_that_gets_rules_of_its_own_is_told_what_changes_for_it(files: Path) -> None:
    own, both = files / "own", files / "both"
    own.mkdir()
    both.mkdir()
    (own / "default.yaml").write_text(GOOD)
    (both / "default.yaml").write_text(GOOD)
    fuller = GOOD.replace("chat: {}", "chat: {units: 50}")
    (both / "france.yaml").write_text(fuller + "pools: [france, belgium]\n")
    for old, new, words in (
        (own, both, "one conversation takes 50 units of an agent (was: 100)"),
        (both, own, "one conversation takes 100 units of an agent (was: 50)"),
    ):
        lines = rules("diff", old, new).stdout.splitlines()
        assert lines[0].startswith("for every pool without rules of its own: nothing changes")
        assert lines[1].startswith("for france, belgium: policy ")
        assert [each.strip() for each in lines[2:]] == ["channels", "chat", words]
        report = json.loads(rules("diff", "--json", old, new).stdout)["sets"]
        assert [each["pools"] for each in report] == [[], ["france", "belgium"]]
        assert [len(each["changes"]) for each in report] == [0, 1]


def test_a_pool_that_leaves_a_set_is_told_apart_from_those_that_stay(files: Path) -> None:
    old, new = files / "old.yaml", files / "new.yaml"
    old.write_text(GOOD + "pools: [france, belgium]\n")
    new.write_text(GOOD + "pools: [france, spain]\n")
    told = [each.split(" (")[0] for each in rules("diff", old, new).stdout.splitlines()]
    assert told == [
        "for france: nothing changes",
        "for belgium: no rules any more",
        "for spain: new rules",
    ]


def test_no_difference_and_no_comparison(files: Path) -> None:
    same = rules("diff", files / "good.yaml", files / "good.yaml")
    assert same.exit_code == 0
    assert "nothing changes" in same.stdout
    assert rules("diff", files / "good.yaml", files / "bad.yaml").exit_code == 1
    assert rules("diff", files / "good.yaml").exit_code == 2
