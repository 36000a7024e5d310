"""What all the rules of the example centre cost, beside its plain queues over the same people.

Each life is lived and replayed in a process of its own, both in turns; the faster replay of each
counts. Means are compared at the plain centre's mix of inputs, so that what only the whole rulebook
brings about more often is not taken for its price.
"""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Final

import msgspec

from loadtests.centre import Centre
from loadtests.engine_run import EngineRun, growth, replay
from loadtests.tape import record
from loadtests.worlds import OnePolicy

AGENTS: Final = 1_000
WAITING: Final = 3_000
WARM_UP_S: Final = 30
WARM_UP: Final = 20_000
INPUTS: Final = 30_000
ROUNDS: Final = 2


class CentreReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was found: the centre under all its rules, under its plain queues, and cost by cost."""

    whole: EngineRun
    plain: EngineRun
    ratio: float
    """Mean cost of an input under all rules / under plain queues, at the latter's mix of inputs."""


def run(*, seed: int, tell: Callable[[str], None]) -> CentreReport:
    """Live and measure both; `tell` gets a line before each step."""
    runs: dict[bool, list[EngineRun]] = {True: [], False: []}
    for number in range(ROUNDS):
        tell(f"the example centre, plain and with all its rules, round {number + 1} of {ROUNDS}")
        for is_plain, done in runs.items():
            with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
                done.append(process.submit(_live, seed, is_plain=is_plain).result())
    plain, whole = (min(runs[each], key=_mean) for each in (True, False))
    return CentreReport(whole=whole, plain=plain, ratio=growth(whole, over=plain))


def _live(seed: int, *, is_plain: bool) -> EngineRun:
    centre = Centre(agents=AGENTS, waiting=WAITING, seed=seed, is_plain=is_plain)
    tape = record(centre, warm_up_s=WARM_UP_S, warm_up=WARM_UP, inputs=INPUTS)
    return replay(tape, policies=OnePolicy(centre.policy()))


def _mean(run: EngineRun) -> float:
    return run.input_us.mean
