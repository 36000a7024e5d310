"""What happens to a conversation from its creation to its end."""

from router.model import inputs
from router.model.outputs import ConversationClosed, ConversationQueued, ConversationRequeued
from tests.unit.engine.centre import POOL, RULES, Centre


def test_a_conversation_that_nobody_may_take_waits_at_its_place() -> None:
    centre = Centre()
    assert centre.asks("c1", topic="contracts") == ["queued c1 in contracts at 1"]
    assert centre.asks("c2", topic="contracts") == ["queued c2 in contracts at 2"]


def test_a_chat_is_assigned_at_once_and_a_call_is_offered_first() -> None:
    centre = Centre()
    centre.works("ana", {"contracts": 1})
    assert centre.asks("c1", topic="contracts") == [
        "queued c1 in contracts at 1",
        "assigned c1 to ana",
    ]
    centre.works("ben", {"contracts": 1})
    assert centre.asks("c2", "voice", topic="contracts")[1] == "offered c2 to ben"


def test_the_arrival_is_never_later_than_the_event() -> None:
    centre = Centre()
    at = centre.milliseconds
    centre.asks("early", topic="contracts", arrived_at=at - 5_000)
    centre.asks("late", topic="contracts", arrived_at=at + 5_000)
    records = centre.engine.pools[POOL].conversations
    assert records["early"].arrived_at == at - 5_000
    assert records["late"].arrived_at == at


def test_a_conversation_that_is_open_cannot_be_created_again_but_has_a_new_life_after_its_end() -> (
    None
):
    centre = Centre()
    centre.asks("c1", topic="contracts")
    assert centre.asks("c1") == ["refused c1: conversation_exists"]
    assert centre.about(inputs.ConversationAbandoned, conversation="c1") == ["abandoned c1"]
    assert centre.asks("c1", topic="contracts") == ["queued c1 in contracts at 1"]


def test_an_unconfigured_channel_is_refused() -> None:
    assert Centre().asks("c1", "fax") == ["refused c1: unconfigured_channel"]


def test_an_update_qualifies_again_and_keeps_the_place() -> None:
    centre = Centre()
    centre.asks("c1")
    centre.now += 5
    centre.asks("c2", topic="contracts")
    assert centre.about(inputs.ConversationUpdated, conversation="c1", topic_="contracts") == [
        "queued c1 in contracts at 1"
    ]


def test_an_offer_stays_when_the_update_still_fits_the_agent_and_is_withdrawn_when_not() -> None:
    centre = Centre()
    centre.works("ana", {"contracts": 2})
    centre.asks("c1", "voice", topic="contracts", level=1)
    assert centre.about(inputs.ConversationUpdated, conversation="c1", level=2) == [
        "queued c1 in contracts at 1"
    ]
    assert centre.about(inputs.ConversationUpdated, conversation="c1", level=3) == [
        "withdrawn c1 from ana",
        "queued c1 in contracts at 1",
    ]


def test_an_update_of_an_assigned_conversation_says_nothing() -> None:
    centre = Centre()
    centre.works("ana", {"contracts": 1})
    centre.asks("c1", topic="contracts")
    assert centre.about(inputs.ConversationUpdated, conversation="c1", topic_="letters") == []


def test_whoever_leaves_while_offered_ends_the_offer_first() -> None:
    centre = Centre()
    centre.works("ana", {"contracts": 1})
    centre.asks("c1", "voice", topic="contracts")
    assert centre.about(inputs.ConversationAbandoned, conversation="c1") == [
        "withdrawn c1 from ana",
        "abandoned c1",
    ]


def test_nobody_abandons_what_an_agent_has() -> None:
    centre = Centre()
    centre.works("ana", {"contracts": 1})
    centre.asks("c1", topic="contracts")
    left = centre.about(inputs.ConversationAbandoned, conversation="c1")
    assert left == ["refused c1: not_waiting"]


def test_only_the_holder_ends_a_conversation() -> None:
    centre = Centre()
    centre.works("ana", {"contracts": 1})
    centre.asks("c1", topic="contracts")
    ended = centre.about(inputs.ConversationEnded, conversation="c1", agent="ben")
    assert ended == ["refused c1: not_assigned"]
    assert centre.about(inputs.ConversationEnded, conversation="c1", agent="ana") == ["closed c1"]
    assert centre.about(inputs.ConversationEnded, conversation="c1") == [
        "refused c1: unknown_conversation"
    ]


def test_the_wait_is_fixed_at_the_first_assignment_and_handling_counts_from_the_last() -> None:
    centre = Centre()
    centre.asks("c1", topic="contracts")
    centre.wait(30)
    centre.works("ana", {"contracts": 1})
    centre.wait(60)
    event = inputs.ConversationEnded(**centre.envelope(), conversation="c1")
    closed = centre.decide(event)[0].body
    assert isinstance(closed, ConversationClosed)
    assert (closed.waited_s, closed.handled_s) == (30.0, 60.0)


