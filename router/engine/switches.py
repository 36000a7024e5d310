"""Switches: conditions on how a queue stands, and what follows when they turn.

After the matches of a cause the switches it may concern are looked at. Where one must change, now
or at the moment at which time makes it so, its timer is set; the change is a cause of its own,
before the next input. So nothing is polled, nothing loops, and the decisions of other causes stay
in their order.
"""

from router.engine.deadlines import NEVER
from router.engine.demands import Demand, fits
from router.engine.estimates import estimate_newcomer
from router.engine.expansion import take_step
from router.engine.groups import Agent
from router.engine.overflow import overflow_all
from router.engine.pool import Pool
from router.engine.surge import follow_load
from router.engine.tallies import ended_lately, first_turn, share_holds, sums
from router.engine.watch import Watch, Watches
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
    single,
)
from router.model.estimate import MINUTE_MS
from router.model.inputs import Presence
from router.model.outputs import Trigger
from router.model.policy import switches
from router.model.state import TurnedOn

CHANGES = "condition_changes"


def look(pool: Pool, watches: Watches, *, people: bool) -> None:
    """See which switches must change, and when; ``people``: agents may have changed too."""
    _note_moves(pool, watches, people=people)
    fresh, now = watches.fresh, pool.now
    for watch in fresh:
        at = changes_at(pool, watch)
        if at != watch.due and (at > now or watch.due > now):
            watch.due = max(at, now)
            due = None if watch.due == NEVER else watch.due
            pool.set_timer(CHANGES, watch.switch.name, due)
    fresh.clear()


def _note_moves(pool: Pool, watches: Watches, *, people: bool) -> None:
    """Note the switches that may have to change, by what they ask for."""
    fresh, moved = watches.fresh, pool.room.moved
    if len(pool.crew.open) > watches.slots:
        # What counts as nothing else before may find room where nothing else does.
        watches.slots = len(pool.crew.open)
        people = True
    for line in moved:
        for watch in watches.by_line[line]:
            if watch.calm is None or not watch.calm[0] <= _waiting(pool, watch) <= watch.calm[1]:
                fresh[watch] = None
    moved.clear()
    if people:
        for watch in watches.of_available:
            fresh[watch] = None
    # Estimates change with the line and what is measured of it, with people, and by the minute.
    minute = pool.now // MINUTE_MS
    if minute != watches.minute:
        watches.minute = minute
        for watch in watches.of_estimates:
            watch.stood.clear()
            fresh[watch] = None
    elif people:
        for watch in watches.of_estimates:
            if _serve_otherwise(pool, watch):
                fresh[watch] = None


def _serve_otherwise(pool: Pool, watch: Watch) -> bool:
    """Tell whether others serve than when a switch on estimates was looked at, or have room now."""
    if not watch.asked:
        watch.asked = [pool.staff.asked(line.queue.name) for line in watch.lines]
    stands = [(each.millionths, not each.roomy) for each in watch.asked]
    if stands == watch.stood:
        return False
    watch.stood = stands
    return True


def is_new_minute(pool: Pool) -> bool:
    """Tell whether agents may be divided otherwise since the switches on estimates were looked at."""
    return pool.watches is not None and pool.now // MINUTE_MS != pool.watches.minute


def changes_at(pool: Pool, watch: Watch) -> int:
    """Give when a switch must change if nothing else happens (ms): past or now, later, ``NEVER``."""
    switch = watch.switch
    turned = pool.record.switches.get(switch.name)
    if watch.counted is not None:
        return _when_counted(pool, watch, turned, bounds=watch.counted)
    if watch.shares is not None:
        tallied = watch.tallied[watch.shares[0].window]
        since = None if turned is None else turned.since + switch.at_least_ms
        return first_turn(pool, tallied, watch.shares, since=since)
    if watch.tallied:
        return _first_change(pool, watch, turned)
    if turned is None:
        return _true_at(pool, watch, switch.on)
    if _holds(pool, watch, switch.on):
        return NEVER
    calm = switch.off is None or _holds(pool, watch, switch.off)
    return turned.since + switch.at_least_ms if calm else NEVER


