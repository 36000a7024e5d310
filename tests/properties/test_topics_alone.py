"""The separate checker, which knows only topics, agrees with all that the engine decides, and is sharp.

It is shown whole days of small centres made by chance as they would lie on Kafka, and told of the
rules what no topic says. Told of stricter rules than were in force it objects: so it does look.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import msgspec
import pytest

from router.engine import Engine
from router.model.outputs import Decision
from router.model.quota import Quota
from tests.checker import Centre, Report, Topics, check
from tests.checker.centre import StatusRules
from tests.checker.report import Rule
from tests.properties.bounding import Rounds
from tests.properties.chance import Chance, Dice
from tests.properties.happenings import STEPS_MS, Happenings
from tests.properties.ledger import Ledgers
from tests.properties.published import Published, told_of
from tests.properties.story import MORNING
from tests.properties.worlds import (
    TEAMS,
    World,
    a_centre_that_counts,
    a_centre_that_rings_back,
    a_crowd,
    a_lively_floor,
    a_world,
)

STEPS = 300
A_DAY_MS = 86_400_000
Maker = Callable[[Chance], World]


def a_floor_of_partners(chance: Chance) -> World:
    """Make a world in which every team is given only a few conversations in each minute."""
    at_most = chance.one_of((1, 2, 3))
    return _bounded(chance, TEAMS, at_most=at_most)


def a_floor_that_shares(chance: Chance) -> World:
    """Make a world in which all teams but one are given only a part of all in each period."""
    share = chance.one_of((30, 40, 50))
    return _bounded(chance, TEAMS[1:], share=share)


def _bounded(
    chance: Chance, teams: tuple[str, ...], *, at_most: int | None = None, share: int | None = None
) -> World:
    periods = Rounds(chance.one_of((60_000, 300_000)), first=700)
    bound = dict.fromkeys(teams, Quota(periods=periods, at_most=at_most, share=share))
    world = a_lively_floor(chance)
    world.rules = {
        pool: msgspec.structs.replace(rules, quotas=bound) for pool, rules in world.rules.items()
    }
    return world


WORLDS = (
    *(a_world, a_lively_floor, a_crowd, a_centre_that_rings_back, a_centre_that_counts),
    *(a_floor_of_partners, a_floor_that_shares),
)


def a_day(make: Maker, seed: int, *, changes_rules: bool = False) -> tuple[Topics, World]:
    """Let a day go by; give the topics as it left them, and the world it was in."""
    dice, now = Dice(seed), MORNING
    world = make(dice)
    world.window_ms = A_DAY_MS  # the checker knows no other
    engine, ledgers, happenings = (
        Engine(world, window_ms=A_DAY_MS),
        Ledgers(world),
        Happenings(world),
    )
    published = Published()
    for step in range(STEPS):
        now += dice.one_of(STEPS_MS)
        if changes_rules and step % 60 == 59:
            _tell(engine.advance(now), ledgers=ledgers, published=published)
            world.version += 1
            version = f"v{world.version}"
            world.rules = {pool: world.other_rules(dice, version=version) for pool in world.rules}
            _tell(engine.adopt(world, now), ledgers=ledgers, published=published)
        event = happenings.next(dice, ledgers, now)
        # Every event has a time on the wire.
        event = msgspec.structs.replace(event, at=event.at or now)
        decided = engine.apply(event, now)
        ledgers.follow(decided, event)
        published.step(decided, event)
    return published.topics(), world


def _tell(decided: list[Decision], *, ledgers: Ledgers, published: Published) -> None:
    ledgers.follow(decided)
    published.step(decided)


def broken(report: Report) -> set[Rule]:
    """Name what was found; who was sent to another pool comes there late in these days, or never."""
    return set(report.broken()) - {Rule.SENT}


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("make", WORLDS)
def test_who_knows_the_rules_and_the_topics_finds_nothing_broken(make: Maker, seed: int) -> None:
    topics, world = a_day(make, seed)
    report = check(topics, centre=told_of(world.rules))
    assert broken(report) == set(), report.text()
    assert report.counts["decisions"] > 0


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("make", WORLDS)
def test_other_rules_break_no_promise_that_the_topics_tell_of(make: Maker, seed: int) -> None:
    topics, _ = a_day(make, seed, changes_rules=True)
    report = check(topics, centre=Centre(rests=True))
    assert broken(report) == set(), report.text()


@cache
def some_days() -> tuple[tuple[Topics, Centre], ...]:
    """Give days in which much is going on, and what is told of their rules."""
    days = [a_day(make, seed) for make in (a_world, a_lively_floor) for seed in range(12)]
    partners = (a_floor_of_partners, a_floor_that_shares)
    days += [a_day(make, seed) for make in partners for seed in range(4)]
    return tuple((topics, told_of(world.rules)) for topics, world in days)


def told_otherwise(told: Centre, change: Callable[[StatusRules], StatusRules]) -> Centre:
    """Tell of every queue's status something else."""
    return replace(told, status={name: change(each) for name, each in told.status.items()})


