"""Other rules come into force where a hundred thousand wait: how long does everything stand still?

A large world is filled until as many wait as its size says, then its rules are swapped a few times,
each time for others that ask, order and select alike, so that all of it is built anew and nobody
can be matched. What is measured is what the daemon does between two batches: `adopt` and
`changes`. Every queue must stand afterwards as it stood before, conversation by conversation.
"""

import gc
from statistics import median
from time import perf_counter
from typing import Final

import msgspec
from msgspec.structs import replace

from loadtests.people import People
from loadtests.worlds import POOL, START_MS, OnePolicy, Size, World
from router.daemon import memory
from router.engine import Engine

LARGE: Final = Size(queues=2_000, agents=20_000, waiting=130_000)
"""Some 22,000 of them are given to agents at once."""
SWAPS: Final = 5


class LostPlaceError(Exception):
    """Tell that somebody stands at another place than before."""


class ReloadRun(msgspec.Struct, frozen=True, kw_only=True):
    """What was found: how many waited, and the seconds that each swap took."""

    size: Size
    seed: int
    waiting: int
    swaps_s: list[float]
    written: list[int]
    """Records to be written after each swap."""

    def lines(self) -> list[str]:
        """Say it for people."""
        size, swaps = self.size, self.swaps_s
        sizes = f"{size.queues:,} queues, {size.agents:,} agents, {self.waiting:,} waiting"
        spread = f"{min(swaps):.2f} to {max(swaps):.2f} in {len(swaps)} swaps"
        return [
            f"reload: {sizes}, seed {self.seed}",
            f"  decisions stand still for {median(swaps):.2f} s at a swap ({spread})",
            f"  records written by a swap: {max(self.written)}; every place is kept",
        ]


def run(*, seed: int, size: Size = LARGE, swaps: int = SWAPS) -> ReloadRun:
    """Fill a world and swap its rules. Raises `LostPlaceError`."""
    memory.tune()
    world = World(size, seed=seed)
    policy = world.policy()
    engine = Engine(OnePolicy(policy))
    for event in world.people():
        engine.apply(event, START_MS)
    for event in People(world).backlog():
        engine.apply(event, START_MS)
    engine.changes()
    memory.settle()
    before = _places(engine)
    took, written = [], []
    for number in range(swaps):
        others = OnePolicy(replace(policy, version=f"bench {number}"))
        started = perf_counter()
        engine.adopt(others, START_MS + 1 + number)
        changed = engine.changes()
        memory.set_aside()
        took.append(perf_counter() - started)
        written.append(len(changed))
        if _places(engine) != before:
            raise LostPlaceError("somebody stands at another place than before")
    gc.unfreeze()
    return ReloadRun(
        size=size,
        seed=seed,
        waiting=sum(len(each) for each in before.values()),
        swaps_s=took,
        written=written,
    )


def _places(engine: Engine) -> dict[str, list[str]]:
    """Give who waits in every queue, the most urgent first."""
    lines = engine.pools[POOL].room.lines
    return {name: [record.id for record in line.records()] for name, line in lines.items()}
