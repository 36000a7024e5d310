"""Replay a tape and take the time: each input into the engine, and the same events through orjson.

An input's time is that of `apply` and its share of `changes`, the records to be written, which a
daemon asks for once a batch: `BATCH` inputs, as the router takes at 5,000 a second. What it costs
where every input is a batch of its own is told too. Collector settings are the daemon's: what is
restored is set aside before the clock starts. orjson decodes and encodes the very same events, as
structured CloudEvents, in the same process.
"""

import gc
import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from time import perf_counter, perf_counter_ns, thread_time
from typing import Final, TypeVar

import msgspec
import orjson

from loadtests.machine import resident_bytes
from loadtests.percentiles import Summary, summarise
from loadtests.tape import Tape, as_cloud_event
from loadtests.worlds import OnePolicy, Size, World
from router.daemon import huge_pages, memory
from router.engine import Engine
from router.model.inputs import Input
from router.model.policy import Policies

Result = TypeVar("Result")

GC_SETTING: Final = f"thresholds {memory.YOUNG}, {memory.MIDDLE}, {memory.OLD}; restored state frozen and in huge pages, as the daemon does"
HEARTBEAT: Final = "agent.heartbeat"
BATCH: Final = 32


class EngineRun(msgspec.Struct, frozen=True, kw_only=True):
    """What one replay cost; times in microseconds.

    `ratio`: mean time of an input in the engine / mean time of orjson for the same events. `cpu_us`
    and `cpu_ratio` are the same from CPU time of the whole loop, clock readings included: on a busy
    machine they tell what the others were to blame for. `entity_bytes`: memory the restored engine
    holds / its durable records. `warm_up_us`: the inputs right after the restore, before those that
    all other figures are about.
    """

    size: Size
    seed: int
    rules: bool
    batch: int
    warm_up: int
    warm_up_us: float
    inputs: int
    decisions: int
    virtual_s: float
    per_second: float
    input_us: Summary
    without_heartbeats_us: Summary
    changes_us: Summary
    by_type_us: dict[str, Summary]
    orjson_us: Summary
    orjson_without_heartbeats_us: Summary
    cpu_us: float
    orjson_cpu_us: float
    cpu_ratio: float
    ratio: float
    ratio_without_heartbeats: float
    p99_to_p50: float
    entities: int
    entity_bytes: int
    resident_mib: float
    restore_s: float


class UnequalError(Exception):
    """Tell that a replay did not come to what was recorded: the engine is not deterministic."""


