"""Where a queue cannot serve in time others help: a queue, a team, a site; the place is kept."""

from router.model import inputs
from router.model.inputs import ConversationUpdated, TransferTarget
from router.model.outputs import TimerCause
from router.rules import loads
from tests.unit.engine.centre import POOL, RULES, Centre, words

WITH_OVERFLOW = RULES.replace(
    "queues:", "teams: {in_house: {}, lyon: {partner: true}}\nsites: [nantes]\nqueues:"
).replace(
    'takes: topic == "contracts"',
    """takes: topic == "contracts"
    teams: [in_house]
    overflows:
      - {to: {team: lyon}, after: 1m}
      - {to: {site: nantes}, on: {waiting: 3}, off: {waiting: 0}}
      - {to: {queue: letters}, after: 4m}""",
)


def centre(rules: str = WITH_OVERFLOW) -> Centre:
    return Centre(rules)


def asks(story: Centre, conversation: str, **facts: object) -> list[str]:
    return story.asks(conversation, topic="contracts", **facts)


def test_after_its_time_a_team_may_serve_it_too_in_its_queue() -> None:
    story = centre()
    story.works("luc", {"contracts": 1}, team="lyon")
    assert asks(story, "c1") == ["queued c1 in contracts at 1"]
    assert story.wait(59) == []
    assert story.wait(1) == [
        "overflowed c1 from contracts to team lyon: waited_s",
        "assigned c1 to luc",
    ]


def test_those_who_help_after_the_same_time_do_so_in_one_cause() -> None:
    together = "{to: {site: nantes}, after: 1m}"
    story = centre(
        WITH_OVERFLOW.replace("{to: {site: nantes}, on: {waiting: 3}, off: {waiting: 0}}", together)
    )
    asks(story, "c1")
    story.now += 61
    decided = story.engine.advance(story.milliseconds)
    assert words(decided) == [
        "overflowed c1 from contracts to team lyon: waited_s",
        "overflowed c1 from contracts to site nantes: waited_s",
    ]
    assert {each.cause for each in decided} == {
        TimerCause("overflows", story.milliseconds - 1_000, "c1")
    }


def test_those_who_help_must_meet_what_is_asked_for() -> None:
    story = centre()
    story.works("luc", {"contracts": 1}, team="lyon")
    asks(story, "c1", level=2)
    assert story.wait(60) == ["overflowed c1 from contracts to team lyon: waited_s"]


def test_the_teams_of_the_queue_go_on_serving_it() -> None:
    story = centre()
    asks(story, "c1")
    story.wait(60)
    assert story.works("ana", {"contracts": 1}) == ["assigned c1 to ana"]


def test_in_another_queue_it_stands_at_the_place_of_its_arrival() -> None:
    story = centre()
    asks(story, "c1")
    story.wait(200)
    assert story.asks("c2", topic="letters") == ["queued c2 in letters at 1"]
    assert story.wait(40) == ["overflowed c1 from contracts to queue letters: waited_s"]
    assert story.works("ana", channels={"chat": 1}) == ["assigned c1 to ana"]


def test_whoever_waited_elsewhere_takes_all_that_is_past_at_once() -> None:
    story = centre()
    arrived = story.milliseconds - 240_000
    assert asks(story, "c1", arrived_at=arrived) == [
        "queued c1 in contracts at 1",
        "overflowed c1 from contracts to team lyon: waited_s",
        "overflowed c1 from contracts to queue letters: waited_s",
    ]


def test_no_rule_sends_it_twice_and_facts_that_lead_back_leave_it_there() -> None:
    story = centre()
    asks(story, "c1", arrived_at=story.milliseconds - 240_000)
    updated = story.about(ConversationUpdated, conversation="c1", level=2)
    assert updated == ["queued c1 in letters at 1"]
    elsewhere = story.about(ConversationUpdated, conversation="c1", topic_="reimbursement")
    assert elsewhere == ["queued c1 in reimbursement at 1"]
    back = story.about(ConversationUpdated, conversation="c1", topic_="contracts")
    assert back == [
        "queued c1 in contracts at 1",
        "overflowed c1 from contracts to team lyon: waited_s",
    ]


def test_nothing_overflows_in_an_agents_hands_and_what_comes_back_catches_up() -> None:
    story = centre()
    story.works("ana", {"contracts": 1})
    assert asks(story, "c1")[-1] == "assigned c1 to ana"
    assert story.wait(90) == []
    handed = story.about(
        inputs.ConversationTransferred,
        conversation="c1",
        agent="ana",
        to=TransferTarget(queue="contracts"),
    )
    assert handed == [
        "requeued c1 in contracts at 1: transferred",
        "overflowed c1 from contracts to team lyon: waited_s",
    ]


