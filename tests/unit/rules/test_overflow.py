"""Overflow rules are read, named by where they lead, and written out in full the same."""

import pytest

from router.model.conditions import AtLeast, AtMost, Measure, Switch
from router.model.overflow import Overflow, Target
from router.model.requirement import SiteTerm, TeamTerm
from router.rules import RulesError, loads
from router.rules.writing import yaml_text

BASE = """\
version: 1
channels: {chat: {}, voice: {}}
teams: {paris: {}, lyon: {partner: true}}
sites: [nantes]
queues:
  hard: {takes: true, teams: [paris], overflows: RULES}
  easy: {takes: false}
"""


def overflows(written: str) -> tuple[Overflow, ...]:
    return loads(BASE.replace("RULES", written)).policies[0].queues["hard"].overflows


def test_a_rule_says_where_to_and_when_and_for_whom() -> None:
    name = "hard: overflows team lyon"
    on, off = AtLeast(Measure.WAITING, 9), AtMost(Measure.WAITING, 3)
    assert overflows(
        "[{to: {team: lyon}, on: {waiting: 9}, off: {waiting: 3}, at_least: 5m, share: 50%},"
        " {to: {site: nantes}, after: 2m, channels: [voice]}, {to: {queue: easy}, after: 4m}]"
    ) == (
        Overflow(
            name=name,
            kind=Target.TEAM,
            to="lyon",
            lends=TeamTerm("lyon"),
            on=Switch(name=name, queue="hard", on=on, off=off, at_least_ms=300_000),
            share=50,
        ),
        Overflow(
            name="hard: overflows site nantes",
            kind=Target.SITE,
            to="nantes",
            lends=SiteTerm("nantes"),
            after_ms=120_000,
            channels=("voice",),
        ),
        Overflow(name="hard: overflows queue easy", kind=Target.QUEUE, to="easy", after_ms=240_000),
    )


def test_a_team_or_a_site_lends_so_many_agents_or_any_number() -> None:
    rules = overflows(
        "[{to: {team: lyon}, after: 1m, lends_at_most: 4}, {to: {site: nantes}, after: 2m, lends_at_most: 1},"
        " {to: {team: lyon}, after: 9m}]"
    )
    assert [each.lends_at_most for each in rules] == [4, 1, None]
    shown = loads(
        yaml_text(loads(BASE.replace("RULES", "[{to: {team: lyon}, after: 1m}]")).sets[0].document)
    )
    assert "lends_at_most" not in shown.sets[0].document["queues"]["hard"]["overflows"][0]


def test_rules_that_lead_to_the_same_place_are_numbered() -> None:
    rules = overflows(
        "[{to: {queue: easy}, after: 4m, channels: [voice]}, {to: {queue: easy}, after: 8m}]"
    )
    names = [each.name for each in rules]
    assert names == ["hard: overflows queue easy", "hard: overflows queue easy 2"]


@pytest.mark.parametrize(
    "written",
    [
        "[{to: {queue: easy}, after: 4m}, {to: {team: lyon}, after: 90s, share: 20%}]",
        "[{to: {team: lyon}, after: 90s, lends_at_most: 4}]",
        "[{to: {site: nantes}, on: {any: [{waiting: 9}, {oldest_wait: 4m}]}, off: {waiting: 3}, at_least: 1m}]",
    ],
)
def test_written_in_full_it_is_the_same(written: str) -> None:
    (rules,) = loads(BASE.replace("RULES", written)).sets
    (again,) = loads(yaml_text(rules.document)).sets
    assert again.policy.queues == rules.policy.queues
    assert again.policy.version == rules.policy.version


def test_a_ring_is_told_by_its_shortest_way() -> None:
    ring = "\n  easy: {takes: false, overflows: [{to: {queue: last}, after: 1m}]}"
    ring += "\n  last: {takes: false, overflows: [{to: {queue: hard}, after: 2m}]}\n"
    text = BASE.replace("\n  easy: {takes: false}\n", ring)
    with pytest.raises(RulesError) as raised:
        loads(text.replace("RULES", "[{to: {queue: easy}, after: 1m}]"))
    (problem,) = raised.value.problems
    assert problem.message.endswith(": hard → easy → last → hard")


LIKE = """\
version: 1
channels: {chat: {}}
skills: {a: 1..3}
calendars: {day: {timezone: Europe/Paris, weekly: {mon-fri: "09:00-18:00"}}}
queues:
  hard:
    takes: level > 1
    requires: {a: 3}
    hours: day
    deflects: [{offer: callback, on: {closed: true}, text: x}]
    expands: [{after: 1m, requires: {a: 1}}, {then: hold}]
    overflows: [{to: {queue: easy}, after: 5m}]
  easy: {like: hard, takes: true, requires: {}, MORE}
"""


def test_a_ring_by_likeness_says_so() -> None:
    with pytest.raises(RulesError) as refused:
        loads(LIKE.replace(", MORE", ""))
    assert [(each.line, each.message, each.suggestion) for each in refused.value.problems] == [
        (
            13,
            (
                "who overflows comes back to where nobody could serve: easy → easy; `easy` is like `hard`"
                " in its `overflows` too"
            ),
            "`overflows: []` in `easy`, or others",
        )
    ]


def test_whoever_is_like_another_takes_everything_back() -> None:
    back = "hours: false, expands: false, deflects: [], overflows: []"
    easy = loads(LIKE.replace("MORE", back)).policies[0].queues["easy"]
    assert (easy.hours, easy.expands, easy.deflects, easy.overflows) == (None, (), (), ())


def test_a_queue_that_took_its_hours_back_is_never_closed() -> None:
    with pytest.raises(RulesError) as refused:
        loads(LIKE.replace("MORE", "hours: false, overflows: []"))
    assert "`easy` has no hours, so it is never closed" in str(refused.value)
