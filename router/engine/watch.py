"""What a pool knows of its switches: whom they look at, when they change next, who is logged in.

A pool whose rules have no switch has no watch, and pays nothing. The others look only at the
switches whose queue has moved or whose people have; ``router.engine.switches`` does so.
"""

from collections.abc import Iterable

from router.engine.crew import Crew
from router.engine.deadlines import NEVER
from router.engine.demands import Demand, Terms
from router.engine.groups import Agent, Group
from router.engine.lanes import Headcount, Line
from router.engine.room import WaitingRoom
from router.model.conditions import (
    AtLeast,
    AtMost,
    Attendance,
    Condition,
    Measure,
    NoAgents,
    Share,
    Switch,
    Window,
    least_estimated,
    lowered,
    single,
    windows,
)
from router.model.overflow import Overflow
from router.model.policy import Policy, Queue
from router.model.requirement import NOTHING, AllOf, resolve, served_by
from router.model.surge import Stage


class Tallied:
    """Waits that ended lately in a queue (of all queues: ""), which some switches ask for.

    ``id`` names the record that they are counted in; ``sums`` is what follows from it, None where
    that has changed.
    """

    __slots__ = ("id", "queue", "sums", "watches", "window")

    def __init__(self, queue: str, window: Window) -> None:
        self.id = tally_id(queue, window)
        self.queue = queue
        self.window = window
        self.watches: list[Watch] = []
        self.sums: list[tuple[int, int, int]] | None = None


def tally_id(queue: str, window: Window) -> str:
    """Name the record of the waits that ended lately; the name of a queue may hold what no id may."""
    within = "any" if window.within_ms is None else window.within_ms
    return f"{queue.encode().hex()}.{window.over_ms}.{within}"


class Watch:
    """A switch and the lines it looks at together; ``due``: when it must change next (ms).

    ``demand`` is what they ask of an agent at least. ``step``: the step of the ladder that is taken
    when it turns on, 0: none; ``overflow``: the rule that is; ``enters``: whether it enters a
    stage. ``tallied``: the waits that ended lately which it asks for. ``switch`` is as a stage of a
    surge has it, ``written`` as its rule does. ``stood``: what the estimated waits that it asks for
    hung on, beside the lines and what is measured of them, when it was looked at; ``asked``: the
    headcounts that tell.

    Most switches ask for one thing, and are asked that in one step: ``counted`` the bounds on how
    many wait, on and off; ``shares`` the conditions on waits that ended lately. ``calm``: as long
    as no fewer and no more wait, it need not be looked at again.
    """

    __slots__ = (
        *("asked", "calm", "counted", "demand", "due", "enters", "lines", "of_available"),
        *("of_estimates", "of_logged_in", "overflow", "shares", "step", "stood", "switch"),
        *("tallied", "written"),
    )

    def __init__(self, switch: Switch, lines: tuple[Line, ...], demand: Demand) -> None:
        self.written = self.switch = switch
        self.lines = lines
        self.demand = demand
        self.step = 0
        self.overflow: Overflow | None = None
        self.enters = False
        self.due = NEVER
        self.tallied: dict[Window, Tallied] = {}
        self.stood: list[tuple[int | None, bool]] = []
        self.asked: list[Headcount] = []
        self.calm: tuple[int, int] | None = None
        self.counted = _counted(switch.on, switch.off)
        self.shares = _shares(switch.on, switch.off)
        found = singles(switch)
        self.of_available = NoAgents(Attendance.AVAILABLE) in found
        self.of_logged_in = NoAgents(Attendance.LOGGED_IN) in found
        measures = {getattr(each, "measure", None) for each in found}
        self.of_estimates = Measure.ESTIMATED_WAIT in measures
        aged = Measure.OLDEST_WAIT in measures
        for line in lines:
            line.watched = True
            line.aged = line.aged or aged


