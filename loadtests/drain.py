"""Drain: how fast a router works off inputs that piled up while it was away.

The agents log in, the router stops, inputs are written for all shards, the router starts again.
How far it is is asked of the broker (how far a committed reader may read), so that no reader takes
CPU from the router; afterwards the decisions are read and counted, to see that none is missing.
"""

import bisect
import threading
import time
from typing import Final

import msgspec

from loadtests.contender import Contender, Kind
from loadtests.open_loop import cpu_us, index_of
from loadtests.rehearsal import log_in, send, wall_ms
from loadtests.topics import ASSIGNMENTS, STATE, Record, Topics, admin_of, visible_ends
from loadtests.volume import Volume, measure
from loadtests.workload import Workload

STEP_S: Final = 0.02
QUIET_S: Final = 0.5
TIMEOUT_S: Final = 60.0
WARM_SHARE: Final = 0.25
"""The first quarter of the inputs is not in the warm rate."""


class Drain(msgspec.Struct, frozen=True, kw_only=True):
    """How fast: inputs a second from the first visible decision to the last, and when warm.

    `undecided`: inputs without a decision; where there are any the run failed.
    """

    kind: Kind
    partitions: int
    inputs: int
    per_second: float
    warm_per_second: float
    undecided: int
    cpu_us: float | None
    volume: Volume


class Progress:
    """How many decisions were visible when, sampled beside the run."""

    def __init__(self, topics: Topics, *, since: list[int]) -> None:
        self._topics = topics
        self._since = since
        self.samples: list[tuple[float, list[int]]] = [(time.monotonic(), since)]
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def wait(self, *, at_least: int) -> None:
        """Return when so many records are visible and no more come; give up after a minute."""
        deadline = time.monotonic() + TIMEOUT_S
        while time.monotonic() < deadline:
            at, ends = self.samples[-1]
            if sum(ends) - sum(self._since) >= at_least and time.monotonic() - at > QUIET_S:
                break
            time.sleep(STEP_S)  # a thread takes the samples, and their end is that no more come
        self._over.set()
        self._thread.join()

    def _sample(self) -> None:
        admin = admin_of(self._topics)
        while not self._over.wait(STEP_S):
            ends = visible_ends(admin, self._topics, ASSIGNMENTS)
            if ends != self.samples[-1][1]:
                self.samples.append((time.monotonic(), ends))


def run(kind: Kind, *, topics: Topics, workload: Workload, volume: Volume) -> Drain:
    """Measure one router on a backlog of `workload.rate x workload.seconds` inputs."""
    topics.create()
    if kind is Kind.ROUTER:
        # The null router knows no agents.
        with Contender(kind, topics=topics, volume=volume):
            log_in(topics, workload)
    plan = workload.plan(wall_ms=wall_ms())
    send(topics, plan)
    since = {name: topics.ends(name) for name in (ASSIGNMENTS, STATE)}
    progress = Progress(topics, since=since[ASSIGNMENTS])
    with Contender(kind, topics=topics, volume=volume) as contender:
        progress.wait(at_least=len(plan))
        used = contender.cpu_seconds()
    first = FirstDecisions(topics.partitions)
    written = measure(topics, inputs=len(plan), since=since, note=first.note)
    decided = first.offsets
    return Drain(
        kind=kind,
        partitions=topics.partitions,
        inputs=len(plan),
        per_second=rate(progress.samples, decided=decided, from_share=0),
        warm_per_second=rate(progress.samples, decided=decided, from_share=WARM_SHARE),
        undecided=len(plan) - sum(map(len, decided)),
        cpu_us=cpu_us(0.0, used, inputs=len(plan)),
        volume=written,
    )


class FirstDecisions:
    """Where the first decision about each input stands: offsets by partition, ascending."""

    def __init__(self, partitions: int) -> None:
        self.offsets: list[list[int]] = [[] for _ in range(partitions)]
        self._seen: set[int] = set()

    def note(self, record: Record) -> None:
        """Look at the next decision of a partition."""
        index = index_of(record.value or b"")
        if index is not None and index not in self._seen:
            self._seen.add(index)
            self.offsets[record.partition].append(record.offset)


def rate(
    samples: list[tuple[float, list[int]]], *, decided: list[list[int]], from_share: float
) -> float:
    """Work out inputs a second from samples of (time in s, end of each partition).

    Counts from the first sample in which more than `from_share` of the inputs are decided (their
    number is not in the rate) to the sample in which the last one is.
    """
    counted = [
        (
            at,
            sum(
                bisect.bisect_left(offsets, end) for offsets, end in zip(decided, ends, strict=True)
            ),
        )
        for at, ends in samples
    ]
    total = counted[-1][1]
    first_at, first = next(each for each in counted if each[1] > from_share * total)
    last_at = next(at for at, count in counted if count == total)
    return (total - first) / (last_at - first_at) if last_at > first_at else 0.0
