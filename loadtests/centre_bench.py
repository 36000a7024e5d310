"""What all the rules of the example centre cost, beside its plain queues over the same people.

Each life is lived once and replayed in a process of its own, both in turns; the faster replay of
each counts. Means are compared at the plain centre's mix of inputs, so that what only the whole
rulebook brings about more often is not taken for its price. Where the compiled engine is built, it
replays them too.
"""

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from loadtests import compiled
from loadtests.centre import Centre, rules
from loadtests.engine_run import EngineRun, alone, growth, replay
from loadtests.tape import Tape, record
from loadtests.worlds import OnePolicy

AGENTS: Final = 1_000
WAITING: Final = 3_000
WARM_UP_S: Final = 30
WARM_UP: Final = 20_000
INPUTS: Final = 30_000
ROUNDS: Final = 2


class CentreCosts(msgspec.Struct, frozen=True, kw_only=True):
    """What one engine needs for the centre under all its rules, and under its plain queues."""

    whole: EngineRun
    plain: EngineRun
    ratio: float
    """Mean cost of an input under all rules / under plain queues, at the latter's mix of inputs."""


class CentreReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was found: the engine in plain Python, and compiled; None where it is not built."""

    python: CentreCosts
    compiled: CentreCosts | None


def run(*, seed: int, tell: Callable[[str], None]) -> CentreReport:
    """Live both, and measure; `tell` gets a line before each step."""
    runs: dict[tuple[bool, bool], list[EngineRun]] = {}
    with tempfile.TemporaryDirectory(prefix="loadtests-") as folder:
        tapes = {is_plain: Path(folder) / str(is_plain) for is_plain in (True, False)}
        tell("recording the example centre, plain and with all its rules")
        for is_plain, tape in tapes.items():
            alone(partial(_record, seed, tape, is_plain=is_plain))
        for number in range(ROUNDS):
            tell(f"replaying the example centre, round {number + 1} of {ROUNDS}")
            for is_plain, tape in tapes.items():
                runs.setdefault((False, is_plain), []).append(
                    alone(partial(_replay, tape, is_plain=is_plain))
                )
                if compiled.is_built():
                    runs.setdefault((True, is_plain), []).append(
                        compiled.replay(tape, rules="plain centre" if is_plain else "centre")
                    )
    fastest = {key: min(each, key=lambda run: run.input_us.mean) for key, each in runs.items()}
    return CentreReport(
        python=_costs(fastest[False, False], fastest[False, True]),
        compiled=_costs(fastest[True, False], fastest[True, True]) if compiled.is_built() else None,
    )


def _costs(whole: EngineRun, plain: EngineRun) -> CentreCosts:
    return CentreCosts(whole=whole, plain=plain, ratio=growth(whole, over=plain))


def _record(seed: int, path: Path, *, is_plain: bool) -> None:
    centre = Centre(agents=AGENTS, waiting=WAITING, seed=seed, is_plain=is_plain)
    record(centre, warm_up_s=WARM_UP_S, warm_up=WARM_UP, inputs=INPUTS).save(path)


def _replay(path: Path, *, is_plain: bool) -> EngineRun:
    return replay(Tape.load(path), policies=OnePolicy(rules(is_plain=is_plain)))
