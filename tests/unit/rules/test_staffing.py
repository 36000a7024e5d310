"""Rules are held against the people who work under them: nobody, or one person only, is told."""

import pytest

from router.rules import RulesError, loads
from router.rules.problems import Problems
from router.rules.roster import people
from router.rules.staffing import warn_of_skills, warn_of_staffing

RULES = """\
version: 1
skills: {claims: 1..3, calm: 1..2, junior: 1..1}
topics: [claim, other]
channels: {chat: {}, voice: {}}
qualification:
  - {name: French, when: text.writtenIn("fr"), set: {language: fr}}
  - {name: English, when: text.writtenIn("en"), set: {language: en}}
queues:
  claims:
    takes: topic == "claim" && channel != "voice"
    requires: {claims: ">= level", language: same}
  rest: {takes: true}
"""
LADDER = RULES.replace(
    "language: same}\n",
    'language: same}\n    expands: [{after: 1m, requires: {claims: ">= level - 1"}}, {then: hold}]\n',
)
ALL = "languages: [fr, en]"


def told(roster: str, rules: str = RULES) -> list[str]:
    (compiled,) = loads(rules).sets
    found = Problems()
    staff = people(f"agents:\n{roster}", "roster.yaml")
    warn_of_staffing(compiled, staff, problems=found)
    warn_of_skills([compiled], staff, problems=found)
    return [f"{each.line} {each.message} ({each.suggestion})" for each in found]


def person(name: str, claims: int, more: str = ALL) -> str:
    return f"  - {{id: {name}, skills: {{claims: {claims}}}, {more}}}\n"


def test_with_two_for_everything_nothing_is_said() -> None:
    assert told(person("ana", 3) + person("bob", 3)) == []


def test_a_level_that_nobody_has_is_told_with_the_conversation_that_shows_it() -> None:
    assert told(person("ana", 2) + person("bob", 2)) == [
        (
            "9 of 2 agents nobody may have a conversation of level 3 in `en` on `chat` from `claims`"
            " (and 1 more kind of conversation) (it asks for claims >= 3 and language == en)"
        )
    ]


def test_what_hangs_on_one_person_is_told() -> None:
    assert told(person("ana", 3) + person("bob", 3, "languages: [fr]")) == [
        (
            "9 only `ana` may have a conversation of level 1 in `en` on `chat` from `claims`: without"
            " `ana` it waits (and 2 more kinds of conversation)"
            " (it asks for claims >= 1 and language == en)"
        )
    ]


def test_what_a_queue_does_not_take_needs_nobody() -> None:
    chat_only = ALL + ", channels: {chat: 3}"
    staff = person("ana", 3, chat_only) + person("bob", 3, chat_only)
    (only,) = told(staff)
    assert "a conversation on `voice` from `rest`" in only
    experts = RULES.replace('"claim" &&', '"claim" && level > 3 &&')
    assert told(staff, experts) == [only]


def test_whom_the_ladder_lets_in_counts() -> None:
    two = person("ana", 2) + person("bob", 2)
    assert told(two, LADDER) == []
    (only,) = told(person("ana", 1) + person("bob", 1), LADDER)
    assert "and its ladder ends in hold: it waits for nobody" in only


def test_a_ladder_that_ends_with_anyone_needs_somebody_with_the_channel() -> None:
    anyone = LADDER.replace("{then: hold}", "{after: 5m, then: anyone}")
    assert told(person("ana", 0) + person("bob", 0), anyone) == []
    (found, *_) = told(person("ana", 3, "channels: {fax: 1}"), anyone)
    assert "of 1 agents nobody may have" in found
    assert "ladder" not in found


HELPED = """\
version: 1
skills: {claims: 1..3}
channels: {chat: {units: 40}, voice: {units: 80}}
teams: {paris: {}, lyon: {partner: true}}
sites: [nantes]
queues:
  claims: {takes: level > 1, requires: {claims: 3}, teams: [paris]OVERFLOWS}
  rest: {takes: true, requires: {claims: 1}, teams: any}
"""


def helped(overflow: str) -> str:
    return HELPED.replace("OVERFLOWS", f", overflows: [{{to: {overflow}, after: 1m}}]")


def two(skill: int, more: str) -> str:
    return "".join(person(name, skill, more) for name in ("lea", "luc"))


