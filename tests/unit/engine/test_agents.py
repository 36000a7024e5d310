"""What agents are and do, and what their silence means."""

import pytest

from router.model import inputs
from router.model.outputs import ConversationAssigned, TimerCause
from tests.unit.engine.centre import RULES, Centre


def test_an_agent_nobody_described_is_unknown() -> None:
    centre = Centre()
    assert centre.declares("eve", "available") == ["refused eve: unknown_agent"]
    ended = centre.about(inputs.AgentWrapupEnded, agent="eve", conversation="c1")
    assert ended == ["refused eve: unknown_agent"]


def test_of_an_unknown_agents_heartbeats_only_the_first_is_refused() -> None:
    centre = Centre()
    beat = inputs.AgentHeartbeat
    assert centre.about(beat, agent="eve") == ["refused eve: unknown_agent"]
    assert centre.about(beat, agent="eve") == []
    assert centre.restarted() == []
    assert centre.about(beat, agent="eve") == []
    centre.declares("eve", "available")
    assert centre.about(beat, agent="eve") == ["refused eve: unknown_agent"]


def test_a_new_agent_is_offline_until_he_says_otherwise() -> None:
    centre = Centre()
    centre.asks("c1")
    described = {"team": "in_house", "skills": {}, "channels": {"chat": 1}}
    assert centre.about(inputs.AgentUpdated, agent="ana", **described) == []
    assert centre.declares("ana", "available") == ["assigned c1 to ana"]


def test_whoever_leaves_his_desk_loses_his_offers_but_not_his_conversations() -> None:
    centre = Centre()
    centre.works("ana", channels={"chat": 1, "email": 2})
    centre.asks("c1")
    centre.asks("c2", "email")
    assert centre.declares("ana", "break") == ["withdrawn c2 from ana"]
    assert centre.about(inputs.ConversationEnded, conversation="c1") == ["closed c1"]


def test_a_draining_agent_finishes_and_gets_nothing_new() -> None:
    centre = Centre()
    centre.works("ana")
    centre.asks("c1")
    centre.declares("ana", "draining")
    assert centre.asks("c2") == ["queued c2 in letters at 1"]


def test_a_break_with_an_end_ends_by_itself() -> None:
    centre = Centre()
    centre.works("ana")
    centre.declares("ana", "break", until=centre.milliseconds + 60_000)
    centre.asks("c1")
    assert centre.wait(59) == []
    assert centre.wait(1) == ["assigned c1 to ana"]


def given_by_timer(centre: Centre, seconds: float) -> list[TimerCause]:
    """Let time go by and tell by which timers somebody was given a conversation."""
    centre.now += seconds
    decided = centre.engine.advance(centre.milliseconds)
    given = [each for each in decided if isinstance(each.body, ConversationAssigned)]
    return [each.cause for each in given if isinstance(each.cause, TimerCause)]


@pytest.mark.parametrize("ago", [0, 1, 90_000])
def test_a_break_whose_end_is_past_is_over_in_a_moment_and_its_timer_fires_once(ago: int) -> None:
    centre = Centre()
    centre.works("ana")
    over = centre.milliseconds + 60_000
    centre.declares("ana", "break", until=over)
    centre.asks("c1", topic="letters")
    first = given_by_timer(centre, 60)
    assert first == [TimerCause("presence_until", over, "ana")]
    for before, name in (("c1", "c2"), ("c2", "c3")):
        centre.about(inputs.ConversationEnded, conversation=before)
        centre.declares("ana", "break", until=over - ago)
        centre.asks(name, topic="letters")
        assert given_by_timer(centre, 0.001) == [
            TimerCause("presence_until", centre.milliseconds, "ana")
        ]


def test_nobody_is_lost_in_the_moment_he_leaves() -> None:
    centre = Centre(RULES.replace("requeue_after: 2m", "requeue_after: 0s"))
    centre.works("ana")
    for _ in range(2):
        centre.asks("c1", topic="letters")
        assert centre.declares("ana", "offline") == []
        assert centre.wait(0) == []
        assert centre.wait(0.001) == ["requeued c1 in letters at 1: agent_lost"]
        assert centre.declares("ana", "available") == ["assigned c1 to ana"]
        centre.about(inputs.ConversationEnded, conversation="c1")


def test_a_silent_agent_is_suspended_and_heard_again_with_a_heartbeat() -> None:
    centre = Centre()
    centre.works("ana")
    centre.wait(1_800)
    centre.asks("c1", "voice")
    centre.answers("accepts", "c1")
    centre.about(inputs.AgentHeartbeat, agent="ana")
    assert centre.wait(3_599) == []
    assert centre.wait(1) == ["suspended ana: lease_expired"]
    assert centre.about(inputs.AgentHeartbeat, agent="ana") == ["released ana: heartbeat"]


