"""What the figures must be: ratios of things measured in the same run, never clock time.

They are goals for a machine that has nothing else to do, and for the engine as it is shipped,
compiled, where `make compiled` has built it. `--check` makes a missed one the exit status.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from loadtests.engine_bench import EngineReport
from loadtests.router_bench import RouterReport

ENGINE_RATIO: Final = 10.0
ENGINE_TAIL: Final = 10.0
GROWTH: Final = 1.3
GROWTH_BOUND: Final = ("agents", "backlog")
CENTRE: Final = 2.0
DRAIN: Final = 0.3
MEDIAN: Final = 1.5
TAIL: Final = 2.0


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """One goal: what is compared, what was found, the bound, and whether it is kept."""

    name: str
    found: float
    bound: float
    at_least: bool = False

    @property
    def is_met(self) -> bool:
        """Whether the figure is on the right side of its bound."""
        return self.found >= self.bound if self.at_least else self.found <= self.bound


def of_engine(report: EngineReport) -> Iterator[Target]:
    """Give the goals of the engine."""
    large = report.large_compiled or report.large
    busy = large.without_heartbeats_us
    yield Target(name="engine mean / orjson", found=large.ratio, bound=ENGINE_RATIO)
    yield Target(
        name="engine mean / orjson, without heartbeats",
        found=large.ratio_without_heartbeats,
        bound=ENGINE_RATIO,
    )
    yield Target(name="engine p99 / p50", found=large.p99_to_p50, bound=ENGINE_TAIL)
    yield Target(
        name="engine p99 / p50, without heartbeats", found=busy.p99 / busy.p50, bound=ENGINE_TAIL
    )
    for what in GROWTH_BOUND:
        yield Target(name=f"engine cost at 10 x {what}", found=report.growth[what], bound=GROWTH)
    centre = report.centre.compiled or report.centre.python
    yield Target(name="engine, all rules of the centre / plain", found=centre.ratio, bound=CENTRE)


def of_router(report: RouterReport) -> Iterator[Target]:
    """Give the goals of the router beside the null router."""
    for each in report.drains:
        yield Target(
            name=f"drain / null, {each.shards} shard(s)",
            found=each.ratio,
            bound=DRAIN,
            at_least=True,
        )
    for pair in report.latencies:
        where = f"{pair.rate:,}/s, {pair.shards} shard(s)"
        yield Target(name=f"p50 / null at {where}", found=pair.p50_ratio, bound=MEDIAN)
        yield Target(name=f"p99 / null at {where}", found=pair.p99_ratio, bound=TAIL)
