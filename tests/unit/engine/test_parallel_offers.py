"""Several are asked at once: the first who accepts has it, and nobody is left waiting for an answer."""

import pytest

from router.engine.candidates import candidates
from router.model import inputs
from router.model.outputs import ConversationOffered
from router.model.reasons import PassedOver
from tests.unit.engine.centre import POOL, RULES, Centre

PARALLEL = RULES.replace("expires: 2m}", "expires: 2m, to: 3}")


def asked_at_once(count: int = 3) -> Centre:
    """Let so many agents be asked for a letter at once, the longest idle first."""
    centre = Centre(PARALLEL)
    for agent in ("ana", "bob", "cleo", "dan")[:count]:
        centre.works(agent)
        centre.now += 60
    centre.asks("e1", "email")
    return centre


def answer(centre: Centre, kind: type[inputs.Input], agent: str) -> list[str]:
    offer = centre.engine.pools[POOL].conversations["e1"].offer
    name = "o0" if offer is None else offer.offer
    return centre.about(kind, conversation="e1", offer=name, agent=agent)


def test_the_best_few_are_asked_the_best_first() -> None:
    centre = Centre(PARALLEL)
    for agent in ("dan", "cleo", "bob", "ana"):
        centre.works(agent)
        centre.now += 60
    assert centre.asks("e1", "email") == [
        "queued e1 in letters at 1",
        "offered e1 to dan",
        "offered e1 to cleo",
        "offered e1 to bob",
    ]


def test_they_are_asked_under_one_offer_as_one_attempt() -> None:
    centre = Centre(PARALLEL)
    centre.works("ana")
    centre.works("bob")
    event = inputs.ConversationCreated(**centre.envelope(), conversation="e1", channel="email")
    _, *decided = centre.decide(event)
    offers = [each.body for each in decided if isinstance(each.body, ConversationOffered)]
    assert [each.agent for each in offers] == ["ana", "bob"]
    same = {(each.offer, each.attempt, each.units, each.expires_at) for each in offers}
    assert same == {(f"o{decided[0].seq}", 1, 25, centre.milliseconds + 120_000)}
    assert decided[0].cause == decided[1].cause


def test_the_first_who_accepts_has_it_and_the_others_are_free() -> None:
    centre = asked_at_once()
    assert answer(centre, inputs.OfferAccepted, "bob") == [
        "withdrawn e1 from ana",
        "withdrawn e1 from cleo",
        "assigned e1 to bob",
    ]
    used = {each.id: each.used for each in centre.engine.pools[POOL].agents.values()}
    assert used == {"ana": 0, "bob": 25, "cleo": 0}
    assert answer(centre, inputs.OfferAccepted, "ana") == ["refused e1: stale_offer"]


def test_everybody_who_is_asked_holds_what_it_takes() -> None:
    centre = asked_at_once(2)
    assert centre.asks("v1", "voice") == ["queued v1 in letters at 1"]
    assert answer(centre, inputs.OfferAccepted, "ana") == [
        "withdrawn e1 from bob",
        "assigned e1 to ana",
        "offered v1 to bob",
    ]


def test_who_declines_leaves_the_others_asked() -> None:
    centre = asked_at_once(2)
    assert answer(centre, inputs.OfferDeclined, "ana") == ["declined e1 from ana"]
    assert answer(centre, inputs.OfferDeclined, "ana") == ["refused e1: stale_offer"]
    assert answer(centre, inputs.OfferDeclined, "bob") == ["declined e1 from bob"]
    assert centre.wait(599) == []
    assert centre.wait(1) == ["offered e1 to ana", "offered e1 to bob"]


def test_who_leaves_leaves_the_others_asked() -> None:
    centre = asked_at_once(2)
    assert centre.declares("ana", "break") == ["withdrawn e1 from ana"]
    assert centre.declares("ana", "available") == []
    assert centre.declares("bob", "break") == ["withdrawn e1 from bob", "offered e1 to ana"]


def test_unanswered_it_counts_for_everybody_who_was_asked() -> None:
    centre = asked_at_once(2)
    again = ["expired e1 from ana", "expired e1 from bob", "offered e1 to ana", "offered e1 to bob"]
    assert centre.wait(120) == again
    assert centre.wait(120) == [
        "expired e1 from ana",
        "expired e1 from bob",
        "suspended ana: no_answer",
        "suspended bob: no_answer",
    ]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (inputs.ConversationAbandoned, ["abandoned e1"]),
        (inputs.CommandClose, ["closed e1"]),
        (inputs.CommandRequeue, ["requeued e1 in letters at 1: command", "offered e1 to cleo"]),
    ],
)
def test_what_ends_the_offer_ends_it_for_all(kind: type[inputs.Input], said: list[str]) -> None:
    centre = asked_at_once(2)
    centre.works("cleo")
    order = {"by": "eve", "reason": "r"} if issubclass(kind, inputs.CommandInput) else {}
    decided = centre.about(kind, conversation="e1", **order)
    applied = ["command applied"] if order else []
    assert decided == [*applied, "withdrawn e1 from ana", "withdrawn e1 from bob", *said]


def test_it_stays_open_to_those_whom_it_still_fits() -> None:
    centre = Centre(RULES.replace("expires: 15s}", "expires: 15s, to: 3}"))
    centre.works("ana", {"contracts": 3})
    centre.works("bob", {"contracts": 1})
    centre.asks("v1", "voice", topic="contracts", level=1)
    told = {"kind": inputs.ConversationUpdated, "conversation": "v1"}
    assert centre.about(**told, level=2) == [
        "withdrawn v1 from bob",
        "queued v1 in contracts at 1",
    ]
    assert centre.about(**told, skills={"calm": 3}) == [
        "withdrawn v1 from ana",
        "queued v1 in contracts at 1",
    ]


def test_whoever_becomes_free_later_is_not_asked_too() -> None:
    centre = asked_at_once(1)
    assert centre.works("bob") == []


def test_several_are_asked_after_a_restart_and_under_other_rules() -> None:
    centre = asked_at_once()
    assert centre.restarted() == []
    assert centre.swapped(RULES) == ["policy.changed"]
    assert answer(centre, inputs.OfferAccepted, "cleo") == [
        "withdrawn e1 from ana",
        "withdrawn e1 from bob",
        "assigned e1 to cleo",
    ]


def test_why_not_is_told_beside_those_who_are_asked() -> None:
    centre = asked_at_once(4)
    pool = centre.engine.pools[POOL]
    told = {each.agent: each for each in candidates(pool, pool.conversations["e1"])}
    assert [told[each].words for each in ("ana", "bob", "cleo")] == ["offered to this agent"] * 3
    assert told["dan"].reason is PassedOver.OTHER_BETTER
    assert "cleo had" in told["dan"].words
