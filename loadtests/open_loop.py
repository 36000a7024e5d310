"""Latency under a steady load: inputs leave at planned times, whatever the router does.

A sender and a reader, each a process of its own, share nothing with the router but the broker and
the machine's monotonic clock. The latency of an input is from its *planned* time until the first
decision about it reached a reader of committed records. The beginning of the run is left out: the
router warms up, and the first conversations end.
"""

import multiprocessing
import time
from array import array
from itertools import chain
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any, Final

import msgspec
from confluent_kafka import Consumer, Producer, TopicPartition

from loadtests.contender import Contender, Kind
from loadtests.percentiles import Summary, summarise
from loadtests.rehearsal import log_in, wall_ms
from loadtests.schedule import NS_PER_S
from loadtests.topics import ASSIGNMENTS, STATE, Topics
from loadtests.volume import Volume, cause_of, measure
from loadtests.workload import HEADERS, Planned, Workload

LEAD_S: Final = 0.2
"""From the signal to the first planned time."""
GRACE_S: Final = 10.0
"""How long decisions may come after the last input was sent."""
QUIET_S: Final = 0.5
STEP_S: Final = 0.05
READY_S: Final = 60.0
NEVER: Final = -1


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """What one run of a router at one rate found; `latencies` and `late` in ns, as in `Latency`."""

    kind: Kind
    partitions: int
    rate: float
    latencies: list[int]
    late: list[int]
    undecided: int
    cpu_us: float | None
    volume: Volume


class Latency(msgspec.Struct, frozen=True, kw_only=True):
    """Latencies in ms of the inputs that must be answered, after the warm-up, in one run or several.

    `late_ms` is how late the sender itself was (part of each latency). `undecided` inputs had no
    decision in time: where there are any the run failed. `cpu_us` is CPU time of the router an
    input; `volume` is that of the first run.
    """

    kind: Kind
    partitions: int
    rate: float
    latency_ms: Summary
    late_ms: Summary
    undecided: int
    cpu_us: float | None
    volume: Volume


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """What a sender or reader process is told: topics, workload and its wall clock."""

    topics: Topics
    workload: Workload
    wall_ms: int
    start: list[int]

    def plan(self) -> list[Planned]:
        """Plan the inputs; the same in every process."""
        return self.workload.plan(wall_ms=self.wall_ms)


def run(kind: Kind, *, topics: Topics, workload: Workload, warm_up_s: float, volume: Volume) -> Run:
    """Run one router at one rate, on fresh topics."""
    topics.create()
    with _Workers() as workers, Contender(kind, topics=topics, volume=volume) as contender:
        if kind is Kind.ROUTER:
            # The null router knows no agents.
            log_in(topics, workload)
        since = {name: topics.ends(name) for name in (ASSIGNMENTS, STATE)}
        load = Load(topics=topics, workload=workload, wall_ms=wall_ms(), start=since[ASSIGNMENTS])
        used = contender.cpu_seconds()
        sent, seen = workers.play(load)
        contender.check()
        now_used = contender.cpu_seconds()
    plan = load.plan()
    return _judge(
        plan,
        sent=sent,
        seen=seen,
        warm_up_ns=round(warm_up_s * NS_PER_S),
        known={
            "kind": kind,
            "partitions": topics.partitions,
            "rate": workload.rate,
            "cpu_us": cpu_us(used, now_used, inputs=len(plan)),
            "volume": measure(topics, inputs=len(plan), since=since),
        },
    )


def cpu_us(before: float | None, after: float | None, *, inputs: int) -> float | None:
    """Work out CPU time an input in microseconds; None where the system did not tell."""
    return None if before is None or after is None else (after - before) / inputs * 1e6


def _judge(
    plan: list[Planned],
    *,
    sent: "array[int]",
    seen: "array[int]",
    warm_up_ns: int,
    known: dict[str, Any],
) -> Run:
    counted = [index for index, each in enumerate(plan) if each.due_ns >= warm_up_ns]
    answered = [index for index in counted if plan[index].topic == "conversations"]
    latencies = [seen[index] - plan[index].due_ns for index in answered if seen[index] != NEVER]
    return Run(
        latencies=latencies,
        late=[sent[index] - plan[index].due_ns for index in counted],
        undecided=len(answered) - len(latencies),
        **known,
    )