def _when_counted(
    pool: Pool, watch: Watch, turned: TurnedOn | None, *, bounds: tuple[int, int | None]
) -> int:
    """Give when a switch must change that asks only how many wait: as `changes_at`, in one step."""
    on, off = bounds
    waiting = _waiting(pool, watch)
    if turned is None:
        watch.calm = (0, on - 1) if waiting < on else None
        return 0 if waiting >= on else NEVER
    low = on if off is None else min(on, off + 1)
    watch.calm = (low, NEVER) if waiting >= low else None
    return turned.since + watch.switch.at_least_ms if waiting < low else NEVER


def _first_change(pool: Pool, watch: Watch, turned: TurnedOn | None) -> int:
    """Give when a switch that asks for shares must change: time may make these hold, and not hold."""
    switch = watch.switch
    moments = [pool.now, 0 if turned is None else turned.since + switch.at_least_ms]
    moments += [until for tallied in watch.tallied.values() for until, *_ in sums(pool, tallied)]
    for each in single(switch.on):
        if isinstance(each, AtLeast) and each.measure is Measure.OLDEST_WAIT:
            moments.append(min(_first_arrival(watch) + each.bound, NEVER))
    for at in sorted(moments):
        if pool.now <= at < NEVER and _must_change(pool, watch, turned, at=at):
            return at
    return NEVER


def _must_change(pool: Pool, watch: Watch, turned: TurnedOn | None, *, at: int) -> bool:
    switch = watch.switch
    if turned is None:
        return _holds_at(pool, watch, switch.on, at=at)
    if _holds_at(pool, watch, switch.on, at=at):
        return False
    calm = switch.off is None or _holds_at(pool, watch, switch.off, at=at)
    return calm and turned.since + switch.at_least_ms <= at


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
        if watch.enters:
            follow_load(pool, name)
        return
    turned = TurnedOn(since=pool.now, trigger=_trigger(pool, watch, watch.switch.on))
    pool.record.switches = {**before, name: turned}
    _follow(pool, watch)


def _follow(pool: Pool, watch: Watch) -> None:
    """Do what a switch is for, now that it is on."""
    waiting = [record for line in watch.lines for record in line.records()]
    if watch.enters:
        follow_load(pool, watch.switch.name)
    elif not watch.step and watch.overflow is None:
        pool.newcomers.update((record.id, record) for record in waiting)
    else:
        waiting.sort(key=lambda each: (each.arrived_at, each.sequence))
        if watch.overflow is not None:
            overflow_all(pool, watch.overflow, waiting)
            return
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
    # By type, not by pattern: this is asked after every input that moves a queue with a condition.
    if isinstance(condition, AtMost):
        if condition.measure is Measure.WAITING:
            return _waiting(pool, watch) <= condition.bound
        if condition.measure is Measure.ESTIMATED_WAIT:
            estimated = _estimated_ms(pool, watch)
            return estimated is not None and estimated <= condition.bound
        return pool.now - _first_arrival(watch) <= condition.bound
    if isinstance(condition, AnyHolds):
        return any(_holds(pool, watch, each) for each in condition.parts)
    if isinstance(condition, AllHold):
        return all(_holds(pool, watch, each) for each in condition.parts)
    return _true_at(pool, watch, condition) <= pool.now