STRICTER: dict[str, tuple[Rule, Callable[[Centre], Centre]]] = {
    "a rest after everything": (
        Rule.REST,
        lambda told: replace(told, rest_ms=told.rest_ms + 60_000),
    ),
    "a longer rest after what is hard": (
        Rule.REST,
        lambda told: replace(
            told, label_rests={name: ms + 60_000 for name, ms in told.label_rests.items()}
        ),
    ),
    "less work": (
        Rule.REST,
        lambda told: replace(
            told, occupancy=told.occupancy and (max(1, told.occupancy[0] // 3), told.occupancy[1])
        ),
    ),
    "one less in a row": (
        Rule.RUN,
        lambda told: replace(told, in_a_row={name: n - 1 for name, n in told.in_a_row.items()}),
    ),
    "one conversation less for a team that has had all it may": (
        Rule.QUOTA,
        lambda told: replace(
            told,
            quotas={
                name: replace(each, at_most=(each.at_most or 0) - 1)
                for name, each in told.quotas.items()
            },
        ),
    ),
    "two thirds of the share for a team that has one": (
        Rule.SHARE,
        lambda told: replace(
            told,
            quotas={
                name: replace(each, share=each.share and 2 * each.share // 3)
                for name, each in told.quotas.items()
            },
        ),
    ),
    "a quota for twice the time": (
        Rule.QUOTA,
        lambda told: replace(
            told,
            quotas={
                name: replace(each, every_ms=each.every_ms * (2 if each.share is None else 1))
                for name, each in told.quotas.items()
            },
        ),
    ),
    "a status more often": (
        Rule.STATUS,
        lambda told: told_otherwise(told, lambda each: replace(each, every_ms=each.every_ms // 10)),
    ),
    "a status less often": (
        Rule.STATUS,
        lambda told: told_otherwise(told, lambda each: replace(each, every_ms=each.every_ms * 10)),
    ),
    "another target for the service level": (
        Rule.STATUS,
        lambda told: told_otherwise(
            told, lambda each: replace(each, within_ms=each.within_ms * 100 + 20_000)
        ),
    ),
    "more who are to be answered in time": (
        Rule.STATUS,
        lambda told: told_otherwise(told, lambda each: replace(each, answer=99)),
    ),
    "a service level of the last hour": (
        Rule.STATUS,
        lambda told: replace(
            told,
            status={name: replace(each, over_ms=3_600_000) for name, each in told.status.items()},
        ),
    ),
    "no overflow": (
        Rule.OVERFLOW,
        lambda told: replace(told, overflows=dict.fromkeys(told.overflows or (), ())),
    ),
    "one who is asked, where queues ask several": (
        Rule.LIFE,
        lambda told: replace(told, addressees=dict.fromkeys(told.addressees, 1)),
    ),
    "one unit less for everybody": (
        Rule.CAPACITY,
        lambda told: replace(told, capacity=(told.capacity or 0) - 1),
    ),
}


@pytest.mark.parametrize("name", STRICTER)
def test_rules_stricter_than_those_in_force_are_found_broken(name: str) -> None:
    rule, stricter = STRICTER[name]
    found = set()
    for topics, told in some_days():
        pools = {pool: stricter(each) for pool, each in told.pools.items()}
        found |= broken(check(topics, centre=replace(told, pools=pools)))
    assert found == {rule}
