"""The figures as one picture, SVG or PNG by the name of the file. Needs the extra `bench`."""

from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.figure import Figure

from loadtests.engine_bench import EngineReport
from loadtests.report import Report
from loadtests.router_bench import RouterReport

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROUTER = "#20639b"
NULL = "#b0b7bf"
BOUND = "#c0392b"


def draw(report: Report, path: Path) -> None:
    """Draw what was measured; raises `ValueError` where the suffix names no known format."""
    # The same file for the same figures.
    mpl.rcParams["svg.hashsalt"] = "loadtests"
    rows = 2 * bool(report.engine) + 2 * bool(report.router)
    figure = Figure(figsize=(9, 3.4 * rows), layout="constrained")
    panels: list[Axes] = list(figure.subplots(rows, 1, squeeze=False)[:, 0])
    if report.engine:
        _by_type(panels.pop(0), report.engine)
        _growth(panels.pop(0), report.engine)
    if report.router:
        _drain(panels.pop(0), report.router)
        _latency(panels.pop(0), report.router)
    machine = report.machine
    figure.suptitle(f"{machine.cpu}, {machine.cores} cores, {machine.python}, seed {report.seed}")
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def _by_type(panel: "Axes", report: EngineReport) -> None:
    by_type = report.large.by_type_us
    names = list(reversed(by_type))
    places = range(len(names))
    panel.barh(places, [by_type[name].p99 for name in names], color=NULL, label="p99")
    panel.barh(places, [by_type[name].p50 for name in names], color=ROUTER, label="p50")
    panel.set_yticks(places, names)
    panel.axvline(10 * report.large.orjson_us.mean, color=BOUND, label="10 x orjson, mean")
    panel.set(title="engine: time an input", xlabel="µs", xscale="log")
    panel.legend()


def _growth(panel: "Axes", report: EngineReport) -> None:
    panel.bar(list(report.growth), list(report.growth.values()), color=ROUTER, width=0.5)
    panel.axhline(1.3, color=BOUND, label="1.3 x")
    panel.set(title="engine: mean cost at 10 x, alone", ylabel="x base")
    panel.legend()


def _drain(panel: "Axes", report: RouterReport) -> None:
    places = range(len(report.drains))
    panel.bar(
        [place - 0.2 for place in places],
        [each.router.per_second for each in report.drains],
        width=0.4,
        color=ROUTER,
        label="router",
    )
    panel.bar(
        [place + 0.2 for place in places],
        [each.null.per_second for each in report.drains],
        width=0.4,
        color=NULL,
        label="null router",
    )
    panel.set_xticks(places, [f"{each.shards} shard(s)" for each in report.drains])
    panel.set(title="drain", ylabel="inputs/s")
    panel.legend()


def _latency(panel: "Axes", report: RouterReport) -> None:
    pairs = sorted(report.latencies, key=lambda pair: (pair.shards, pair.rate))
    places = list(range(len(pairs)))
    for shift, color, name in ((-0.2, ROUTER, "router"), (0.2, NULL, "null")):
        found = [getattr(pair, name).latency_ms for pair in pairs]
        at = [place + shift for place in places]
        medians, tails = [each.p50 for each in found], [each.p99 for each in found]
        panel.vlines(at, medians, tails, color=color, linewidth=3)
        panel.scatter(at, medians, color=color, s=60, label=f"{name}: p50")
        panel.scatter(at, tails, color=color, marker="_", s=400, label=f"{name}: p99")
    panel.set_xticks(places, [f"{pair.rate:,}/s\n{pair.shards} shard(s)" for pair in pairs])
    panel.set(title="planned send to visible", ylabel="ms", yscale="log")
    panel.legend(ncols=2)
