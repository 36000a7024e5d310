"""Refuse pairs of conditions that flap, with the case that shows it.

What turns something on must not turn it off at the next conversation that comes, goes or ends. That
nobody has room is so, and is so no more, with every conversation; that nobody is logged in is no
conversation's doing, and may turn something on and off by itself.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Final

from router.model.conditions import (
    Above,
    AllHold,
    AnyHolds,
    AtLeast,
    AtMost,
    Attendance,
    Below,
    Condition,
    Measure,
    NoAgents,
    Share,
    Switch,
    Window,
    single,
)
from router.rules.conditions import bound_value, window_value
from router.rules.units import duration_text, percent_text

_STEP: Final[Mapping[Measure, int]] = {
    Measure.WAITING: 1,
    Measure.OLDEST_WAIT: 1_000,
    Measure.ESTIMATED_WAIT: 1_000,
}
"""One conversation less, the next one who has waited a second less, a second less to wait."""
MOST_CASES: Final = 20_000
WHOLE: Final = 100
CALMER_BY: Final = 15
"""So many in a hundred between the shares of a pair that is suggested, and one."""

Looked = Measure | Window | Attendance
"""What is looked at. Of a share it is what is missing: so many in a hundred that did not go well;
of who is there, 1 is that nobody is.
"""
Case = dict[Looked, int]
"""How a queue stands: {what is looked at: its value}."""
Bound = AtLeast | AtMost | Share | NoAgents


def _looked(bound: Bound) -> Looked:
    match bound:
        case AtLeast(measure=measure) | AtMost(measure=measure):
            return measure
        case NoAgents(attendance=attendance):
            return attendance
        case Below(window=window) | Above(window=window):
            return window


def _value(bound: Bound) -> int:
    """Give the first value, from the side of the bound, for which it holds."""
    match bound:
        case AtLeast(bound=value) | AtMost(bound=value):
            return value
        case Below(share=share):
            return WHOLE - share + 1
        case Above(share=share):
            return WHOLE - share - 1
        case NoAgents():
            return 1


def _step(looked: Looked) -> int:
    return _STEP[looked] if isinstance(looked, Measure) else 1


def flaw(switch: Switch) -> tuple[str, str] | None:
    """Give what is wrong with a pair, and what would mend it; None: nothing."""
    return _crossed(switch) or (None if switch.at_least_ms else _flapping(switch))


def _crossed(switch: Switch) -> tuple[str, str] | None:
    """Find a bound in ``off`` that is not on the calm side of that in ``on``."""
    if switch.off is None:
        return None
    for off in single(switch.off):
        for on in single(switch.on):
            match on, off:
                case AtLeast(measure=measure, bound=least), AtMost() if off.measure is measure:
                    if off.bound >= least:
                        return (
                            f"{_words({measure: least})}, both `on` and `off` hold",
                            f"`{measure.value}` in `off` below {bound_value(measure, least)}",
                        )
                case Below(window=window, share=share), Above() if off.window == window:
                    if off.share <= share:
                        above, below = percent_text(off.share), percent_text(share)
                        words = f"`off` above {above} is not clear of `on` below {below}"
                        return words, _mended(window, _value(on))
                case _:
                    pass
    return None


def _flapping(switch: Switch) -> tuple[str, str] | None:
    """Find a case in which it is on and, one step further, off again."""
    for case, looked in _cases(switch):
        if not _holds(switch.on, case):
            continue
        next_case = {**case, looked: case[looked] - _step(looked)}
        if not _possible(next_case):
            continue
        calm = switch.off is None or _holds(switch.off, next_case)
        if calm and not _holds(switch.on, next_case):
            words = f"it flaps: on {_words(case)}, off again {_words(next_case)}"
            return words, _mended(looked, case[looked])
    return None


def _mended(looked: Looked, value: int) -> str:
    """Say which pair would not flap: half the bound, or so."""
    calm = None
    if isinstance(looked, Window):
        calm = _calmer_share(looked, value)
    elif isinstance(looked, Measure):
        calm = _calmer(looked, value)
    return "`at_least: 5m`" if calm is None else f"`off: {{{calm}}}`, or `at_least: 5m`"


def _calmer(measure: Measure, value: int) -> str | None:
    step = _step(measure)
    calmer = min(value // 2 // step * step, value - 2 * step)
    return None if calmer < 0 else f"{measure.value}: {bound_value(measure, calmer)}"


def _calmer_share(window: Window, missing: int) -> str | None:
    calmer = WHOLE - missing + 1 + CALMER_BY
    if calmer >= WHOLE:
        return None
    over = ", ".join(f"{key}: {value}" for key, value in window_value(window).items())
    return f"{window.measure}: {{above: {percent_text(calmer)}, {over}}}"


def _cases(switch: Switch) -> Iterator[tuple[Case, Looked]]:
    """Give the cases around every bound, each with something that may become one step less."""
    parts = [*single(switch.on), *(() if switch.off is None else single(switch.off))]
    values: dict[Looked, set[int]] = {_looked(each): {_step(_looked(each))} for each in parts}
    for each in parts:
        looked, value = _looked(each), _value(each)
        values[looked] |= {0} if isinstance(looked, Attendance) else {value, value + _step(looked)}
    cases = product(*(sorted(each) for each in values.values()))
    for _, numbers in zip(range(MOST_CASES), cases, strict=False):
        case = dict(zip(values, numbers, strict=True))
        if _possible(case):
            yield from ((case, looked) for looked in values if _lessens(case, looked))


def _lessens(case: Case, looked: Looked) -> bool:
    """Tell whether it may be one step less by the next conversation: nobody logs in with that."""
    return looked is not Attendance.LOGGED_IN and case[looked] >= _step(looked)


def _possible(case: Case) -> bool:
    """Tell whether it can be: somebody available is logged in."""
    return case.get(Attendance.LOGGED_IN, 0) <= case.get(Attendance.AVAILABLE, 1)


def _holds(compiled: Condition, case: Case) -> bool:
    """Tell whether a condition holds."""
    match compiled:
        case AnyHolds(parts=parts):
            return any(_holds(each, case) for each in parts)
        case AllHold(parts=parts):
            return all(_holds(each, case) for each in parts)
        case AtLeast() | Below() | NoAgents():
            return case[_looked(compiled)] >= _value(compiled)
        case AtMost() | Above():
            return case[_looked(compiled)] <= _value(compiled)


def _words(case: Case) -> str:
    return "with " + " and ".join(_said(looked, value) for looked, value in case.items())


def _said(looked: Looked, value: int) -> str:
    match looked:
        case Window(measure=measure, over_ms=over_ms):
            went = "in time" if measure == "service_level" else "answered"
            return f"{percent_text(WHOLE - value)} {went} over {duration_text(over_ms)}"
        case Attendance.AVAILABLE:
            return "nobody available" if value else "an agent available"
        case Attendance.LOGGED_IN:
            return "nobody logged in" if value else "an agent logged in"
        case Measure.WAITING:
            return f"{value} waiting"
        case Measure.OLDEST_WAIT:
            return f"the oldest for {bound_value(looked, value)}"
        case Measure.ESTIMATED_WAIT:
            return f"an estimated wait of {bound_value(looked, value)}"
