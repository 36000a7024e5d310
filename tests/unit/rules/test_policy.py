"""What operators write becomes exactly the policy that the engine is given."""

import pytest

from router.model.policy import (
    LONGEST_IDLE,
    AgentRules,
    Channel,
    Feature,
    Offering,
    OfferMode,
    Order,
    OrderBy,
    Queue,
    Selection,
    Turn,
    WrapUp,
)
from router.model.requirement import (
    NOTHING,
    AllOf,
    AnyOf,
    AnySkill,
    Comparison,
    LanguageTerm,
    NotOf,
    Requirement,
    SkillTerm,
)
from router.rules import RulesError, loads

HEAD = "version: 1\nskills: {billing: 1..3, calm: 1..2}\n"


def queue(written: str) -> Queue:
    text = f"{HEAD}channels: {{chat: {{}}}}\nqueues:\n  q: {{takes: true, {written}}}\n"
    return loads(text).policies[0].queues["q"]


def channel(written: str) -> Channel:
    text = f"{HEAD}channels: {{c: {{{written}}}}}\nqueues: {{q: {{takes: true}}}}\n"
    return loads(text).policies[0].channels["c"]


def agents(written: str) -> AgentRules:
    text = f"{HEAD}channels: {{c: {{}}}}\nagents: {{{written}}}\nqueues: {{q: {{takes: true}}}}\n"
    return loads(text).policies[0].agents


def at_least(skill: str, level: int) -> SkillTerm:
    return SkillTerm(skill, Comparison.AT_LEAST, level)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{}", NOTHING),
        ("{calm: 2}", at_least("calm", 2)),
        ('{calm: "< 2"}', SkillTerm("calm", Comparison.BELOW, 2)),
        (
            '{billing: ">= level", language: same}',
            AllOf(
                (
                    SkillTerm("billing", Comparison.AT_LEAST, 0, relative=True),
                    LanguageTerm("same"),
                )
            ),
        ),
        ("{any_skill: 1}", AnySkill(1)),
        ("{language: fr-CA}", LanguageTerm("fr-CA")),
        (
            "{any_of: [{billing: 2}, {billing: 1, calm: 1}]}",
            AnyOf((at_least("billing", 2), AllOf((at_least("billing", 1), at_least("calm", 1))))),
        ),
        (
            '{all_of: [{billing: 1}, {billing: "< 3"}]}',
            AllOf((at_least("billing", 1), SkillTerm("billing", Comparison.BELOW, 3))),
        ),
        ("{not: {calm: 1}}", NotOf(at_least("calm", 1))),
    ],
)
def test_requirements(written: str, expected: Requirement) -> None:
    assert queue(f"requires: {written}").requires == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("longest_idle", LONGEST_IDLE),
        ("best_skill", Selection(weights={Feature.PROFICIENCY: 1})),
        ("least_loaded", Selection(weights={Feature.LOAD: -1})),
        ("round_robin", Selection(weights={}, turn=Turn.ROUND_ROBIN)),
        ("keep_experts", Selection(weights={Feature.OVERQUALIFIED: -1})),
        ("most_preferred", Selection(weights={Feature.PREFERENCE: 1})),
        ("cheapest", Selection(weights={Feature.COST: -1})),
        ("fewest_lately", Selection(weights={Feature.FAIRNESS: 1})),
        (
            "{proficiency: 4, idle: 2, cost: 0, turn: round_robin}",
            Selection(weights={Feature.IDLE: 2, Feature.PROFICIENCY: 4}, turn=Turn.ROUND_ROBIN),
        ),
    ],
)
def test_selections(written: str, expected: Selection) -> None:
    assert queue(f"selects: {written}").selects == expected


def test_the_longest_idle_is_selected_where_nothing_is_said() -> None:
    assert queue("requires: {}").selects == LONGEST_IDLE


@pytest.mark.parametrize(
    ("selects", "weight"),
    [
        ("longest_idle", 10),
        ("round_robin", 10),
        ("{proficiency: 4, load: -7}", 70),
        ("{proficiency: 4, preferred_skills: 3}", 3),
    ],
)
def test_a_wish_outweighs_the_rest_unless_its_weight_is_said(selects: str, weight: int) -> None:
    found = queue(f"prefers: {{calm: 2}}, selects: {selects}")
    assert found.prefers == (at_least("calm", 2),)
    assert found.selects.weights[Feature.PREFERRED_SKILLS] == weight


def test_a_wish_can_be_said_to_weigh_nothing() -> None:
    found = queue("prefers: {calm: 2}, selects: {idle: 1, preferred_skills: 0}")
    assert found.selects.weights == {Feature.IDLE: 1}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{}", Order(by=OrderBy.PRIORITY, ageing=0)),
        ("{ageing: 6/m}", Order(by=OrderBy.PRIORITY, ageing=100)),
        (
            "{by: target, target: {within: 2m}}",
            Order(by=OrderBy.TARGET, ageing=1_000, within_ms=120_000),
        ),
        ("{by: arrival}", Order(by=OrderBy.ARRIVAL, ageing=1_000)),
        ("{by: newest, ageing: 2/s}", Order(by=OrderBy.NEWEST, ageing=2_000)),
    ],
)
def test_orders(written: str, expected: Order) -> None:
    assert queue(f"order: {written}").order == expected


