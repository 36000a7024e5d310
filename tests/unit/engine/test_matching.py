"""Who gets whom: urgency, capacity, preferences, the best agent."""

import pytest

from router.model import inputs
from router.model.outputs import ConversationAssigned
from tests.unit.engine.centre import POOL, RULES, Centre

SELECTS = """
version: 1
skills: {contracts: 1..3, calm: 1..3}
topics: [contracts]
channels:
  chat: {units: 34, at_most: 3, offer: {mode: automatic}, wrap_up: {fixed: 0s}}
agents: {lease: 24h}
queues:
  contracts:
    takes: true
    requires: {contracts: ">= level"}
    selects: SELECTS
"""


def choice(selects: str, **agents: dict[str, int]) -> str:
    """Who gets a simple conversation, of agents who came in this order."""
    centre = Centre(SELECTS.replace("SELECTS", selects))
    for agent, skills in agents.items():
        centre.works(agent, skills)
        centre.now += 60
    return centre.asks("c1", topic="contracts", level=1)[1].rpartition(" ")[2]


def test_a_free_agent_gets_the_most_urgent_he_may_take() -> None:
    centre = Centre()
    centre.asks("old", topic="reimbursement", level=3)
    centre.asks("low", topic="reimbursement", priority=10)
    centre.asks("high", topic="reimbursement", priority=500)
    assert centre.works("ana", {"reimbursement": 1}, channels={"chat": 1}) == [
        "assigned high to ana"
    ]


def test_waiting_makes_a_conversation_more_urgent_across_queues() -> None:
    centre = Centre()
    centre.asks("first", topic="contracts")
    centre.wait(100)
    centre.asks("second", topic="letters", priority=99)
    works = {"skills": {"contracts": 1}, "channels": {"chat": 1}}
    assert centre.works("ana", **works) == ["assigned first to ana"]  # type: ignore[arg-type]  # facts by name


def test_the_newest_goes_first_where_the_queue_says_so() -> None:
    centre = Centre(RULES.replace("order: {by: arrival}", "order: {by: newest}"))
    centre.asks("c1", topic="contracts")
    centre.now += 1
    assert centre.asks("c2", topic="contracts") == ["queued c2 in contracts at 1"]
    assert centre.works("ana", {"contracts": 1}, channels={"chat": 1}) == ["assigned c2 to ana"]


def test_nearer_to_its_target_is_more_urgent() -> None:
    rules = RULES.replace(
        'requires: {contracts: ">= level"}\n    order: {by: arrival}',
        'requires: {contracts: ">= level"}\n    order: {by: target, target: {within: 30s}}',
    ).replace(
        "requires: {}\n    order: {by: arrival}",
        "requires: {}\n    order: {by: target, target: {within: 4h}}",
    )
    centre = Centre(rules)
    centre.asks("letter", "chat")
    centre.wait(3_600)
    centre.asks("call", topic="contracts")
    assert centre.works("ana", {"contracts": 1}, channels={"chat": 1}) == ["assigned call to ana"]


def test_capacity_is_counted_in_units_and_by_channel() -> None:
    centre = Centre()
    centre.works("ana", channels={"chat": 3, "email": 4})
    for name in ("c1", "c2"):
        centre.asks(name)
    assert centre.asks("e1", "email")[-1] == "offered e1 to ana"
    # 2 x 34 + 25 = 93 of 100: neither a chat nor an email fits any more.
    assert centre.asks("c3") == ["queued c3 in letters at 1"]
    assert centre.asks("e2", "email") == ["queued e2 in letters at 2"]


def test_an_exclusive_channel_shuts_out_the_others_both_ways() -> None:
    free = RULES.replace("units: 100, exclusive", "units: 10, exclusive")
    centre = Centre(free)
    centre.works("ana", channels={"chat": 3, "voice": 1})
    centre.asks("c1")
    assert centre.asks("v1", "voice") == ["queued v1 in letters at 1"]
    assert centre.about(inputs.ConversationEnded, conversation="c1") == [
        "closed c1",
        "offered v1 to ana",
    ]
    assert centre.asks("c2") == ["queued c2 in letters at 1"]


def test_a_language_is_required_by_its_first_part_only_where_the_customer_has_one() -> None:
    centre = Centre()
    centre.works("ana", {"reimbursement": 1}, languages=("fr-FR",))
    assert len(centre.asks("c1", topic="reimbursement", language="fr-CA")) == 2
    assert len(centre.asks("c2", topic="reimbursement", language="en")) == 1
    assert len(centre.asks("c3", topic="reimbursement")) == 2


def test_who_declined_is_not_asked_again_until_it_is_forgotten() -> None:
    centre = Centre()
    centre.works("ana")
    centre.asks("c1", "voice")
    assert centre.answers("declines", "c1") == ["declined c1 from ana"]
    assert centre.wait(599) == []
    assert centre.wait(1) == ["offered c1 to ana"]


def test_a_conversation_is_kept_for_its_preferred_agent_for_a_while() -> None:
    centre = Centre()
    centre.works("ana", {"reimbursement": 1})
    centre.works("ben", {"reimbursement": 1})
    centre.declares("ben", "busy")
    asked = {"topic": "reimbursement", "preferred_agents": ("ben",)}
    assert centre.asks("c1", **asked) == ["queued c1 in reimbursement at 1"]  # type: ignore[arg-type]  # facts by name
    assert centre.wait(59) == []
    assert centre.wait(1) == ["assigned c1 to ana"]
    assert len(centre.asks("c2", **asked)) == 1  # type: ignore[arg-type]  # facts by name
    assert centre.declares("ben", "available") == ["assigned c2 to ben"]


