"""How long somebody is told to wait, and what the router learns from how it went."""

from typing import Any

from router.model.inputs import (
    CommandPauseQueue,
    CommandResumeQueue,
    ConversationAbandoned,
    ConversationCreated,
    ConversationEnded,
    ConversationUpdated,
)
from router.model.outputs import ConversationAssigned, ConversationQueued, EstimatedWait
from tests.unit.engine.centre import Centre

RULES = """
version: 1
skills: {sales: 1..3, tech: 1..3}
topics: [sales, tech, other]
channels:
  voice: {units: 100, exclusive: true, offer: {mode: automatic}, wrap_up: {fixed: 0s}}
  chat: {units: 25, offer: {mode: automatic}, wrap_up: {fixed: 20s}}
  asked: {units: 100, offer: {mode: manual, expires: 30s}}
agents: {lease: 1d}
queues:
  sales:
    takes: topic == "sales"
    requires: {sales: ">= level"}
    estimates: {handling: 100s, patience: 1h}
  tech: {takes: topic == "tech", requires: {tech: 1}}
  other: {takes: true, requires: {tech: 3}}
"""


class Told(Centre):
    """The centre above, and what its customers are told."""

    def __init__(self, rules: str = RULES) -> None:
        super().__init__(rules)

    def told(self, conversation: str, channel: str = "voice", **facts: Any) -> EstimatedWait | None:
        facts.setdefault("topic_", "sales")
        event = ConversationCreated(
            **self.envelope(), conversation=conversation, channel=channel, **facts
        )
        return self._estimate(event)

    def told_again(self, conversation: str, **facts: Any) -> EstimatedWait | None:
        event = ConversationUpdated(**self.envelope(), conversation=conversation, **facts)
        return self._estimate(event)

    def _estimate(self, event: Any) -> EstimatedWait | None:
        said = [each.body for each in self.decide(event)]
        assert self.engine.audit() == []
        (queued,) = (each for each in said if isinstance(each, ConversationQueued))
        return queued.estimated_wait_s

    def half(self, conversation: str, channel: str = "voice", **facts: Any) -> float:
        told = self.told(conversation, channel, **facts)
        assert told is not None
        return told.p50

    def ended(self, conversation: str) -> list[Any]:
        event = ConversationEnded(**self.envelope(), conversation=conversation)
        return [each.body for each in self.decide(event)]


def busy(*agents: str, **skills: int) -> Told:
    centre = Told()
    for agent in agents:
        centre.works(agent, skills or {"sales": 2}, channels={"voice": 1})
        centre.asks(f"held by {agent}".replace(" ", "."), "voice", topic="sales")
    return centre


def test_nobody_is_told_anything_where_nobody_serves() -> None:
    centre = Told()
    assert centre.told("c1") is None
    centre.works("tom", {"tech": 3})
    assert centre.told("c2") is None
    centre.works("ana", {"sales": 1})
    assert centre.told("c3", level=2) is None
    assert centre.told("c4") is not None


def test_who_can_have_an_agent_at_once_does_not_wait() -> None:
    centre = Told()
    centre.works("ana", {"sales": 2})
    assert centre.told("c1") == EstimatedWait(0.0, 0.0)


def test_the_first_in_line_waits_for_the_next_agent_who_is_done() -> None:
    assert busy("ana").half("c1") == 70.2
    assert busy("ana", "bob").half("c1") == 35.1


def test_each_place_further_back_waits_longer() -> None:
    centre = busy("ana", "bob")
    told = [centre.half(f"c{n}") for n in range(5)]
    assert told == sorted(set(told))


def test_an_agent_who_serves_two_queues_counts_as_half() -> None:
    assert busy("ana", sales=2, tech=1).half("c1") == 140.5
    assert busy("ana", sales=2, tech=3).half("c1") == 210.7


