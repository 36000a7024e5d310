"""The front door: time, causes, numbers, changes, what is durable."""

from router.engine import Engine
from router.model import inputs
from router.model.outputs import InputCause, TimerCause
from router.model.state import Change
from router.rules import loads
from tests.unit.engine.centre import POOL, RULES, Centre, words


def test_the_numbers_of_a_pool_have_no_gap_and_pools_do_not_know_each_other() -> None:
    engine = Engine(loads(RULES))
    for number in range(3):
        for pool in ("france", "belgium"):
            created = inputs.ConversationCreated(
                pool=pool, conversation=f"c{number}", channel="chat", at=1
            )
            assert [each.seq for each in engine.apply(created, number)] == [number + 1]
    assert set(engine.pools) == {"france", "belgium"}


def test_the_clock_never_goes_back() -> None:
    centre = Centre()
    centre.asks("c1")
    centre.now -= 100
    created = inputs.ConversationCreated(**centre.envelope(), conversation="c2", channel="chat")
    decision = centre.decide(created)[0]
    assert decision.at == 1_000_000


def test_a_decision_names_its_cause_and_keeps_its_trace() -> None:
    centre = Centre()
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    envelope = {**centre.envelope(), "traceparent": trace}
    created = inputs.ConversationCreated(**envelope, conversation="c1", channel="voice")
    queued = centre.decide(created)[0]
    assert queued.cause == InputCause("routing.test", 0, 1, "e1")
    assert queued.traceparent == trace
    centre.works("ana")
    centre.now += 15
    expired = centre.engine.advance(centre.milliseconds)[0]
    assert expired.cause == TimerCause("offer_expires", centre.milliseconds, "c1")
    assert expired.traceparent == trace


def test_timers_that_are_due_come_before_the_next_input() -> None:
    centre = Centre()
    centre.works("ana")
    centre.asks("c1", "voice")
    centre.now += 15
    created = inputs.ConversationCreated(**centre.envelope(), conversation="c2", channel="chat")
    assert words(centre.decide(created))[0] == "expired c1 from ana"


def test_a_pool_without_rules_refuses_everything_with_a_number() -> None:
    engine = Engine(loads("pools: [france]\n" + RULES.lstrip()))
    created = inputs.ConversationCreated(pool="spain", conversation="c1", channel="chat")
    assert words(engine.apply(created, 1)) == ["refused c1: unknown_pool"]
    surge = inputs.CommandSurge(pool="spain", id="k1", by="eve", reason="x", stage="storm")
    said = engine.apply(surge, 2)
    assert words(said) == ["command refused: unknown_pool"]
    assert said[0].seq == 2


def test_what_came_and_went_between_two_batches_leaves_no_change() -> None:
    centre = Centre()
    centre.works("ana")
    centre.engine.changes()
    centre.asks("c1")
    centre.about(inputs.ConversationEnded, conversation="c1")
    kinds = [change.key.kind for change in centre.engine.changes()]
    assert "conversation" not in kinds
    centre.asks("c2")
    centre.engine.changes()
    centre.about(inputs.ConversationEnded, conversation="c2")
    gone = [each for each in centre.engine.changes() if each.key.kind == "conversation"]
    assert [(each.key.id, each.entity) for each in gone] == [("c2", None)]
    assert centre.engine.changes() == []


def test_heartbeats_change_nothing_durable_but_the_ids_seen() -> None:
    centre = Centre()
    centre.works("ana")
    centre.engine.changes()
    centre.about(inputs.AgentHeartbeat, agent="ana")
    changes: list[Change] = centre.engine.changes()
    assert {change.key.kind for change in changes} == {"seen"}


def test_other_rules_after_a_restart_are_said_and_nobody_loses_his_place() -> None:
    centre = Centre()
    centre.works("ana", {"contracts": 2})
    centre.asks("c1", topic="reimbursement")
    centre.asks("c2", topic="contracts", level=3)
    centre.rules = loads(
        RULES.replace('contracts: ">= level"}', 'contracts: ">= level - 1"}').replace(
            '  reimbursement:\n    takes: topic == "reimbursement"',
            '  refunds:\n    takes: topic == "reimbursement"',
        )
    )
    assert centre.restarted() == [
        "policy.changed",
        "requeued c1 in refunds at 1: queue_removed",
        "assigned c2 to ana",
    ]
    assert centre.restarted() == []
    assert centre.engine.pools[POOL].waiting("refunds") == 1
