"""Other rules while the router runs: who waits keeps the place, what was begun ends as it began."""

import gc
from collections import Counter

from router.engine.groups import Agent, Bucket, Group
from router.engine.lanes import Lane, Line, Ranks, Signature
from router.model import inputs
from router.model.outputs import PolicyChanged, RouterCause
from router.rules import loads
from tests.unit.engine.centre import POOL, RULES, Centre

WIDER = RULES.replace('contracts: ">= level"}', 'contracts: ">= level - 1"}')
"""An agent one level short is good enough for contracts."""
RENAMED = RULES.replace("  reimbursement:\n    takes", "  refunds:\n    takes")
"""One queue has another name."""


def test_who_waits_stands_under_the_new_rules_from_the_swap_on() -> None:
    centre = Centre()
    centre.works("ana", {"contracts": 2})
    centre.asks("c1", topic="contracts", level=3)
    assert centre.swapped(WIDER) == ["policy.changed", "assigned c1 to ana"]


def test_the_swap_names_both_versions_and_its_cause() -> None:
    centre = Centre()
    centre.asks("c1")
    before = centre.rules.policies[0]
    after = loads(WIDER)
    (changed,) = centre.engine.adopt(after, centre.milliseconds)
    assert changed.cause == RouterCause("reload")
    assert changed.policy == after.policies[0].version
    assert changed.body == PolicyChanged(
        from_=before.version, to=after.policies[0].version, files=after.policies[0].files
    )


def test_nobody_loses_his_place_when_his_queue_gets_another_name() -> None:
    centre = Centre()
    for number in (1, 2, 3):
        centre.asks(f"c{number}", topic="reimbursement")
        centre.now += 1
    assert centre.swapped(RENAMED) == [
        "policy.changed",
        "requeued c1 in refunds at 1: queue_removed",
        "requeued c2 in refunds at 2: queue_removed",
        "requeued c3 in refunds at 3: queue_removed",
    ]
    centre.works("ana", {"reimbursement": 2}, channels={"chat": 1}, languages=("fr",))
    assert centre.engine.pools[POOL].waiting("refunds") == 2
    assert centre.engine.pools[POOL].conversations["c1"].stage == "assigned"


def test_rules_with_the_same_meaning_say_nothing_and_write_nothing() -> None:
    centre = Centre()
    centre.works("ana", {"contracts": 2})
    centre.asks("c1", topic="contracts", level=3)
    centre.engine.changes()
    assert centre.swapped("# somebody tidied up\n" + RULES) == []
    assert centre.engine.changes() == []


def test_a_swap_writes_the_pool_and_none_of_those_who_wait() -> None:
    centre = Centre()
    for number in range(5):
        centre.asks(f"c{number}", topic="contracts", level=3)
    centre.engine.changes()
    centre.swapped(WIDER)
    assert [change.key.kind for change in centre.engine.changes()] == ["pool"]


def test_only_the_pools_whose_rules_changed_speak() -> None:
    both = "pools: [france]\n" + RULES.lstrip()
    centre = Centre(both)
    centre.asks("c1")
    spain = inputs.ConversationCreated(pool="spain", conversation="c1", channel="chat")
    centre.decide(spain)
    changed = centre.engine.adopt(loads(both.replace("wait: 60s", "wait: 90s")), 2_000_000)
    assert [each.pool for each in changed] == ["france"]


def test_an_open_offer_keeps_its_time_and_the_next_one_has_the_new() -> None:
    centre = Centre()
    centre.works("ana")
    centre.asks("c1", "voice")
    centre.now += 5
    centre.swapped(RULES.replace("expires: 15s", "expires: 5s"))
    assert centre.wait(9.9) == []
    assert centre.wait(0.1) == ["expired c1 from ana", "offered c1 to ana"]
    assert centre.wait(4.9) == []
    assert centre.wait(0.1)[0] == "expired c1 from ana"


def test_an_offer_that_would_not_be_made_any_more_may_still_be_accepted() -> None:
    centre = Centre()
    centre.works("ana")
    centre.asks("c1", "voice")
    stricter = RULES.replace("requires: {}", "requires: {calm: 3}")
    assert centre.swapped(stricter) == ["policy.changed"]
    assert centre.answers("accepts", "c1") == ["assigned c1 to ana"]


def test_a_wrap_up_ends_when_it_was_to_end() -> None:
    centre = Centre()
    centre.works("ana")
    centre.asks("c1", "voice")
    centre.answers("accepts", "c1")
    centre.about(inputs.ConversationEnded, conversation="c1")
    centre.asks("c2", "voice")
    centre.swapped(RULES.replace("wrap_up: {fixed: 20s}", "wrap_up: {fixed: 3s}"))
    assert centre.wait(19.9) == []
    assert centre.wait(0.1) == ["offered c2 to ana"]


