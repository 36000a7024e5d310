"""Conditions on how a queue stands: read, written in full, and refused where a pair would flap."""

import pytest

from router.model.conditions import (
    Above,
    AllHold,
    AnyHolds,
    AtLeast,
    AtMost,
    Attendance,
    Below,
    Condition,
    Measure,
    NoAgents,
    Switch,
    Window,
)
from router.rules import RulesError, loads
from router.rules.flapping import flaw
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
LEVEL = Window(over_ms=900_000, within_ms=20_000)
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
        (Below(LEVEL, 60), Above(LEVEL, 61), 0),
        (Below(LEVEL, 60), None, 60_000),
        (AllHold((Below(LEVEL, 60), AtLeast(WAITING, 9))), Above(LEVEL, 75), 0),
        (AtLeast(OLDEST, 240_000), AtMost(OLDEST, 60_000), 0),
        (NoAgents(Attendance.LOGGED_IN), None, 0),
        (AnyHolds((AtLeast(WAITING, 25), NoAgents(Attendance.LOGGED_IN))), AtMost(WAITING, 10), 0),
        (NoAgents(Attendance.AVAILABLE), None, 60_000),
        (AllHold((AtLeast(WAITING, 5), NoAgents(Attendance.AVAILABLE))), AtMost(WAITING, 2), 0),
        (AnyHolds((AtLeast(WAITING, 25), AtLeast(OLDEST, 240_000))), AtMost(WAITING, 10), 300_000),
        (
            AnyHolds((AtLeast(WAITING, 25), AtLeast(OLDEST, 240_000))),
            AllHold((AtMost(WAITING, 10), AtMost(OLDEST, 60_000))),
            0,
        ),
    ],
)
def test_a_pair_that_does_not_flap_is_taken(
    on: Condition, off: Condition | None, at_least_ms: int
) -> None:
    pair = Switch(name="q: callback", queue="q", on=on, off=off, at_least_ms=at_least_ms)
    assert flaw(pair) is None


@pytest.mark.parametrize(
    ("on", "off", "said"),
    [
        (AtLeast(WAITING, 25), None, "on with 25 waiting, off again with 24 waiting"),
        (AtLeast(WAITING, 25), AtMost(WAITING, 24), "off again with 24 waiting"),
        (AtLeast(WAITING, 25), AtMost(WAITING, 25), "with 25 waiting, both"),
        (
            Below(LEVEL, 60),
            None,
            "on with 59% in time over 15m, off again with 60% in time over 15m",
        ),
        (Below(LEVEL, 60), Above(LEVEL, 60), "`off` above 60% is not clear of `on` below 60%"),
        # What went well in five minutes says nothing of the fifteen.
        (
            Below(LEVEL, 60),
            Above(Window(300_000), 75),
            "on with 59% in time over 15m and 99% answered over 5m, off again",
        ),
        # Whoever has no room now has it when the conversation ends.
        (
            NoAgents(Attendance.AVAILABLE),
            None,
            "it flaps: on with nobody available, off again with an agent available",
        ),
        (
            AnyHolds((AtLeast(WAITING, 25), NoAgents(Attendance.AVAILABLE))),
            AtMost(WAITING, 10),
            "on with 1 waiting and nobody available, off again with 1 waiting and an agent available",
        ),
        (
            AllHold((AtLeast(WAITING, 5), NoAgents(Attendance.LOGGED_IN))),
            None,
            "on with 5 waiting and nobody logged in, off again with 4 waiting and nobody logged in",
        ),
        # Nobody logs in because a conversation ends.
        (
            AllHold((NoAgents(Attendance.LOGGED_IN), NoAgents(Attendance.AVAILABLE))),
            None,
            None,
        ),
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
    on: Condition, off: Condition | None, said: str | None
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


SHARES = RULES.replace(
    "on: {any: [{waiting: 25}, {all: [{oldest_wait: 4m}, {no_agents: available}]}]}",
    "on: {any: [{service_level: {below: 60%, over: 15m}}, {answered_share: {below: 80%, over: 1h}}]}",
).replace(
    "off: {all: [{waiting: 10}, {oldest_wait: 90s}]}",
    "off: {service_level: {above: 75%, over: 15m, within: 30s}}",
)


def test_in_time_is_the_target_of_the_queue_where_a_condition_does_not_say() -> None:
    text = SHARES.replace(
        "    deflects:", "    order: {by: target, target: {within: 2m}}\n    deflects:"
    )
    (compiled,) = loads(text).sets
    (rule,) = compiled.policy.queues["contracts"].deflects
    assert isinstance(rule.on, Switch)
    assert rule.on.on == AnyHolds(
        (Below(Window(900_000, 120_000), 60), Below(Window(3_600_000), 80))
    )
    assert rule.on.off == Above(Window(900_000, 30_000), 75)
    assert loads(yaml_text(compiled.document)).policies[0].queues == compiled.policy.queues


def test_without_a_target_it_must_be_said() -> None:
    with pytest.raises(RulesError) as refused:
        loads(SHARES)
    (problem,) = refused.value.problems
    assert problem.suggestion == "`within: 2m`"


def test_what_would_mend_a_pair_of_shares_mends_it() -> None:
    on = "on: {service_level: {below: 60%, over: 15m, within: 30s}}"
    text = RULES.replace(
        "on: {any: [{waiting: 25}, {all: [{oldest_wait: 4m}, {no_agents: available}]}]}\n"
        "        off: {all: [{waiting: 10}, {oldest_wait: 90s}]}\n        at_least: 5m\n",
        on + "\n",
    )
    with pytest.raises(RulesError) as refused:
        loads(text)
    (problem,) = refused.value.problems
    off = problem.suggestion.split("`")[1]
    assert "above: 75%" in off
    loads(text.replace(on, f"{on}\n        {off}"))
