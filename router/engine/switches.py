"""Switches: conditions on how a queue stands, and what follows when they turn.

After the matches of a cause the switches it may concern are looked at. Where one must change, now
or at the moment at which time makes it so, its timer is set; the change is a cause of its own,
before the next input. So nothing is polled, nothing loops, and the decisions of other causes stay
in their order.
"""

from router.engine.crew import Agent
from router.engine.deadlines import NEVER
from router.engine.expansion import take_step
from router.engine.lanes import Demand, Line, fits
from router.engine.pool import Pool
from router.engine.watch import Watch, Watches
from router.model.conditions import (
    AllHold,
    AnyHolds,
    AtLeast,
    AtMost,
    Attendance,
    Condition,
    Measure,
    NoAgents,
)
from router.model.inputs import Presence
from router.model.outputs import Trigger
from router.model.policy import switches
from router.model.state import TurnedOn

CHANGES = "condition_changes"


def look(pool: Pool, watches: Watches, *, people: bool) -> None:
    """See which switches must change, and when; ``people``: agents may have changed too."""
    fresh, moved = watches.fresh, pool.room.moved
    for line in moved:
        fresh.update(dict.fromkeys(watches.by_line[line]))
    if people:
        fresh.update(dict.fromkeys(watches.of_agents))
    for watch in fresh:
        _set(pool, watch, changes_at(pool, watch))
    moved.clear()
    fresh.clear()


def _set(pool: Pool, watch: Watch, at: int) -> None:
    if at == watch.due or (at <= pool.now and watch.due <= pool.now):
        return
    watch.due = max(at, pool.now)
    pool.set_timer(CHANGES, watch.switch.name, None if watch.due == NEVER else watch.due)


def changes_at(pool: Pool, watch: Watch) -> int:
    """Give when a switch must change if nothing else happens (ms): past or now, later, ``NEVER``."""
    switch = watch.switch
    turned = pool.record.switches.get(switch.name)
    if turned is None:
        return _true_at(pool, watch, switch.on)
    if _holds(pool, watch, switch.on):
        return NEVER
    calm = switch.off is None or _holds(pool, watch, switch.off)
    return turned.since + switch.at_least_ms if calm else NEVER


def turn(pool: Pool, name: str) -> None:
    """Turn a switch whose time has come, if it must change now, and do what follows."""
    watches = pool.watches
    assert watches is not None  # noqa: S101 - who has set the timer
    watch = watches.by_name[name]
    watch.due = NEVER
    watches.fresh[watch] = None
    if changes_at(pool, watch) > pool.now:
        return
    before = pool.record.switches
    pool.touch_pool()
    if name in before:
        pool.record.switches = {each: on for each, on in before.items() if each != name}
        return
    turned = TurnedOn(since=pool.now, trigger=_trigger(pool, watch, watch.switch.on))
    pool.record.switches = {**before, name: turned}
    if not watch.step:
        pool.newcomers.update((record.id, record) for record in watch.line.records())
        return
    waiting = sorted(watch.line.records(), key=lambda each: (each.arrived_at, each.sequence))
    for record in waiting:
        if record.step < watch.step:
            take_step(pool, record, watch.step)


def forget_switches(pool: Pool) -> None:
    """Look at no switch any more: other rules have others."""
    for name in pool.watches.by_name if pool.watches is not None else ():
        pool.set_timer(CHANGES, name, None)


def drop_unknown_switches(pool: Pool) -> None:
    """Forget the state of switches that these rules do not have; the others stay as they were."""
    known = {each.name for each in switches(pool.policy)}
    pool.record.switches = {name: on for name, on in pool.record.switches.items() if name in known}


# What is so now.


def _holds(pool: Pool, watch: Watch, condition: Condition) -> bool:
    match condition:
        case AtMost(measure=Measure.WAITING, bound=bound):
            return len(watch.line) <= bound
        case AtMost(measure=Measure.OLDEST_WAIT, bound=bound):
            return not len(watch.line) or pool.now - _first_arrival(watch.line) <= bound
        case AnyHolds(parts=parts):
            return any(_holds(pool, watch, each) for each in parts)
        case AllHold(parts=parts):
            return all(_holds(pool, watch, each) for each in parts)
        case _:
            return _true_at(pool, watch, condition) <= pool.now


def _true_at(pool: Pool, watch: Watch, condition: Condition) -> int:
    """Give when a condition is true if nothing but time goes on (ms); 0: it is; ``NEVER``."""
    line = watch.line
    match condition:
        case AtLeast(measure=Measure.WAITING, bound=bound):
            return 0 if len(line) >= bound else NEVER
        case AtLeast(measure=Measure.OLDEST_WAIT, bound=bound):
            return _first_arrival(line) + bound if len(line) else NEVER
        case NoAgents(attendance=attendance):
            return NEVER if _somebody(pool, watch.demand, attendance) else 0
        case AnyHolds(parts=parts):
            return min((_true_at(pool, watch, each) for each in parts), default=NEVER)
        case AllHold(parts=parts):
            return max((_true_at(pool, watch, each) for each in parts), default=0)
        case _:
            return 0 if _holds(pool, watch, condition) else NEVER


def _first_arrival(line: Line) -> int:
    return line.arrivals.head()[0]


def _trigger(pool: Pool, watch: Watch, condition: Condition) -> Trigger:
    """Name the first single condition that holds, in the written order, and its value now."""
    match condition:
        case AnyHolds(parts=parts):
            first = next(each for each in parts if _holds(pool, watch, each))
            return _trigger(pool, watch, first)
        case AllHold(parts=parts):
            return _trigger(pool, watch, parts[0])
        case NoAgents():
            return Trigger("no_agents", 0.0)
        case AtLeast(measure=Measure.WAITING) | AtMost(measure=Measure.WAITING):
            return Trigger(Measure.WAITING.value, float(len(watch.line)))
        case _:
            waits = pool.now - _first_arrival(watch.line) if len(watch.line) else 0
            return Trigger(Measure.OLDEST_WAIT.value, waits / 1000)


def _somebody(pool: Pool, demand: Demand, attendance: Attendance) -> bool:
    if attendance is Attendance.LOGGED_IN:
        assert pool.watches is not None  # noqa: S101 - who looks has a watch
        return pool.watches.logged_in[demand] > 0
    crew = pool.crew
    return any(
        fits(demand, group)
        for slot in crew.slots.values()
        for group in crew.open[slot.index].get(demand.anchor, ())
    )


def count_agents(pool: Pool, watches: Watches) -> None:
    """See who of the agents in hand can be reached by now. To be done before the matches."""
    if not watches.logged_in:
        return
    for agent in pool.hands:
        before = watches.present.pop(agent, None)
        after = agent.group if can_be_reached(agent) else None
        if after is not None:
            watches.present[agent] = after
        if before is after:
            continue
        for demand in watches.logged_in:
            watches.logged_in[demand] += (after is not None and fits(demand, after)) - (
                before is not None and fits(demand, before)
            )


def can_be_reached(agent: Agent) -> bool:
    """Tell whether an agent is logged in on any channel: neither offline nor suspended."""
    record = agent.record
    out = record.presence is Presence.OFFLINE or bool(record.suspended)
    return not out and bool(agent.group.caps)
