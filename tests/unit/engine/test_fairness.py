"""Fairness: work goes to whoever was given the fewest in the last hour."""

from router.model import inputs
from router.model.outputs import ConversationAssigned
from tests.unit.engine.centre import POOL, Centre

FEWEST = """
version: 1
channels:
  chat: {units: 20, offer: {mode: automatic}, wrap_up: {fixed: 0s}}
  voice: {units: 20, offer: {mode: manual, expires: 60s}, wrap_up: {fixed: 0s}}
agents: {lease: 24h, never_again_after_decline: 10m}
queues: {all: {takes: true, selects: fewest_lately}}
"""
IDLE = FEWEST.replace("fewest_lately", "longest_idle")


def two(rules: str = FEWEST) -> Centre:
    """Give a centre, at the beginning of a slice of five minutes, in which ana came before ben."""
    centre = Centre(rules)
    centre.wait(200)
    for agent in ("ana", "ben"):
        centre.works(agent, channels={"chat": 9, "voice": 9})
    return centre


def has(centre: Centre, conversation: str) -> str:
    """Say who gets a conversation that is over at once."""
    agent = centre.asks(conversation)[1].rpartition(" ")[2]
    centre.about(inputs.CommandClose, conversation=conversation, by="eve", reason="r")
    return agent


def ana_has(count: int, rules: str = FEWEST) -> Centre:
    """Give a centre in which ana was given so many while ben had a break."""
    centre = two(rules)
    centre.declares("ben", "break")
    assert [has(centre, f"a{n}") for n in range(count)] == ["ana"] * count
    centre.declares("ben", "available")
    return centre


def test_whoever_was_given_fewest_is_next_however_long_others_are_idle() -> None:
    centre = ana_has(3)
    centre.wait(240)
    assert [has(centre, f"b{n}") for n in range(3)] == ["ben"] * 3
    assert has(centre, "c1") == "ana"
    assert has(centre, "c2") == "ben"


def test_the_best_of_a_load_is_found_behind_others_of_the_same_load() -> None:
    centre = ana_has(1)
    centre.wait(30)
    for agent in ("cleo", "dan"):
        centre.works(agent, channels={"chat": 9, "voice": 9})
    assert [has(centre, f"b{n}") for n in range(4)] == ["ben", "cleo", "dan", "ana"]


def test_an_offer_counts_for_everybody_who_is_asked_and_where_it_is_declined() -> None:
    centre = two()
    assert centre.asks("v1", "voice")[1:] == ["offered v1 to ana"]
    assert centre.answers("declines", "v1")[1:] == ["offered v1 to ben"]
    assert centre.answers("accepts", "v1") == ["assigned v1 to ben"]
    assert given(centre) == {"ana": 1, "ben": 1}
    both = Centre(FEWEST.replace("expires: 60s", "expires: 60s, to: 2"))
    for agent in ("ana", "ben"):
        both.works(agent, channels={"voice": 9})
    both.asks("v1", "voice")
    assert given(both) == {"ana": 1, "ben": 1}


def test_what_a_supervisor_gives_counts_too() -> None:
    centre = two()
    centre.about(inputs.CommandPauseQueue, queue="all", by="eve", reason="r")
    centre.asks("c1")
    order = {"conversation": "c1", "agent": "ben", "by": "eve", "reason": "r"}
    assert centre.about(inputs.CommandAssign, **order)[1:] == ["assigned c1 to ben"]
    assert given(centre) == {"ana": 0, "ben": 1}


def test_it_is_forgotten_when_its_five_minutes_are_an_hour_ago() -> None:
    centre = ana_has(2)
    centre.wait(3_599)
    assert [has(centre, f"b{n}") for n in range(2)] == ["ben", "ben"]
    centre = ana_has(2)
    centre.wait(3_599)
    assert has(centre, "b1") == "ben"
    centre.wait(1)
    assert has(centre, "b2") == "ana"
    assert given(centre) == {"ana": 1, "ben": 1}


def test_each_offer_takes_two_percent_until_nothing_is_left() -> None:
    centre = ana_has(51, FEWEST.replace("fewest_lately", "{fairness: 3, idle: 0}"))
    centre.declares("ben", "offline")
    terms = [offered(centre, "c1")]
    centre.declares("ana", "offline")
    centre.declares("ben", "available")
    terms += [offered(centre, "c2"), offered(centre, "c3")]
    assert terms == [{"fairness": 0}, {"fairness": 300}, {"fairness": 294}]


def test_it_lasts_through_a_restart_and_other_rules_that_ask_for_it() -> None:
    centre = ana_has(2)
    assert centre.restarted() == []
    assert has(centre, "b1") == "ben"
    assert centre.swapped(FEWEST.replace("lease: 24h", "lease: 23h")) == ["policy.changed"]
    assert has(centre, "b2") == "ben"


def test_nothing_is_counted_and_all_forgotten_under_rules_that_do_not_ask_for_it() -> None:
    centre = ana_has(2)
    centre.swapped(IDLE)
    assert given(centre) == {"ana": 0, "ben": 0}
    has(centre, "b1")
    assert given(centre) == {"ana": 0, "ben": 0}


def given(centre: Centre) -> dict[str, int]:
    """Count what the records say that each was given."""
    agents = centre.engine.pools[POOL].agents
    return {name: sum(n for _, n in agents[name].record.given) for name in ("ana", "ben")}


def offered(centre: Centre, conversation: str) -> dict[str, int]:
    """Give the terms of the score of whoever gets a conversation."""
    event = inputs.ConversationCreated(
        **centre.envelope(), conversation=conversation, channel="chat"
    )
    (assigned,) = [
        each.body for each in centre.decide(event) if isinstance(each.body, ConversationAssigned)
    ]
    return dict(assigned.why.terms)