def test_nobody_waits_for_a_preferred_agent_who_cannot_be_reached() -> None:
    centre = Centre()
    centre.works("ana", {"reimbursement": 1})
    centre.works("ben", {"reimbursement": 1})
    centre.declares("ben", "meeting")
    asked = {"topic": "reimbursement", "preferred_agents": ("ben",)}
    assert len(centre.asks("c1", **asked)) == 1  # type: ignore[arg-type]  # facts by name
    assert centre.declares("ben", "offline") == ["assigned c1 to ana"]
    assert centre.asks("c2", **asked)[-1] == "assigned c2 to ana"  # type: ignore[arg-type]  # facts by name


def test_the_longest_idle_is_chosen_unless_the_rules_say_otherwise() -> None:
    novice, expert = {"contracts": 1}, {"contracts": 3}
    assert choice("longest_idle", ana=novice, ben=expert) == "ana"
    assert choice("best_skill", ana=novice, ben=expert) == "ben"
    assert choice("keep_experts", ben=expert, ana=novice) == "ana"


def test_round_robin_takes_turns_whoever_is_idle() -> None:
    centre = Centre(SELECTS.replace("SELECTS", "round_robin"))
    for agent in ("ana", "ben", "eve"):
        centre.works(agent, {"contracts": 1})
    got = []
    for number in range(6):
        centre.now += 1
        got.append(centre.asks(f"c{number}", topic="contracts")[1].rpartition(" ")[2])
        centre.about(inputs.ConversationEnded, conversation=f"c{number}")
    assert got == ["ana", "ben", "eve"] * 2


def test_the_least_loaded_is_chosen() -> None:
    centre = Centre(SELECTS.replace("SELECTS", "least_loaded"))
    for agent in ("ana", "ben"):
        centre.works(agent, {"contracts": 1})
    got = [centre.asks(f"c{n}", topic="contracts")[1].rpartition(" ")[2] for n in range(4)]
    assert sorted(got[:2]) == sorted(got[2:]) == ["ana", "ben"]


def test_the_score_is_the_sum_of_its_terms() -> None:
    rules = SELECTS.replace("SELECTS", "{proficiency: 4, idle: 2, load: -1, overqualified: -5}")
    centre = Centre(rules)
    centre.works("ana", {"contracts": 3})
    centre.wait(60)
    created = inputs.ConversationCreated(
        **centre.envelope(), conversation="c1", channel="chat", topic_="contracts", level=2
    )
    assigned = centre.decide(created)[1].body
    assert isinstance(assigned, ConversationAssigned)
    assert assigned.why.terms == {"proficiency": 400, "idle": 20, "load": 0, "overqualified": -165}
    assert assigned.why.score == sum(assigned.why.terms.values())


@pytest.mark.parametrize("level", [3, 4, 2**53 - 1])
def test_nobody_is_more_overqualified_than_the_highest_level_there_is(level: int) -> None:
    centre = Centre(SELECTS.replace("SELECTS", "{overqualified: -10}"))
    centre.works("ana", {"contracts": level})
    created = inputs.ConversationCreated(
        **centre.envelope(), conversation="c1", channel="chat", topic_="contracts", level=1
    )
    assigned = centre.decide(created)[1].body
    assert isinstance(assigned, ConversationAssigned)
    assert assigned.why.terms == {"overqualified": -660}


def test_in_a_paused_queue_nothing_is_kept_for_who_cannot_be_reached_any_more() -> None:
    centre = Centre()
    order = {"by": "eve", "reason": "system down"}
    centre.works("ben", {"reimbursement": 1})
    centre.about(inputs.CommandPauseQueue, queue="reimbursement", **order)
    centre.asks("c1", topic="reimbursement", preferred_agents=("ben",))
    centre.about(inputs.AgentPresence, agent="ben", presence=inputs.Presence.OFFLINE)
    digest = centre.engine.digest()
    assert centre.restarted() == []
    assert centre.engine.digest() == digest
    centre.works("ana", {"reimbursement": 1})
    resumed = centre.about(inputs.CommandResumeQueue, queue="reimbursement", **order)
    assert resumed == ["command applied", "assigned c1 to ana"]


def test_a_paused_queue_gives_nothing_and_keeps_its_places() -> None:
    centre = Centre()
    order = {"by": "eve", "reason": "system down"}
    assert centre.about(inputs.CommandPauseQueue, queue="letters", **order) == ["command applied"]
    centre.asks("c1")
    assert centre.works("ana") == []
    assert centre.restarted() == []
    assert centre.asks("c2") == ["queued c2 in letters at 2"]
    assert centre.about(inputs.CommandResumeQueue, queue="letters", **order) == [
        "command applied",
        "assigned c1 to ana",
        "assigned c2 to ana",
    ]


def test_a_restart_changes_nothing_but_the_leases() -> None:
    centre = Centre()
    centre.works("ana", {"reimbursement": 1})
    centre.asks("v1", "voice", topic="reimbursement")
    centre.asks("c1", topic="contracts")
    digest = centre.engine.digest()
    assert centre.restarted() == []
    assert centre.engine.digest() == digest
    assert centre.engine.pools[POOL].waiting("contracts") == 1
    assert centre.answers("accepts", "v1") == ["assigned v1 to ana"]