def test_a_transferred_conversation_keeps_its_place_and_does_not_come_back_to_who_gave_it() -> None:
    centre = Centre()
    centre.works("ana", {"contracts": 3})
    centre.asks("c1", topic="contracts")
    event = inputs.ConversationTransferred(
        **centre.envelope(),
        conversation="c1",
        agent="ana",
        to=inputs.TransferTarget(level=2),
    )
    decided = centre.decide(event)
    requeued = decided[0].body
    assert isinstance(requeued, ConversationRequeued)
    assert (requeued.reason, requeued.agent, requeued.place) == ("transferred", "ana", 1)
    assert len(decided) == 1
    assert centre.works("ben", {"contracts": 2}) == ["assigned c1 to ben"]


def test_a_transfer_to_an_agent_is_kept_for_him() -> None:
    centre = Centre()
    centre.works("ana", {"contracts": 1})
    centre.works("ben", {"contracts": 1})
    centre.works("eve", {"contracts": 1})
    centre.asks("c1", topic="contracts")
    centre.declares("eve", "break")
    to = inputs.TransferTarget(agent="eve")
    moved = centre.about(inputs.ConversationTransferred, conversation="c1", agent="ana", to=to)
    assert moved == ["requeued c1 in contracts at 1: transferred"]
    assert centre.declares("eve", "available") == ["assigned c1 to eve"]


def test_a_transfer_to_nowhere_is_refused() -> None:
    centre = Centre()
    centre.works("ana", {"contracts": 1})
    centre.asks("c1", topic="contracts")
    for to, reason in (
        (inputs.TransferTarget(queue="nowhere"), "unknown_queue"),
        (inputs.TransferTarget(agent="nobody"), "unknown_agent"),
    ):
        moved = centre.about(inputs.ConversationTransferred, conversation="c1", agent="ana", to=to)
        assert moved == [f"refused c1: {reason}"]


def test_what_qualification_found_is_published() -> None:
    centre = Centre()
    created = inputs.ConversationCreated(
        **centre.envelope(),
        conversation="c1",
        channel="chat",
        topic_="reimbursement",
        level=2,
        language="fr-CA",
        skills={"calm": 1},
    )
    queued = centre.decide(created)[0].body
    assert isinstance(queued, ConversationQueued)
    assert queued.qualified.topic == "reimbursement"
    assert queued.qualified.requirements == {"reimbursement": 2, "calm": 1}
    assert queued.estimated_wait_s is None


OWNED = RULES.replace("{wait: 60s, then", "{wait: 2h, even_if_away: true, then")


def test_what_is_an_agents_own_waits_for_him_while_he_is_away() -> None:
    centre = Centre(OWNED)
    for agent in ("ana", "bob"):
        centre.works(agent, {"reimbursement": 1}, languages=("fr",))
    centre.declares("ana", "offline")
    queued = ["queued c1 in reimbursement at 1"]
    assert centre.asks("c1", topic="reimbursement", preferred_agents=("ana",)) == queued
    assert centre.wait(3_000) == []
    assert centre.declares("ana", "available") == ["assigned c1 to ana"]


def test_what_is_an_agents_own_is_anyones_after_its_time_or_where_he_cannot_have_it() -> None:
    centre = Centre(OWNED)
    centre.works("bob", {"reimbursement": 1})
    centre.works("ana", {"reimbursement": 1})
    centre.declares("ana", "offline")
    centre.asks("c1", topic="reimbursement", preferred_agents=("ana",))
    assert centre.asks("c3", topic="reimbursement", preferred_agents=("nobody",))[1:] == [
        "assigned c3 to bob"
    ]
    centre.declares("bob", "break")
    assert centre.wait(7_100) == ["suspended bob: lease_expired"]
    assert centre.declares("bob", "available") == ["released bob: presence"]
    assert centre.wait(100) == ["assigned c1 to bob"]


def test_what_is_an_agents_own_is_anyones_once_he_has_declined_it() -> None:
    centre = Centre(OWNED)
    centre.works("ana", {"reimbursement": 1})
    centre.works("bob", {"reimbursement": 1})
    asks = centre.asks("c1", "voice", topic="reimbursement", preferred_agents=("ana",))
    assert asks[1:] == ["offered c1 to ana"]
    assert centre.answers("declines", "c1") == ["declined c1 from ana", "offered c1 to bob"]


def test_an_agent_who_is_preferred_twice_is_kept_for_once() -> None:
    centre = Centre(OWNED)
    centre.works("ana", {"reimbursement": 1})
    centre.declares("ana", "offline")
    centre.asks("c1", topic="reimbursement", preferred_agents=("ana", "ana"))
    assert centre.restarted() == []
    assert centre.declares("ana", "available") == ["assigned c1 to ana"]
