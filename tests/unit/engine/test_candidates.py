"""Why a conversation goes to this agent, why not to that one, and what would help."""

import pytest

from router.engine.candidates import Candidate, candidate, candidates
from router.engine.remedies import Change, smallest_change
from router.model import inputs
from router.model.reasons import PassedOver
from tests.unit.engine.centre import POOL, RULES, Centre

ORDERS = {"by": "lea", "reason": "test"}


@pytest.fixture
def centre() -> Centre:
    return Centre()


def why_not(centre: Centre, agent: str, conversation: str = "c1") -> Candidate:
    pool = centre.engine.pools[POOL]
    return candidate(pool, pool.conversations[conversation], agent)


def helps(centre: Centre, conversation: str = "c1") -> tuple[Change, str] | None:
    pool = centre.engine.pools[POOL]
    found = smallest_change(pool, pool.conversations[conversation])
    return None if found is None else (found.change, found.words)


def test_one_who_lacks_a_level_and_one_who_is_away(centre: Centre) -> None:
    centre.works("ana", {"reimbursement": 1})
    centre.works("bob", {"reimbursement": 3})
    centre.declares("bob", "break")
    centre.asks("c1", topic="reimbursement", level=2)
    assert why_not(centre, "ana").reason is PassedOver.LEVEL
    assert why_not(centre, "ana").words == "has reimbursement 1, asked for is 2"
    assert why_not(centre, "bob").reason is PassedOver.PRESENCE
    assert why_not(centre, "eve").reason is PassedOver.NOT_DESCRIBED
    assert helps(centre) == (
        Change.COME_BACK,
        "if bob became available, who has declared: break",
    )


def test_of_a_suspended_agent_what_ends_the_suspension_would_help(centre: Centre) -> None:
    centre.works("ana", {"reimbursement": 3})
    centre.wait(3_600)
    centre.asks("c1", topic="reimbursement")
    assert why_not(centre, "ana").reason is PassedOver.SUSPENDED
    assert helps(centre) == (
        Change.COME_BACK,
        "if the desktop of ana were heard again, of which nothing is heard",
    )
    assert centre.about(inputs.AgentHeartbeat, agent="ana") == [
        "released ana: heartbeat",
        "assigned c1 to ana",
    ]


def test_of_an_agent_suspended_for_missed_offers_the_end_or_a_presence_would_help(
    centre: Centre,
) -> None:
    centre.works("ana", {"contracts": 1})
    centre.asks("c1", "voice", topic="contracts")
    centre.wait(15)
    assert centre.wait(15)[-1] == "suspended ana: no_answer"
    assert helps(centre) == (
        Change.COME_BACK,
        "once the suspension of ana ends, or ana declares to be available again",
    )
    centre.wait(3_570)
    centre.declares("ana", "break")
    assert helps(centre) == (
        Change.COME_BACK,
        "if ana became available, who has declared: break",
    )


def test_what_lasts_is_said_before_what_passes(centre: Centre) -> None:
    centre.works("ana", {"contracts": 1})
    centre.declares("ana", "offline")
    centre.asks("c1", topic="reimbursement")
    assert why_not(centre, "ana").reason is PassedOver.SKILL
    assert helps(centre) is None


def test_a_level_less_or_a_level_more_where_everybody_is_there(centre: Centre) -> None:
    centre.works("ana", {"contracts": 1})
    centre.asks("c1", topic="contracts", level=2)
    assert helps(centre) == (
        Change.ASK_LESS,
        "if it were of level 1, not 2, ana could have it",
    )
    centre.asks("c2", topic="contracts", skills={"contracts": 2})
    assert helps(centre, "c2") == (Change.LEARN, "if ana had contracts 2, not 1")


MOST = 2**53 - 1
"""The highest level there may be on the wire."""


@pytest.mark.timeout(20)  # Whoever tried every level would not end.
def test_what_would_help_the_hardest_conversation_there_can_be(centre: Centre) -> None:
    centre.works("ana", {"contracts": 3})
    centre.works("bob", {"contracts": 7})
    centre.asks("c1", topic="contracts", level=MOST)
    assert helps(centre) == (
        Change.ASK_LESS,
        f"if it were of level 7, not {MOST}, bob could have it",
    )
    centre.asks("c2", topic="reimbursement", level=MOST)
    assert helps(centre, "c2") is None
    centre.asks("c3", topic="letters", skills={"paper": MOST})
    assert helps(centre, "c3") == (Change.LEARN, f"if ana had paper {MOST}")


