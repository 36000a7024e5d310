"""A queue that offers otherwise than the channels of its conversations do."""

import pytest

from router.model import inputs
from tests.unit.engine.centre import POOL, Centre

RULES = """
version: 1
topics: [hard, ringing, wide, letters]
channels:
  chat: {units: 34, at_most: 3, offer: {mode: automatic}}
  voice: {units: 100, exclusive: true, offer: {mode: manual, expires: 15s}}
  email: {units: 25, interruptible: true, offer: {mode: manual, expires: 2m, to: 2}}
agents: {capacity: 100, lease: 1d}
queues:
  hard:
    takes: [hard]
    order: {by: arrival}
    offer: {expires: 30s}
  ringing:
    takes: [ringing]
    order: {by: arrival}
    offer: {mode: automatic}
  wide:
    takes: [wide]
    order: {by: arrival}
    offer: {expires: 40s, to: 3}
  rest: {takes: true, order: {by: arrival}}
surge:
  storm: {expires: 1h, sets: {offer_expires: 8s}}
"""


def centre_with(*agents: str, rules: str = RULES) -> Centre:
    """Let these work, the longest idle first."""
    centre = Centre(rules)
    for agent in agents:
        centre.works(agent)
        centre.now += 60
    return centre


def expires_in(centre: Centre, conversation: str) -> float:
    """Tell how many seconds the open offer of a conversation has left."""
    offer = centre.engine.pools[POOL].conversations[conversation].offer
    assert offer is not None
    assert offer.expires_at is not None
    return (offer.expires_at - centre.milliseconds) / 1_000


def test_whoever_is_given_a_chat_of_a_queue_that_asks_is_asked() -> None:
    centre = centre_with("ana")
    assert centre.asks("c1", topic="hard") == ["queued c1 in hard at 1", "offered c1 to ana"]
    assert expires_in(centre, "c1") == 30
    assert centre.answers("accepts", "c1") == ["assigned c1 to ana"]
    assert centre.asks("c2") == ["queued c2 in rest at 1", "assigned c2 to ana"]


def test_a_call_of_a_queue_that_asks_nobody_is_assigned_at_once() -> None:
    centre = centre_with("ana", "bob")
    assert centre.asks("v1", "voice", topic="ringing")[1:] == ["assigned v1 to ana"]
    assert centre.asks("v2", "voice")[1:] == ["offered v2 to bob"]


def test_the_offer_of_the_queue_stands_in_place_of_all_the_channel_says() -> None:
    centre = centre_with("ana", "bob")
    assert centre.asks("e1", "email", topic="hard")[1:] == ["offered e1 to ana"]
    assert expires_in(centre, "e1") == 30
    assert centre.asks("e2", "email")[1:] == ["offered e2 to bob", "offered e2 to ana"]
    assert expires_in(centre, "e2") == 120


@pytest.mark.parametrize("channel", ["chat", "voice", "email"])
def test_several_are_asked_at_once_on_every_channel(channel: str) -> None:
    centre = centre_with("ana", "bob", "cleo", "dan")
    told = centre.asks("c1", channel, topic="wide")
    assert told[1:] == ["offered c1 to ana", "offered c1 to bob", "offered c1 to cleo"]
    assert expires_in(centre, "c1") == 40
    assert centre.answers("accepts", "c1") == [
        "withdrawn c1 from bob",
        "withdrawn c1 from cleo",
        "assigned c1 to ana",
    ]


def test_queues_that_ask_for_the_same_agents_in_the_same_order_offer_each_in_its_way() -> None:
    centre = centre_with()
    for name, topic in (("c1", "hard"), ("c2", "wide"), ("c3", "ringing"), ("c4", "letters")):
        centre.asks(name, topic=topic)
        centre.now += 1
    assert centre.works("ana") == [
        "offered c1 to ana",
        "offered c2 to ana",
    ]
    assert expires_in(centre, "c1") == 30
    assert expires_in(centre, "c2") == 40
    assert centre.works("bob") == ["assigned c3 to bob", "assigned c4 to bob"]


def test_the_queue_it_waits_in_now_is_the_one_that_counts() -> None:
    centre = centre_with("ana", "bob")
    centre.asks("v1", "voice", topic="ringing")
    told = centre.about(
        inputs.ConversationTransferred,
        conversation="v1",
        agent="ana",
        to=inputs.TransferTarget(queue="hard"),
    )
    assert told == ["requeued v1 in hard at 1: transferred", "offered v1 to bob"]
    assert expires_in(centre, "v1") == 30


def test_an_offer_goes_on_as_it_was_made_when_the_conversation_changes_queue() -> None:
    centre = centre_with("ana")
    centre.asks("c1", topic="hard")
    centre.now += 10
    told = centre.about(inputs.ConversationUpdated, conversation="c1", topic_="ringing")
    assert told == ["queued c1 in ringing at 1"]
    assert expires_in(centre, "c1") == 20
    assert centre.wait(20) == ["expired c1 from ana", "assigned c1 to ana"]


def test_a_surge_shortens_it_as_any_other() -> None:
    centre = centre_with("ana", "bob", "cleo")
    storm = {"stage": "storm", "by": "eve", "reason": "rain"}
    centre.about(inputs.CommandSurge, **storm)
    centre.asks("v1", "voice", topic="hard")
    assert expires_in(centre, "v1") == 8
    assert centre.asks("v2", "voice", topic="ringing")[1:] == ["assigned v2 to bob"]


def test_a_supervisor_who_assigns_asks_nobody() -> None:
    centre = centre_with()
    centre.asks("c1", topic="hard")
    centre.works("ana")
    order = {"conversation": "c1", "agent": "ana", "by": "eve", "reason": "now"}
    assert centre.about(inputs.CommandAssign, **order)[-1] == "assigned c1 to ana"


def test_room_is_what_it_was_exclusive_interruptible_and_in_units() -> None:
    centre = centre_with("ana")
    assert centre.asks("e1", "email", topic="ringing")[1:] == ["assigned e1 to ana"]
    assert centre.asks("v1", "voice", topic="hard")[1:] == ["offered v1 to ana"]
    assert centre.asks("c1", topic="ringing") == ["queued c1 in ringing at 1"]


def test_other_rules_let_open_offers_be_and_what_comes_goes_by_them() -> None:
    centre = centre_with("ana", "bob")
    centre.asks("v1", "voice", topic="hard")
    centre.now += 5
    centre.swapped(RULES.replace("    offer: {expires: 30s}\n", "    offer: {mode: automatic}\n"))
    assert expires_in(centre, "v1") == 25
    assert centre.asks("v2", "voice", topic="hard")[1:] == ["assigned v2 to bob"]


def test_a_restart_forgets_nothing_of_it() -> None:
    centre = centre_with("ana")
    centre.asks("c1", topic="hard")
    centre.asks("c2", topic="wide")
    centre.restarted()
    assert (expires_in(centre, "c1"), expires_in(centre, "c2")) == (30, 40)
    assert centre.wait(30)[0] == "expired c1 from ana"
