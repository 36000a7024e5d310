"""In a surge a shorter wait is too long already, and only in the surge."""

from router.model import inputs
from router.model.outputs import ConversationDeflected, Trigger
from tests.unit.engine.centre import Centre

RULES = """
version: 1
topics: [billing, other]
channels: {voice: {exclusive: true, offer: {mode: automatic}, wrap_up: {fixed: 0s}}}
agents: {lease: 1d}
queues:
  billing:
    takes: [billing]
    order: {by: arrival}
    estimates: {handling: 100s, patience: 1h}
    deflects:
      - {offer: callback, ON, text: Ring you back?, expires: 1h}
  rest:
    takes: true
    teams: [nobody]
    estimates: {handling: 100s, patience: 1h}
    deflects: [{offer: callback, on: {estimated_wait: 1h}, off: {estimated_wait: 1m}, text: Ring you?}]
surge:
  storm: {expires: 1h, sets: {deflect_when_estimated_wait: 2m}}
  gale: {expires: 1h, sets: {deflect_when_estimated_wait: 130s}}
  flood: {expires: 1h, sets: {expansion_speed: 2x}}
teams: {nobody: {}, in_house: {}}
"""
PAIR = "on: {estimated_wait: 4m}, off: {estimated_wait: 3m}"


class Line(Centre):
    """One agent at work, and callers behind; with none in line 70 s are foreseen, with one 166."""

    def __init__(self, on: str = PAIR) -> None:
        super().__init__(RULES.replace("ON", on))
        self.works("ana", channels={"voice": 1})
        self.calls("c0")

    def calls(self, *conversations: str) -> list[str]:
        decided: list[str] = []
        for each in conversations:
            decided += [*self.asks(each, "voice", topic="billing"), *self.wait(0)]
        return decided

    def order(self, stage: str) -> inputs.Input:
        return inputs.CommandSurge(**self.envelope(), stage=stage, by="eve", reason="rain")

    def orders(self, stage: str) -> list[str]:
        return [*self.hear(self.order(stage)), *self.wait(0)][2:]

    @property
    def deflects(self) -> bool:
        return "billing: callback" in self.engine.pools["france"].record.switches

    def leaves(self, conversation: str) -> None:
        self.about(inputs.ConversationAbandoned, conversation=conversation)
        self.wait(0)


def test_who_waits_and_who_comes_is_deflected_from_a_lower_wait_on() -> None:
    line = Line()
    line.calls("c1")
    assert line.orders("storm") == ["deflected c1: callback"]
    assert line.calls("c2") == ["queued c2 in billing at 1", "deflected c2: callback"]


def test_the_trigger_is_the_wait_that_was_foreseen() -> None:
    line = Line()
    line.calls("c1")
    line.decide(line.order("storm"))
    (said,) = [each.body for each in line.engine.advance(line.milliseconds)]
    assert isinstance(said, ConversationDeflected)
    assert said.trigger == Trigger("estimated_wait", 166.2)


def test_below_the_lower_wait_nobody_is_deflected() -> None:
    line = Line()
    assert line.orders("storm") == []
    assert not line.deflects


def test_it_ends_in_proportion_while_the_stage_is_in_force() -> None:
    for off, foreseen_is_calm in (("141s", True), ("139s", False)):
        # In a storm of two minutes for four these are 70.5 s and 69.5 s; 70.2 are foreseen.
        line = Line(f"on: {{estimated_wait: 4m}}, off: {{estimated_wait: {off}}}")
        line.calls("c1")
        assert line.orders("storm") == ["deflected c1: callback"]
        assert line.deflects is not foreseen_is_calm


def test_when_the_stage_ends_its_own_pair_decides_again() -> None:
    for off, foreseen_is_calm in (("71s", True), ("69s", False)):
        line = Line(f"on: {{estimated_wait: 4m}}, off: {{estimated_wait: {off}}}")
        line.calls("c1")
        line.orders("storm")
        line.leaves("c1")
        assert line.deflects
        assert line.orders("off") == []
        assert line.deflects is not foreseen_is_calm


def test_a_deflection_that_begins_sooner_anyway_stays_as_it_is() -> None:
    line = Line("on: {estimated_wait: 1m}, off: {estimated_wait: 10s}")
    before = dict(line.engine.pools["france"].record.switches)
    assert line.deflects
    assert line.orders("storm") == []
    assert line.engine.pools["france"].record.switches == before


def test_a_deflection_on_who_waits_is_as_ever_and_any_other_part_of_a_condition_too() -> None:
    by_load = Line("on: {waiting: 3}, off: {waiting: 1}")
    by_load.calls("c1", "c2")
    assert by_load.orders("storm") == []
    both = Line("on: {all: [{waiting: 2}, {estimated_wait: 5m}]}, off: {waiting: 0}")
    both.calls("c1")
    assert both.orders("storm") == []
    assert both.calls("c2")[1:] == ["deflected c1: callback", "deflected c2: callback"]


def test_at_least_counts_from_the_same_beginning() -> None:
    line = Line("on: {estimated_wait: 4m}, off: {estimated_wait: 3m}, at_least: 5m")
    line.calls("c1")
    line.orders("storm")
    line.leaves("c1")
    line.wait(200)
    line.orders("off")
    line.wait(99.999)
    assert line.deflects
    line.wait(0.001)
    assert not line.deflects


def test_another_stage_is_another_bar() -> None:
    line = Line()
    line.calls("c1")
    assert line.orders("flood") == []
    assert line.orders("gale") == ["deflected c1: callback"]
    line.leaves("c1")
    line.orders("flood")
    assert line.calls("c2") == ["queued c2 in billing at 1"]


def test_a_restart_and_other_rules_keep_the_bar_of_the_stage() -> None:
    line = Line()
    line.orders("storm")
    assert line.restarted() == []
    assert line.calls("c1")[1:] == ["deflected c1: callback"]
    line.leaves("c1")
    rules = RULES.replace("ON", PAIR)
    assert line.swapped(rules.replace("wait: 2m}", "wait: 3m}")) == ["policy.changed"]
    assert line.calls("c2") == ["queued c2 in billing at 1"]
    assert line.swapped(rules) == ["policy.changed"]
    assert line.wait(0) == ["deflected c2: callback"]
