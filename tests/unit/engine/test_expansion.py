"""Who has waited long enough may be served by others, at the old place."""

from router.engine import Engine
from router.model import inputs
from router.model.inputs import TransferTarget
from router.model.outputs import ConversationExpanded
from router.rules import loads
from tests.unit.engine.centre import POOL, RULES, Centre

LADDER = """\
    preferred_agent: {wait: 60s, then: anyone}
    expands:
      - {after: 45s, requires: {reimbursement: ">= level - 1"}}
      - {after: 3m, then: anyone}
"""
WITH_LADDER = RULES.replace("    preferred_agent: {wait: 60s, then: anyone}\n", LADDER)
OTHER_LADDER = WITH_LADDER.replace(
    'takes: topic == "contracts"',
    """takes: topic == "contracts"
    expands: [{after: 10s, requires: {contracts: 1}}, {then: hold}]""",
)


def centre(rules: str = WITH_LADDER) -> Centre:
    return Centre(rules)


def hard(story: Centre, conversation: str = "c1", channel: str = "chat") -> list[str]:
    return story.asks(conversation, channel, topic="reimbursement", level=3)


def given(conversation: str) -> list[str]:
    return [f"assigned {conversation} to ana"]


def test_after_its_time_a_step_lets_the_next_level_help() -> None:
    story = centre()
    story.works("ana", {"reimbursement": 2})
    assert hard(story) == ["queued c1 in reimbursement at 1"]
    assert story.wait(44) == []
    assert story.wait(1) == ["expanded c1 in reimbursement: 1 {'reimbursement': 2}", *given("c1")]


def test_every_step_is_said_once_and_the_last_one_lets_anyone_help() -> None:
    story = centre()
    story.works("ana")
    hard(story)
    assert story.wait(45) == ["expanded c1 in reimbursement: 1 {'reimbursement': 2}"]
    assert story.wait(134) == []
    assert story.wait(1) == ["expanded c1 in reimbursement: 2 {}", *given("c1")]


def test_steps_that_are_past_at_the_arrival_apply_at_once_after_the_queueing() -> None:
    story = centre()
    story.works("ana")
    arrived = story.milliseconds - 200_000
    assert story.asks("c1", topic="reimbursement", level=3, arrived_at=arrived) == [
        "queued c1 in reimbursement at 1",
        "expanded c1 in reimbursement: 1 {'reimbursement': 2}",
        "expanded c1 in reimbursement: 2 {}",
        *given("c1"),
    ]


def test_an_open_offer_stays_and_the_step_that_passed_is_taken_when_it_ends() -> None:
    rules = WITH_LADDER.replace("expires: 15s", "expires: 2m")
    story = centre(rules)
    story.works("ben", {"reimbursement": 3})
    hard(story, channel="voice")
    assert story.wait(60) == []
    assert story.answers("declines", "c1") == [
        "declined c1 from ben",
        "expanded c1 in reimbursement: 1 {'reimbursement': 2}",
    ]


def test_the_place_is_kept_while_others_may_help() -> None:
    story = centre()
    hard(story, "c1")
    story.wait(40)
    hard(story, "c2")
    story.wait(10)
    record = story.engine.pools[POOL].conversations["c1"]
    assert (record.step, record.sequence, story.engine.pools[POOL].waiting("reimbursement")) == (
        *(1, 1, 2),
    )
    assert hard(story, "c3") == ["queued c3 in reimbursement at 3"]


def test_another_queue_begins_its_own_ladder_and_the_same_one_goes_on() -> None:
    story = centre(OTHER_LADDER)
    hard(story)
    story.wait(50)
    changed = story.about(inputs.ConversationUpdated, conversation="c1", level=2)
    assert changed == ["queued c1 in reimbursement at 1"]
    moved = story.about(inputs.ConversationUpdated, conversation="c1", topic_="contracts")
    assert moved == ["queued c1 in contracts at 1", "expanded c1 in contracts: 1 {'contracts': 1}"]


def test_a_transfer_back_takes_the_steps_since_the_arrival() -> None:
    story = centre()
    story.works("ana", {"reimbursement": 3})
    assert hard(story)[1:] == given("c1")
    story.wait(300)
    moved = story.about(
        inputs.ConversationTransferred,
        conversation="c1",
        agent="ana",
        to=TransferTarget(queue="reimbursement"),
    )
    assert moved == [
        "requeued c1 in reimbursement at 1: transferred",
        "expanded c1 in reimbursement: 1 {'reimbursement': 2}",
        "expanded c1 in reimbursement: 2 {}",
    ]


