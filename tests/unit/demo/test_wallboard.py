from typing import Any

import pytest

from router.demo.decisions import Decision
from router.demo.wallboard import Wallboard
from router.rules import load
from tests.unit.demo.in_memory import RULES

WHY = {"score": 42, "terms": {"idle": 2, "proficiency": 80, "cost": -40, "load": 0}}


@pytest.fixture
def board() -> Wallboard:
    policy = load(RULES).for_pool("france")
    assert policy is not None
    return Wallboard(policy)


def hear(board: Wallboard, type_: str, id_: str, *, at: float = 0.0, **data: Any) -> None:
    decision = Decision(f"conversation.{type_}", int(at * 1_000), {"conversation": id_, **data})
    board.hear(decision, channel="voice", clock="10:00")


def assign(board: Wallboard, id_: str, *, waited_s: float, at: float = 0.0) -> None:
    hear(board, "assigned", id_, at=at, agent="ana", waited_s=waited_s, why=WHY)


def row(board: Wallboard, name: str, waiting: dict[str, float] | None = None) -> Any:
    return next(each for each in board.rows(waiting or {}, now=100.0) if each.name == name)


def test_a_queue_shows_who_waits_and_since_when_in_the_centres_time(board: Wallboard) -> None:
    hear(board, "queued", "c1", queue="contracts")
    hear(board, "queued", "c2", queue="contracts")
    waiting = {"c1": 99.0, "c2": 98.0, "c3": 90.0}

    contracts = row(board, "contracts", waiting)
    assert (contracts.waiting, contracts.oldest_s) == (2, 120.0)
    assert board.unread(waiting) == 1
    assert board.total().waiting == 2


def test_service_level_is_of_those_answered_or_gone(board: Wallboard) -> None:
    for id_ in ("c1", "c2", "c3", "c4"):
        hear(board, "queued", id_, queue="contracts")
    assert row(board, "contracts").service_level is None

    assign(board, "c1", waited_s=1.9)
    assign(board, "c2", waited_s=2.1)
    hear(board, "abandoned", "c3", waited_s=1.0)

    contracts = row(board, "contracts")
    assert (contracts.answered, contracts.in_time, contracts.gone) == (2, 1, 1)
    assert contracts.service_level == pytest.approx(1 / 3)


def test_somebody_handed_over_is_answered_once_and_served_by_one(board: Wallboard) -> None:
    hear(board, "queued", "c1", queue="contracts")
    assign(board, "c1", waited_s=1.0)
    hear(board, "requeued", "c1", queue="contracts_experts", reason="transferred")
    assert row(board, "contracts").serving == 0

    assign(board, "c1", waited_s=1.0)
    assert row(board, "contracts_experts").serving == 1
    assert board.total().answered == 1

    hear(board, "closed", "c1", waited_s=1.0)
    assert board.total().serving == 0


def test_somebody_answered_who_then_waits_in_vain_has_not_gone_unanswered(
    board: Wallboard,
) -> None:
    hear(board, "queued", "c1", queue="contracts")
    assign(board, "c1", waited_s=1.0)
    hear(board, "requeued", "c1", queue="contracts", reason="agent_lost")
    hear(board, "abandoned", "c1", waited_s=1.0)

    assert (board.total().answered, board.total().gone) == (1, 0)


def test_a_match_shows_its_terms_the_largest_first(board: Wallboard) -> None:
    hear(board, "queued", "c1", queue="contracts")
    assign(board, "c1", waited_s=0.5, at=1.0)

    (match,) = board.matches
    assert (match.agent, match.queue, match.waited_s, match.score) == ("ana", "contracts", 30.0, 42)
    assert match.terms == (("proficiency", 80), ("cost", -40), ("idle", 2))


def test_matches_come_slowly_enough_to_be_read(board: Wallboard) -> None:
    for number in range(20):
        hear(board, "queued", f"c{number}", queue="contracts")
        assign(board, f"c{number}", waited_s=0.1, at=1.0 + number / 10)

    assert len(board.matches) == 4
    assert board.matches[0].conversation == "c15"


def test_decisions_about_conversations_nobody_saw_queued_are_passed_over(
    board: Wallboard,
) -> None:
    hear(board, "closed", "c9", waited_s=1.0)

    assert board.total().answered == 0
