"""Compile conditions on how a queue stands, and pairs of them; write them in full again.

A pair that flaps is refused, with the case that shows it: what turns something on must not turn it
off at the next conversation that comes or goes.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, Final, Protocol

from router.model.conditions import (
    AllHold,
    AnyHolds,
    AtLeast,
    AtMost,
    Attendance,
    Condition,
    Measure,
    NoAgents,
    Switch,
    single,
)
from router.rules.units import duration_text
from router.rules.written.conditions import Calm, Standing

_STEP: Final[Mapping[Measure, int]] = {
    Measure.WAITING: 1,
    Measure.OLDEST_WAIT: 1_000,
    Measure.ESTIMATED_WAIT: 1_000,
}
"""One conversation less, the next one who has waited a second less, a second less to wait."""
MOST_CASES: Final = 20_000


class Turned(Protocol):
    """What is written of a pair of conditions, wherever that is."""

    @property
    def on(self) -> Standing | None:
        """Give what turns it on."""
        ...

    @property
    def off(self) -> Calm | None:
        """Give what turns it off again."""
        ...

    @property
    def at_least(self) -> int | None:
        """Give for how long it stays on (ms)."""
        ...


Case = dict[Measure, int]
"""How a queue stands: {measure: its value}."""


def condition(written: Standing | Calm) -> Condition:
    """Compile a condition that fits the language."""
    parts = written.any or written.all
    if parts is not None:
        compiled = tuple(condition(each) for each in parts)
        return AnyHolds(compiled) if written.any else AllHold(compiled)
    if isinstance(written, Standing) and written.no_agents is not None:
        return NoAgents(Attendance(written.no_agents))
    bounded = AtLeast if isinstance(written, Standing) else AtMost
    if written.waiting is not None:
        return bounded(Measure.WAITING, written.waiting)
    if written.estimated_wait is not None:
        return bounded(Measure.ESTIMATED_WAIT, written.estimated_wait)
    return bounded(Measure.OLDEST_WAIT, written.oldest_wait or 0)


def switch(name: str, queue: str | None, written: Turned) -> Switch | None:
    """Compile what turns a rule on and off; None where nothing does."""
    if written.on is None:
        return None
    return Switch(
        name=name,
        queue=queue,
        on=condition(written.on),
        off=None if written.off is None else condition(written.off),
        at_least_ms=written.at_least or 0,
    )


def condition_value(compiled: Condition) -> dict[str, Any]:
    """Write a condition as a rule file would."""
    match compiled:
        case AnyHolds(parts=parts):
            return {"any": [condition_value(each) for each in parts]}
        case AllHold(parts=parts):
            return {"all": [condition_value(each) for each in parts]}
        case NoAgents(attendance=attendance):
            return {"no_agents": attendance.value}
        case AtLeast(measure=measure, bound=bound) | AtMost(measure=measure, bound=bound):
            return {measure.value: _bound_value(measure, bound)}


def _bound_value(measure: Measure, bound: int) -> int | str:
    return bound if measure is Measure.WAITING else duration_text(bound)


def switch_value(switch: Switch) -> dict[str, Any]:
    """Write a pair of conditions as the keys of a rule."""
    value: dict[str, Any] = {"on": condition_value(switch.on)}
    if switch.off is not None:
        value["off"] = condition_value(switch.off)
    if switch.at_least_ms:
        value["at_least"] = duration_text(switch.at_least_ms)
    return value


def flaw(switch: Switch) -> tuple[str, str] | None:
    """Give what is wrong with a pair, and what would mend it; None: nothing."""
    return _crossed(switch) or (None if switch.at_least_ms else _flapping(switch))


def _crossed(switch: Switch) -> tuple[str, str] | None:
    """Find a measure whose bound in ``off`` is not on the calm side of that in ``on``."""
    if switch.off is None:
        return None
    for off in single(switch.off):
        for on in single(switch.on):
            if isinstance(on, AtLeast) and isinstance(off, AtMost) and on.measure is off.measure:
                if off.bound < on.bound:
                    continue
                case = _words({on.measure: on.bound})
                least = _bound_value(on.measure, on.bound)
                return (
                    f"{case}, both `on` and `off` hold",
                    f"`{on.measure.value}` in `off` below {least}",
                )
    return None


def _flapping(switch: Switch) -> tuple[str, str] | None:
    """Find a case in which it is on and, one step further, off again."""
    for case, measure in _cases(switch):
        if not _holds(switch.on, case):
            continue
        next_case = {**case, measure: case[measure] - _STEP[measure]}
        calm = switch.off is None or _holds(switch.off, next_case)
        if calm and not _holds(switch.on, next_case):
            words = f"it flaps: on {_words(case)}, off again {_words(next_case)}"
            return words, _mended(measure, case[measure])
    return None


def _mended(measure: Measure, bound: int) -> str:
    """Say which pair would not flap: half the bound, or so."""
    step = _STEP[measure]
    calmer = min(bound // 2 // step * step, bound - 2 * step)
    if calmer < 0:
        return "`at_least: 5m`"
    return f"`off: {{{measure.value}: {_bound_value(measure, calmer)}}}`, or `at_least: 5m`"


def _cases(switch: Switch) -> Iterator[tuple[Case, Measure]]:
    """Give the cases around every bound, each with a measure that may become one step less."""
    parts = [*single(switch.on), *(() if switch.off is None else single(switch.off))]
    bounds = [each for each in parts if isinstance(each, AtLeast | AtMost)]
    values: dict[Measure, set[int]] = {each.measure: {_STEP[each.measure]} for each in bounds}
    for each in bounds:
        values[each.measure] |= {each.bound, each.bound + _STEP[each.measure]}
    cases = product(*(sorted(each) for each in values.values()))
    for _, numbers in zip(range(MOST_CASES), cases, strict=False):
        case = dict(zip(values, numbers, strict=True))
        yield from ((case, measure) for measure in values if case[measure] >= _STEP[measure])


def _holds(compiled: Condition, case: Case) -> bool:
    """Tell whether a condition holds where somebody is always there."""
    match compiled:
        case AnyHolds(parts=parts):
            return any(_holds(each, case) for each in parts)
        case AllHold(parts=parts):
            return all(_holds(each, case) for each in parts)
        case AtLeast(measure=measure, bound=bound):
            return case[measure] >= bound
        case AtMost(measure=measure, bound=bound):
            return case[measure] <= bound
        case NoAgents():
            return False


def _words(case: Case) -> str:
    said = {
        Measure.WAITING: "{} waiting",
        Measure.OLDEST_WAIT: "the oldest for {}",
        Measure.ESTIMATED_WAIT: "an estimated wait of {}",
    }
    parts = [said[name].format(_bound_value(name, value)) for name, value in case.items()]
    return "with " + " and ".join(parts)
