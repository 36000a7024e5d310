"""How queues stand, as told on the assignments topic where rules ask for it."""

from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from router.model.inputs import ConversationAbandoned, ConversationCreated, Input
from router.model.outputs import QueueStatus, ServiceTarget, TimerCause
from tests.unit.engine.centre import Centre

RULES = """
version: 1
skills: {sales: 1..3}
topics: [sales, other]
channels:
  voice: {units: 100, exclusive: true, offer: {mode: automatic}, wrap_up: {fixed: 0s}}
agents: {lease: 1d}
queues:
  sales:
    takes: topic == "sales"
    requires: {sales: 1}
    order: {by: arrival}
    estimates: {handling: 100s, patience: 1h}
    status: {every: 10s, answered_within: 20s, over: 5m}
  other: {takes: true}
"""


class Wallboard(Centre):
    """The centre above, and what is told of its queues."""

    def __init__(self, rules: str = RULES) -> None:
        super().__init__(rules)

    def after(self, event: Input | None = None, seconds: float = 0) -> list[QueueStatus]:
        """Let time go by, then something happen; give what is told of queues."""
        self.now += seconds
        decided = self.engine.advance(self.milliseconds)
        decided += self.decide(event) if event is not None else []
        assert self.engine.audit() == []
        for each in decided:
            if isinstance(each.body, QueueStatus) and isinstance(each.cause, TimerCause):
                assert (each.cause.timer, each.cause.of) == ("status_due", "sales")
        return [each.body for each in decided if isinstance(each.body, QueueStatus)]

    def asked(self, conversation: str, topic: str = "sales", **facts: Any) -> Input:
        return ConversationCreated(
            **self.envelope(), conversation=conversation, channel="voice", topic_=topic, **facts
        )

    def gone(self, conversation: str) -> Input:
        return ConversationAbandoned(**self.envelope(), conversation=conversation)


def test_a_change_is_told_at_once_and_what_follows_at_the_end_of_the_period() -> None:
    board = Wallboard()
    (first,) = board.after(board.asked("c1"))
    assert (first.queue, first.waiting, first.oldest_wait_s) == ("sales", 1, 0.0)
    assert (first.available_agents, first.estimated_wait_s, first.service_level) == (0, None, None)
    assert board.after(board.asked("c2"), seconds=3) == []
    assert board.after(board.asked("c3"), seconds=3) == []
    assert board.after(seconds=3.999) == []
    (second,) = board.after(seconds=0.001)
    assert (second.waiting, second.oldest_wait_s) == (3, 10.0)
    assert board.after(seconds=3_600) == []
    (third,) = board.after(board.gone("c1"))
    assert (third.waiting, third.oldest_wait_s) == (2, 3_610.0)


def test_what_has_changed_back_is_not_told() -> None:
    board = Wallboard()
    board.after(board.asked("c1"))
    board.works("ana", {"sales": 1})
    board.declares("ana", "break")
    board.wait(60)
    (told,) = board.after(board.asked("c2"), seconds=60)
    assert told.available_agents == 0


def test_queues_that_do_not_ask_are_not_told_of() -> None:
    board = Wallboard()
    assert board.after(board.asked("c1", topic="other")) == []
    assert board.after(seconds=3_600) == []


def test_available_agents_are_counted_busy_or_not_and_told_as_they_come_and_go() -> None:
    board = Wallboard()
    board.works("ana", {"sales": 1}, channels={"voice": 1})
    board.works("tom", {}, channels={"voice": 1})
    (told,) = board.after(board.asked("c1"), seconds=60)
    assert (told.waiting, told.available_agents) == (0, 1)
    (told,) = board.after(board.asked("c2"), seconds=60)
    assert (told.waiting, told.available_agents) == (1, 1)
    assert told.estimated_wait_s is not None
    assert told.estimated_wait_s.p50 > 70
    board.now += 60
    assert board.declares("ana", "draining") == ["queue.status"]


def test_service_level_is_answered_in_time_of_all_waits_that_ended_lately() -> None:
    board = Wallboard()
    board.after(board.asked("c1"))
    board.after(board.asked("c2"))
    board.after(board.asked("c3"))
    board.now += 15
    board.works("ana", {"sales": 1}, channels={"voice": 1})
    board.after(board.gone("c2"), seconds=15)
    board.works("bob", {"sales": 1}, channels={"voice": 1})
    (told,) = board.after(seconds=10)
    # c1 within 15 s, c2 left, c3 after 30 s.
    assert told.service_level == 1 / 3
    (told,) = board.after(board.asked("c4"), seconds=400)
    assert told.service_level is None


def test_what_the_service_level_is_to_be_is_told_beside_it_and_changes_nothing_else() -> None:
    promising = RULES.replace("by: arrival", "by: target, target: {within: 20s, answer: 80%}")
    board, other = Wallboard(promising), Wallboard(promising.replace(", answer: 80%", ""))
    (told,) = board.after(board.asked("c1"))
    (untold,) = other.after(other.asked("c1"))
    assert told.service_target == ServiceTarget(answer=0.8, within_s=20.0)
    assert untold.service_target is UNSET
    assert board.works("ana", {"sales": 1}) == other.works("ana", {"sales": 1})
    (told,) = board.after(seconds=10)
    (untold,) = other.after(seconds=10)
    assert replace(told, service_target=UNSET) == untold


def test_what_is_held_back_is_told_after_a_restart_too() -> None:
    board = Wallboard()
    board.after(board.asked("c1"))
    board.after(board.asked("c2"), seconds=1)
    assert board.restarted() == []
    (told,) = board.after(seconds=9)
    assert told.waiting == 2


def test_under_rules_that_do_not_ask_nothing_is_told_any_more() -> None:
    board = Wallboard()
    board.after(board.asked("c1"))
    board.after(board.asked("c2"), seconds=1)
    line = "    status: {every: 10s, answered_within: 20s, over: 5m}\n"
    assert board.swapped(RULES.replace(line, "")) == ["policy.changed"]
    assert board.after(seconds=60) == []
