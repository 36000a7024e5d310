"""Waits that ended lately: too few went well, and something turns on; until enough do, or time goes by."""

from router.model import inputs
from router.model.outputs import ConversationDeflected, SurgeChanged, Trigger
from tests.unit.engine.centre import POOL, Centre

RULES = """
version: 1
skills: {billing: 1..3}
topics: [billing, other]
channels:
  voice: {units: 100, exclusive: true, offer: {mode: automatic}, wrap_up: {fixed: 0s}}
agents: {lease: 1d}
queues:
  billing:
    takes: [billing]
    requires: {billing: 1}
    order: {by: target, target: {within: 20s}}
    deflects: [{offer: callback, ON, text: Ring you back?, expires: 1h}]
  rest: {takes: true}
SURGE
"""
TOO_FEW = (
    "on: {answered_share: {below: 60%, over: 5m}}, off: {answered_share: {above: 75%, over: 5m}}"
)
MINUTE = 60


class Phones(Centre):
    """A centre that has a minute of its own: it opens at the beginning of one."""

    def __init__(self, on: str = TOO_FEW, surge: str = "") -> None:
        super().__init__(RULES.replace("ON", on).replace("SURGE", surge))
        self.now = 200.0  # with the first milliseconds of the clock: twenty minutes
        self._numbers = 0

    def gone(self, queue: str = "billing") -> None:
        """Let a customer come and leave at once."""
        self._numbers += 1
        self.asks(f"g{self._numbers}", channel="voice", topic=queue)
        self.about(inputs.ConversationAbandoned, conversation=f"g{self._numbers}")

    def answered(self, after: float = 0) -> None:
        """Let a customer come and an agent take the call, so much later."""
        self._numbers += 1
        name = f"a{self._numbers}"
        self.asks(name, channel="voice", topic="billing")
        self.wait(after)
        if self.engine.pools[POOL].conversations[name].stage == "deflected":
            self.prefers_to_wait(name)
        self.works("ana", {"billing": 3})
        self.about(inputs.ConversationEnded, conversation=name, agent="ana")
        self.declares("ana", "offline")

    @property
    def on(self) -> dict[str, Trigger]:
        """Give the switches that are on, with what turned them on."""
        self.wait(0)
        return {name: on.trigger for name, on in self.engine.pools[POOL].record.switches.items()}


def test_too_few_are_answered_and_those_who_wait_are_told() -> None:
    phones = Phones()
    phones.answered()
    phones.answered()
    phones.gone()
    assert phones.on == {}
    phones.asks("c1", channel="voice", topic="billing")
    phones.gone()
    decided = phones.engine.advance(phones.milliseconds)
    (told,) = (each.body for each in decided)
    assert isinstance(told, ConversationDeflected)
    assert (told.conversation, told.trigger) == ("c1", Trigger("answered_share", 0.5))


def test_where_no_wait_has_ended_nothing_is_too_few_and_nothing_enough() -> None:
    phones = Phones()
    phones.asks("c1", channel="voice", topic="billing")
    assert phones.on == {}
    phones.gone()
    assert phones.on == {"billing: callback": Trigger("answered_share", 0.0)}
    # The one wait that ended is forgotten, and it stays on: none is not enough.
    phones.wait(10 * MINUTE)
    assert len(phones.on) == 1


def test_enough_are_answered_again_and_it_is_off() -> None:
    phones = Phones()
    phones.gone()
    for _ in range(3):
        phones.answered()
        assert phones.on
    phones.answered()
    assert phones.on == {}


def test_it_turns_at_the_very_moment_at_which_a_minute_counts_no_more() -> None:
    phones = Phones()
    phones.gone()
    phones.now += 90
    for _ in range(2):
        phones.answered()
    assert phones.on
    # The minute of the one who left began at 200: it counts until 500.
    phones.now = 200 + 5 * MINUTE - 0.001
    assert phones.on
    phones.now += 0.001
    assert phones.on == {}