def _holds_at(pool: Pool, watch: Watch, condition: Condition, *, at: int) -> bool:
    """Tell whether a condition will hold at a time, from now on, if nothing else happens."""
    if isinstance(condition, Share):
        return share_holds(pool, watch.tallied[condition.window], condition, at=at)
    if isinstance(condition, AnyHolds):
        return any(_holds_at(pool, watch, each, at=at) for each in condition.parts)
    if isinstance(condition, AllHold):
        return all(_holds_at(pool, watch, each, at=at) for each in condition.parts)
    if isinstance(condition, AtMost) and condition.measure is Measure.OLDEST_WAIT:
        return at - _first_arrival(watch) <= condition.bound
    return _true_at(pool, watch, condition) <= at


def _true_at(pool: Pool, watch: Watch, condition: Condition) -> int:
    """Give when a condition is true if nothing but time goes on (ms); 0: it is; ``NEVER``."""
    if isinstance(condition, AtLeast):
        if condition.measure is Measure.WAITING:
            return 0 if _waiting(pool, watch) >= condition.bound else NEVER
        if condition.measure is Measure.ESTIMATED_WAIT:
            estimated = _estimated_ms(pool, watch)
            return 0 if estimated is not None and estimated >= condition.bound else NEVER
        return min(_first_arrival(watch) + condition.bound, NEVER)
    if isinstance(condition, NoAgents):
        return NEVER if _somebody(pool, watch.demand, condition.attendance) else 0
    if isinstance(condition, AnyHolds):
        return min(_true_at(pool, watch, each) for each in condition.parts)
    if isinstance(condition, AllHold):
        return max(_true_at(pool, watch, each) for each in condition.parts)
    if isinstance(condition, Share):
        tallied = watch.tallied[condition.window]
        return 0 if share_holds(pool, tallied, condition, at=pool.now) else NEVER
    return 0 if _holds(pool, watch, condition) else NEVER


def _waiting(pool: Pool, watch: Watch) -> int:
    return len(pool.room.place_of) if watch.enters else len(watch.lines[0])


def _first_arrival(watch: Watch) -> int:
    """Give the first arrival of those who wait (ms), ``NEVER`` where nobody does."""
    first = NEVER
    for line in watch.lines:
        if len(line):
            first = min(first, line.arrivals.head()[2])
    return first


def _estimated_ms(pool: Pool, watch: Watch) -> int | None:
    """Give the p50 of somebody who would come now, of the longest line; None: none can be told."""
    longest = None
    for line in watch.lines:
        foreseen = estimate_newcomer(pool, line)
        if foreseen is not None and (longest is None or foreseen.told.p50 > longest):
            longest = foreseen.told.p50
    return None if longest is None else round(longest * 1_000)


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
        case Below(window=window) | Above(window=window):
            ended, well = ended_lately(pool, watch.tallied[window], pool.now)
            return Trigger(window.measure, well / ended)
        case AtLeast(measure=Measure.WAITING) | AtMost(measure=Measure.WAITING):
            return Trigger(Measure.WAITING.value, float(_waiting(pool, watch)))
        case AtLeast(measure=Measure.ESTIMATED_WAIT) | AtMost(measure=Measure.ESTIMATED_WAIT):
            return Trigger(Measure.ESTIMATED_WAIT.value, (_estimated_ms(pool, watch) or 0) / 1000)
        case _:
            since = _first_arrival(watch)
            waits = 0 if since == NEVER else pool.now - since
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
    moved = False
    for agent in pool.hands:
        before = watches.present.get(agent)
        after = agent.group if can_be_reached(agent) else None
        if before is after:
            continue
        moved = True
        if after is None:
            del watches.present[agent]
        else:
            watches.present[agent] = after
        for demand in watches.logged_in:
            watches.logged_in[demand] += (after is not None and fits(demand, after)) - (
                before is not None and fits(demand, before)
            )
    if moved:
        watches.fresh.update(dict.fromkeys(watches.of_logged_in))


def can_be_reached(agent: Agent) -> bool:
    """Tell whether an agent is logged in on any channel: neither offline nor suspended."""
    record = agent.record
    out = record.presence is Presence.OFFLINE or bool(record.suspended)
    return not out and bool(agent.group.caps)
