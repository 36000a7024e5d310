"""The figures as tables for people, and as one JSON document for programs."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from loadtests import targets
from loadtests.centre_bench import CentreReport
from loadtests.engine_bench import EngineReport, say
from loadtests.engine_run import EngineRun
from loadtests.machine import Machine
from loadtests.percentiles import Summary
from loadtests.router_bench import WARM_UP_S, DrainPair, LatencyPair, RouterReport
from loadtests.targets import Target

BUSY_CORES = 0.2
"""Above this much use by others, figures are called rough."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one run found; a part that was not asked for is None."""

    machine: Machine
    seed: int
    engine: EngineReport | None = None
    router: RouterReport | None = None

    def targets(self) -> list[Target]:
        """Give all goals of what was measured."""
        engine = targets.of_engine(self.engine) if self.engine else ()
        router = targets.of_router(self.router) if self.router else ()
        return [*engine, *router]

    def save(self, path: Path) -> None:
        """Write the report as JSON, with each target and whether it is met."""
        whole = msgspec.to_builtins(self)
        whole["targets"] = [
            {**msgspec.to_builtins(each), "is_met": each.is_met} for each in self.targets()
        ]
        path.write_bytes(msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n")

    def lines(self) -> Iterator[str]:
        """Give the report as text, line by line."""
        yield from _machine(self.machine, seed=self.seed)
        if self.engine:
            yield from _engine(self.engine)
        if self.router:
            yield from _router(self.router)
        yield ""
        yield "targets (ratios only; they hold for a machine that does nothing else)"
        for each in self.targets():
            sign = ">=" if each.at_least else "<="
            verdict = "met" if each.is_met else "MISSED"
            yield f"  {each.name:<44} {each.found:>8.2f}  {sign} {each.bound:<5g} {verdict}"


def _machine(machine: Machine, *, seed: int) -> Iterator[str]:
    yield f"machine   {machine.cpu}, {machine.cores} cores, {machine.memory_gib} GiB, {machine.system}"
    yield f"          {machine.python}, load average at the start {machine.load}"
    yield f"seed      {seed}"


def _engine(report: EngineReport) -> Iterator[str]:
    large = report.large
    yield ""
    yield f"ENGINE    {say(large.size)}; {large.inputs:,} inputs, {large.virtual_s:,.0f} s of its life"
    yield (
        f"          after {large.warm_up:,} inputs since the restore ({large.warm_up_us:.1f} µs each);"
        f" batches of {large.batch}"
    )
    yield f"          collector: {report.gc}"
    yield f"          {large.per_second:,.0f} inputs/s; {large.decisions:,} decisions"
    yield (
        f"          {large.entities:,} records held, {large.entity_bytes:,} bytes each;"
        f" {large.resident_mib:,.0f} MiB resident; restored in {large.restore_s:.1f} s"
    )
    yield ""
    yield f"  {'time an input, µs':<34}{_HEAD}"
    yield _row("all inputs", large.input_us)
    yield _row("without heartbeats", large.without_heartbeats_us)
    for name, summary in large.by_type_us.items():
        yield _row("  " + name, summary)
    yield _row("changes() in all inputs", large.changes_us)
    yield _row("orjson decode + encode, all", large.orjson_us)
    yield _row("orjson, without heartbeats", large.orjson_without_heartbeats_us)
    yield from _ratios(large)
    alone = report.large_alone
    yield (
        f"  every input a batch of its own: mean {alone.input_us.mean:.1f} µs, mean / orjson"
        f" {alone.ratio:.1f} x, without heartbeats {alone.ratio_without_heartbeats:.1f} x"
    )
    if report.large_compiled:
        mean = report.large_compiled.input_us.mean
        yield ""
        yield f"  the compiled engine, {mean / large.input_us.mean:.2f} x the time of plain Python"
        yield _row("all inputs", report.large_compiled.input_us)
        yield _row("without heartbeats", report.large_compiled.without_heartbeats_us)
        yield from _ratios(report.large_compiled)
    yield ""
    yield f"  {'growth, µs an input':<34}{_HEAD}   growth"
    yield _row(f"base: {say(report.base.size)}", report.base.input_us)
    for what, run in report.grown.items():
        yield f"{_row(f'10 x {what}', run.input_us)}  {report.growth[what]:>6.2f} x"
    yield from _rules(report.base, report.base_with_rules)
    yield from _centre(report.centre)


def _ratios(run: EngineRun) -> Iterator[str]:
    yield (
        f"  mean / orjson: {run.ratio:.1f} x, without heartbeats {run.ratio_without_heartbeats:.1f} x;"
        f" p99 / p50: {run.p99_to_p50:.1f}"
    )
    yield (
        f"  CPU time alone: {run.cpu_us:.1f} µs an input, orjson {run.orjson_cpu_us:.2f} µs:"
        f" {run.cpu_ratio:.1f} x"
    )


def _rules(plain: EngineRun, ruled: EngineRun) -> Iterator[str]:
    created = "conversation.created"
    before, after = plain.by_type_us[created].mean, ruled.by_type_us[created].mean
    yield ""
    yield (
        f"  qualification by rules (base world): {created} {before:.1f} -> {after:.1f} µs,"
        f" all inputs {plain.input_us.mean:.1f} -> {ruled.input_us.mean:.1f} µs,"
        f" mean / orjson {ruled.ratio:.1f} x"
    )


def _centre(report: CentreReport) -> Iterator[str]:
    python = report.python
    size = python.whole.size
    yield ""
    yield (
        f"  the example centre: {size.agents:,} agents, {size.waiting:,} waiting, qualified by its rules"
    )
    yield _row("its plain queues", python.plain.input_us)
    yield f"{_row('all its rules', python.whole.input_us)}  {python.ratio:>6.2f} x"
    made = report.compiled
    if made is not None:
        yield _row("its plain queues, compiled engine", made.plain.input_us)
        yield f"{_row('all its rules, compiled engine', made.whole.input_us)}  {made.ratio:>6.2f} x"


def _router(report: RouterReport) -> Iterator[str]:
    yield ""
    engine = "compiled engine" if report.is_compiled else "engine in plain Python"
    yield (
        f"ROUTER    {engine}; Kafka {report.kafka}, one node on this machine; null router in the same run"
    )
    yield (
        f"          latency: planned send to visible, ms; Poisson arrivals, {WARM_UP_S:g} s of"
        " warm-up left out"
    )
    yield ""
    yield "  drain            inputs/s                 warm                    CPU µs an input"
    yield "  shards      router      null  ratio    router      null  ratio    router   null   others"
    for each in report.drains:
        yield (
            f"  {each.shards:>6}  {each.router.per_second:>10,.0f}{each.null.per_second:>10,.0f}"
            f"{each.ratio:>7.2f}{each.router.warm_per_second:>10,.0f}"
            f"{each.null.warm_per_second:>10,.0f}{each.warm_ratio:>7.2f}"
            f"{_or_dash(each.router.cpu_us):>10}{_or_dash(each.null.cpu_us):>7}"
            f"{_others(each.others_cores):>9}"
        )
    yield ""
    yield "  latency               router              null              ratio       sender"
    yield "  shards    rate     p50     p99       p50     p99       p50    p99     late p99  others"
    for pair in report.latencies:
        router, null = pair.router.latency_ms, pair.null.latency_ms
        yield (
            f"  {pair.shards:>6}{pair.rate:>8,}{router.p50:>8.2f}{router.p99:>8.1f}"
            f"{null.p50:>10.2f}{null.p99:>8.1f}{pair.p50_ratio:>10.2f}{pair.p99_ratio:>7.2f}"
            f"{pair.router.late_ms.p99:>13.2f}{_others(pair.others_cores):>8}"
        )
    first = report.drains[0].router.volume
    yield ""
    yield (
        f"  volume in the drain with 1 shard: {first.decisions_per_input:.2f} decisions of"
        f" {first.decision_bytes} bytes and {first.states_per_input:.2f} state records of"
        f" {first.state_bytes} bytes an input"
    )
    if report.undecided:
        yield f"  FAILED: {report.undecided:,} inputs had no decision"
    pairs: list[DrainPair | LatencyPair] = [*report.drains, *report.latencies]
    if any((pair.others_cores or 0) > BUSY_CORES for pair in pairs):
        yield "  ROUGH: others used this machine (cores busy with them are in the last column)"


_HEAD = f"{'count':>9}{'mean':>9}{'p50':>9}{'p99':>9}{'p99.9':>10}"


def _row(name: str, of: Summary) -> str:
    return f"  {name:<34}{of.count:>9,}{of.mean:>9.2f}{of.p50:>9.2f}{of.p99:>9.2f}{of.p999:>10.1f}"


def _or_dash(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def _others(cores: float | None) -> str:
    return "-" if cores is None else f"{cores:.1f}"
