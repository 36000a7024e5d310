"""The null router answers every input, exactly as often and as much as it is told to."""

import pytest
from aiokafka.structs import ConsumerRecord

from loadtests import drain, open_loop
from loadtests.contender import Kind
from loadtests.null_router import Writer
from loadtests.topics import Topics
from loadtests.volume import Volume
from loadtests.workload import Workload
from router.embedded import EmbeddedKafka

VOLUME = Volume(decisions_per_input=1.5, decision_bytes=700, states_per_input=1.25, state_bytes=260)


def _record(offset: int) -> "ConsumerRecord[bytes, bytes]":
    return ConsumerRecord("conversations", 0, offset, 0, 0, b"pool", b"", None, 0, 0, ())


def _event(kind: str) -> dict[str, str]:
    return {"id": "i12345", "type": kind, "subject": "conversation-12345", "time": "2026-01-01"}


def test_three_decisions_for_two_inputs_and_none_for_a_heartbeat() -> None:
    writer = Writer(VOLUME)

    created = writer.decisions(_event("conversation.created"), _record(1))
    ended = writer.decisions(_event("conversation.ended"), _record(2))
    beat = writer.decisions(_event("agent.heartbeat"), _record(3))

    assert (len(created), len(ended), len(beat)) == (2, 1, 0)
    assert [open_loop.index_of(each) for each in (*created, *ended)] == [12345] * 3


def test_as_many_state_records_as_the_router_wrote() -> None:
    writer = Writer(VOLUME)

    written = [len(writer.states(_event("agent.heartbeat"), _record(n))) for n in range(100)]

    assert sum(written) == 125
    assert set(written) == {1, 2}


def test_records_are_as_large_as_those_of_the_router() -> None:
    writer = Writer(VOLUME)
    event = _event("conversation.created")

    decisions = writer.decisions(event, _record(12345))
    states = writer.states(event, _record(12345))

    assert all(len(each) == pytest.approx(700, abs=40) for each in decisions)
    assert all(len(each) == pytest.approx(260, abs=20) for each in states)


def test_each_input_of_an_open_loop_is_seen_decided(kafka: EmbeddedKafka) -> None:
    topics = Topics(bootstrap=kafka.bootstrap_servers, prefix="open-loop.", partitions=2)
    workload = Workload(seed=1, partitions=2, rate=300, seconds=2.5)

    run = open_loop.run(Kind.NULL, topics=topics, workload=workload, warm_up_s=0.5, volume=VOLUME)
    found = open_loop.sum_up(run)

    assert found.undecided == 0
    assert found.latency_ms.count > 300
    # No decision can be seen before its input was sent.
    assert found.latency_ms.p50 > found.late_ms.p50
    assert found.volume.decision_bytes == pytest.approx(700, abs=40)


def test_runs_are_summed_up_as_if_they_were_one() -> None:
    runs = [
        open_loop.Run(
            kind=Kind.ROUTER,
            partitions=1,
            rate=200,
            latencies=latencies,
            late=[0],
            undecided=1,
            cpu_us=cpu_us,
            volume=VOLUME,
        )
        for latencies, cpu_us in (([1_000_000, 9_000_000], 20.0), ([3_000_000], 40.0))
    ]

    found = open_loop.sum_up(*runs)

    assert (found.latency_ms.count, found.latency_ms.p50, found.latency_ms.max) == (3, 3.0, 9.0)
    assert (found.undecided, found.cpu_us) == (2, 30.0)


def test_each_input_of_a_backlog_is_decided_once(kafka: EmbeddedKafka) -> None:
    topics = Topics(bootstrap=kafka.bootstrap_servers, prefix="backlog.", partitions=2)
    workload = Workload(seed=1, partitions=2, rate=4_000, seconds=2.5, heartbeats=0)

    found = drain.run(Kind.NULL, topics=topics, workload=workload, volume=VOLUME)

    assert found.undecided == 0
    assert found.inputs > 5_000
    assert found.volume.states_per_input == pytest.approx(1.25, abs=0.1)
