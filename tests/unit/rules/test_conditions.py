"""Conditions on how a queue stands: read, written in full, and refused where a pair would flap."""

import pytest

from router.model.conditions import (
    AllHold,
    AnyHolds,
    AtLeast,
    AtMost,
    Attendance,
    Measure,
    NoAgents,
    Switch,
)
from router.rules import RulesError, loads
from router.rules.conditions import flaw
from router.rules.writing import yaml_text

RULES = """\
version: 1
skills: {contracts: 1..3}
channels: {voice: {}}
queues:
  contracts:
    takes: true
    requires: {contracts: ">= level"}
    deflects:
      - offer: callback
        on: {any: [{waiting: 25}, {all: [{oldest_wait: 4m}, {no_agents: available}]}]}
        off: {all: [{waiting: 10}, {oldest_wait: 90s}]}
        at_least: 5m
        text: Ring back?
    expands:
      - {after: 45s, requires: {contracts: 2}}
      - {when: {no_agents: logged_in}, requires: {contracts: 1}}
      - {when: {waiting: 40}, then: anyone}
"""
WAITING, OLDEST = Measure.WAITING, Measure.OLDEST_WAIT


def test_what_is_written_is_what_is_looked_at() -> None:
    (policy,) = loads(RULES).policies
    queue = policy.queues["contracts"]
    assert queue.deflects[0].on == Switch(
        name="contracts: callback",
        queue="contracts",
        on=AnyHolds(
            (
                AtLeast(WAITING, 25),
                AllHold((AtLeast(OLDEST, 240_000), NoAgents(Attendance.AVAILABLE))),
            )
        ),
        off=AllHold((AtMost(WAITING, 10), AtMost(OLDEST, 90_000))),
        at_least_ms=300_000,
    )
    assert [each.when and each.when.name for each in queue.expands] == [
        None,
        "contracts: expands 2",
        "contracts: expands 3",
    ]
    assert [each.after_ms for each in queue.expands] == [45_000, None, None]


def test_written_in_full_and_read_again_it_is_the_same() -> None:
    (compiled,) = loads(RULES).sets
    again = loads(yaml_text(compiled.document)).policies[0]
    assert again.queues == compiled.policy.queues
    assert again.version == compiled.policy.version


@pytest.mark.parametrize(
    ("on", "off", "at_least_ms"),
    [
        (AtLeast(WAITING, 25), AtMost(WAITING, 10), 0),
        (AtLeast(WAITING, 25), None, 60_000),
        (AtLeast(OLDEST, 240_000), AtMost(OLDEST, 60_000), 0),
        (NoAgents(Attendance.LOGGED_IN), None, 0),
        (AnyHolds((AtLeast(WAITING, 25), NoAgents(Attendance.AVAILABLE))), AtMost(WAITING, 10), 0),
        (AnyHolds((AtLeast(WAITING, 25), AtLeast(OLDEST, 240_000))), AtMost(WAITING, 10), 300_000),
        (
            AnyHolds((AtLeast(WAITING, 25), AtLeast(OLDEST, 240_000))),
            AllHold((AtMost(WAITING, 10), AtMost(OLDEST, 60_000))),
            0,
        ),
    ],
)
def test_a_pair_that_does_not_flap_is_taken(
    on: AtLeast, off: AtMost | None, at_least_ms: int
) -> None:
    pair = Switch(name="q: callback", queue="q", on=on, off=off, at_least_ms=at_least_ms)
    assert flaw(pair) is None


@pytest.mark.parametrize(
    ("on", "off", "said"),
    [
        (AtLeast(WAITING, 25), None, "on with 25 waiting, off again with 24 waiting"),
        (AtLeast(WAITING, 25), AtMost(WAITING, 24), "off again with 24 waiting"),
        (AtLeast(WAITING, 25), AtMost(WAITING, 25), "with 25 waiting, both"),
        # One of two that turn it off is not enough, if the other holds all the time.
        (
            AtLeast(WAITING, 25),
            AnyHolds((AtMost(WAITING, 10), AtMost(OLDEST, 60_000))),
            "on with 25 waiting and the oldest for 1s, off again with 24 waiting",
        ),
        (
            AllHold((AtLeast(WAITING, 5), AtLeast(OLDEST, 240_000))),
            AtMost(OLDEST, 60_000),
            None,
        ),
    ],
)
def test_a_pair_that_flaps_is_refused_with_the_case(
    on: AtLeast, off: AtMost | None, said: str | None
) -> None:
    found = flaw(Switch(name="q: callback", queue="q", on=on, off=off))
    assert (found is None) is (said is None)
    assert said is None or (found is not None and said in found[0])


def test_what_would_mend_a_pair_mends_it() -> None:
    for bound in ("{waiting: 25}", "{oldest_wait: 4m}", "{waiting: 2}", "{waiting: 1}"):
        text = RULES.replace(
            "{any: [{waiting: 25}, {all: [{oldest_wait: 4m}, {no_agents: available}]}]}", bound
        )
        text = text.replace(
            "        off: {all: [{waiting: 10}, {oldest_wait: 90s}]}\n        at_least: 5m\n", ""
        )
        with pytest.raises(RulesError) as refused:
            loads(text)
        (problem,) = refused.value.problems
        off = problem.suggestion.split("`")[1]
        if bound == "{waiting: 1}":
            assert off == "at_least: 5m"
        else:
            loads(text.replace(f"on: {bound}\n", f"on: {bound}\n        {off}\n"))
        loads(text.replace(f"on: {bound}\n", f"on: {bound}\n        at_least: 5m\n"))
