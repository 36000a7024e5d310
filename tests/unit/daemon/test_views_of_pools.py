"""What an operator sees of pools and of all that one instance serves."""

import json

import msgspec

from router.daemon import views
from router.engine import Engine
from router.model.inputs import (
    AgentHeartbeat,
    AgentPresence,
    AgentUpdated,
    ConversationAbandoned,
    ConversationCreated,
    Input,
    Origin,
    Presence,
)
from router.rules import loads
from router.rules.roster import people
from tests.unit.daemon.centre import NOON, POOL, RULES, apply


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
