"""Whatever stands in a rule file, the answer is a policy or a list of problems, never a crash."""

from hypothesis import given, settings
from hypothesis import strategies as st

from router.model.policy import Facts
from router.rules import Problem, RulesError, loads
from router.rules.compilation import Compiled
from router.rules.writing import yaml_text

WHOLE = """\
version: 1
pools: [france]
calendars: {office: {timezone: Europe/Paris, weekly: {mon-fri: "09:00-18:30"}, holidays: FR}}
skills: {billing: 1..3, calm: 1..2}
topics: [billing, other]
teams: {lyon: {partner: true}}
channels:
  chat: {units: 34, at_most: 3, offer: {mode: automatic}, wrap_up: {at_most: 60s}}
  voice: {exclusive: true, offer: {mode: manual, expires: 15s}}
  callback: {like: voice}
agents: {lease: 45s, after_missed_offers: {count: 2, do: suspend, for: 5m}, lost: {requeue_after: 2m}}
qualification:
  - name: by words
    when: text.mentions(["facture"]) || attributes.x == "1"
    set: {topic: billing, level: 1, priority: +200, skills: {calm: 1}}
  - name: the rest
    set: {topic: other}
    final: true
queues:
  billing:
    takes: topic == "billing"
    requires: {billing: ">= level", any_of: [{calm: 1}, {language: same}]}
    prefers: {calm: 2}
    order: {by: target, target: {within: 2m}, ageing: 1/s}
    selects: {proficiency: 4, idle: 1}
    preferred_agent: {wait: 60s, then: anyone}
  rest: {like: billing, takes: true, selects: round_robin}
"""
PIECES = st.sampled_from(
    [
        *(
            "",
            "{}",
            "[]",
            "[1]",
            "{a: 1}",
            "null",
            "true",
            "-1",
            "1.5",
            "''",
            '"x"',
            ">= 2",
            "level",
        ),
        *("*a", "&a", "!!x", "\t", "9" * 30, "1..3", "90s", "+200", "é", "~", "[[]]", "like: rest"),
        *(
            "\n",
            "  ",
            "  - ",
            ": ",
            " #",
            "((",
            "&&",
            "'",
            "\\",
            " in ",
            "{",
            "}",
            "[",
            "]",
            ",",
            "\0",
        ),
        *("text.mentions([])", "attributes.x", "has(x)", "topic", "skills.calm", "1/0", "\ud800"),
    ]
)
edits = st.lists(
    st.tuples(st.integers(0, len(WHOLE)), st.sampled_from([0, 0, 1, 2, 5, 25]), PIECES),
    min_size=1,
    max_size=3,
)


def answered(text: str) -> tuple[tuple[Problem, ...], tuple[Compiled, ...]]:
    try:
        return (), loads(text).sets
    except RulesError as error:
        return error.problems, ()


@settings(max_examples=250, deadline=None)
@given(edits)
def test_any_text_is_answered(changes: list[tuple[int, int, str]]) -> None:
    text = WHOLE
    for at, length, piece in changes:
        text = text[:at] + piece + text[at + length :]
    problems, sets = answered(text)
    lines = text.count("\n") + 2
    assert bool(problems) is not bool(sets)
    assert all(1 <= each.line <= lines and each.column >= 1 for each in problems)
    for each in sets:
        shown = loads(yaml_text(each.document)).sets[0]
        assert shown.policy.version == each.policy.version
        each.policy.qualifier.qualify(Facts(channel="chat", text="facture", attributes={"x": 1}))
