"""What an operator sees of a conversation or an agent: plain values, seconds, times to read."""

import json

import pytest

from router.daemon import views
from router.engine import Engine
from router.model.inputs import (
    AgentPresence,
    AgentUpdated,
    ConversationCreated,
    ConversationEnded,
    Presence,
)
from router.rules import loads
from tests.unit.daemon.centre import NOON, POOL, RULES, apply


def test_where_waits_are_estimated_place_and_wait_are_shown_as_things_stand() -> None:
    rules = RULES.replace("selects: longest_idle", "estimates: {handling: 100s, patience: 1h}")
    engine = Engine(loads(rules))
    profile = {"team": "day", "skills": {"claims": 2}, "channels": {"voice": 1}}
    apply(
        engine,
        AgentUpdated(pool=POOL, agent="anna", **profile),
        AgentUpdated(pool=POOL, agent="bob", **profile),
        AgentPresence(pool=POOL, agent="anna", presence=Presence.AVAILABLE),
        ConversationCreated(pool=POOL, at=NOON, conversation="c1", channel="voice"),
        ConversationCreated(pool=POOL, at=NOON, conversation="c2", channel="voice"),
        ConversationCreated(pool=POOL, at=NOON, conversation="c3", channel="voice"),
    )

    def shown() -> tuple[int, float, float]:
        last = views.conversation(engine, POOL, conversation="c3")
        whole = views.pool(engine, POOL, now=NOON)
        assert last is not None
        assert whole is not None
        newcomer = whole["queues"][0]["estimated_wait_s"]["p50"]
        return last["place"], last["estimated_wait_s"]["p50"], newcomer

    place, mine, newcomer = shown()
    assert place == 2
    assert 100 < mine < newcomer
    apply(engine, AgentPresence(pool=POOL, agent="bob", presence=Presence.AVAILABLE))
    before = engine.digest()
    place, later, newcomer = shown()
    assert place == 1
    assert later < mine / 3
    assert later < newcomer < mine
    assert engine.digest() == before
    told = views.conversation(engine, POOL, conversation="c3")
    assert told is not None
    assert told["estimate"]["at"] == "2026-03-02T12:00:00.000Z"
    assert told["estimate"]["p50"] == mine


def test_an_offered_conversation_has_neither_place_nor_wait(engine: Engine) -> None:
    shown = views.conversation(engine, POOL, conversation="c1")

    assert shown is not None
    assert not {"place", "estimated_wait_s"} & shown.keys()


def test_a_conversation_shows_what_is_kept_of_it_and_no_words(engine: Engine) -> None:
    shown = views.conversation(engine, POOL, conversation="c1")

    assert shown is not None
    assert shown["stage"] == "offered"
    assert shown["arrived_at"] == "2026-03-02T11:59:57.500Z"
    assert shown["offer"]["agent"] == "anna"
    assert shown["offer"]["expires_at"] == "2026-03-02T12:00:15.000Z"
    assert shown["customer"] == {"id": "k7", "tier": "gold"}
    assert "my words" not in json.dumps(shown)


def test_where_a_conversation_and_an_agent_stand_is_always_shown(engine: Engine) -> None:
    apply(engine, AgentPresence(pool=POOL, agent="anna", presence=Presence.OFFLINE))
    waiting = views.conversation(engine, POOL, conversation="c2")
    offline = views.agent(engine, POOL, agent="anna")

    assert waiting is not None
    assert offline is not None
    assert waiting["stage"] == "waiting"
    assert offline["presence"] == "offline"


def test_a_time_beyond_the_last_year_is_shown_as_the_last_moment_there_is() -> None:
    """A platform may be wrong about the time; whoever looks must see it."""
    last = 253_402_300_799_000
    engine = Engine(
        loads(
            RULES.replace("takes: true", "takes: true, preferred_agent: {wait: 30s, then: anyone}")
        )
    )
    apply(
        engine,
        AgentUpdated(
            pool=POOL,
            agent="ana",
            team="day",
            skills={"claims": 2},
            channels={"voice": 1},
            capacity=0,
        ),
        AgentPresence(pool=POOL, agent="ana", presence=Presence.AVAILABLE),
        ConversationCreated(
            pool=POOL, at=last, conversation="c1", channel="voice", preferred_agents=("ana",)
        ),
    )

    shown = views.conversation(engine, POOL, conversation="c1")

    assert shown is not None
    assert shown["arrived_at"] == "9999-12-31T23:59:59.000Z"
    assert shown["kept_until"] == "9999-12-31T23:59:59.999Z"