def test_shared_agents_are_divided_as_their_queues_took_time_of_them() -> None:
    centre = Told()
    for agent in ("ana", "bob"):
        centre.works(agent, {"sales": 2, "tech": 1}, channels={"voice": 1})
    for number in range(30):
        for topic, seconds in (("sales", 100), ("tech", 300)):
            centre.asks(f"{topic}{number}", "voice", topic=topic)
            centre.wait(seconds)
            centre.ended(f"{topic}{number}")
    for agent in ("ana", "bob"):
        centre.asks(f"held.by.{agent}", "voice", topic="tech")
    # Of two agents a half is for sales: a quarter of the time was.
    assert 110 < centre.half("c1") < 170


def test_an_agent_on_a_break_serves_nobody_and_counts_again_when_back() -> None:
    centre = busy("ana", "bob")
    centre.declares("bob", "break")
    assert centre.half("c1") == 70.2
    centre.declares("bob", "available")
    assert centre.half("c2") > 35.1
    centre.declares("bob", "draining")
    centre.declares("ana", "offline")
    assert centre.told("c3") is None


def test_what_a_paused_queue_would_have_taken_goes_to_the_others() -> None:
    centre = busy("ana", sales=2, tech=1)
    command = {"by": "eve", "reason": "storm"}
    centre.about(CommandPauseQueue, queue="tech", **command)
    assert centre.half("c1") == 70.2
    centre.about(CommandPauseQueue, queue="sales", **command)
    assert centre.told("c2") is None
    centre.about(CommandResumeQueue, queue="tech", **command)
    centre.about(CommandResumeQueue, queue="sales", **command)
    assert centre.half("c3") > 140.5


def test_four_chats_of_an_agent_move_on_four_times_as_fast_as_one_would() -> None:
    centre = Told()
    centre.works("ana", {"sales": 2}, channels={"chat": 4})
    for round_ in range(100):
        chats = [f"h{round_}.{number}" for number in range(4)]
        for chat in chats:
            assert centre.half(chat, "chat") == 0
        centre.wait(80)
        for chat in chats:
            centre.ended(chat)
        centre.wait(20)
    for number in range(4):
        centre.told(f"last{number}", "chat")
    # Eighty seconds and twenty of wrap-up, four at once: one is done every twenty-five.
    assert 17 < centre.half("c1", "chat") < 19.5


def test_waiting_longer_than_was_estimated_makes_no_estimate_longer() -> None:
    centre = busy("ana", "bob")
    for number in range(3):
        centre.told(f"c{number}")
    first = centre.told_again("c2")
    assert first is not None
    for _ in range(40):
        centre.wait(60)
        assert centre.told_again("c2") == first


def test_slow_conversations_make_estimates_longer_and_fast_ones_shorter() -> None:
    slow, fast = Told(), Told()
    for centre, seconds in ((slow, 400), (fast, 20)):
        centre.works("ana", {"sales": 2}, channels={"voice": 1})
        for number in range(30):
            centre.asks(f"h{number}", "voice", topic="sales")
            centre.now += seconds
            centre.ended(f"h{number}")
        centre.asks("last", "voice", topic="sales")
    assert fast.half("c1") < 40 < 200 < slow.half("c1")


def test_how_long_agents_take_to_accept_is_part_of_the_wait() -> None:
    centre = Told()
    centre.works("ana", {"sales": 2}, channels={"asked": 1})
    assert centre.told("c1", "asked") == EstimatedWait(0.0, 0.0)
    centre.now += 7
    centre.answers("accepts", "c1")
    centre.ended("c1")
    assert centre.told("c2", "asked") == EstimatedWait(7.0, 7.0)


