"""Which teams serve a queue is read from names, and a partner serves only where a rule names it."""

import pytest

from router.model.policy import Expansion
from router.model.requirement import (
    NOTHING,
    AllOf,
    AnyOf,
    Comparison,
    NotOf,
    Requirement,
    SkillTerm,
    TeamTerm,
)
from router.rules import loads

BASE = """\
version: 1
skills: {billing: 1..3}
channels: {chat: {}}
teams: {paris: {}, lyon: {partner: PARTNER}, nantes: {partner: PARTNER}}
queues:
  said: {takes: true, requires: {billing: 2}, teams: TEAMS, expands: LADDER}
  unsaid: {takes: false}
"""
PARIS, LYON, NANTES = (TeamTerm(each) for each in ("paris", "lyon", "nantes"))
OWN = AllOf((NotOf(LYON), NotOf(NANTES)))


def rules(
    teams: str = "own", ladder: str = "[{after: 1m, then: anyone}]", partner: bool = True
) -> str:
    text = BASE.replace("PARTNER", str(partner).lower())
    return text.replace("TEAMS", teams).replace("LADDER", ladder)


@pytest.mark.parametrize(
    ("written", "serves"),
    [
        ("own", OWN),
        ("any", NOTHING),
        ("[paris]", PARIS),
        ("[paris, lyon, paris]", AnyOf((PARIS, LYON))),
    ],
)
def test_a_queue_says_which_teams_serve_it(written: str, serves: Requirement) -> None:
    queues = loads(rules(written)).policies[0].queues
    assert queues["said"].serves == serves
    assert queues["unsaid"].serves == OWN


def test_without_partners_nothing_is_asked_of_teams() -> None:
    queues = loads(rules(partner=False)).policies[0].queues
    assert queues["said"].serves == queues["unsaid"].serves == NOTHING


def test_who_is_a_partner_is_part_of_the_version() -> None:
    one, other = (loads(rules("[paris]", partner=each)).policies[0] for each in (True, False))
    assert one.version != other.version


def test_a_step_widens_to_other_teams_and_asks_for_the_same_where_it_says_nothing() -> None:
    ladder = "[{after: 1m, teams: [lyon]}, {after: 2m, requires: {billing: 1}}, {after: 3m, teams: any}, {then: hold}]"
    two, one = (SkillTerm("billing", Comparison.AT_LEAST, n) for n in (2, 1))
    assert loads(rules("[paris]", ladder)).policies[0].queues["said"].expands == (
        Expansion(after_ms=60_000, requires=two, serves=LYON),
        Expansion(after_ms=120_000, requires=one, serves=LYON),
        Expansion(after_ms=180_000, requires=one, serves=NOTHING),
    )


def test_anyone_is_of_any_team() -> None:
    (step,) = loads(rules("[paris]")).policies[0].queues["said"].expands
    assert step == Expansion(after_ms=60_000, drops_skills=True)