def test_every_time_of_an_agent_can_be_read() -> None:
    rules = RULES.replace("lease: 60s", "lease: 60s, rest: 2m, occupancy_at_most: 90%")
    engine = Engine(loads(rules))
    created = ConversationCreated(pool=POOL, at=NOON, conversation="c1", channel="chat")
    apply(
        engine,
        AgentUpdated(
            pool=POOL, agent="ana", team="day", skills={"claims": 2}, channels={"chat": 1}
        ),
        AgentPresence(pool=POOL, agent="ana", presence=Presence.AVAILABLE),
        created,
    )
    busy = views.agent(engine, POOL, agent="ana")
    apply(engine, ConversationEnded(pool=POOL, conversation="c1"))
    resting = views.agent(engine, POOL, agent="ana")

    assert busy is not None
    assert resting is not None
    assert busy["busy_since"] == "2026-03-02T12:00:00.000Z"
    assert resting["rests_until"] == "2026-03-02T12:02:00.000Z"


def test_an_agent_shows_what_he_holds(engine: Engine) -> None:
    shown = views.agent(engine, POOL, agent="anna")

    assert shown is not None
    assert (shown["presence"], shown["units"]) == ("available", {"used": 100, "capacity": 100})
    assert shown["conversations"] == [
        {"conversation": "c1", "stage": "offered", "channel": "voice"}
    ]
    assert shown["profile"]["skills"] == {"claims": 2}


def test_why_a_conversation_waits_and_what_would_help(engine: Engine) -> None:
    shown = views.why(engine, POOL, conversation="c2", agent="bob")

    assert shown is not None
    assert (shown["stage"], shown["queue"], shown["place"]) == ("waiting", "claims", 1)
    assert (shown["asks"], shown["rules"]) == ("claims >= 1", ["everything"])
    reasons = {each["agent"]: each["reason"] for each in shown["agents"]}
    assert reasons == {"anna": "channel_full", "bob": "not_described"}
    assert shown["would_help"]["words"] == "if anna were done with c1"
    assert shown["would_help"]["until"] == "2026-03-02T12:00:15.000Z"
    assert shown["agents_left_out"] == 0
    json.dumps(shown)


@pytest.mark.timeout(20)  # Whoever tried every level would not end.
def test_why_a_conversation_waits_that_nobody_is_good_enough_for() -> None:
    engine = Engine(loads(RULES.replace("requires: {claims: 1}", 'requires: {claims: ">= level"}')))
    skills, channels = {"claims": 2}, {"chat": 1}
    apply(
        engine,
        AgentUpdated(pool=POOL, agent="abe", team="day", skills=skills, channels=channels),
        AgentPresence(pool=POOL, agent="abe", presence=Presence.AVAILABLE),
        ConversationCreated(pool=POOL, at=NOON, conversation="c1", channel="chat", level=2**53 - 1),
    )
    engine.advance(NOON)
    shown = views.why(engine, POOL, conversation="c1")

    assert shown is not None
    assert shown["would_help"]["change"] == "ask_less"
    assert shown["would_help"]["words"].startswith("if it were of level 2, not ")


def test_why_a_conversation_is_offered_to_somebody(engine: Engine) -> None:
    shown = views.why(engine, POOL, conversation="c1")

    assert shown is not None
    (anna,) = shown["agents"]
    assert (anna["reason"], anna["words"]) == (None, "offered to this agent")
    assert anna["why"] == {"score": 0, "terms": {"idle": 0}}
    assert (shown["place"], shown["would_help"]) == (None, None)


def test_of_many_agents_the_one_who_has_it_and_the_one_asked_for_are_told(engine: Engine) -> None:
    most = views.MOST_EXAMINED
    for number in range(most + 5):
        apply(
            engine,
            AgentUpdated(pool=POOL, agent=f"a{number:04}", team="day", skills={}, channels={}),
        )
    shown = views.why(engine, POOL, conversation="c1", agent=f"a{most + 4:04}")

    assert shown is not None
    told = {each["agent"] for each in shown["agents"]}
    assert {"anna", f"a{most + 4:04}"} <= told
    assert (len(told), shown["agents_left_out"]) == (most, 6)


def test_who_is_not_there_is_not_shown(engine: Engine) -> None:
    assert views.pool(engine, "elsewhere", now=NOON) is None
    assert views.conversation(engine, POOL, conversation="c9") is None
    assert views.conversation(engine, "elsewhere", conversation="c1") is None
    assert views.agent(engine, POOL, agent="nobody") is None
    assert views.why(engine, POOL, conversation="c9") is None
