"""What supervisors order, and when they are refused."""

import pytest

from router.model import inputs
from router.model.outputs import ConversationQueued
from tests.unit.engine.centre import RULES, Centre

ORDER = {"by": "eve", "reason": "because"}


@pytest.fixture
def centre() -> Centre:
    return Centre()


@pytest.mark.parametrize(
    ("given", "code"),
    [({"reason": "because"}, "missing_by"), ({"by": "eve"}, "missing_reason")],
)
def test_an_order_says_who_and_why(centre: Centre, given: dict[str, str], code: str) -> None:
    ordered = centre.about(inputs.CommandPauseQueue, queue="letters", **given)
    assert ordered == [f"command refused: {code}"]


def test_orders_about_the_unknown_are_refused(centre: Centre) -> None:
    for kind, about, code in (
        (inputs.CommandClose, {"conversation": "c9"}, "unknown_conversation"),
        (inputs.CommandRequeue, {"conversation": "c9"}, "unknown_conversation"),
        (inputs.CommandPrioritise, {"conversation": "c9", "priority": 1}, "unknown_conversation"),
        (inputs.CommandAssign, {"conversation": "c9", "agent": "ana"}, "unknown_conversation"),
        (inputs.CommandPauseQueue, {"queue": "nowhere"}, "unknown_queue"),
        (
            inputs.CommandSetPresence,
            {"agent": "ana", "presence": inputs.Presence.BREAK},
            "unknown_agent",
        ),
        (inputs.CommandSurge, {"stage": "storm"}, "unknown_stage"),
    ):
        assert centre.about(kind, **about, **ORDER) == [f"command refused: {code}"]


def test_a_supervisor_assigns_whatever_the_skills_but_not_beyond_capacity(centre: Centre) -> None:
    centre.works("ana", channels={"voice": 1})
    centre.asks("v1", "voice", topic="contracts")
    centre.asks("v2", "voice", topic="contracts")
    first = {"conversation": "v1", "agent": "ana"}
    assert centre.about(inputs.CommandAssign, **first, **ORDER) == [
        "command applied",
        "assigned v1 to ana",
    ]
    second = {"conversation": "v2", "agent": "ana"}
    assert centre.about(inputs.CommandAssign, **second, **ORDER) == ["command refused: no_room"]
    assert centre.about(inputs.CommandAssign, **first, **ORDER) == ["command refused: not_waiting"]
    centre.declares("ana", "break")
    assert centre.about(inputs.CommandAssign, **second, **ORDER) == [
        "command refused: agent_unavailable"
    ]


def test_an_assignment_by_order_ends_an_open_offer_first(centre: Centre) -> None:
    centre.works("ana")
    centre.asks("v1", "voice")
    ordered = centre.about(inputs.CommandAssign, conversation="v1", agent="ana", **ORDER)
    assert ordered == ["command applied", "withdrawn v1 from ana", "assigned v1 to ana"]


def test_a_conversation_taken_back_does_not_return_to_the_same_agent(centre: Centre) -> None:
    centre.works("ana")
    centre.asks("c1")
    taken = centre.about(inputs.CommandRequeue, conversation="c1", **ORDER)
    assert taken == ["command applied", "requeued c1 in letters at 1: command"]
    assert centre.about(inputs.CommandRequeue, conversation="c1", **ORDER) == [
        "command refused: not_assigned"
    ]
    assert centre.works("ben") == ["assigned c1 to ben"]


def test_an_offer_taken_back_is_withdrawn_first(centre: Centre) -> None:
    centre.works("ana")
    centre.asks("v1", "voice")
    assert centre.about(inputs.CommandRequeue, conversation="v1", **ORDER) == [
        "command applied",
        "withdrawn v1 from ana",
        "requeued v1 in letters at 1: command",
    ]


def test_a_closed_conversation_is_over_whatever_its_stage(centre: Centre) -> None:
    centre.asks("waits", "voice")
    assert centre.about(inputs.CommandClose, conversation="waits", **ORDER) == [
        "command applied",
        "closed waits",
    ]
    centre.works("ana")
    centre.asks("offered", "voice")
    assert centre.about(inputs.CommandClose, conversation="offered", **ORDER) == [
        "command applied",
        "withdrawn offered from ana",
        "closed offered",
    ]


def test_a_priority_by_order_moves_a_conversation_forward(centre: Centre) -> None:
    centre.asks("c1", topic="reimbursement")
    centre.asks("c2", topic="reimbursement")
    centre.about(inputs.CommandPrioritise, conversation="c2", priority=900, **ORDER)
    works = centre.works("ana", {"reimbursement": 1}, channels={"chat": 1})
    assert works == ["assigned c2 to ana"]


def test_a_priority_by_order_holds_until_another_is_given() -> None:
    centre = Centre(
        RULES.replace(
            "queues:", "qualification: [{name: sooner, set: {priority: +200}}]\nqueues:", 1
        )
    )

    def priority(**told: object) -> int:
        queued = inputs.ConversationUpdated(**centre.envelope(), conversation="c1", **told)
        (decided,) = centre.decide(queued)
        assert isinstance(decided.body, ConversationQueued)
        return decided.body.qualified.priority

    centre.asks("c1", topic="reimbursement", priority=10)
    assert priority(language="fr") == 210
    centre.about(inputs.CommandPrioritise, conversation="c1", priority=100, **ORDER)
    assert priority(customer=inputs.Customer(id="k1")) == 100
    assert centre.restarted() == []
    assert priority(language="en") == 100
    assert priority(priority=30) == 230
    assert priority(language="fr") == 230


def test_a_presence_by_order_is_like_one_by_the_agent(centre: Centre) -> None:
    centre.works("ana")
    centre.asks("v1", "voice")
    ordered = centre.about(
        inputs.CommandSetPresence, agent="ana", presence=inputs.Presence.OFFLINE, **ORDER
    )
    assert ordered == ["command applied", "withdrawn v1 from ana"]