def test_it_turns_on_too_when_those_who_were_answered_count_no_more() -> None:
    phones = Phones()
    for _ in range(3):
        phones.answered()
    phones.now += 90
    phones.gone()
    assert phones.on == {}
    phones.now = 200 + 5 * MINUTE - 0.001
    assert phones.on == {}
    phones.now += 0.001
    assert phones.on == {"billing: callback": Trigger("answered_share", 0.0)}


def test_time_may_take_away_what_it_gave() -> None:
    phones = Phones(
        "on: {all: [{answered_share: {below: 60%, over: 5m}}, {oldest_wait: 10m}]}, at_least: 1m"
    )
    for _ in range(3):
        phones.answered()
    phones.now += 90
    phones.gone()
    phones.asks("c1", channel="voice", topic="billing")
    # Too few from 500 to 560; the oldest wait is ten minutes at 890.
    assert phones.on == {}
    phones.wait(15 * MINUTE)
    assert phones.on == {}


def test_in_time_is_the_target_of_the_queue_unless_said_otherwise() -> None:
    level = "{below: 60%, over: 5m}"
    for within, on in (("", True), (", within: 30s", False)):
        said = level.replace("}", within + "}")
        phones = Phones(f"on: {{service_level: {said}}}, at_least: 1m")
        phones.answered(after=25)
        assert bool(phones.on) is on
        for _ in range(2):
            phones.answered(after=20)
        assert bool(phones.on) is on  # for a minute at least


def test_an_offer_that_is_accepted_late_is_a_wait_that_ended_late() -> None:
    phones = Phones()
    late = "on: {service_level: {below: 60%, over: 5m, within: 10s}}, at_least: 1m"
    manual = RULES.replace("mode: automatic", "mode: manual, expires: 1m")
    phones.swapped(manual.replace("SURGE", "").replace("ON", late))
    phones.works("ana", {"billing": 3})
    phones.asks("c1", channel="voice", topic="billing")
    phones.wait(11)
    assert phones.on == {}
    phones.answers("accepts", "c1")
    assert phones.on == {"billing: callback": Trigger("service_level", 0.0)}


def test_what_was_counted_is_not_forgotten_by_a_restart() -> None:
    phones = Phones()
    phones.answered()
    phones.restarted()
    phones.gone()
    assert phones.on == {"billing: callback": Trigger("answered_share", 0.5)}
    phones.restarted()
    assert phones.on == {"billing: callback": Trigger("answered_share", 0.5)}


def test_under_rules_that_do_not_ask_it_is_forgotten() -> None:
    phones = Phones()
    phones.answered()
    phones.answered()
    before = phones.rules.policies[0]
    phones.swapped(RULES.replace("ON", "on: {waiting: 9}, at_least: 1m").replace("SURGE", ""))
    assert phones.engine.pools[POOL].tallies == {}
    phones.gone()
    phones.swapped(RULES.replace("ON", TOO_FEW).replace("SURGE", ""))
    assert phones.rules.policies[0].version == before.version
    assert phones.on == {}
    phones.gone()
    assert phones.on == {"billing: callback": Trigger("answered_share", 0.0)}


def test_of_all_queues_together_a_stage_begins() -> None:
    stage = "{below: 60%, over: 5m, within: 20s}"
    phones = Phones(
        "on: {waiting: 9}, at_least: 1m",
        f"surge: {{busy: {{on: {{service_level: {stage}}}, at_least: 1m, expires: 1h,"
        " sets: {expansion_speed: 2x}}}",
    )
    phones.answered()
    phones.gone("other")
    (changed,) = (each.body for each in phones.engine.advance(phones.milliseconds))
    assert isinstance(changed, SurgeChanged)
    assert (changed.to, changed.trigger) == ("busy", Trigger("service_level", 0.5))


def test_a_queue_with_no_such_condition_counts_nothing() -> None:
    phones = Phones("on: {waiting: 9}, at_least: 1m")
    phones.answered()
    phones.gone()
    assert phones.engine.pools[POOL].tallies == {}
