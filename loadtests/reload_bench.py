"""Other rules come into force where a hundred thousand wait: how long does everything stand still?

A large world is filled until as many wait as its size says, then its rules are swapped a few times,
each time for others that ask, order and select alike, so that all of it is built anew and nobody
can be matched. What is measured is what the daemon does between two batches: `adopt` and
`changes`. Every queue must stand afterwards as it stood before, conversation by conversation.

Then that world lives on at a planned rate, first undisturbed, then with a swap in the middle. The
time of an input is from when it was planned to when all is decided, so what piles up behind the
swap counts.
"""

import gc
from statistics import median
from time import perf_counter, sleep
from typing import Final

import msgspec
from msgspec.structs import replace

from loadtests.people import People
from loadtests.percentiles import Summary, summarise
from loadtests.worlds import POOL, START_MS, OnePolicy, Size, World
from router.daemon import huge_pages, memory
from router.engine import Engine

LARGE: Final = Size(queues=2_000, agents=20_000, waiting=130_000)
"""Some 22,000 of them are given to agents at once."""
SWAPS: Final = 5
RATE: Final = 1_000
SECONDS: Final = 20
BATCH: Final = 32


class LostPlaceError(Exception):
    """Tell that somebody stands at another place than before."""


class ReloadRun(msgspec.Struct, frozen=True, kw_only=True):
    """What was found: how many waited, the seconds that each swap took, and decisions around one.

    `calm_ms`, `disturbed_ms`: planned time of an input to its decisions, without and with a swap.
    """

    size: Size
    seed: int
    waiting: int
    swaps_s: list[float]
    written: list[int]
    """Records to be written after each swap."""
    rate: int
    calm_ms: Summary
    disturbed_ms: Summary

    def lines(self) -> list[str]:
        """Say it for people."""
        size, swaps = self.size, self.swaps_s
        sizes = f"{size.queues:,} queues, {size.agents:,} agents, {self.waiting:,} waiting"
        spread = f"{min(swaps):.2f} to {max(swaps):.2f} in {len(swaps)} swaps"
        return [
            f"reload: {sizes}, seed {self.seed}",
            f"  decisions stand still for {median(swaps):.2f} s at a swap ({spread})",
            f"  records written by a swap: {max(self.written)}; every place is kept",
            f"  {self.calm_ms.count:,} inputs at {self.rate:,}/s, from planned to decided, ms:",
            f"    undisturbed           {_say(self.calm_ms)}",
            f"    a swap in the middle  {_say(self.disturbed_ms)}",
        ]


def run(
    *, seed: int, size: Size = LARGE, swaps: int = SWAPS, seconds: float = SECONDS
) -> ReloadRun:
    """Fill a world, swap its rules, and let it live on. Raises `LostPlaceError`."""
    memory.tune()
    world = World(size, seed=seed)
    policy = world.policy()
    engine = Engine(OnePolicy(policy))
    people = People(world)
    for event in world.people():
        engine.apply(event, START_MS)
    for event in people.backlog():
        people.react(engine.apply(event, START_MS))
    engine.changes()
    memory.settle()
    before = _places(engine)
    took, written = [], []
    for number in range(swaps):
        others = OnePolicy(replace(policy, version=f"bench {number}"))
        huge_pages.collapse()  # as the daemon has done some seconds after the last swap
        started = perf_counter()
        written.append(_swap(engine, others, now=START_MS + 1 + number))
        took.append(perf_counter() - started)
        if _places(engine) != before:
            raise LostPlaceError("somebody stands at another place than before")
    life = Life(engine, people)
    calm = life.go_on(seconds=seconds)
    others = OnePolicy(replace(policy, version="bench in the middle"))
    disturbed = life.go_on(seconds=seconds, others=others)
    gc.unfreeze()
    return ReloadRun(
        size=size,
        seed=seed,
        waiting=sum(len(each) for each in before.values()),
        swaps_s=took,
        written=written,
        rate=RATE,
        calm_ms=calm,
        disturbed_ms=disturbed,
    )


class Life:
    """A world that goes on at a planned rate, whatever becomes of it."""

    def __init__(self, engine: Engine, people: People) -> None:
        self._engine = engine
        self._people = people
        self._inputs = people.inputs()

    def go_on(self, *, seconds: float, others: OnePolicy | None = None) -> Summary:
        """Live for so long, with a swap to `others` in the middle; times in ms."""
        count = round(seconds * RATE)
        took = []
        began = perf_counter()
        for number in range(count):
            planned = began + number / RATE
            if (early := planned - perf_counter()) > 0:
                sleep(early)
            now, event = next(self._inputs)
            if others is not None and number == count // 2:
                _swap(self._engine, others, now=now)
            said = self._engine.apply(event, now)
            if number % BATCH == 0:
                self._engine.changes()
            took.append(perf_counter() - planned)
            self._people.react(said)
        return summarise(took, unit=1e-3)


def _swap(engine: Engine, others: OnePolicy, *, now: int) -> int:
    """Do what the daemon does between two batches; give the number of records to be written."""
    with memory.set_aside():
        engine.adopt(others, now)
    return len(engine.changes())


def _say(of: Summary) -> str:
    return f"p50 {of.p50:8.2f}   p99 {of.p99:8.2f}   p99.9 {of.p999:8.2f}   max {of.max:8.2f}"


def _places(engine: Engine) -> dict[str, list[str]]:
    """Give who waits in every queue, the most urgent first."""
    lines = engine.pools[POOL].room.lines
    return {name: [record.id for record in line.records()] for name, line in lines.items()}