def test_what_a_silent_agent_was_offered_is_taken_back_first() -> None:
    centre = Centre()
    centre.works("ana")
    centre.wait(3_595)
    centre.asks("c1", "voice")
    assert centre.wait(5) == ["withdrawn c1 from ana", "suspended ana: lease_expired"]


def test_after_two_missed_offers_in_a_row_an_agent_rests_and_comes_back_by_himself() -> None:
    centre = Centre()
    centre.works("ana")
    centre.asks("c1", "voice")
    assert centre.wait(15) == ["expired c1 from ana", "offered c1 to ana"]
    assert centre.wait(15) == ["expired c1 from ana", "suspended ana: no_answer"]
    assert centre.wait(299) == []
    assert centre.wait(1) == ["released ana: time", "offered c1 to ana"]


def test_an_answer_between_two_missed_offers_starts_the_count_anew() -> None:
    centre = Centre()
    centre.works("ana")
    centre.asks("c1", "voice")
    centre.wait(15)
    centre.answers("accepts", "c1")
    centre.about(inputs.ConversationEnded, conversation="c1")
    centre.wait(20)
    centre.asks("c2", "voice")
    assert centre.wait(15) == ["expired c2 from ana", "offered c2 to ana"]


def test_a_suspended_agent_is_not_suspended_again_and_any_presence_ends_all_reasons() -> None:
    centre = Centre()
    centre.works("ana")
    centre.wait(3_500)
    centre.asks("c1", "voice")
    assert centre.wait(15)[0] == "expired c1 from ana"
    assert centre.wait(15)[-1] == "suspended ana: no_answer"
    assert centre.wait(100) == []
    assert centre.declares("ana", "available") == ["released ana: presence", "offered c1 to ana"]


def test_the_conversations_of_a_lost_agent_go_to_others_after_a_while() -> None:
    centre = Centre()
    centre.works("ana")
    centre.asks("c1")
    centre.declares("ana", "offline")
    centre.works("ben")
    assert centre.wait(119) == []
    assert centre.wait(1) == ["requeued c1 in letters at 1: agent_lost", "assigned c1 to ben"]


def test_an_agent_who_comes_back_in_time_keeps_his_conversations() -> None:
    centre = Centre()
    centre.works("ana")
    centre.asks("c1")
    centre.declares("ana", "offline")
    centre.wait(100)
    centre.declares("ana", "available")
    assert centre.wait(100) == []


def test_a_wrap_up_holds_capacity_until_its_time_or_until_the_agent_says_so() -> None:
    centre = Centre()
    centre.works("ana")
    centre.asks("c1", "voice")
    centre.answers("accepts", "c1")
    assert centre.asks("c2", "voice") == ["queued c2 in letters at 1"]
    assert centre.about(inputs.ConversationEnded, conversation="c1") == ["closed c1"]
    assert centre.wait(19) == []
    assert centre.wait(1) == ["offered c2 to ana"]
    centre.answers("accepts", "c2")
    centre.asks("c3")
    centre.about(inputs.ConversationEnded, conversation="c2")
    ended = centre.about(inputs.AgentWrapupEnded, agent="ana", conversation="c2")
    assert ended == ["assigned c3 to ana"]
    assert centre.about(inputs.AgentWrapupEnded, agent="ana", conversation="c2") == [
        "refused ana: no_wrap_up"
    ]


def test_an_open_wrap_up_ends_only_by_the_agent() -> None:
    centre = Centre()
    centre.works("ana", channels={"email": 1})
    centre.asks("c1", "email")
    centre.answers("accepts", "c1")
    centre.about(inputs.ConversationEnded, conversation="c1")
    centre.asks("c2", "email")
    assert centre.wait(1_000) == []
    assert centre.about(inputs.AgentWrapupEnded, agent="ana", conversation="c1") == [
        "offered c2 to ana"
    ]


def test_a_profile_below_present_use_takes_nothing_away_and_gives_nothing_new() -> None:
    centre = Centre()
    centre.works("ana")
    centre.asks("c1")
    centre.asks("c2")
    less = {"team": "in_house", "skills": {}, "channels": {"chat": 1}}
    assert centre.about(inputs.AgentUpdated, agent="ana", **less) == []
    assert centre.asks("c3") == ["queued c3 in letters at 1"]
    centre.about(inputs.ConversationEnded, conversation="c1")
    assert centre.about(inputs.ConversationEnded, conversation="c2") == [
        "closed c2",
        "assigned c3 to ana",
    ]
