"""What other rules change, in words, and for whom."""

from pathlib import Path

import pytest

from router.model.requirement import Comparison, LanguageTerm, NotOf, SkillTerm
from router.rules import load, loads
from router.rules.differences import differences
from router.rules.reach import Reach, reach

RULES = """\
version: 1
skills: {contracts: 1..3, calm: 1..2}
topics: [contracts, other]
channels:
  chat: {units: 34, at_most: 3, offer: {mode: automatic}}
  voice: {units: 100, exclusive: true}
agents: {lease: 45s}
qualification:
  - name: contracts
    when: text.mentions(["contrat*"])
    set: {topic: contracts}
  - name: rest
    set: {topic: other, level: 1}
    final: true
queues:
  contracts:
    takes: topic == "contracts"
    requires: {contracts: ">= level", language: same}
    selects: {idle: 1, load: -1}
    preferred_agent: {wait: 60s, then: anyone}
  calm: {takes: topic == "other" && level > 1, requires: {calm: 1}}
  other: {takes: true}
"""
CENTRE = Path(__file__).resolve().parents[3] / "config" / "rules"


def changed(*words: str) -> list[str]:
    """Replace texts of the rules above, pair by pair, and tell what that changes."""
    text = RULES
    for old, new in zip(words[::2], words[1::2], strict=True):
        assert old in text
        text = text.replace(old, new)
    return said(RULES, text)


def said(old: str, new: str) -> list[str]:
    """Tell what changes from one text to the other."""
    (before,), (after,) = loads(old).sets, loads(new).sets
    found = list(differences(before, after))
    assert bool(found) or before.policy.version == after.policy.version
    return [f"{each.section} {each.about}: {each.words}".replace(" :", ":") for each in found]


def test_the_same_rules_otherwise_written_differ_in_nothing() -> None:
    assert changed('takes: topic == "contracts"', "takes: [contracts]", "60s", "1m") == []
    (centre,) = load(CENTRE).sets
    assert list(differences(centre, centre)) == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("units: 34", "units: 25",
         ["channels chat: one conversation takes 25 units of an agent (was: 34)"]),
        ("at_most: 3, ", "",
         ["channels chat: an agent has at most as many as there are units for at once (was: 3)"]),
        ("exclusive: true", "exclusive: false",
         ["channels voice: goes with nothing on another channel: no (was: yes)"]),
        ("lease: 45s", "lease: 2m", ["agents: a desktop may be silent for 2m (was: 45s)"]),
        ("calm: 1..2}", "calm: 1..3}", ["skills calm: is 1..3 (was 1..2)"]),
        ("topics: [contracts, other]", "topics: [contracts, other, billing]",
         ["topics billing: this topic is new"]),
        ("level: 1}", "level: 2}",
         ["qualification rest: sets topic other, level 2 (was: topic other, level 1)"]),
        ("    final: true\n", "", ["qualification rest: is the last one read: no (was: yes)"]),
        ("load: -1", "load: -3", ["queues contracts: selects agents by load -3 (was -1)"]),
        ("load: -1", "cost: -1",
         ["queues contracts: selects agents by load no more (was -1), cost -1 (was left out)"]),
        ("wait: 60s", "wait: 90s",
         ["queues contracts: keeps for preferred agents wait 90s (was 1m)"]),
        ("  other: {takes: true}", "  other: {takes: true, offer: {expires: 1m, to: 3}}",
         [("queues other: is offered so, on every channel: mode manual, expires 1m, to 3 "
          "(was: as its channel says)")]),
        ("level > 1, requires", "level > 2, requires",
         [('queues calm: takes conversations with topic == "other" && level > 2 '
          '(was: topic == "other" && level > 1)')]),
    ],
)  # fmt: skip
def test_a_change_is_said_as_it_will_be_and_as_it_was(old: str, new: str, words: list[str]) -> None:
    assert changed(old, new) == words