def test_a_conversation_is_kept_for_its_preferred_agents() -> None:
    assert queue("preferred_agent: {wait: 90s, then: anyone}").preferred_wait_ms == 90_000
    assert queue("requires: {}").preferred_wait_ms == 0


def test_channels() -> None:
    assert channel("") == Channel(name="c")
    assert channel("units: 34, at_most: 3, offer: {mode: automatic}") == Channel(
        name="c", units=34, at_most=3, mode=OfferMode.AUTOMATIC
    )
    assert channel("exclusive: true, offer: {expires: 15s}") == Channel(
        name="c", exclusive=True, expires_ms=15_000
    )


def test_a_queue_offers_as_it_says_itself_or_else_as_the_channel() -> None:
    assert queue("requires: {}").offering is None
    assert queue("offer: {}").offering == Offering()
    assert queue("offer: {mode: automatic}").offering == Offering(mode=OfferMode.AUTOMATIC)
    assert queue("offer: {expires: 45s, to: 3}").offering == Offering(
        expires_ms=45_000, addressees=3
    )


def test_what_a_queue_inherits_of_its_offer_is_said_anew_as_a_whole_or_taken_back() -> None:
    found = loads(
        f"{HEAD}"
        "channels: {chat: {offer: {mode: automatic}}}\n"
        "queues:\n"
        "  first: {takes: level > 2, offer: {expires: 45s, to: 3}}\n"
        "  same: {like: first, takes: level > 1}\n"
        "  other: {like: first, takes: level > 0, offer: {expires: 10s}}\n"
        "  plain: {like: first, takes: true, offer: false}\n"
    ).policies[0]
    assert found.queues["same"].offering == Offering(expires_ms=45_000, addressees=3)
    assert found.queues["other"].offering == Offering(expires_ms=10_000)
    assert found.queues["plain"].offering is None


@pytest.mark.parametrize(
    ("written", "limit"),
    [
        *(("fixed: 20s", 20_000), ("at_most: 1m", 60_000), ("open: true", None)),
        ("open: true, at_most: 10m", 600_000),
    ],
)
def test_wrap_ups(written: str, limit: int | None) -> None:
    assert channel(f"wrap_up: {{{written}}}").wrap_up == WrapUp(limit)


def test_what_holds_for_every_agent() -> None:
    assert agents("") == AgentRules()
    assert agents(
        "capacity: 300, lease: 45s, after_missed_offers: {do: suspend, count: 3, for: 1m}, "
        "never_again_after_decline: 0s, lost: {requeue_after: never}"
    ) == AgentRules(
        capacity=300,
        lease_ms=45_000,
        missed_offers=3,
        suspended_ms=60_000,
        decline_memory_ms=0,
        lost_after_ms=None,
    )
    assert agents("after_missed_offers: {do: nothing}").missed_offers == 0


def test_the_top_levels_are_those_declared() -> None:
    text = f"{HEAD}channels: {{c: {{}}}}\nqueues: {{q: {{takes: true}}}}\n"
    assert loads(text).policies[0].top_levels == {"billing": 3, "calm": 2}


def test_an_entry_can_be_like_another() -> None:
    policy = loads(
        f"{HEAD}"
        "channels:\n"
        "  message: {like: chat, units: 10}\n"
        "  chat: {units: 34, at_most: 3, offer: {mode: automatic}}\n"
        "queues:\n"
        "  billing: {takes: level > 1, requires: {billing: 2}, order: {by: arrival}}\n"
        "  letters: {like: billing, takes: level == 1, requires: {calm: 1}}\n"
        "  late: {like: letters, takes: false}\n"
    ).policies[0]
    assert policy.channels["message"] == Channel(
        name="message", units=10, at_most=3, mode=OfferMode.AUTOMATIC
    )
    assert policy.queues["letters"] == Queue(
        name="letters",
        requires=at_least("calm", 1),
        order=Order(by=OrderBy.ARRIVAL, ageing=1_000),
    )
    assert policy.queues["late"].order == policy.queues["billing"].order


def test_what_an_entry_takes_is_not_inherited() -> None:
    text = f"{HEAD}channels: {{c: {{}}}}\nqueues: {{a: {{takes: true}}, b: {{like: a}}}}\n"
    with pytest.raises(RulesError, match="`b` does not say what it takes"):
        loads(text)


def test_queues_keep_the_order_of_the_file() -> None:
    names = [f"q{number}" for number in (5, 3, 9, 1)]
    queues = ", ".join(f"{name}: {{takes: level > 1}}" for name in names)
    text = f"{HEAD}channels: {{c: {{}}}}\nqueues: {{{queues}}}\n"
    assert list(loads(text).policies[0].queues) == names
