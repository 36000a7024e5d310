"""What a queue does when it stands so, and no more once it does not: on and off in their time."""

import pytest

from router.model import inputs
from router.model.outputs import ConversationDeflected, Trigger
from tests.unit.engine.centre import POOL, Centre

RULES = """
version: 1
skills: {billing: 1..3, calm: 1..3}
topics: [billing, other]
channels:
  chat: {units: 50, offer: {mode: automatic}}
  voice: {exclusive: true, offer: {mode: manual, expires: 15s}}
agents: {lease: 1d}
queues:
  billing:
    takes: [billing]
    requires: {billing: ">= level"}
    order: {by: arrival}
    DEFLECTS
    expands:
      - {after: 1m, requires: {billing: ">= level - 1"}}
      - {when: WHEN, requires: {calm: 1}}
      - {after: 3m, then: anyone}
  rest: {takes: true}
"""


def centre(on: str = "", *, when: str = "{waiting: 1000}") -> Centre:
    deflects = (
        f"deflects: [{{offer: callback, {on}, text: Ring you back?, expires: 1h}}]" if on else ""
    )
    return Centre(RULES.replace("DEFLECTS", deflects).replace("WHEN", when))


def asks(story: Centre, *conversations: str, **facts: object) -> list[str]:
    return [said for each in conversations for said in story.asks(each, topic="billing", **facts)]


def triggers(story: Centre) -> list[Trigger]:
    decided = story.engine.advance(story.milliseconds)
    return [each.body.trigger for each in decided if isinstance(each.body, ConversationDeflected)]


def test_at_the_bound_those_who_wait_are_told_and_then_those_who_come() -> None:
    story = centre("on: {waiting: 3}, off: {waiting: 1}")
    assert "deflected c3: callback" not in asks(story, "c1", "c2", "c3")
    assert story.wait(0) == [f"deflected {each}: callback" for each in ("c1", "c2", "c3")]


def test_the_change_is_a_cause_of_its_own_before_the_next_input() -> None:
    story = centre("on: {waiting: 2}, off: {waiting: 0}, at_least: 5m")
    asks(story, "c1", "c2")
    assert story.engine.next_deadline == story.milliseconds
    assert asks(story, "c3") == [
        "deflected c1: callback",
        "deflected c2: callback",
        "queued c3 in billing at 1",
        "deflected c3: callback",
    ]


def test_what_turned_it_on_is_said_with_the_value_it_had() -> None:
    story = centre("on: {any: [{waiting: 3}, {oldest_wait: 4m}]}, off: {waiting: 0}, at_least: 5m")
    asks(story, "c1")
    story.now += 240
    assert triggers(story) == [Trigger("oldest_wait", 240.0)]
    asks(story, "c2")
    record = story.engine.pools[POOL].record
    assert record.switches["billing: callback"].trigger == Trigger("oldest_wait", 240.0)


def test_time_alone_turns_it_on_to_the_millisecond() -> None:
    story = centre("on: {oldest_wait: 4m}, off: {oldest_wait: 1m}")
    asks(story, "c1")
    assert story.wait(239.999) == [
        "expanded c1 in billing: 1 {'billing': 0}",
        "expanded c1 in billing: 3 {}",
    ]
    assert story.wait(0.001) == ["deflected c1: callback"]


def test_who_left_in_time_turned_nothing_on() -> None:
    story = centre("on: {oldest_wait: 4m}, off: {oldest_wait: 1m}")
    asks(story, "c1")
    story.wait(100)
    asks(story, "c2")
    story.about(inputs.ConversationAbandoned, conversation="c1")
    story.wait(239.999)
    assert story.wait(0.001) == ["deflected c2: callback"]


def test_it_stays_on_for_its_time_and_then_until_it_is_calm() -> None:
    story = centre("on: {waiting: 2}, off: {waiting: 0}, at_least: 5m")
    asks(story, "c1", "c2")
    story.wait(0)
    story.wait(299)
    assert "deflected c3: callback" in asks(story, "c3")
    story.wait(1)
    assert asks(story, "c4") == ["queued c4 in billing at 1"]


def test_it_is_not_off_before_it_is_calm() -> None:
    story = centre("on: {waiting: 3}, off: {waiting: 1}")
    asks(story, "c1", "c2", "c3")
    story.wait(0)
    story.prefers_to_wait("c1")
    story.prefers_to_wait("c2")
    # Two wait again: it was calm before they did, so it is off, and on again at the next.
    assert asks(story, "c4") == ["queued c4 in billing at 3"]
    assert story.wait(0) == ["deflected c4: callback"]