def replay(tape: Tape, *, policies: Policies | None = None, batch: int = BATCH) -> EngineRun:
    """Restore the tape's state, apply its inputs and take the times.

    With `policies` these are in force instead of the world's own; they must decide the same. Raises
    `UnequalError` where the replay differs from the recording.
    """
    memory.tune()
    gc.collect()
    before = resident_bytes()
    engine = Engine(policies or OnePolicy(World(tape.size, seed=tape.seed).policy()))
    started = perf_counter()
    engine.restore(tape.entities(), tape.begins_at)
    restore_s = perf_counter() - started
    engine.changes()
    gc.collect()
    held = resident_bytes() - before
    entities = len(engine.snapshot())
    events = tape.events()
    first, events = events[: tape.warm_up], events[tape.warm_up :]
    _come_to_rest()
    before_s = perf_counter()
    _, _, decided = _apply(engine, first, batch=batch)
    warm_up_us = (perf_counter() - before_s) / max(1, len(first)) * 1e6
    _come_to_rest()
    before_s = thread_time()
    took, changing, since = _apply(engine, events, batch=batch)
    cpu_us = (thread_time() - before_s) / len(events) * 1e6
    decided += since
    if decided != tape.decisions or engine.digest() != tape.digest:
        raise UnequalError(f"{decided} decisions in the replay, {tape.decisions} recorded")
    input_us = summarise(took, unit=1_000)
    written = [as_cloud_event(event) for _, event in events]
    before_s = thread_time()
    coded = _code(written)
    orjson_cpu_us = (thread_time() - before_s) / len(events) * 1e6
    orjson_us = summarise(coded, unit=1_000)
    types = [event.type for _, event in events]
    busy = [index for index, name in enumerate(types) if name != HEARTBEAT]
    busy_us = summarise((took[index] for index in busy), unit=1_000)
    busy_orjson_us = summarise((coded[index] for index in busy), unit=1_000)
    return EngineRun(
        size=tape.size,
        seed=tape.seed,
        rules=policies is not None,
        batch=batch,
        warm_up=len(first),
        warm_up_us=warm_up_us,
        inputs=len(events),
        decisions=since,
        virtual_s=tape.seconds,
        per_second=1e6 / input_us.mean,
        input_us=input_us,
        without_heartbeats_us=busy_us,
        changes_us=summarise(changing, unit=1_000),
        by_type_us=_by_type(types, took),
        orjson_us=orjson_us,
        orjson_without_heartbeats_us=busy_orjson_us,
        cpu_us=cpu_us,
        orjson_cpu_us=orjson_cpu_us,
        cpu_ratio=cpu_us / orjson_cpu_us,
        ratio=input_us.mean / orjson_us.mean,
        ratio_without_heartbeats=busy_us.mean / busy_orjson_us.mean,
        p99_to_p50=input_us.p99 / input_us.p50,
        entities=entities,
        entity_bytes=held // entities,
        resident_mib=resident_bytes() / 2**20,
        restore_s=restore_s,
    )


def alone(work: Callable[..., Result], *given: object) -> Result:
    """Do something in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        return process.submit(work, *given).result()


def _come_to_rest() -> None:
    """Leave memory as the daemon does some seconds after a takeover."""
    memory.settle()
    huge_pages.collapse()


def growth(run: EngineRun, *, over: EngineRun) -> float:
    """Compare mean costs as if both had had the base's mix of inputs.

    In a larger world some types come more often; that a type costs more is growth, that a dear one
    is more frequent is not. A type that one of them did not have is left out.
    """
    shared = [name for name in over.by_type_us if name in run.by_type_us]
    weights = {name: over.by_type_us[name].count for name in shared}
    cost = sum(run.by_type_us[name].mean * weights[name] for name in shared)
    return cost / sum(over.by_type_us[name].mean * weights[name] for name in shared)


def _apply(
    engine: Engine, events: list[tuple[int, Input]], *, batch: int
) -> tuple[list[int], list[int], int]:
    """Apply the inputs one after another, `batch` of them between two calls of `changes()`.

    Give the time of each (ns), the part of it that is its share of `changes()`, and the number of
    decisions.
    """
    took: list[int] = []
    changing: list[int] = []
    decided = 0
    apply, changes, clock = engine.apply, engine.changes, perf_counter_ns
    for start in range(0, len(events), batch):
        applied = []
        for now, event in events[start : start + batch]:
            before = clock()
            said = apply(event, now)
            applied.append(clock() - before)
            decided += len(said)
        before = clock()
        changes()
        share = (clock() - before) // len(applied)
        took += [each + share for each in applied]
        changing += [share] * len(applied)
    return took, changing, decided


def _code(events: list[bytes]) -> list[int]:
    """Decode and encode each event with orjson; give the time of each (ns)."""
    took = []
    loads, dumps, clock = orjson.loads, orjson.dumps, perf_counter_ns
    for event in events:
        before = clock()
        dumps(loads(event))
        after = clock()
        took.append(after - before)
    return took


def _by_type(types: list[str], took: list[int]) -> dict[str, Summary]:
    """Sum up each type by itself, the most frequent first."""
    grouped: dict[str, list[int]] = {}
    for name, each in zip(types, took, strict=True):
        grouped.setdefault(name, []).append(each)
    by_count = sorted(grouped.items(), key=lambda pair: -len(pair[1]))
    return {name: summarise(values, unit=1_000) for name, values in by_count}