def test_what_is_asked_for_is_said_by_the_queue_where_it_has_an_offer_of_its_own() -> None:
    own = "    estimates: {handling: 100s, patience: 1h}\n"
    for offer, wait in (("{mode: manual, expires: 30s}", 7.0), ("{mode: automatic}", 0.0)):
        centre = Told(RULES.replace(own, f"{own}    offer: {offer}\n"))
        centre.works("ana", {"sales": 2}, channels={"chat": 4, "asked": 1})
        channel = "chat" if wait else "asked"
        centre.told("c1", channel)
        centre.now += 7
        if wait:
            centre.answers("accepts", "c1")
        centre.about(ConversationEnded, conversation="c1", agent="ana")
        assert centre.told("c2", channel) == EstimatedWait(wait, wait)


def test_an_assignment_says_what_was_estimated_and_what_came_of_it() -> None:
    centre = busy("ana")
    told = centre.told("c1")
    assert told is not None
    centre.now += 42
    assigned = centre.ended("held.by.ana")[-1]
    assert isinstance(assigned, ConversationAssigned)
    assert assigned.conversation == "c1"
    judged = assigned.estimate_s
    assert (judged.p50, judged.p90, judged.actual) == (told.p50, told.p90, 42.0)  # type: ignore[union-attr]  # it is told


def test_waits_that_are_longer_than_estimated_correct_what_is_said_next() -> None:
    centre = busy("ana")
    first = centre.half("c0")
    for number in range(20):
        centre.now += 10
        centre.about(ConversationAbandoned, conversation=f"c{number}")
        centre.told(f"c{number + 1}")
    impatient = centre.half("c99")
    assert impatient < first * 2
    waited = centre.engine.pools["france"].measures["sales"].waited.new
    assert (waited[0], waited[2]) == (20, 20)


def test_a_restart_changes_no_estimate() -> None:
    centre = busy("ana", "bob")
    for number in range(8):
        centre.told(f"c{number}")
        centre.now += 13
    centre.ended("held.by.ana")
    before = centre.told_again("c7")
    centre.restarted()
    assert centre.told_again("c7") == before


def test_what_was_measured_stays_under_other_rules_and_goes_with_its_queue() -> None:
    centre = busy("ana")
    centre.now += 50
    centre.ended("held.by.ana")
    centre.swapped(RULES.replace("handling: 100s", "handling: 200s"))
    assert set(centre.engine.pools["france"].measures) == {"sales"}
    centre.swapped(RULES.replace("    estimates: {handling: 100s, patience: 1h}\n", ""))
    assert not centre.engine.pools["france"].measures


def test_a_rule_may_look_at_the_wait_of_who_would_come_now() -> None:
    deflects = (
        "    deflects: [{offer: callback, on: {estimated_wait: 3m}, off: {estimated_wait: 2m},"
        " text: Ring you back?, expires: 1h}]\n"
    )
    centre = Told(RULES.replace("    estimates:", f"{deflects}    estimates:"))
    for agent in ("ana", "bob"):
        centre.works(agent, {"sales": 2}, channels={"voice": 1})
    centre.declares("bob", "break")
    centre.asks("held", "voice", topic="sales")
    # The p50 of a newcomer: 70 s, then 168 s, then 268 s with two who wait.
    assert centre.asks("c1", "voice", topic="sales") == ["queued c1 in sales at 1"]
    assert centre.asks("c2", "voice", topic="sales") == ["queued c2 in sales at 2"]
    assert centre.wait(0) == ["deflected c1: callback", "deflected c2: callback"]
    # Nobody waits any more and the rule is off: the next one may wait.
    assert centre.asks("c3", "voice", topic="sales") == ["queued c3 in sales at 1"]
    assert centre.wait(0) == []


def test_where_no_wait_can_be_told_no_rule_on_it_holds() -> None:
    deflects = (
        "    deflects: [{offer: callback, on: {estimated_wait: 3m}, at_least: 1m,"
        " text: Ring you back?}]\n"
    )
    centre = Told(RULES.replace("    estimates:", f"{deflects}    estimates:"))
    assert centre.asks("c1", "voice", topic="sales") == ["queued c1 in sales at 1"]
    assert centre.wait(60) == []
