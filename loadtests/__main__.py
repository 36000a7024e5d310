"""Run the load tests: `python -m loadtests [engine|router|all|reload]`.

The report goes to standard output, what is being done to standard error. Exit status 0: measured;
1: a router failed, inputs were left undecided, or with `--check` a target was missed; 2: wrong use;
3: no Kafka could be had.
"""

import argparse
import signal
import sys
import time
from pathlib import Path
from typing import Final

from loadtests import engine_bench, machine, reload_bench, router_bench
from loadtests.compiled import CompiledError
from loadtests.contender import ContenderError
from loadtests.engine_run import UnequalError
from loadtests.report import Report
from router.embedded import KafkaUnavailableError

FORMATS: Final = (".svg", ".png")


def main() -> int:
    """Measure what is asked for, report it, and give the exit status."""
    given = _arguments()
    if given.what == "reload":
        return _reload(given.seed)
    # Whoever ends us early still wants every process ended that we started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    began = time.monotonic()

    def tell(what: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {what}", file=sys.stderr, flush=True)

    described = machine.describe()
    engine = router = None
    try:
        if given.what in {"engine", "all"}:
            engine = engine_bench.run(seed=given.seed, tell=tell)
        if given.what in {"router", "all"}:
            router = router_bench.run(seed=given.seed, tell=tell)
    except KafkaUnavailableError as error:
        print(error, file=sys.stderr)
        return 3
    except (CompiledError, ContenderError, UnequalError, TimeoutError) as error:
        print(f"the measurement failed: {error}", file=sys.stderr)
        return 1
    tell("done")
    report = Report(machine=described, seed=given.seed, engine=engine, router=router)
    for line in report.lines():
        print(line)
    if given.json:
        report.save(given.json)
    if given.plot:
        _draw(report, given.plot)
    is_wrong = router is not None and router.undecided > 0
    is_missed = given.check and not all(each.is_met for each in report.targets())
    return 1 if is_wrong or is_missed else 0


def _reload(seed: int) -> int:
    try:
        report = reload_bench.run(seed=seed)
    except reload_bench.LostPlaceError as error:
        print(f"the measurement failed: {error}", file=sys.stderr)
        return 1
    for line in report.lines():
        print(line)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m loadtests", description=__doc__)
    parser.add_argument(
        "what", nargs="?", choices=("engine", "router", "all", "reload"), default="all"
    )
    parser.add_argument("--seed", type=int, default=1, help="makes worlds, lives and schedules")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report as JSON")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw it, as .svg or .png")
    parser.add_argument("--check", action="store_true", help="exit 1 where a target is missed")
    given = parser.parse_args()
    if given.what == "reload" and (given.json or given.plot or given.check):
        parser.error("reload prints its report, and takes --seed alone")
    if given.plot and given.plot.suffix not in FORMATS:
        parser.error(f"--plot wants a file that ends with {' or '.join(FORMATS)}")
    for file in filter(None, (given.json, given.plot)):
        try:
            # Now, and not when all has been measured; what stands there stays until then.
            file.open("ab").close()
        except OSError as error:
            parser.error(f"{file} cannot be written: {error.strerror}")
    return given


def _draw(report: Report, path: Path) -> None:
    # Only here: the picture needs an extra that the figures do not.
    from loadtests.plot import draw

    draw(report, path)


if __name__ == "__main__":
    sys.exit(main())