def test_whom_an_overflow_lends_may_have_it() -> None:
    alone = HELPED.replace("OVERFLOWS", "")
    lyon, nantes = two(3, "team: lyon"), two(3, "team: lyon, site: nantes")
    assert "nobody may have a conversation on `chat` from `claims`" in told(lyon, alone)[0]
    assert told(lyon, helped("{team: lyon}")) == []
    assert told(nantes, helped("{site: nantes}")) == []
    assert "nobody may have" in told(lyon, helped("{site: nantes}"))[0]
    # Whoever is lent must meet what is asked for.
    assert "nobody may have" in told(two(2, "team: lyon"), helped("{team: lyon}"))[0]


def test_an_overflow_lends_only_on_its_channels() -> None:
    chats = helped("{team: lyon}").replace("after: 1m", "after: 1m, channels: [chat]")
    (only,) = told(two(3, "team: lyon"), chats)
    assert "nobody may have a conversation on `voice` from `claims`" in only
    assert "more" not in only


def test_whoever_serves_the_queue_it_overflows_to_may_have_it() -> None:
    assert told(two(1, "team: lyon"), helped("{queue: rest}")) == []
    found = told(two(0, "team: lyon"), helped("{queue: rest}"))
    assert ["from `claims`" in each for each in found] == [True, False]


def test_of_what_may_go_to_another_pool_nothing_is_said() -> None:
    assert told(two(1, "team: lyon"), helped("{pool: belgium}")) == []


def test_whoever_has_no_room_for_one_cannot_have_it() -> None:
    small = two(3, "team: paris, capacity: 50")
    rules = HELPED.replace("OVERFLOWS", "")
    found = told(small, rules)
    assert found == [
        (
            f"{line} of 2 agents nobody may have a conversation on `voice` from `{queue}` (it asks for"
            f" {asked}; it takes 80 units, and `lea` has 50)"
        )
        for line, queue, asked in (
            (7, "claims", "claims >= 3 and team paris"),
            (8, "rest", "claims >= 1"),
        )
    ]
    assert (
        told(small + person("ana", 3, "team: paris") + person("bob", 3, "team: paris"), rules) == []
    )


def test_a_skill_that_a_rule_finds_needs_somebody_too() -> None:
    rules = RULES.replace("set: {language: fr}", "set: {language: fr, skills: {calm: 2}}")
    calm = "  - {{id: {}, skills: {{claims: 3, calm: 2}}, languages: [fr, en]}}\n"
    assert told(person("ana", 3) + person("bob", 3), rules) == [
        (
            "6 of 2 agents nobody has `calm` 2, which rule `French` asks for"
            " (train somebody, or ask for less)"
        )
    ]
    (only,) = told(person("ana", 3) + calm.format("eva"), rules)
    assert only.startswith("6 only `eva` has `calm` 2, which rule `French` asks for")
    assert told(calm.format("eva") + calm.format("tom"), rules) == []


def test_a_skill_that_no_rules_declare_is_told() -> None:
    staff = person("ana", 3) + person("bob", 3)
    odd = staff + "  - {id: tom, skills: {claim: 3}}\n"
    assert told(odd) == [
        "1 `tom` has the skill `claim`, which no rules declare (did you mean `claims`?)"
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("agents: []\n", "a roster without agents"),
        ("[1, 2]\n", "a roster is a group of keys"),
        ("agents: [{skills: {}}]\n", "`id` is missing"),
        ("agents: [{id: a}, {id: a}]\n", "agent `a` is there twice"),
        ("agents: [{id: a, skill: {}}]\n", "unknown key `skill`"),
        ("agents: [{id: a, languages: [french1]}]\n", "`french1` is not a language"),
        ("people: []\n", "unknown key `people`"),
    ],
)
def test_a_roster_with_a_mistake_is_told_why(text: str, message: str) -> None:
    with pytest.raises(RulesError) as refused:
        people(text, "roster.yaml")
    assert refused.value.problems[0].message == message


def test_who_is_there_twice_is_told_at_the_second_place() -> None:
    with pytest.raises(RulesError) as refused:
        people("agents:\n  - id: a\n  - id: b\n  - id: a\n", "roster.yaml")
    assert [(each.line, each.column) for each in refused.value.problems] == [(4, 9)]


def test_a_roster_may_be_json_as_a_router_gives_it() -> None:
    found = people('{"pool": "p", "agents": [{"id": "a", "languages": ["fr-CA"]}]}', "-")
    ((profile, ids),) = found.profiles.items()
    assert (profile.languages, ids, found.count) == (frozenset({"fr"}), ["a"], 1)
