"""Take one rule of the example centre away, whichever, and a scenario goes otherwise."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from router.model.conditions import Below, Condition, Switch
from router.model.policy import (
    LONGEST_IDLE,
    Feature,
    Offering,
    OfferMode,
    Order,
    Policy,
    Queue,
    Selection,
    WrapUp,
)
from router.model.requirement import NOTHING, NotOf, Requirement, TeamTerm
from router.model.surge import Stage
from router.rules import load
from router.rules.compilation import qualification
from router.rules.hours import OpeningHours, compiled_hours
from router.rules.written.calendars import Calendar
from router.scenarios import Shelf, Suite, load_suite, run

CONFIG = Path(__file__).resolve().parents[2] / "config"
RETRY_UNSAID_MS = 600_000
"""After how long a callback is rung again where the rule does not say."""
SHELF = Shelf()
SUITES = [load_suite(file, shelf=SHELF) for file in sorted((CONFIG / "scenarios").glob("*.yaml"))]
(CENTRE,) = load(CONFIG / "rules").sets
PARIS = CENTRE.document["calendars"]["paris"]


def goes_as_expected(policy: Policy) -> bool:
    suites = [replace(each, rules=replace(each.rules, policy=policy)) for each in SUITES]
    return all(went(suite) for suite in suites)


def went(suite: Suite) -> bool:
    return all(run(suite, each).ok for each in suite.scenarios)


def poorer() -> Iterator[tuple[str, Policy]]:
    """Give the policy of the centre without one of its rules, and which."""
    policy = CENTRE.policy
    for index, step in enumerate(CENTRE.steps):
        steps = (*CENTRE.steps[:index], *CENTRE.steps[index + 1 :])
        qualifier = qualification(steps, CENTRE.takes)
        yield f"qualification: {step.name}", replace(policy, qualifier=qualifier)
    for name, queue in policy.queues.items():
        for what, changed in (
            ("requires", replace(queue, requires=NOTHING)),
            ("teams", replace(queue, serves=other_teams(queue))),
            ("order", replace(queue, order=Order())),
            ("selects", replace(queue, selects=LONGEST_IDLE)),
            ("selects: fairness", replace(queue, selects=unfair(queue.selects))),
            ("preferred_agent", replace(queue, preferred_wait_ms=0)),
            ("preferred_agent: even_if_away", replace(queue, keeps_for_absent=False)),
            ("hours", replace(queue, hours=None)),
            ("estimates", replace(queue, estimates=None)),
            ("status", replace(queue, status=None)),
            ("offer", replace(queue, offering=None)),
            ("offer: expires", replace(queue, offering=other_offering(queue.offering))),
            *other_deflections(queue),
            *other_overflows(queue),
        ):
            if changed != queue:
                queues = {**policy.queues, name: changed}
                yield f"queues: {name}: {what}", replace(policy, queues=queues)
        for number in range(len(queue.expands)):
            ladder = (*queue.expands[:number], *queue.expands[number + 1 :])
            queues = {**policy.queues, name: replace(queue, expands=ladder)}
            yield f"queues: {name}: expands: {number}", replace(policy, queues=queues)
    for what, stages in other_surges():
        yield f"surge: {what}", replace(policy, stages=stages)
    for name, hours in other_hours():
        yield name, replace(policy, calendars={**policy.calendars, "paris": hours})
    yield from other_means(policy)
    for team, quota in policy.quotas.items():
        for key in ("at_most", "share"):
            yield (
                f"teams: {team}: {key}",
                replace(policy, quotas={team: replace(quota, **{key: None})}),
            )
    agents = policy.agents
    for what, less in (
        ("after_missed_offers", replace(agents, missed_offers=0)),
        ("suspended for", replace(agents, suspended_ms=1)),
        ("never_again_after_decline", replace(agents, decline_memory_ms=0)),
        ("lost", replace(agents, lost_after_ms=None)),
        ("lease", replace(agents, lease_ms=10**9)),
        ("capacity", replace(agents, capacity=10**6)),
        ("occupancy_at_most", replace(agents, occupancy=None)),
    ):
        yield f"agents: {what}", replace(policy, agents=less)


def unfair(selects: Selection) -> Selection:
    weights = {each: n for each, n in selects.weights.items() if each is not Feature.FAIRNESS}
    return replace(selects, weights=weights)


def other_means(policy: Policy) -> Iterator[tuple[str, Policy]]:
    """Give the policy with a channel or a label that is otherwise, and which."""
    for name, channel in policy.channels.items():
        manual = OfferMode.MANUAL
        for what, other in (
            ("exclusive", replace(channel, exclusive=False)),
            ("interruptible", replace(channel, interruptible=False)),
            ("units", replace(channel, units=1)),
            ("offer", replace(channel, mode=manual, expires_ms=1)),
            ("offer: to", replace(channel, addressees=1)),
            ("wrap_up", replace(channel, wrap_up=WrapUp())),
        ):
            if other != channel:
                channels = {**policy.channels, name: other}
                yield f"channels: {name}: {what}", replace(policy, channels=channels)
    for name in policy.labels:
        others = {each: label for each, label in policy.labels.items() if each != name}
        yield f"labels: {name}", replace(policy, labels=others)
        for what, less in (
            ("rest", {"rest_ms": 0}),
            ("at_most", {"at_most": 9}),
            ("in_a_row", {"in_a_row": None}),
        ):
            changed = replace(policy.labels[name], **less)
            yield f"labels: {name}: {what}", replace(policy, labels={**others, name: changed})


def other_offering(own: Offering | None) -> Offering | None:
    """Give a queue's own offer with half the time."""
    return own and replace(own, expires_ms=own.expires_ms // 2)


def other_teams(queue: Queue) -> Requirement:
    """Give that a partner does not serve where it did, and serves where it did not."""
    return NotOf(TeamTerm("partner_lyon")) if queue.serves == NOTHING else NOTHING


def other_deflections(queue: Queue) -> Iterator[tuple[str, Queue]]:
    """Give a queue without one of its deflections, or with one that says less, and which."""
    for index, rule in enumerate(queue.deflects):
        before, after = queue.deflects[:index], queue.deflects[index + 1 :]
        yield rule.name, replace(queue, deflects=(*before, *after))
        for what, other in (
            ("on", replace(rule, on=None)),
            *(
                (f"on: {what}", replace(rule, on=other))
                for what, other in (other_switches(rule.on) if isinstance(rule.on, Switch) else ())
            ),
            ("channels", replace(rule, channels=())),
            ("share", replace(rule, share=100)),
            ("text", replace(rule, text="")),
            ("expires", replace(rule, expires_ms=rule.expires_ms * 2)),
            ("attempts", replace(rule, attempts=1)),
            ("fewer attempts", replace(rule, attempts=max(1, rule.attempts - 1))),
            ("retry", replace(rule, retry_ms=RETRY_UNSAID_MS)),
        ):
            yield f"{rule.name}: {what}", replace(queue, deflects=(*before, other, *after))


def other_overflows(queue: Queue) -> Iterator[tuple[str, Queue]]:
    """Give a queue without one of its overflows, or with one that says less, and which."""
    for index, rule in enumerate(queue.overflows):
        before, after = queue.overflows[:index], queue.overflows[index + 1 :]
        yield rule.name, replace(queue, overflows=(*before, *after))
        later = None if rule.after_ms is None else rule.after_ms + 1_000
        for what, other in (
            ("after", replace(rule, after_ms=later)),
            ("channels", replace(rule, channels=())),
            ("share", replace(rule, share=100)),
            ("lends_at_most", replace(rule, lends_at_most=None)),
            *(
                (what, replace(rule, on=replace(rule.on, **less)))
                for what, less in (("off", {"off": None}), ("at_least", {"at_least_ms": 0}))
                if rule.on is not None
            ),
            *(
                (what, replace(rule, on=replace(rule.on, on=less)))
                for what, less in (other_shares(rule.on.on) if rule.on is not None else ())
            ),
        ):
            yield f"{rule.name}: {what}", replace(queue, overflows=(*before, other, *after))


def other_shares(condition: Condition) -> Iterator[tuple[str, Condition]]:
    """Give a condition on a share that is of other waits, or of fewer, and which."""
    if isinstance(condition, Below):
        window = condition.window
        for what, other in (
            ("over", replace(window, over_ms=window.over_ms * 2)),
            ("within", replace(window, within_ms=None)),
        ):
            yield f"on: {what}", replace(condition, window=other)
        yield "on: below", replace(condition, share=condition.share // 2)


def other_switches(switch: Switch) -> Iterator[tuple[str, Switch]]:
    """Give a switch without one of its parts, and which."""
    yield "off", replace(switch, off=None)
    yield "at_least", replace(switch, at_least_ms=0)
    for side in ("on", "off"):
        whole = getattr(switch, side)
        for index, part in enumerate(getattr(whole, "parts", ())):
            others = (*whole.parts[:index], *whole.parts[index + 1 :])
            yield f"{side} without {part}", replace(switch, **{side: replace(whole, parts=others)})


def other_surges() -> Iterator[tuple[str, tuple[Stage, ...]]]:
    """Give the stages without one, or with one that is less, and which."""
    stages = CENTRE.policy.stages
    for index, stage in enumerate(stages):
        before, after = stages[:index], stages[index + 1 :]
        yield stage.name, (*before, *after)
        for what, less in other_stages(stage):
            if less != stage:
                yield f"{stage.name}: {what}", (*before, less, *after)


def other_stages(stage: Stage) -> Iterator[tuple[str, Stage]]:
    """Give a stage without one of its measures or of what brings it about, and which."""
    yield "offer_expires", replace(stage, offer_expires_ms=None)
    yield "expansion_speed", replace(stage, expansion_speed=1)
    yield "deflects", replace(stage, deflects=frozenset())
    yield "deflect_when_estimated_wait", replace(stage, deflect_estimated_ms=None)
    yield "partner_share", replace(stage, partner_share=None)
    yield "expires", replace(stage, expires_ms=stage.expires_ms * 2)
    if stage.switch is not None:
        yield "on", replace(stage, switch=None)
        for what, other in other_switches(stage.switch):
            yield what, replace(stage, switch=other)


def other_hours() -> Iterator[tuple[str, OpeningHours]]:
    """Give the calendar without its holidays, an exception or a day, or on other clocks."""
    for what, other in (
        ("holidays", {**PARIS, "holidays": None}),
        ("timezone", {**PARIS, "timezone": "UTC"}),
        *(
            (
                f"{part}: {day}",
                {**PARIS, part: {d: v for d, v in PARIS[part].items() if d != day}},
            )
            for part in ("weekly", "exceptions")
            for day in PARIS[part]
        ),
    ):
        yield f"calendars: paris: {what}", compiled_hours(Calendar.model_validate(other))


NOT_SHOWN: set[str] = set()
"""What no scenario is about."""


def test_all_goes_as_expected_as_it_is() -> None:
    assert goes_as_expected(CENTRE.policy)
    again = {"paris": compiled_hours(Calendar.model_validate(PARIS))}
    assert goes_as_expected(replace(CENTRE.policy, calendars=again))


@pytest.mark.parametrize(("what", "policy"), [pytest.param(*each, id=each[0]) for each in poorer()])
def test_without_a_rule_some_scenario_goes_otherwise(what: str, policy: Policy) -> None:
    assert goes_as_expected(policy) is (what in NOT_SHOWN)