def test_the_part_to_be_answered_in_time_is_said_apart_from_the_order() -> None:
    priority, target = (
        "selects: {idle",
        "order: {by: target, target: {within: 2m}}\n    selects: {idle",
    )
    promised = target.replace("2m}", "2m, answer: 80%}")
    more = promised.replace("80%", "90%")
    told = "every 10s, answered_within 2m, over 15m"
    assert said(RULES.replace(priority, target), RULES.replace(priority, promised)) == [
        f"queues contracts: tells how it stands {told} (was: never)",
        "queues contracts: is to answer 80% within 2m (was: no certain part)",
    ]
    assert said(RULES.replace(priority, promised), RULES.replace(priority, more)) == [
        "queues contracts: is to answer 90% within 2m (was: 80% within 2m)"
    ]
    assert said(RULES.replace(priority, more), RULES.replace(priority, target))[-1] == (
        "queues contracts: is to answer no certain part (was: 90% within 2m)"
    )


def test_how_many_an_overflow_lends_is_said_alone_where_nothing_else_of_it_changes() -> None:
    base = RULES.replace("topics:", "teams: {lyon: {partner: true}}\ntopics:")
    helped = "other: {takes: true, overflows: [{to: {queue: calm}, after: 1m}, {to: {team: lyon}, after: 2m}]}"
    any_number = base.replace("other: {takes: true}", helped)
    four = any_number.replace("after: 2m", "after: 2m, lends_at_most: 4")
    assert said(any_number, four) == [
        "queues other: overflow 2 (to team lyon) lends at most 4 (was: any number)"
    ]
    assert said(four, any_number) == [
        "queues other: overflow 2 (to team lyon) lends at most any number (was: 4)"
    ]
    (later,) = said(four, any_number.replace("after: 2m", "after: 3m"))
    assert later == (
        "queues other: overflow 2 (to team lyon): lends_at_most no more (was 4), after 3m (was 2m)"
    )
    assert said(base, four)[0].endswith("(was: nobody)")


def test_who_gains_by_a_requirement_and_who_loses() -> None:
    gains = changed('contracts: ">= level", language: same', "contracts: 2")
    assert gains == [
        "queues contracts: asks of agents contracts 2 (was: contracts >= level, language same)",
        (
            "queues contracts: some may have its conversations who could not, such as "
            "an agent with contracts 2, for level 1"
        ),
        (
            "queues contracts: some may not have its conversations who could, such as "
            "an agent with contracts 1 who speaks the customer's language, for level 1"
        ),
    ]


def test_what_is_new_and_what_is_gone() -> None:
    found = changed("  other: {takes: true}\n", "  rest: {takes: true}\n")
    assert found[0] == "queues other: this queue is gone"
    assert found[1].startswith("queues rest: this queue is new, after `calm`: takes yes")


def test_another_order_is_said_of_what_moved() -> None:
    line = '  calm: {takes: topic == "other" && level > 1, requires: {calm: 1}}\n'
    assert changed(line, "", "queues:\n", f"queues:\n{line}") == [
        "queues contracts: is read after `calm` now"
    ]
    rule = (
        '  - name: contracts\n    when: text.mentions(["contrat*"])\n    set: {topic: contracts}\n'
    )
    moved = changed(rule, "", "    final: true\n", f"    final: true\n{rule}")
    assert moved == ["qualification contracts: is read after `rest` now"]


def test_a_requirement_that_lets_the_same_agents_have_it() -> None:
    one = SkillTerm("calm", Comparison.AT_LEAST, 1)
    other = NotOf(SkillTerm("calm", Comparison.EQUAL, 0))
    assert reach(one, other, {"calm": 2}) == Reach(None, None)
    found = changed("requires: {calm: 1}", 'requires: {calm: "!= 0"}')
    assert found[-1] == "queues calm: the same agents may have its conversations as before"


def test_a_language_more() -> None:
    found = reach(LanguageTerm("fr"), LanguageTerm("same"), {})
    assert found == Reach(
        "an agent with no skill who speaks the customer's language, for level 1",
        "an agent with no skill who speaks fr, for level 1",
    )


def test_where_there_is_too_much_to_try_nothing_is_said() -> None:
    many = tuple(SkillTerm(f"skill {n}", Comparison.AT_LEAST, 1) for n in range(30))
    assert reach(many[0], NotOf(many[1]), {f"skill {n}": 1_000 for n in range(30)}) is None


