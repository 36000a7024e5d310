"""The router on a real Kafka, beside the null router: drain and latency, with one shard and eight.

Each measurement is taken of the router first and right after of the null router, on fresh topics of
one broker; the null router writes as much as the router was just seen to write. At each rate the
router runs once more after that: a broker grows quicker for minutes, and whoever always came first
would have the slower one. Both are fresh processes every time. A drain and the highest rate come
before all, not counted, because a broker that just started is slow.
"""

from collections.abc import Callable
from typing import Final

import msgspec

from loadtests import compiled, drain, open_loop
from loadtests.contender import Kind
from loadtests.drain import Drain
from loadtests.machine import Others
from loadtests.open_loop import Latency, Run
from loadtests.topics import Topics
from loadtests.volume import USUAL, Volume
from loadtests.workload import Workload
from router.embedded import EmbeddedKafka
from router.embedded.distribution import KAFKA_VERSION

SHARDS: Final = (1, 8)
RATES: Final = {5_000: 3.0, 1_000: 3.5, 200: 4.5}
"""Inputs a second, and for how many seconds they count in each run. The fastest first: it warms the
broker for the others."""
BACKLOG: Final = Workload(seed=0, partitions=1, rate=16_000, seconds=8, heartbeats=0)
"""Some 120,000 inputs of conversations whose lives are longer than a transaction."""
WARM_UP_BACKLOG: Final = msgspec.structs.replace(BACKLOG, seconds=3)
WARM_UP_S: Final = 1.5
"""The longest life of a conversation: from then on as many end as begin."""


class LatencyPair(msgspec.Struct, frozen=True, kw_only=True):
    """One rate: the router in two runs, the null router between them, and router / null router."""

    shards: int
    rate: int
    router: Latency
    null: Latency
    p50_ratio: float
    p99_ratio: float
    others_cores: float | None


class DrainPair(msgspec.Struct, frozen=True, kw_only=True):
    """One backlog: the router, the null router, and router / null router, cold and warm."""

    shards: int
    router: Drain
    null: Drain
    ratio: float
    warm_ratio: float
    others_cores: float | None


class RouterReport(msgspec.Struct, frozen=True, kw_only=True):
    """What the router bench found; `is_compiled`: whether its engine was the compiled one."""

    seed: int
    is_compiled: bool
    kafka: str
    drains: list[DrainPair]
    latencies: list[LatencyPair]

    @property
    def undecided(self) -> int:
        """Inputs that had no decision, in all measurements; none in a sound run."""
        pairs: list[DrainPair | LatencyPair] = [*self.drains, *self.latencies]
        return sum(pair.router.undecided + pair.null.undecided for pair in pairs)


class Bench:
    """The measurements of one run, on one broker."""

    def __init__(self, bootstrap: str, *, seed: int, tell: Callable[[str], None]) -> None:
        self._bootstrap = bootstrap
        self._seed = seed
        self._tell = tell
        self._runs = 0

    def warm_up(self) -> None:
        """Let the broker do once what it will have to do."""
        self._tell("warming the broker up")
        self._drain(Kind.NULL, max(SHARDS), backlog=WARM_UP_BACKLOG, volume=USUAL)
        self._latency(Kind.ROUTER, min(SHARDS), rate=max(RATES), volume=USUAL)

    def drain(self, shards: int) -> DrainPair:
        """Drain a backlog with the router, then with the null router."""
        self._tell(f"drain, {_shards(shards)}")
        others = Others()
        router = self._drain(Kind.ROUTER, shards, backlog=BACKLOG, volume=USUAL)
        null = self._drain(Kind.NULL, shards, backlog=BACKLOG, volume=router.volume)
        return DrainPair(
            shards=shards,
            router=router,
            null=null,
            ratio=router.per_second / null.per_second,
            warm_ratio=router.warm_per_second / null.warm_per_second,
            others_cores=others.cores(),
        )

    def latency(self, shards: int, rate: int) -> LatencyPair:
        """Measure latency at a rate with the router, the null router, and the router again."""
        self._tell(f"latency at {rate:,} inputs/s, {_shards(shards)}")
        others = Others()
        before = self._latency(Kind.ROUTER, shards, rate=rate, volume=USUAL)
        between = self._latency(Kind.NULL, shards, rate=rate, volume=before.volume)
        after = self._latency(Kind.ROUTER, shards, rate=rate, volume=USUAL)
        router, null = open_loop.sum_up(before, after), open_loop.sum_up(between)
        return LatencyPair(
            shards=shards,
            rate=rate,
            router=router,
            null=null,
            p50_ratio=router.latency_ms.p50 / null.latency_ms.p50,
            p99_ratio=router.latency_ms.p99 / null.latency_ms.p99,
            others_cores=others.cores(),
        )

    def _drain(self, kind: Kind, shards: int, *, backlog: Workload, volume: Volume) -> Drain:
        workload = msgspec.structs.replace(backlog, seed=self._seed, partitions=shards)
        topics = self._topics(shards)
        found = drain.run(kind, topics=topics, workload=workload, volume=volume)
        topics.delete()
        return found

    def _latency(self, kind: Kind, shards: int, *, rate: int, volume: Volume) -> Run:
        workload = Workload(
            seed=self._seed, partitions=shards, rate=rate, seconds=WARM_UP_S + RATES[rate]
        )
        topics = self._topics(shards)
        found = open_loop.run(
            kind, topics=topics, workload=workload, warm_up_s=WARM_UP_S, volume=volume
        )
        topics.delete()
        return found

    def _topics(self, shards: int) -> Topics:
        self._runs += 1
        return Topics(bootstrap=self._bootstrap, prefix=f"bench-{self._runs}.", partitions=shards)


def run(*, seed: int, tell: Callable[[str], None]) -> RouterReport:
    """Measure everything on a broker of its own; `tell` gets a line before each step.

    Raises `KafkaUnavailableError` where no broker can be had, `ContenderError` or `TimeoutError`
    where a router does not do its part.
    """
    tell("starting Kafka")
    with EmbeddedKafka() as kafka:
        bench = Bench(kafka.bootstrap_servers, seed=seed, tell=tell)
        bench.warm_up()
        return RouterReport(
            seed=seed,
            is_compiled=compiled.is_built(),
            kafka=KAFKA_VERSION,
            drains=[bench.drain(shards) for shards in SHARDS],
            latencies=[bench.latency(shards, rate) for shards in SHARDS for rate in RATES],
        )


def _shards(count: int) -> str:
    return "1 shard" if count == 1 else f"{count} shards"