def test_when_too_many_wait_a_site_helps_and_who_was_helped_stays_so() -> None:
    story = centre()
    asks(story, "c1")
    asks(story, "c2")
    assert asks(story, "c3") == ["queued c3 in contracts at 3"]
    assert story.wait(0) == [
        f"overflowed {each} from contracts to site nantes: waiting" for each in ("c1", "c2", "c3")
    ]
    story.about(inputs.ConversationAbandoned, conversation="c1")
    story.about(inputs.ConversationAbandoned, conversation="c2")
    helped = story.works("noe", {"contracts": 1}, team="lyon", site="nantes")
    assert helped == ["assigned c3 to noe"]
    assert story.wait(1) == []
    assert asks(story, "c4") == ["queued c4 in contracts at 1"]


def test_a_queue_that_is_paused_overflows_like_any_other() -> None:
    story = centre()
    order = {"queue": "contracts", "by": "eve", "reason": "drill"}
    story.about(inputs.CommandPauseQueue, **order)
    asks(story, "c1")
    story.wait(60)
    assert story.wait(180) == ["overflowed c1 from contracts to queue letters: waited_s"]


def test_a_restart_in_between_changes_nothing() -> None:
    story = centre()
    story.works("luc", {"contracts": 1}, team="lyon")
    asks(story, "c1", level=2)
    story.wait(60)
    assert story.restarted() == []
    assert story.wait(179) == []
    assert story.wait(1) == [
        "overflowed c1 from contracts to queue letters: waited_s",
    ]


def test_other_rules_help_those_who_wait_and_what_helps_goes_on_helping() -> None:
    story = centre(WITH_OVERFLOW.replace("after: 4m", "after: 30m"))
    asks(story, "c1")
    story.wait(300)
    story.rules = loads(WITH_OVERFLOW)
    decided = story.engine.adopt(story.rules, story.milliseconds)
    assert [each.body.type for each in decided] == ["policy.changed", "conversation.overflowed"]
    assert story.engine.audit() == []
    record = story.engine.pools[POOL].conversations["c1"]
    assert (record.queue, record.home) == ("letters", "contracts")


ABROAD = RULES.replace(
    'takes: topic == "contracts"',
    'takes: topic == "contracts"\n    overflows: [{to: {pool: belgium}, after: 4m}]',
)


def test_who_goes_to_another_pool_is_over_here_and_known_there_by_all_that_was_found() -> None:
    story = centre(ABROAD)
    arrived = story.milliseconds
    asks(story, "c1", level=2, attributes={"brand": "blue"}, priority=300, text="my contract")
    story.now += 240
    (decision,) = story.engine.advance(story.milliseconds)
    assert words([decision]) == ["overflowed c1 from contracts to pool belgium: waited_s"]
    sent = decision.sent
    assert sent is not None
    assert (sent.pool, sent.conversation, sent.arrived_at, sent.hops) == (
        "belgium",
        "c1",
        arrived,
        1,
    )
    assert (sent.topic_, sent.level, sent.priority) == ("contracts", 2, 300)
    assert (sent.attributes, sent.text) == ({"brand": "blue"}, None)
    assert sent.id == f"sent-{decision.seq}"
    assert story.about(inputs.ConversationAbandoned, conversation="c1") == [
        "refused c1: unknown_conversation"
    ]


def test_who_has_come_through_three_pools_stays() -> None:
    story = centre(ABROAD)
    asks(story, "c1", hops=3)
    assert story.wait(3_600) == []


def test_no_pool_sends_to_itself() -> None:
    story = centre(ABROAD.replace("pool: belgium", f"pool: {POOL}"))
    asks(story, "c1")
    assert story.wait(3_600) == []


def test_points_of_priority_that_were_added_elsewhere_are_not_added_again() -> None:
    story = centre(
        ABROAD.replace(
            "queues:",
            "qualification: [{name: blue, when: attributes.brand == 'blue', set: {priority: +50}}]\nqueues:",
            1,
        )
    )
    blue = {"brand": "blue"}
    for name, facts in (
        ("c1", {}),
        ("c2", {"priority": 100}),
        ("c3", {"priority": 100, "hops": 1}),
    ):
        asks(story, name, attributes=blue, **facts)
    records = story.engine.pools[POOL].conversations
    assert [records[name].priority for name in ("c1", "c2", "c3")] == [50, 150, 100]
