"""What a pool knows of its switches: whom they look at, when they change next, who is logged in.

A pool whose rules have no switch has no watch, and pays nothing. The others look only at the
switches whose queue has moved or whose people have; ``router.engine.switches`` does so.
"""

from router.engine.crew import Agent, Crew, Group
from router.engine.deadlines import NEVER
from router.engine.lanes import Demand, Line
from router.engine.room import WaitingRoom
from router.model.conditions import Attendance, Measure, NoAgents, Switch, single
from router.model.policy import Policy, Queue
from router.model.requirement import resolve, served_by


class Watch:
    """A switch and the line it looks at; ``due``: when it is looked at again (ms).

    ``demand`` is what the line asks of an agent at least. ``step``: the step of the ladder that is
    taken when it turns on; 0: it is a deflection's.
    """

    __slots__ = ("demand", "due", "line", "of_agents", "step", "switch")

    def __init__(self, switch: Switch, line: Line, demand: Demand, *, step: int = 0) -> None:
        self.switch = switch
        self.line = line
        self.demand = demand
        self.step = step
        self.due = NEVER
        parts = single(switch.on) + (() if switch.off is None else single(switch.off))
        self.of_agents = any(isinstance(each, NoAgents) for each in parts)
        line.watched = True
        if any(getattr(each, "measure", None) is Measure.OLDEST_WAIT for each in parts):
            line.aged = True


class Watches:
    """All switches of a pool, on a waiting room where nobody waits yet.

    ``fresh``: those to be looked at after this cause. ``logged_in`` {demand: how many who meet it
    can be reached}, for the demands that are asked about.
    """

    __slots__ = ("by_line", "by_name", "fresh", "logged_in", "of_agents", "present")

    def __init__(self, policy: Policy, room: WaitingRoom, crew: Crew) -> None:
        self.by_name: dict[str, Watch] = {}
        self.by_line: dict[Line, list[Watch]] = {}
        self.logged_in: dict[Demand, int] = {}
        self.present: dict[Agent, Group] = {}
        for queue in policy.queues.values():
            self._of_queue(queue, room.lines[queue.name], crew)
        self.of_agents = [each for each in self.by_name.values() if each.of_agents]
        self.fresh: dict[Watch, None] = dict.fromkeys(self.by_name.values())

    def _of_queue(self, queue: Queue, line: Line, crew: Crew) -> None:
        found = [(0, each.on) for each in queue.deflects if isinstance(each.on, Switch)]
        ladder = enumerate(queue.expands, start=1)
        found += [(number, each.when) for number, each in ladder if each.when is not None]
        if not found:
            return
        slot = next(iter(crew.slots.values()))
        asked = resolve(queue.requires, level=1, language=None, skills={})
        demand = Demand(slot, served_by(asked, queue.serves))
        self.by_line[line] = [Watch(each, line, demand, step=step) for step, each in found]
        self.by_name |= {each.switch.name: each for each in self.by_line[line]}
        parts = [part for _, each in found for part in (*single(each.on), *_off(each))]
        if NoAgents(Attendance.LOGGED_IN) in parts:
            self.logged_in[demand] = 0


def _off(switch: Switch) -> tuple[object, ...]:
    return () if switch.off is None else single(switch.off)
