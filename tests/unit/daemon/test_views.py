"""What an operator sees of an engine: plain values, waits in seconds, times to read."""

import json

import msgspec
import pytest

from router.daemon import views
from router.engine import Engine
from router.model.inputs import (
    AgentHeartbeat,
    AgentPresence,
    AgentUpdated,
    ConversationAbandoned,
    ConversationCreated,
    ConversationEnded,
    Customer,
    Input,
    Origin,
    Presence,
)
from router.rules import loads
from router.rules.roster import people
from tests.unit.daemon.centre import POOL, RULES

NOON = 1_772_452_800_000
"""2026-03-02T12:00:00Z."""


def apply(engine: Engine, *inputs: Input) -> Engine:
    for each in inputs:
        engine.apply(each, NOON)
    return engine


@pytest.fixture
def engine() -> Engine:
    created = ConversationCreated(
        pool=POOL,
        at=NOON - 2_500,
        conversation="c1",
        channel="voice",
        customer=Customer(id="k7", tier="gold"),
        text="my words",
    )
    return apply(
        Engine(loads(RULES)),
        AgentUpdated(
            pool=POOL, agent="anna", team="day", skills={"claims": 2}, channels={"voice": 1}
        ),
        AgentPresence(pool=POOL, agent="anna", presence=Presence.AVAILABLE),
        created,
        ConversationCreated(pool=POOL, at=NOON - 1_500, conversation="c2", channel="voice"),
    )


def test_pools_are_listed_with_how_much_is_in_each(engine: Engine) -> None:
    (summary,) = views.pools(engine)

    assert summary["pool"] == POOL
    assert summary["conversations"] == {"waiting": 1, "offered": 1, "assigned": 0, "deflected": 0}
    assert summary["agents"] == {"described": 1, "suspended": 0, "available": 1}
    assert summary["seq"] == 3


def test_a_pool_tells_how_many_agents_are_suspended_whatever_they_declared(engine: Engine) -> None:
    engine.advance(NOON + 24 * 3_600_000)
    (summary,) = views.pools(engine)

    assert summary["agents"] == {"described": 1, "suspended": 1, "available": 1}


def test_a_pool_shows_how_long_its_queues_wait(engine: Engine) -> None:
    shown = views.pool(engine, POOL, now=NOON)

    assert shown is not None
    assert shown["queues"] == [
        {
            "queue": "claims",
            "waiting": 1,
            "oldest_wait_s": 1.5,
            "paused": False,
            "closed": False,
            "estimated_wait_s": None,
        }
    ]


PROMISE = RULES.replace("{by: priority}", "{by: target, target: {within: 2s, answer: 80%}}")


def test_a_pool_shows_how_many_were_answered_in_time_and_how_many_should_be() -> None:
    engine = Engine(loads(PROMISE))
    created = ConversationCreated(pool=POOL, at=NOON, conversation="c1", channel="voice")
    later = msgspec.structs.replace(created, conversation="c2")
    apply(engine, created, later)
    engine.apply(ConversationAbandoned(pool=POOL, conversation="c1"), NOON + 1_000)

    def service(now: int) -> tuple[object, object]:
        shown = views.pool(engine, POOL, now=now)
        assert shown is not None
        (queue,) = shown["queues"]
        return queue["service_level"], queue["service_target"]

    assert service(NOON + 1_000) == (0.0, {"answer": 0.8, "within_s": 2.0})
    assert service(NOON + 3_600_000) == (None, {"answer": 0.8, "within_s": 2.0})
    assert views.service_by_queue(engine, now=NOON + 1_000) == {"claims": views.Service(1, 0, 0.8)}


BOUND = "teams: {day: {partner: true, quota: {per: hour, at_most: 2}, share: 60%}, night: {}}"


def test_a_pool_shows_what_bounded_teams_were_given_and_may_be_given() -> None:
    rules = RULES.replace("teams: {day: {}}", BOUND).replace(
        "takes: true", "takes: true, teams: any"
    )
    engine = Engine(loads(rules))

    def comes(agent: str, team: str) -> list[Input]:
        channels = {"chat": 3}
        skills = {"claims": 2}
        return [
            AgentUpdated(pool=POOL, agent=agent, team=team, skills=skills, channels=channels),
            AgentPresence(pool=POOL, agent=agent, presence=Presence.AVAILABLE),
        ]

    def quotas() -> object:
        shown = views.pool(engine, POOL, now=NOON)
        assert shown is not None
        return shown["quotas"]

    apply(engine, *comes("noa", "night"))
    untouched = {
        "team": "day",
        "given": 0,
        "asked": 0,
        "at_most": 2,
        "share": None,
        "share_at_most": 0.6,
        "renews_at": "2026-03-02T13:00:00.000Z",
        "gets_no_more": ["share"],
    }
    assert quotas() == [untouched]
    apply(engine, ConversationCreated(pool=POOL, at=NOON, conversation="c1", channel="chat"))
    assert quotas() == [{**untouched, "share": 0.0, "gets_no_more": []}]
    leaves = AgentPresence(pool=POOL, agent="noa", presence=Presence.OFFLINE)
    apply(engine, *comes("dan", "day"), leaves)
    apply(engine, ConversationCreated(pool=POOL, at=NOON, conversation="c2", channel="chat"))
    assert quotas() == [{**untouched, "given": 1, "share": 0.5, "gets_no_more": ["share"]}]