def test_a_decline_is_remembered_as_long_as_it_was_said_then() -> None:
    centre = Centre()
    centre.works("ana")
    centre.asks("c1", "voice")
    centre.answers("declines", "c1")
    forgetful = RULES.replace("never_again_after_decline: 10m", "never_again_after_decline: 0s")
    assert centre.swapped(forgetful) == ["policy.changed"]
    assert centre.wait(599) == []
    assert centre.wait(1) == ["offered c1 to ana"]


def test_leases_run_anew_and_nobody_is_suspended_in_hindsight() -> None:
    centre = Centre()
    centre.works("ana")
    centre.wait(600)
    assert centre.swapped(RULES.replace("lease: 1h", "lease: 45s")) == []
    centre.asks("c1")
    centre.about(inputs.ConversationEnded, conversation="c1")
    assert centre.wait(44.9) == []
    assert centre.wait(0.1) == ["suspended ana: lease_expired"]


def test_a_lower_capacity_takes_nothing_away_and_gives_nothing_new() -> None:
    centre = Centre()
    centre.works("ana")
    assert centre.asks("c1")[-1] == "assigned c1 to ana"
    assert centre.asks("c2")[-1] == "assigned c2 to ana"
    assert centre.swapped(RULES.replace("capacity: 100", "capacity: 40")) == ["policy.changed"]
    centre.asks("c3")
    assert centre.about(inputs.ConversationEnded, conversation="c1") == ["closed c1"]
    assert centre.about(inputs.ConversationEnded, conversation="c2") == [
        "closed c2",
        "assigned c3 to ana",
    ]


def test_a_lost_agent_is_given_as_long_as_the_new_rules_say() -> None:
    centre = Centre()
    centre.works("ana")
    centre.asks("c1")
    centre.declares("ana", "offline")
    centre.wait(60)
    assert centre.swapped(RULES.replace("requeue_after: 2m", "requeue_after: 5m")) == [
        "policy.changed"
    ]
    assert centre.wait(239) == []
    assert centre.swapped(RULES) == ["policy.changed"]
    assert centre.wait(0) == ["requeued c1 in letters at 1: agent_lost"]


def test_a_channel_that_is_gone_is_waited_on_until_it_comes_back() -> None:
    centre = Centre()
    centre.works("ana", channels={"email": 2})
    centre.declares("ana", "break")
    centre.asks("c1", "email")
    without = "\n".join(line for line in RULES.splitlines() if "  email:" not in line)
    assert centre.swapped(without) == ["policy.changed"]
    assert centre.declares("ana", "available") == []
    assert centre.swapped(RULES) == ["policy.changed", "offered c1 to ana"]


def test_a_pool_without_rules_keeps_who_waits_until_it_has_some_again() -> None:
    ours = "pools: [france]\n" + RULES.lstrip()
    centre = Centre(ours)
    centre.asks("c1")
    assert centre.swapped(ours.replace("france", "spain")) == ["policy.changed"]
    assert centre.asks("c2") == ["refused c2: unknown_pool"]
    assert centre.swapped(ours) == ["policy.changed"]
    assert centre.works("ana") == ["assigned c1 to ana"]


def test_timers_that_are_due_apply_under_the_old_rules() -> None:
    centre = Centre()
    centre.works("ana")
    centre.asks("c1", "voice")
    centre.now += 15
    assert centre.swapped(RULES.replace("expires: 15s", "expires: 30s")) == [
        "expired c1 from ana",
        "offered c1 to ana",
        "policy.changed",
    ]
    assert centre.wait(15)[0] == "expired c1 from ana"


def test_nothing_built_under_the_old_rules_is_left_behind() -> None:
    centre = Centre()
    centre.works("ana", {"contracts": 2})
    centre.works("bob", {"reimbursement": 3})
    for number in range(6):
        channel, topic = ("chat", "contracts") if number % 2 else ("voice", "reimbursement")
        centre.asks(f"c{number}", channel, topic=topic, level=1 + number % 3)
    centre.answers("declines", "c0")
    built = (Agent, Bucket, Group, Lane, Line, Ranks, Signature)

    def there() -> Counter[type]:
        return Counter(type(each) for each in gc.get_objects() if isinstance(each, built))

    centre.swapped(WIDER)
    gc.collect()
    gc.disable()
    try:
        before = there()
        centre.swapped(RULES)
        centre.swapped(WIDER)
        assert there() == before
    finally:
        gc.enable()


def test_a_paused_queue_that_was_gone_for_a_while_is_paused_again() -> None:
    centre = Centre()
    centre.works("ana", {"reimbursement": 3}, languages=("fr",))
    pause = {"queue": "reimbursement", "by": "eve", "reason": "training"}
    centre.about(inputs.CommandPauseQueue, **pause)
    centre.swapped(RENAMED)
    assert centre.about(inputs.CommandResumeQueue, **pause) == ["command refused: unknown_queue"]
    assert centre.asks("c1", topic="reimbursement")[-1] == "assigned c1 to ana"
    centre.swapped(RULES)
    assert centre.asks("c2", topic="reimbursement") == ["queued c2 in reimbursement at 1"]
    assert centre.about(inputs.CommandResumeQueue, **pause)[-1] == "assigned c2 to ana"
