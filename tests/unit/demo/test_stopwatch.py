from typing import Any

import pytest

from router.demo.decisions import Decision
from router.demo.events import Letter, Pen
from router.demo.stopwatch import Stopwatch, percentile

PEN = Pen("/telephone", pool="france")


def ended() -> Letter:
    return PEN.write("conversation.ended", "c1", at=0.0, agent="ana")


def answer(letter: Letter, *, at: float = 0.0) -> Decision:
    cause: dict[str, Any] = {"topic": "t", "partition": 0, "offset": 0, "id": letter.id}
    return Decision("conversation.closed", int(at * 1_000), {"cause": cause})


def test_the_time_runs_from_the_event_to_its_first_decision() -> None:
    watch, letter = Stopwatch(), ended()
    watch.send(letter, 10.0)
    assert watch.unanswered == 1
    assert watch.longest_unanswered(12.0) == 2.0

    watch.hear(answer(letter), 10.25)
    watch.hear(answer(letter), 11.0)

    assert list(watch.usual) == [0.25]
    assert watch.unanswered == 0
    assert watch.longest_unanswered(12.0) == 0.0


def test_what_asks_for_no_answer_and_what_is_repeated_is_not_timed() -> None:
    watch, letter = Stopwatch(), ended()
    watch.send(PEN.write("agent.heartbeat", "ana", at=0.0), 1.0)
    watch.send(Letter(**{**_fields(letter), "is_repetition": True}), 1.0)

    assert watch.unanswered == 0


def test_what_a_crash_delayed_is_measured_apart() -> None:
    watch = Stopwatch()
    before, during, after = ended(), ended(), ended()
    watch.send(before, 9.9)
    watch.killed(10.0)
    watch.send(during, 10.5)
    watch.started(10.6)
    watch.ready(11.5)
    watch.hear(answer(before, at=11.6), 11.7)
    watch.send(after, 11.8)
    watch.hear(answer(during, at=11.7), 11.8)
    watch.hear(answer(after, at=11.8), 11.9)

    assert list(watch.through) == pytest.approx([1.8, 1.3])
    assert list(watch.usual) == pytest.approx([0.1])
    (crash,) = watch.crashes
    assert (crash.killed_at, crash.started_at, crash.ready_at) == (10.0, 10.6, 11.5)
    assert crash.decided_at == 11.7


def test_a_decision_from_before_the_crash_that_is_seen_after_it_is_no_sign_of_life() -> None:
    watch, letter = Stopwatch(), ended()
    watch.send(letter, 9.9)
    watch.killed(10.0)
    watch.hear(answer(letter, at=9.95), 10.05)
    assert watch.crashes[0].decided_at == 0.0

    watch.started(10.6)
    watch.hear(Decision("offer.expired", 10_700, {"cause": {"timer": "offer_expires"}}), 10.8)

    assert watch.crashes[0].decided_at == 10.8


@pytest.mark.parametrize(
    ("share", "value"), [(0.0, 1.0), (0.5, 3.0), (0.9, 5.0), (1.0, 5.0)], ids=str
)
def test_percentiles_are_values_that_were_measured(share: float, value: float) -> None:
    assert percentile([5.0, 1.0, 4.0, 2.0, 3.0], share) == value


def test_of_nothing_there_is_no_percentile() -> None:
    assert percentile([], 0.5) is None


def _fields(letter: Letter) -> dict[str, Any]:
    return {name: getattr(letter, name) for name in Letter.__slots__}