TEAMS = """\
version: 1
skills: {a: 1..3}
teams: {paris: {}, lyon: {partner: true}, nantes: {}}
channels: {chat: {}}
queues:
  q:
    takes: true
    requires: {a: 3}
    expands:
      - {after: 45s, requires: {a: 2}}
      - {after: 2m, requires: {a: 1}, teams: any}
      - {then: hold}
"""


def of_teams(old: str, new: str) -> list[str]:
    """Replace a text of the rules with teams, and tell what that changes."""
    assert TEAMS.count(old) == 1
    return said(TEAMS, TEAMS.replace(old, new))


def test_a_team_that_becomes_a_partners_is_told_which_queues_it_serves_no_more() -> None:
    assert of_teams("paris: {}", "paris: {partner: true}") == [
        "teams paris: is of another company: yes (was: no)",
        "queues q: the team `paris` serves it no more",
    ]
    assert said(TEAMS.replace("paris: {}", "paris: {partner: true}"), TEAMS)[1:] == [
        "queues q: the team `paris` serves it too"
    ]


def test_a_new_partner_has_lost_nothing_and_one_that_is_gone_counts_as_ones_own() -> None:
    new = TEAMS.replace("nantes: {}", "nantes: {}, lille: {partner: true}")
    assert said(TEAMS, new) == ["teams lille: this team is new: partner yes"]
    assert said(new, TEAMS)[1:] == ["queues q: the team `lille` serves it too"]


def test_which_teams_gain_and_lose_a_queue() -> None:
    assert of_teams("takes: true", "takes: true\n    teams: [paris, lyon]") == [
        "queues q: is served by the teams [paris, lyon] (was: own)",
        "queues q: the team `lyon` serves it too",
        "queues q: the team `nantes`, and the teams that nobody declared serve it no more",
    ]


def test_of_a_ladder_only_the_steps_are_told_that_change_and_who_gains_when() -> None:
    assert of_teams("requires: {a: 1}, teams: any", "requires: {a: 1}") == [
        "queues q: step 2: teams no more (was any)",
        "queues q: after 2m the team `lyon` serves it no more",
    ]
    assert of_teams("after: 45s", "after: 1m") == [
        "queues q: step 1: after 1m (was 45s)",
        (
            "queues q: after 45s some may not have its conversations who could, such as "
            "an agent with a 2, for level 1"
        ),
    ]
    assert of_teams("      - {after: 45s, requires: {a: 2}}\n", "") == [
        "queues q: step 1 of before is gone: after 45s, requires {a 2}",
        (
            "queues q: after 45s some may not have its conversations who could, such as "
            "an agent with a 2, for level 1"
        ),
    ]
    hold = "      - {then: hold}\n"
    asked = "      - {when: {no_agents: logged_in}, requires: {a: 1}}\n"
    assert of_teams(hold, asked + hold) == [
        "queues q: step 3 is new: when {no_agents logged_in}, requires {a 1}",
        (
            "queues q: while no_agents logged_in some may have its conversations who could not, "
            "such as an agent with a 1, for level 1"
        ),
        "queues q: while no_agents logged_in the team `lyon` serves it too",
    ]


def test_what_changes_at_the_arrival_and_stays_so_is_told_once() -> None:
    asked = "requires: {a: 3}\n"
    found = said(
        TEAMS.replace("requires: {a: 2}", "requires: {a: 3}"),
        TEAMS.replace(asked, "requires: {a: 2}\n"),
    )
    gains = [each for each in found if "some may" in each]
    assert gains == [
        (
            "queues q: some may have its conversations who could not, such as "
            "an agent with a 2, for level 1"
        )
    ]


def test_a_quota_is_told_whole() -> None:
    quota = "lyon: {partner: true, quota: {per: day, timezone: Europe/Paris, at_most: 300}}"
    here = TEAMS.replace("lyon: {partner: true}", quota)
    assert said(here, here.replace("Paris, at", "London, at")) == [
        (
            "teams lyon: has the quota per day, timezone Europe/London, at_most 300 "
            "(was: per day, timezone Europe/Paris, at_most 300)"
        )
    ]
