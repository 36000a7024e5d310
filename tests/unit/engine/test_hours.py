"""Opening hours: who waits when it closes waits on, and is the first when it opens."""

import pytest

from router.model import inputs
from tests.unit.engine.centre import POOL, RULES, Centre

CALENDAR = """
calendars:
  office: {timezone: Europe/Paris, weekly: {mon-fri: ["01:00-02:00", "03:00-04:00"]}}
"""
HOURS = RULES.replace("lease: 1h", "lease: 9h") + "    hours: office\n" + CALENDAR
"""The letters have hours; a centre's day begins on a Thursday at 1:16:40 in Paris."""
TO_CLOSING = 43 * 60 + 20
HOUR = 3_600


@pytest.fixture
def centre() -> Centre:
    return Centre(HOURS)


def test_nobody_is_called_while_it_is_closed_and_all_are_when_it_opens(centre: Centre) -> None:
    centre.works("ana")
    centre.wait(TO_CLOSING)
    assert centre.asks("c1", channel="email") == ["queued c1 in letters at 1"]
    centre.wait(60)
    assert centre.asks("c2", channel="email") == ["queued c2 in letters at 2"]
    assert centre.wait(HOUR - 61) == []
    assert centre.wait(1) == ["offered c1 to ana", "offered c2 to ana"]


def test_it_closes_at_the_very_moment(centre: Centre) -> None:
    centre.works("ana")
    centre.wait(TO_CLOSING - 0.001)
    assert centre.asks("c1", channel="email")[1:] == ["offered c1 to ana"]
    centre.wait(0.001)
    assert centre.asks("c2", channel="email")[1:] == []


def test_the_change_of_hours_is_the_cause_of_what_it_lets_through(centre: Centre) -> None:
    centre.works("ana")
    centre.wait(TO_CLOSING)
    centre.asks("c1", channel="email")
    centre.now += HOUR + 5
    (offered,) = centre.engine.advance(centre.milliseconds)
    assert offered.cause.timer == "hours_change"
    assert (offered.cause.of, offered.cause.due) == ("office", centre.milliseconds - 5_000)


def test_other_queues_go_on(centre: Centre) -> None:
    centre.works("ana", {"contracts": 2})
    centre.wait(TO_CLOSING)
    assert centre.asks("c1", topic="contracts")[1:] == ["assigned c1 to ana"]


def test_an_offer_that_is_open_stays_good_and_what_is_assigned_goes_on(centre: Centre) -> None:
    centre.works("ana")
    centre.wait(TO_CLOSING - 10)
    centre.asks("c1", channel="email")
    centre.asks("c2")
    assert centre.wait(20) == []
    assert centre.answers("accepts", "c1") == ["assigned c1 to ana"]
    assert centre.about(inputs.ConversationEnded, conversation="c2") == ["closed c2"]


def test_an_offer_that_ends_after_closing_is_not_made_to_the_next_agent(centre: Centre) -> None:
    centre.works("ana")
    centre.works("bob")
    centre.wait(TO_CLOSING - 10)
    centre.asks("c1", channel="email")
    centre.wait(20)
    assert centre.answers("declines", "c1") == ["declined c1 from ana"]


def test_a_supervisor_may_assign_while_it_is_closed(centre: Centre) -> None:
    centre.works("ana")
    centre.wait(TO_CLOSING)
    centre.asks("c1", channel="email")
    ordered = {"conversation": "c1", "agent": "ana", "by": "eve", "reason": "urgent"}
    said = centre.about(inputs.CommandAssign, **ordered)
    assert said == ["command applied", "assigned c1 to ana"]


@pytest.mark.parametrize("first", ["opens", "resumed"])
def test_a_paused_queue_with_hours_needs_both(centre: Centre, first: str) -> None:
    centre.works("ana")
    centre.about(inputs.CommandPauseQueue, queue="letters", by="eve", reason="training")
    centre.wait(TO_CLOSING)
    centre.asks("c1", channel="email")
    resume = {"queue": "letters", "by": "eve", "reason": "over"}
    if first == "opens":
        assert centre.wait(HOUR) == []
        assert centre.about(inputs.CommandResumeQueue, **resume)[1:] == ["offered c1 to ana"]
    else:
        assert centre.about(inputs.CommandResumeQueue, **resume)[1:] == []
        assert centre.wait(HOUR) == ["offered c1 to ana"]


def test_a_restart_while_it_is_closed_opens_nothing_early(centre: Centre) -> None:
    centre.works("ana")
    centre.wait(TO_CLOSING)
    centre.asks("c1", channel="email")
    assert centre.restarted() == []
    assert centre.wait(HOUR - 1) == []
    assert centre.wait(1) == ["offered c1 to ana"]


def test_a_router_that_was_away_at_the_opening_opens_when_it_is_back(centre: Centre) -> None:
    centre.works("ana")
    centre.wait(TO_CLOSING)
    centre.asks("c1", channel="email")
    centre.now += HOUR + 60
    assert centre.restarted() == []
    assert centre.wait(0) == ["offered c1 to ana"]


def test_a_router_that_was_away_all_night_does_not_close_what_is_open_again(
    centre: Centre,
) -> None:
    centre.works("ana")
    centre.wait(0)
    centre.now += TO_CLOSING + HOUR + 60
    assert centre.asks("c1", channel="email")[1:] == ["offered c1 to ana"]


def test_new_hours_hold_from_the_moment_of_the_swap() -> None:
    centre = Centre(HOURS)
    centre.works("ana")
    centre.wait(TO_CLOSING)
    centre.asks("c1", channel="email")
    longer = Centre(HOURS.replace("02:00", "02:30"))
    centre.rules = longer.rules
    assert centre.restarted() == ["policy.changed", "offered c1 to ana"]


def test_hours_that_were_taken_away_close_nothing() -> None:
    centre = Centre(HOURS)
    centre.works("ana")
    centre.wait(TO_CLOSING)
    centre.asks("c1", channel="email")
    centre.rules = Centre(RULES.replace("lease: 1h", "lease: 9h")).rules
    assert centre.restarted() == ["policy.changed", "offered c1 to ana"]
    assert centre.engine.pools[POOL].record.hours == {}
