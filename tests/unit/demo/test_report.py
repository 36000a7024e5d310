import json

from router.demo.evidence import Record, gather
from router.demo.proof import prove
from router.demo.report import Report, waits
from router.demo.script import Script
from router.demo.stopwatch import Stopwatch
from tests.unit.demo.in_memory import PREFIX, InMemoryRouter
from tests.unit.demo.test_stopwatch import answer, ended


def report(records: list[Record]) -> Report:
    watch = Stopwatch()
    before, through = ended(), ended()
    watch.send(before, 1.0)
    watch.hear(answer(before), 1.004)
    watch.killed(2.0)
    watch.send(through, 2.1)
    watch.started(2.5)
    watch.ready(3.5)
    watch.hear(answer(through, at=3.6), 3.7)
    evidence = gather(records, prefix=PREFIX)
    return Report(
        script=Script(seed=1, seconds=10.0),
        proof=prove(evidence),
        waits_s=waits(evidence.decisions),
        service_level=0.875,
        stopwatch=watch,
        proven_in_s=0.5,
    )


def test_a_report_says_what_became_of_everybody_and_that_it_is_proven(
    played: InMemoryRouter,
) -> None:
    text = report(played.records).text()

    assert f"{played.floor.came:,} created, " in text
    assert "88% of all who were answered or left" in text
    assert "4.0 ms p50, 4.0 ms p99" in text
    assert "started again after 0.5 s, first decision 1.2 s after that" in text
    assert "1 events came through it, the last answered after 1.6 s" in text
    assert text.count("✓") == 4
    assert "✗" not in text
    assert max(map(len, text.splitlines())) <= 100


def test_a_proof_that_does_not_hold_says_where(played: InMemoryRouter) -> None:
    without_a_decision = [
        each for each in played.records if each.topic != f"{PREFIX}assignments" or each.offset != 7
    ]
    text = report(without_a_decision).text()

    assert "✗" in text
    assert "faults" in text
    assert "france: seq 9 where 8 should be" in text


def test_the_report_for_programs_says_the_same(played: InMemoryRouter) -> None:
    told = json.loads(json.dumps(report(played.records).json()))

    assert told["conversations"]["created"] == played.floor.came
    assert told["waits_s"]["p90"] >= told["waits_s"]["p50"] > 0
    assert told["proof"]["holds"] is True
    assert [claim["name"] for claim in told["proof"]["claims"]] == [
        *("order", "answers", "agents", "nothing lost")
    ]
    assert told["crashes"] == [
        {"started_after_s": 0.5, "ready_after_s": 1.5, "decided_after_s": 1.7000000000000002}
    ]


def test_everybody_who_was_answered_has_one_wait(played: InMemoryRouter) -> None:
    answered = {
        each.conversation for each in played.decisions if each.type == "conversation.assigned"
    }

    assert len(waits(played.decisions)) == len(answered)