def test_a_pool_shows_who_is_lent_where_only_so_many_are() -> None:
    helps = (
        "takes: true, teams: [home], overflows: [{to: {team: away}, after: 1s, lends_at_most: 2}]"
    )
    rules = RULES.replace("teams: {day: {}}", "teams: {home: {}, away: {}}")
    engine = Engine(loads(rules.replace("takes: true", helps)))
    channels, skills = {"chat": 3}, {"claims": 2}
    apply(
        engine,
        AgentUpdated(pool=POOL, agent="abe", team="away", skills=skills, channels=channels),
        AgentPresence(pool=POOL, agent="abe", presence=Presence.AVAILABLE),
        ConversationCreated(pool=POOL, at=NOON, conversation="c1", channel="chat"),
    )

    def lent() -> object:
        shown = views.pool(engine, POOL, now=NOON)
        assert shown is not None
        return shown["lent"]

    bound = {"rule": "claims: overflows team away", "at_most": 2}
    assert lent() == [{**bound, "agents": []}]
    engine.advance(NOON + 1_000)
    assert lent() == [{**bound, "agents": ["abe"]}]


def test_queues_of_a_name_are_judged_together_by_the_highest_target() -> None:
    one, other = views.Service(4, 3, 0.8), views.Service(6, 6, 0.9)
    assert one.and_also(other) == other.and_also(one) == views.Service(10, 9, 0.9)
    assert one.and_also(views.Service(1, 0)) == views.Service(5, 3, 0.8)
    assert views.Service().and_also(views.Service()) == views.Service()


def test_a_pool_shows_which_conditions_are_on_and_which_stage_is_in_force() -> None:
    surge = "surge: {storm: {on: {waiting: 1}, off: {waiting: 0}, at_least: 1m, expires: 1h, sets: {offer_expires: 5s}}}"
    engine = Engine(loads(RULES + surge))
    created = ConversationCreated(pool=POOL, at=NOON, conversation="c1", channel="voice")
    engine.apply(created, NOON)
    engine.advance(NOON)
    since = "2026-03-02T12:00:00.000Z"

    shown = views.pool(engine, POOL, now=NOON)

    assert shown is not None
    assert shown["surge"] == {"stage": "storm", "since": since}
    assert shown["conditions"] == {
        "storm": {"since": since, "trigger": {"name": "waiting", "value": 1.0}}
    }


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


def test_what_the_window_of_repetition_lacks_is_that_of_the_pool_that_lacks_most() -> None:
    engine = Engine(loads(RULES), window_ms=1_000_000, seen_at_most=1)
    for number, name in enumerate(("a", "b", "c")):
        recorded = Origin("routing.agents", 0, number, NOON + number * 1_000)
        engine.apply(AgentHeartbeat(pool=POOL, id=name, agent="eve", origin=recorded), NOON)
        engine.changes()
    engine.apply(AgentHeartbeat(pool="quiet", id="a", agent="eve", origin=recorded), NOON)
    engine.changes()
    # Only what came last is remembered: the one a second before is forgotten already.
    assert views.repetition_missing_ms(engine) == 999_000
    assert views.repetition_missing_ms(Engine(loads(RULES))) == 0


def test_waiting_is_counted_by_queue_and_rules_by_version(engine: Engine) -> None:
    assert views.waiting_by_queue(engine) == {"claims": 1}
    assert len(views.policy_versions(engine)) == 1


def test_the_agents_of_a_pool_are_a_roster_that_rules_are_held_against(engine: Engine) -> None:
    shown = views.agents(engine, POOL)
    assert shown == {
        "pool": POOL,
        "agents": [
            {
                "id": "anna",
                "team": "day",
                "skills": {"claims": 2},
                "languages": [],
                "channels": {"voice": 1},
                "presence": "available",
            }
        ],
    }
    assert people(json.dumps(shown), "agents.json").count == 1
    small = AgentUpdated(pool=POOL, agent="bob", team="day", skills={}, channels={}, capacity=50)
    again = views.agents(apply(engine, small), POOL)
    assert again is not None
    assert again["agents"][1]["capacity"] == 50
    assert views.agents(engine, "elsewhere") is None