@pytest.mark.parametrize(
    ("asked", "helped"),
    [
        ('">= level - 1"', (4, "ana")),
        ('"> level"', (2, "ana")),
        ('"== level + 1"', (2, "ana")),
    ],
)
def test_the_level_that_would_help_is_the_highest_that_suits_somebody(
    asked: str, helped: tuple[int, str]
) -> None:
    rules = RULES.replace('requires: {contracts: ">= level"}', f"requires: {{contracts: {asked}}}")
    centre = Centre(rules)
    centre.works("ana", {"contracts": 3})
    centre.works("bob", {"contracts": 1})
    centre.asks("c1", topic="contracts", level=6)
    words = f"if it were of level {helped[0]}, not 6, {helped[1]} could have it"
    assert helps(centre) == (Change.ASK_LESS, words)


def test_a_paused_queue_is_resumed_before_anything_else(centre: Centre) -> None:
    centre.works("ana", {"contracts": 1})
    centre.about(inputs.CommandPauseQueue, queue="contracts", **ORDERS)
    centre.asks("c1", topic="contracts")
    assert why_not(centre, "ana").reason is PassedOver.QUEUE_PAUSED
    assert helps(centre) == (
        Change.RESUME_QUEUE,
        "if the queue contracts were resumed, ana could have it",
    )


def test_kept_for_somebody_who_is_on_a_break(centre: Centre) -> None:
    centre.works("ana", {"reimbursement": 1})
    centre.works("bob", {"reimbursement": 1})
    centre.declares("bob", "break")
    centre.asks("c1", topic="reimbursement", preferred_agents=("bob",))
    assert why_not(centre, "ana").reason is PassedOver.KEPT
    assert why_not(centre, "ana").until == centre.milliseconds + 60_000
    assert helps(centre) == (
        Change.FREE_FOR_ALL,
        "if it were not kept for bob, ana could have it",
    )


def test_no_units_until_a_chat_is_finished(centre: Centre) -> None:
    centre.works("ana")
    for n in range(2):
        assert centre.asks(f"c{n}", topic="letters")[1:] == [f"assigned c{n} to ana"]
    centre.asks("c2", topic="letters")
    assert why_not(centre, "ana", "c2").reason is PassedOver.NO_UNITS
    assert why_not(centre, "ana", "c2").words == "has 68 of 100 units in use, 34 are needed"
    assert helps(centre, "c2") == (Change.FINISH, "if ana were done with c0")
    centre.asks("c3", "voice", topic="letters")
    assert why_not(centre, "ana", "c3").reason is PassedOver.NO_UNITS


def test_nothing_goes_beside_a_call(centre: Centre) -> None:
    centre.works("ana", capacity=200)
    centre.asks("c1", "voice", topic="letters")
    centre.asks("c2", topic="letters")
    centre.asks("c3", "voice", topic="letters")
    assert why_not(centre, "ana", "c2").reason is PassedOver.EXCLUSIVE
    assert why_not(centre, "ana", "c3").words == "has 1 of at most 1 on voice"
    assert helps(centre, "c3") == (Change.FINISH, "if ana were done with c1")


def test_of_two_who_may_the_other_scored_better(centre: Centre) -> None:
    centre.works("bob", {"reimbursement": 1})
    centre.wait(60)
    centre.works("ana", {"reimbursement": 1})
    centre.wait(60)
    centre.asks("c1", topic="reimbursement")
    pool = centre.engine.pools[POOL]
    ana, bob = candidates(pool, pool.conversations["c1"])
    assert (bob.reason, bob.words) == (None, "assigned to this agent")
    assert (ana.reason, ana.words) == (PassedOver.OTHER_BETTER, "scores 10, and bob had 20")
    assert ana.why is not None
    assert ana.why.terms == {"idle": 10}


def test_asking_changes_nothing(centre: Centre) -> None:
    centre.works("ana", {"reimbursement": 1})
    centre.asks("c1", topic="reimbursement", level=3)
    centre.engine.changes()
    before = centre.engine.digest()
    assert helps(centre) is not None
    assert why_not(centre, "ana").reason is PassedOver.LEVEL
    assert centre.engine.digest() == before
    assert centre.engine.changes() == []
