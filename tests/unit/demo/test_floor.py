from collections import Counter
from pathlib import Path

import pytest

from router.demo.desks import Doing
from router.demo.floor import last_words
from router.demo.script import Script
from router.demo.staff import TEAMS
from router.engine import Engine
from tests.unit.demo.in_memory import OPENING, InMemoryRouter


@pytest.fixture(scope="module")
def types(played: InMemoryRouter) -> Counter[str]:
    return Counter(decision.type for decision in played.decisions)


def test_everybody_who_came_was_served_or_left(played: InMemoryRouter, types: Counter[str]) -> None:
    assert played.floor.is_empty
    assert played.floor.came > 250
    assert types["conversation.closed"] + types["conversation.abandoned"] == played.floor.came
    assert 0 < types["conversation.abandoned"] < played.floor.came / 4


def test_agents_accept_decline_miss_hand_over_and_come_back(types: Counter[str]) -> None:
    assert types["conversation.offered"] > types["offer.declined"] > 0
    assert types["offer.expired"] > 0
    assert types["conversation.requeued"] > 0, "nobody handed a conversation over"
    assert types["agent.suspended"] == types["agent.released"]
    assert types["conversation.assigned"] >= types["conversation.closed"]


def test_every_kind_of_event_of_people_was_sent(played: InMemoryRouter) -> None:
    said = Counter(
        value.split(b'"type":"')[1].split(b'"')[0].decode()
        for record in played.records
        if record.topic.endswith(("conversations", "agents", "commands"))
        and b'"type":"' in (value := record.value or b"")
    )
    for expected in (
        *("conversation.created", "conversation.abandoned", "conversation.ended"),
        *("conversation.transferred", "offer.accepted", "offer.declined"),
        *("agent.updated", "agent.presence", "agent.heartbeat", "agent.wrapup_ended"),
    ):
        assert said[expected] > 0, expected


def test_what_is_sent_twice_or_unreadable_is_among_it(played: InMemoryRouter) -> None:
    reasons = Counter(decision.reason for decision in played.decisions)

    assert reasons["duplicate"] > 0
    assert any(record.topic.endswith("dead-letters") for record in played.records)


def test_nobody_is_refused_for_lack_of_rules(played: InMemoryRouter) -> None:
    reasons = {each.reason for each in played.decisions if each.type == "input.refused"}

    assert reasons <= {"duplicate", "not_waiting", "not_assigned", "stale_offer", "no_wrap_up"}


def test_queues_grow_while_few_are_there_and_while_the_router_is_down(
    played: InMemoryRouter,
) -> None:
    waits = [
        (played.hours.hour(decision.at / 1_000 - OPENING), decision.data["waited_s"])
        for decision in played.decisions
        if decision.type == "conversation.assigned"
    ]

    def mean(start: float, end: float) -> float:
        found = [waited for hour, waited in waits if start <= hour < end]
        return sum(found) / len(found)

    assert mean(13.5, 15) > 2 * mean(12, 13.5), "the crash is at 13:30"


def test_late_in_the_day_the_early_shift_has_gone_home(played: InMemoryRouter) -> None:
    census = played.floor.census()

    assert census.keys() == {team.name for team in TEAMS}
    assert sum(doing[Doing.AWAY] for doing in census.values()) > 0
    assert not any(doing[Doing.SERVING] for doing in census.values())


def test_the_same_seed_plays_the_same_day(tmp_path: Path) -> None:
    days = []
    for name in ("one", "two"):
        router = InMemoryRouter(Script(seed=3, seconds=6.0, visits_per_second=20), tmp_path / name)
        router.play()
        days.append([(each.type, each.at, each.data) for each in router.decisions])

    assert days[0] == days[1]


def test_a_second_day_brings_new_customers_to_the_same_people(tmp_path: Path) -> None:
    router = InMemoryRouter(Script(seed=3, seconds=6.0, visits_per_second=20), tmp_path)
    router.play()
    came = router.floor.came
    router.play()

    created = Counter(
        each.conversation for each in router.decisions if each.type == "conversation.queued"
    )
    assert router.floor.is_empty
    assert router.floor.came > came
    assert len(created) == router.floor.came
    assert not router.engine.audit()


def test_last_words_are_refused_each(played: InMemoryRouter) -> None:
    letters = last_words(OPENING)

    assert len({letter.topic for letter in letters}) == 3
    assert len({letter.id for letter in letters}) == 3
    assert isinstance(played.engine, Engine)
