"""What is asked of agents is something that some have and others have not."""

import pytest

from router.rules import RulesError, loads

RULES = """\
version: 1
channels: {chat: {}}
skills: {a: 1..3, b: 1..2}
queues: {all: {takes: true, requires: ASKED}}
"""


def refused(asked: str, rules: str = RULES) -> list[str]:
    with pytest.raises(RulesError) as found:
        loads(rules.replace("ASKED", asked))
    return [f"{each.message} ({each.suggestion})" for each in found.value.problems]


LEVELS = "the levels of `a` are 1..3"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("{any_skill: 4}", "no skill has a level 4 (3 is the highest)"),
        ('{a: "== level + 5"}', f"nobody is ever `== level + 5` ({LEVELS})"),
        ('{a: ">= level + 3"}', f"nobody is ever `>= level + 3` ({LEVELS})"),
        ('{a: ">= level - 9"}', f"everybody is always `>= level - 9` ({LEVELS})"),
        ('{any_of: [{b: 1}, {a: ">= level + 3"}]}', f"nobody is ever `>= level + 3` ({LEVELS})"),
        ("{not: {}}", "nobody meets this ()"),
        ('{all_of: [{a: 3}, {a: "< 2"}]}', "nobody meets this ()"),
        ("{language: fr, not: {language: fr}}", "nobody meets this ()"),
        (
            '{not: {any_of: [{a: 1}, {a: "< 1"}]}}',
            "nobody meets this ()",
        ),
        (
            '{any_of: [{a: 2}, {a: "< 2"}]}',
            "everybody meets this (`requires: {}` asks for nothing)",
        ),
    ],
)
def test_what_nobody_or_everybody_meets_is_refused(asked: str, said: str) -> None:
    assert refused(asked) == [said]


def test_a_step_of_a_ladder_asks_for_something_too() -> None:
    ladder = "{a: 1}, expands: [{after: 1m, requires: {a: 1, not: {a: 1}}}, {then: hold}]"
    assert refused(ladder) == ["nobody meets this ()"]


@pytest.mark.parametrize(
    "asked",
    [
        "{}",
        "{any_skill: 3}",
        '{a: ">= level + 2"}',
        '{a: ">= level - 1"}',
        '{a: "<= level"}',
        "{language: same}",
        '{any_of: [{a: ">= level"}, {not: {b: 1}}]}',
        '{all_of: [{a: 2}, {a: "< 3"}]}',
        # A conversation may be of a level that nobody has.
        '{a: "> level"}',
    ],
)
def test_what_some_meet_is_taken(asked: str) -> None:
    assert loads(RULES.replace("ASKED", asked)).warnings == ()