def test_skills_of_its_own_stay_asked_for_unless_a_step_drops_them() -> None:
    story = centre()
    story.asks("c1", topic="reimbursement", level=1, skills={"calm": 2})
    said = story.wait(200)
    assert said == [
        "expanded c1 in reimbursement: 1 {'reimbursement': 0, 'calm': 2}",
        "expanded c1 in reimbursement: 2 {}",
    ]


def test_a_step_survives_a_restart_and_the_next_one_comes_in_its_time() -> None:
    story = centre()
    hard(story)
    story.wait(45)
    assert story.restarted() == []
    assert story.wait(134) == []
    assert story.wait(1) == ["expanded c1 in reimbursement: 2 {}"]


def test_other_rules_let_it_take_in_silence_what_is_past_and_no_step_twice() -> None:
    story = centre(RULES)
    hard(story)
    story.wait(50)
    story.works("ana", {"reimbursement": 2})
    entities = story.engine.snapshot()
    story.engine = Engine(loads(WITH_LADDER))
    decided = story.engine.restore(entities, story.milliseconds)
    assert not any(isinstance(each.body, ConversationExpanded) for each in decided)
    assert [each.body.type for each in decided] == ["policy.changed", "conversation.assigned"]


def test_a_paused_queue_expands_and_gives_nothing() -> None:
    story = centre()
    story.works("ana", {"reimbursement": 2})
    pause = {"queue": "reimbursement", "by": "eve", "reason": "fire drill"}
    story.about(inputs.CommandPauseQueue, **pause)
    hard(story)
    assert story.wait(45) == ["expanded c1 in reimbursement: 1 {'reimbursement': 2}"]
    resumed = story.about(inputs.CommandResumeQueue, **pause)
    assert resumed == ["command applied", *given("c1")]


def test_who_is_kept_for_somebody_is_free_for_all_when_a_step_leaves_nobody_to_be_reached() -> None:
    rules = WITH_LADDER.replace('">= level - 1"', '"< 3"')
    story = centre(rules)
    story.works("ben", {"reimbursement": 3}, channels={"chat": 0})
    story.asks("c1", topic="reimbursement", level=3, preferred_agents=("ben",))
    assert story.engine.pools[POOL].conversations["c1"].kept_until is not None
    story.wait(45)
    assert story.engine.pools[POOL].conversations["c1"].kept_until is None


def test_other_rules_while_the_router_runs_bring_their_own_ladder_by_the_same_arrival() -> None:
    story = centre()
    hard(story)
    assert story.wait(45) == ["expanded c1 in reimbursement: 1 {'reimbursement': 2}"]
    later = WITH_LADDER.replace("after: 45s", "after: 50s").replace("after: 3m", "after: 100s")
    assert story.swapped(later) == ["policy.changed"]
    assert story.wait(4) == []
    assert story.wait(1) == ["expanded c1 in reimbursement: 1 {'reimbursement': 2}"]
    assert story.wait(49) == []
    assert story.wait(1) == ["expanded c1 in reimbursement: 2 {}"]


def test_a_ladder_that_is_taken_away_leaves_what_the_queue_asks_for_and_no_timer() -> None:
    story = centre()
    hard(story)
    story.wait(50)
    assert story.swapped(RULES) == ["policy.changed"]
    assert story.works("ana", {"reimbursement": 2}) == []
    assert story.wait(200) == []
    assert story.works("ben", {"reimbursement": 3}) == ["assigned c1 to ben"]
    assert story.engine.audit() == []


def test_a_ladder_that_is_new_lets_those_help_at_once_whom_it_would_have_let_help_by_now() -> None:
    story = centre(RULES)
    story.works("ana", {"reimbursement": 2})
    hard(story)
    story.wait(50)
    assert story.swapped(WITH_LADDER) == ["policy.changed", *given("c1")]


def test_steps_taken_at_once_keep_it_for_who_meets_the_last_of_them() -> None:
    steps = """    expands:
      - {after: 1s, requires: {contracts: 3}}
      - {after: 2s, requires: {reimbursement: 1}}
      - {then: hold}
"""
    story = centre(
        RULES.replace(
            "    preferred_agent: {wait: 60s, then: anyone}\n",
            "    preferred_agent: {wait: 60s, then: anyone}\n" + steps,
        )
    )
    story.works("ana", {"reimbursement": 1})
    story.declares("ana", "break")
    story.works("ben", {"reimbursement": 1})
    arrived = story.milliseconds - 5_000
    said = story.asks("c1", topic="reimbursement", preferred_agents=("ana",), arrived_at=arrived)
    assert [each for each in said if each.startswith("assigned")] == []
    assert story.declares("ana", "available") == given("c1")
