"""The engine alone: one large world, the same under an operator's rules, and how cost grows.

Growth is measured from a base of a tenth of the large world, by making queues, agents or backlog
ten times as many, each alone. Every world lives and is replayed in processes of its own, so that
none finds the memory of another; two live at a time, and while one is replayed nothing else runs.
Base and grown worlds are replayed in turns, and the fastest replay of each counts: what a busy
machine adds is not growth.
"""

import multiprocessing
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final

import msgspec

from loadtests import centre_bench, compiled, world_rules
from loadtests.centre_bench import CentreReport
from loadtests.engine_run import GC_SETTING, EngineRun, alone, growth, replay
from loadtests.tape import Tape, record
from loadtests.worlds import Size, World

LARGE: Final = Size(queues=2_000, agents=20_000, waiting=100_000)
BASE: Final = Size(queues=200, agents=2_000, waiting=10_000)
GROWN: Final = {
    "queues": Size(queues=2_000, agents=2_000, waiting=10_000),
    "agents": Size(queues=200, agents=20_000, waiting=10_000),
    "backlog": Size(queues=200, agents=2_000, waiting=100_000),
}
INPUTS: Final = 50_000
WARM_UP: Final = 100_000
INPUTS_OF_GROWTH: Final = 30_000
WARM_UP_OF_GROWTH: Final = 20_000
WARM_UP_S: Final = 30
"""Virtual time: by then the rush for agents who were all free at the start is over."""
ROUNDS: Final = 2


class EngineReport(msgspec.Struct, frozen=True, kw_only=True):
    """What the engine bench found.

    `growth`: mean cost of a grown world / mean cost of the base, both at the base's mix of inputs.
    """

    seed: int
    gc: str
    large: EngineRun
    large_alone: EngineRun
    """The same where every input is a batch of its own, as on a quiet day: the dearest case."""
    large_compiled: EngineRun | None
    """The same as `large` with the compiled engine; None where `make compiled` has built none."""
    base: EngineRun
    base_with_rules: EngineRun
    grown: dict[str, EngineRun]
    growth: dict[str, float]
    centre: CentreReport


def run(*, seed: int, tell: Callable[[str], None]) -> EngineReport:
    """Measure everything; `tell` gets a line before each step."""
    with tempfile.TemporaryDirectory(prefix="loadtests-") as folder:
        tapes = {"large": Path(folder) / "large", "base": Path(folder) / "base"}
        tapes |= {name: Path(folder) / name for name in GROWN}
        _record_all({"large": LARGE, "base": BASE, **GROWN}, tapes, seed=seed, tell=tell)
        tell("replaying the large world")
        large = alone(_replay, tapes["large"])
        tell("replaying the large world, every input a batch of its own")
        large_alone = alone(_replay_alone, tapes["large"])
        large_compiled = None
        if compiled.is_built():
            tell("replaying the large world with the compiled engine")
            large_compiled = compiled.replay(tapes["large"])
        runs: dict[str, list[EngineRun]] = {}
        for number in range(ROUNDS):
            tell(f"replaying the base and the grown worlds, round {number + 1} of {ROUNDS}")
            for name in ("base", *GROWN):
                runs.setdefault(name, []).append(alone(_replay, tapes[name]))
        tell("replaying the base world under an operator's rules")
        base_with_rules = alone(_replay_with_rules, tapes["base"])
    centre = centre_bench.run(seed=seed, tell=tell)
    fastest = {name: min(each, key=lambda run: run.input_us.mean) for name, each in runs.items()}
    base = fastest.pop("base")
    return EngineReport(
        seed=seed,
        gc=GC_SETTING,
        large=large,
        large_alone=large_alone,
        large_compiled=large_compiled,
        base=base,
        base_with_rules=base_with_rules,
        grown=fastest,
        growth={name: growth(run, over=base) for name, run in fastest.items()},
        centre=centre,
    )


def say(size: Size) -> str:
    """Say a size in words."""
    return f"{size.queues:,} queues, {size.agents:,} agents, {size.waiting:,} waiting"


def _record_all(
    sizes: dict[str, Size], tapes: dict[str, Path], *, seed: int, tell: Callable[[str], None]
) -> None:
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=spawn, max_tasks_per_child=1) as processes:
        recorded = []
        for name, size in sizes.items():
            tell(f"recording the {name} world: {say(size)}")
            warm_up, inputs = (
                (WARM_UP, INPUTS) if name == "large" else (WARM_UP_OF_GROWTH, INPUTS_OF_GROWTH)
            )
            recorded.append(processes.submit(_record, tapes[name], size, seed, warm_up, inputs))
        for each in recorded:
            each.result()


def _record(path: Path, size: Size, seed: int, warm_up: int, inputs: int) -> None:  # noqa: PLR0917 - across a process
    tape = record(World(size, seed=seed), warm_up_s=WARM_UP_S, warm_up=warm_up, inputs=inputs)
    tape.save(path)


def _replay(path: Path) -> EngineRun:
    return replay(Tape.load(path))


def _replay_alone(path: Path) -> EngineRun:
    return replay(Tape.load(path), batch=1)


def _replay_with_rules(path: Path) -> EngineRun:
    tape = Tape.load(path)
    return replay(tape, policies=world_rules.compiled(World(tape.size, seed=tape.seed)))