def sum_up(*runs: Run) -> Latency:
    """Sum up runs of one router at one rate: the inputs of all of them together."""
    first = runs[0]
    used = [run.cpu_us for run in runs if run.cpu_us is not None]
    return Latency(
        kind=first.kind,
        partitions=first.partitions,
        rate=first.rate,
        latency_ms=summarise(chain.from_iterable(run.latencies for run in runs), unit=1e6),
        late_ms=summarise(chain.from_iterable(run.late for run in runs), unit=1e6),
        undecided=sum(run.undecided for run in runs),
        cpu_us=sum(used) / len(used) if used else None,
        volume=first.volume,
    )


class _Workers:
    """The sender and the reader, started early, since a process takes its time to start."""

    def __enter__(self) -> "_Workers":
        context = multiprocessing.get_context("spawn")
        self._pipes: list[Connection] = []
        self._processes: list[SpawnProcess] = []
        for work in (_send, _read):
            ours, theirs = context.Pipe()
            process = context.Process(target=work, args=(theirs,), daemon=True)
            process.start()
            theirs.close()
            self._pipes.append(ours)
            self._processes.append(process)
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.join(timeout=1)
            process.kill()

    def play(self, load: Load) -> "tuple[array[int], array[int]]":
        """Send the plan and read the answers; both as ns from the start, by index of the input."""
        sender, reader = self._pipes
        for pipe in self._pipes:
            pipe.send(load)
        for pipe in self._pipes:
            _answer(pipe, within_s=READY_S)
        start = time.monotonic_ns() + round(LEAD_S * NS_PER_S)
        for pipe in self._pipes:
            pipe.send(start)
        sent = _answer(sender, within_s=LEAD_S + load.workload.seconds + 2 * GRACE_S)
        reader.send("all is sent")
        return sent, _answer(reader, within_s=READY_S)


def _answer(pipe: Connection, *, within_s: float) -> Any:
    """Wait for a worker; raises `TimeoutError`, or `EOFError` at once where it is gone."""
    if not pipe.poll(within_s):
        raise TimeoutError(f"a load process gave no answer in {within_s} s")
    return pipe.recv()


def _send(pipe: Connection) -> None:
    """Send each planned input at its time, late ones at once, none left out."""
    load: Load = pipe.recv()
    plan = load.plan()
    sent = array("q", bytes(8 * len(plan)))
    topic_names = {each.topic: load.topics.prefix + each.topic for each in plan}
    producer = Producer(
        {
            "bootstrap.servers": load.topics.bootstrap,
            "acks": "all",
            "linger.ms": 0,
            "queue.buffering.max.messages": 1_000_000,
        }
    )
    producer.list_topics(timeout=READY_S)
    pipe.send("ready")
    start = pipe.recv()
    for index, each in enumerate(plan):
        while (ahead := each.due_ns - (time.monotonic_ns() - start)) > 0:
            time.sleep(ahead / NS_PER_S)  # open loop: the plan says when
        sent[index] = time.monotonic_ns() - start
        producer.produce(
            topic_names[each.topic], each.value, each.key, each.partition, headers=HEADERS
        )
    producer.flush(GRACE_S)
    pipe.send(sent)


def _read(pipe: Connection) -> None:
    """Note when each committed decision came; work out which is which when all is over."""
    load: Load = pipe.recv()
    consumer = Consumer(
        {
            "bootstrap.servers": load.topics.bootstrap,
            "group.id": "loadtests-latency",
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
        }
    )
    topic = load.topics.prefix + ASSIGNMENTS
    consumer.assign([TopicPartition(topic, number, at) for number, at in enumerate(load.start)])
    # Nothing comes yet; this lets the client find the partitions.
    consumer.poll(STEP_S)
    pipe.send("ready")
    start = pipe.recv()
    came: list[tuple[int, bytes]] = []
    deadline = quiet_since = None
    while deadline is None or time.monotonic() < deadline:
        message = consumer.poll(STEP_S)
        if message is not None and message.error() is None:
            came.append((time.monotonic_ns() - start, message.value() or b""))
            quiet_since = None
        elif deadline is not None:
            quiet_since = quiet_since or time.monotonic()
            if time.monotonic() - quiet_since > QUIET_S:
                break
        if deadline is None and pipe.poll():
            pipe.recv()
            deadline = time.monotonic() + GRACE_S
    consumer.close()
    seen = array("q", [NEVER]) * len(load.plan())
    for at, value in came:
        index = index_of(value)
        if index is not None and seen[index] == NEVER:
            seen[index] = at
    pipe.send(seen)


def index_of(value: bytes) -> int | None:
    """Tell which input of the plan a decision answers; None where it answers none of them."""
    cause = cause_of(value)
    return (
        int(cause[1:]) if cause is not None and cause[:1] == "i" and cause[1:].isdigit() else None
    )