def test_nobody_logged_in_is_nobody_who_serves_the_queue() -> None:
    story = centre("on: {no_agents: logged_in}")
    assert story.works("ana", {"calm": 3}) == []
    assert asks(story, "c1") == ["queued c1 in billing at 1", "deflected c1: callback"]
    story.works("ben", {"billing": 1})
    assert asks(story, "c2", level=3) == ["queued c2 in billing at 1"]
    story.declares("ben", "break")
    assert asks(story, "c3") == ["queued c3 in billing at 2"]
    story.declares("ben", "offline")
    assert story.wait(0) == ["deflected c2: callback", "deflected c3: callback"]


def test_whoever_is_suspended_is_not_logged_in() -> None:
    story = Centre(
        RULES.replace(
            "DEFLECTS", "deflects: [{offer: callback, on: {no_agents: logged_in}, text: x}]"
        )
        .replace("WHEN", "{waiting: 9}")
        .replace("lease: 1d", "lease: 45s")
    )
    story.works("ben", {"billing": 1})
    asks(story, "c1", level=2)
    assert story.wait(45) == ["suspended ben: lease_expired", "deflected c1: callback"]


def test_nobody_available_is_nobody_with_room() -> None:
    story = centre("on: {no_agents: available}, at_least: 1s")
    story.works("ben", {"billing": 1}, channels={"chat": 2})
    story.wait(1)
    assert asks(story, "c1") == ["queued c1 in billing at 1", "assigned c1 to ben"]
    assert asks(story, "c2") == ["queued c2 in billing at 1", "assigned c2 to ben"]
    assert asks(story, "c3") == ["queued c3 in billing at 1", "deflected c3: callback"]
    story.about(inputs.ConversationEnded, conversation="c1")
    story.wait(1)
    assert asks(story, "c4") == ["queued c4 in billing at 1", "assigned c4 to ben"]


def test_a_described_profile_counts_from_then_on() -> None:
    story = centre("on: {no_agents: logged_in}")
    story.works("ana", {"calm": 3})
    story.works("ana", {"billing": 1})
    assert asks(story, "c1", level=2) == ["queued c1 in billing at 1"]


def test_a_step_on_a_condition_is_taken_by_all_who_wait_and_by_who_comes_while_it_holds() -> None:
    story = centre(when="{no_agents: logged_in}")
    story.works("ana", {"calm": 1}, channels={"chat": 2})
    story.works("ben", {"billing": 2})
    story.declares("ben", "training")
    asks(story, "c1", "c2")
    story.declares("ben", "offline")
    assert story.wait(0) == [
        "expanded c1 in billing: 2 {'calm': 1}",
        "expanded c2 in billing: 2 {'calm': 1}",
        "assigned c1 to ana",
        "assigned c2 to ana",
    ]
    assert asks(story, "c3") == [
        "queued c3 in billing at 1",
        "expanded c3 in billing: 2 {'calm': 1}",
    ]


def test_a_step_that_was_passed_is_never_taken() -> None:
    story = centre(when="{no_agents: logged_in}")
    story.works("ben", {"billing": 3})
    story.declares("ben", "break")
    asks(story, "c1")
    story.wait(180)
    story.declares("ben", "offline")
    assert story.wait(0) == []
    asks(story, "c2")
    # The step by time that comes before the one it has taken is void.
    assert story.wait(179) == []
    assert story.wait(1) == ["expanded c2 in billing: 3 {}"]


@pytest.mark.parametrize("seconds", [0, 60])
def test_a_restart_changes_nothing(seconds: float) -> None:
    story = centre("on: {waiting: 2}, off: {waiting: 0}, at_least: 5m")
    asks(story, "c1", "c2")
    story.wait(0)
    story.wait(seconds)
    assert story.restarted() == []
    assert "deflected c3: callback" in asks(story, "c3")
    story.wait(300 - seconds)
    assert asks(story, "c4") == ["queued c4 in billing at 1"]


def test_a_change_that_was_due_comes_after_a_restart_too() -> None:
    story = centre("on: {waiting: 2}, off: {waiting: 0}")
    asks(story, "c1", "c2")
    story.now += 5
    assert story.restarted() == []
    assert story.wait(0) == ["deflected c1: callback", "deflected c2: callback"]


def test_other_rules_keep_what_they_know_and_forget_the_rest() -> None:
    story = centre("on: {waiting: 2}, off: {waiting: 0}, at_least: 5m")
    asks(story, "c1", "c2")
    story.wait(0)
    deflects = (
        "deflects: [{offer: callback, on: {waiting: 9}, off: {waiting: 0}, at_least: 5m, text: x}]"
    )
    lower = RULES.replace("DEFLECTS", deflects).replace("WHEN", "{waiting: 9}")
    assert story.swapped(lower) == ["policy.changed"]
    assert "deflected c3: callback" in asks(story, "c3")
    assert story.swapped(lower.replace(deflects, "")) == ["policy.changed"]
    assert story.swapped(lower) == ["policy.changed"]
    assert asks(story, "c4") == ["queued c4 in billing at 1"]