class Watches:
    """All switches of a pool, on a waiting room where nobody waits yet.

    ``fresh``: those to be looked at after this cause. ``logged_in`` {demand: how many who meet it
    can be reached}, for the demands that are asked about. ``minute``: in which estimates were
    looked at, 0 where agents have been divided otherwise since. ``tallied``: waits that ended
    lately, by the names of their records. ``lowers``: those whose estimated waits may be lower in a
    surge. ``slots``: how many kinds of conversation, as they count for an agent, there were.
    """

    __slots__ = (
        "_crew",
        "by_line",
        "by_name",
        "fresh",
        "logged_in",
        "lowers",
        "minute",
        "of_available",
        "of_estimates",
        "of_logged_in",
        "present",
        "slots",
        "tallied",
    )

    def __init__(self, policy: Policy, room: WaitingRoom, crew: Crew) -> None:
        self._crew = crew
        self.by_name: dict[str, Watch] = {}
        self.by_line: dict[Line, list[Watch]] = {}
        self.logged_in: dict[Demand, int] = {}
        self.present: dict[Agent, Group] = {}
        self.minute = 0
        self.slots = 0
        self.lowers: list[Watch] = []
        self.tallied: dict[str, Tallied] = {}
        for queue in policy.queues.values():
            self._of_queue(queue, room.lines[queue.name])
        entering = [each.switch for each in policy.stages if each.switch is not None]
        for watch in self._watched(entering, tuple(room.lines.values()), NOTHING):
            watch.enters = True
        self.of_available = [each for each in self.by_name.values() if each.of_available]
        self.of_logged_in = [each for each in self.by_name.values() if each.of_logged_in]
        self.of_estimates = [each for each in self.by_name.values() if each.of_estimates]
        self.fresh: dict[Watch, None] = dict.fromkeys(self.by_name.values())

    def _of_queue(self, queue: Queue, line: Line) -> None:
        asked = resolve(queue.requires, level=1, language=None, skills={})
        requirement = served_by(asked, queue.serves)
        instead = [each.on for each in queue.deflects if isinstance(each.on, Switch)]
        for watch in self._watched(instead, (line,), requirement):
            if least_estimated(watch.switch) is not None:
                self.lowers.append(watch)
        for rule in queue.overflows:
            if rule.on is not None:
                (watch,) = self._watched([rule.on], (line,), requirement)
                watch.overflow = rule
        for number, step in enumerate(queue.expands, start=1):
            if step.when is not None:
                (watch,) = self._watched([step.when], (line,), requirement)
                watch.step = number

    def _watched(
        self, switches: Iterable[Switch], lines: tuple[Line, ...], requirement: AllOf
    ) -> list[Watch]:
        demand = Demand(next(iter(self._crew.slots.values())), Terms(requirement))
        made = [Watch(each, lines, demand) for each in switches]
        for watch in made:
            self.by_name[watch.switch.name] = watch
            for line in lines:
                self.by_line.setdefault(line, []).append(watch)
            for window in windows(watch.switch):
                self._tally(watch, window)
            if watch.of_logged_in:
                self.logged_in[demand] = 0
        return made

    def _tally(self, watch: Watch, window: Window) -> None:
        queue = watch.switch.queue or ""
        name = tally_id(queue, window)
        tallied = self.tallied.get(name)
        if tallied is None:
            tallied = self.tallied[name] = Tallied(queue, window)
        tallied.watches.append(watch)
        watch.tallied[window] = tallied

    def stand_under_stage(self, stage: Stage | None) -> None:
        """Let deflections be turned by the estimated waits of a stage, or by their own."""
        lowest = None if stage is None else stage.deflect_estimated_ms
        for watch in self.lowers:
            switch = lowered(watch.written, lowest)
            if switch != watch.switch:
                watch.switch = switch
                self.fresh[watch] = None

    def tallied_of(self, queue: str) -> list[Tallied]:
        """Give what is to be counted of a queue; "": of the pool."""
        return [each for each in self.tallied.values() if each.queue == queue]


def _counted(on: Condition, off: Condition | None) -> tuple[int, int | None] | None:
    if not isinstance(on, AtLeast) or on.measure is not Measure.WAITING:
        return None
    if off is None:
        return on.bound, None
    if isinstance(off, AtMost) and off.measure is Measure.WAITING:
        return on.bound, off.bound
    return None


def _shares(on: Condition, off: Condition | None) -> tuple[Share, Share | None] | None:
    if not isinstance(on, Share):
        return None
    if off is None:
        return on, None
    return (on, off) if isinstance(off, Share) and off.window == on.window else None


def singles(switch: Switch) -> tuple[Condition, ...]:
    """Give every single condition of a switch."""
    return single(switch.on) + (() if switch.off is None else single(switch.off))
