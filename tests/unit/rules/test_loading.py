"""Rules are loaded from a file or a folder, for the pools they name, all problems at once."""

from pathlib import Path

import pytest

from router.rules import RulesError, load, loads

CHANNELS = "channels: {chat: {}}\n"
QUEUE = "queues: {q: {takes: true}}\n"
SMALL = f"version: 1\n{CHANNELS}{QUEUE}"


def folder(root: Path, **files: str) -> Path:
    for name, text in files.items():
        (root / f"{name}.yaml").write_text(text, encoding="utf-8")
    return root


def problems(path: Path) -> list[str]:
    with pytest.raises(RulesError) as refused:
        load(path)
    return [
        f"{Path(each.file).name}:{each.line}:{each.column} {each.message}"
        for each in refused.value.problems
    ]


def test_rules_without_pools_are_for_every_pool() -> None:
    rules = loads(SMALL)
    assert rules.for_pool("france") is rules.for_pool("belgium") is rules.policies[0]


def test_a_pool_with_rules_of_its_own_has_those(tmp_path: Path) -> None:
    rules = load(
        folder(
            tmp_path,
            a=SMALL,
            b=f"version: 1\npools: [france, belgium]\n{CHANNELS}queues: {{own: {{takes: true}}}}\n",
        )
    )
    own, other = rules.for_pool("france"), rules.for_pool("spain")
    assert own is rules.for_pool("belgium")
    assert own is not None
    assert other is not None
    assert (list(own.queues), list(other.queues)) == (["own"], ["q"])
    assert len(rules.policies) == 2


def test_a_pool_nobody_wrote_rules_for_has_none() -> None:
    assert loads(f"version: 1\npools: [france]\n{CHANNELS}{QUEUE}").for_pool("spain") is None


def test_files_of_one_set_are_joined_section_by_section(tmp_path: Path) -> None:
    path = folder(
        tmp_path,
        a="version: 1\ntopics: [x]\nskills: {s: 1..3}\nagents: {lease: 1m}\n",
        b=f"version: 1\ntopics: [y]\n{CHANNELS}agents: {{capacity: 50}}\n",
        c="version: 1\nqueues: {one: {takes: [x]}, two: {takes: [y]}}\n",
        d="version: 1\nqueues: {three: {takes: true}}\n",
    )
    policy = load(path).policies[0]
    assert list(policy.queues) == ["one", "two", "three"]
    assert (policy.agents.lease_ms, policy.agents.capacity) == (60_000, 50)


def test_a_name_declared_in_two_files_is_an_error(tmp_path: Path) -> None:
    path = folder(tmp_path, a=SMALL, b=f"version: 1\n{QUEUE}")
    assert problems(path) == [
        f"b.yaml:2:10 `q` is written twice (first in {path / 'a.yaml'} on line 3)"
    ]


def test_a_pool_in_two_sets_is_an_error(tmp_path: Path) -> None:
    path = folder(
        tmp_path,
        a=f"version: 1\npools: [france]\n{CHANNELS}{QUEUE}",
        b=f"version: 1\npools: [spain, france]\n{CHANNELS}{QUEUE}",
    )
    assert problems(path) == [f"b.yaml:2:1 pool `france` has other rules in {path / 'a.yaml'}"]


def test_every_file_says_its_version(tmp_path: Path) -> None:
    path = folder(tmp_path, a=SMALL, b="topics: []\n", c="version: 3\n")
    assert problems(path) == [
        "b.yaml:1:1 `version` is missing",
        "c.yaml:1:10 `3` is not offered here",
    ]


def test_the_problems_of_all_files_come_together_in_order(tmp_path: Path) -> None:
    path = folder(
        tmp_path,
        a="version: 1\nchannels: {chat: {unit: 3, at_most: x}}\n",
        b="version: 1\nskills: {calm: 1..}\nteams: {t: {}}\nqueues: {s: {takes: true, overflows: [{to: {team: t}, after: 1m, lends_at_most: 0}]}}\n",
        c="version: 1\nqueues:\n  q:\n    takes: topic == 'x' && skills.clam > level &&\n",
        d="version: 1\nqueues: {r: {takes: skills.clam > 1, requires: {calm: 9}}}\n",
    )
    assert problems(path) == [
        "a.yaml:2:19 unknown key `unit`",
        "a.yaml:2:37 `x` where a whole number should be",
        "b.yaml:2:16 `1..` is not a range of levels",
        "b.yaml:4:81 `0` is too small",
        "c.yaml:4:50 the condition ends where a value is missing",
        "d.yaml:2:28 unknown skill `clam`",
    ]


def test_beside_a_file_that_cannot_be_read_only_the_form_of_others_is_judged(
    tmp_path: Path,
) -> None:
    path = folder(
        tmp_path,
        a="version: 1\ntopics: [x\nskills: {calm: 1..3}\n",
        b="version: 1\nqueues: {q: {takes: [x], requires: {calm: 1}, like: r, ordr: 3}}\n",
    )
    assert problems(path) == [
        "a.yaml:3:7 the bracket opened on line 2 is not closed here",
        "b.yaml:2:56 unknown key `ordr`",
    ]


def test_only_yaml_files_of_the_folder_itself_are_read(tmp_path: Path) -> None:
    folder(tmp_path, a=SMALL)
    (tmp_path / "deeper").mkdir()
    folder(tmp_path / "deeper", b="nonsense")
    (tmp_path / ".hidden.yaml").write_text("nonsense")
    (tmp_path / "notes.md").write_text("nonsense")
    assert len(load(tmp_path).policies) == 1


def test_a_file_that_would_be_passed_over_is_named(tmp_path: Path) -> None:
    folder(tmp_path, a=SMALL)
    (tmp_path / "b.yml").write_text(SMALL)
    assert problems(tmp_path) == ["b.yml:1:1 only `*.yaml` is read"]


def test_a_folder_without_rules_is_an_error(tmp_path: Path) -> None:
    assert problems(tmp_path) == [f"{tmp_path.name}:1:1 no `*.yaml` file in this folder"]


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    assert problems(tmp_path / "none.yaml") == [
        "none.yaml:1:1 it cannot be read: No such file or directory"
    ]


def test_a_file_that_is_no_text_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"version: 1\n# caf\xe9\n")
    assert problems(tmp_path / "a.yaml") == ["a.yaml:2:6 not UTF-8 text"]


def test_the_error_reads_as_a_list_of_problems() -> None:
    with pytest.raises(RulesError) as refused:
        loads("version: 1\nchanels: {}\n", "centre.yaml")
    assert str(refused.value).splitlines() == [
        "centre.yaml:1:1: error: no queues are declared (there must be `queues:`)",
        "centre.yaml:2:1: error: unknown key `chanels` (did you mean `channels`?)",
    ]


def test_warnings_do_not_keep_rules_from_being_used() -> None:
    rules = loads(SMALL + "topics: [x]\n")
    assert [each.message for each in rules.warnings] == [
        "no rule and no queue speaks of the topic `x`"
    ]
    assert rules.for_pool("any") is not None
