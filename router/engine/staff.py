"""How many agents serve each kind of conversation now, whoever serves several queues divided.

Agents who may get work are counted by their groups, and once a kind of conversation was asked
about, its headcount moves with every agent who comes or goes: asking again costs nothing. Counts
are whole numbers, so that it does not matter in which order they were made. A headcount holds how a
pool stands and nothing else: it can be forgotten and counted again at any time.
"""

from collections.abc import Callable, Iterable

from router.engine.crew import Crew
from router.engine.demands import Demand, Terms, fits
from router.engine.groups import Agent, Group
from router.engine.lanes import Headcount
from router.engine.room import WaitingRoom
from router.engine.slots import Slot
from router.model.estimate import MINUTE_MS, shares
from router.model.requirement import resolve, served_by

ANY_CHANNEL = Slot("", None, index=0, one=0)
"""In the demand of a queue as such; it is in nobody's profile."""


class Staff:
    """The agents of a pool as those who serve its queues, under one policy.

    ``worked`` gives the agents' time that a queue took before a minute.
    """

    __slots__ = (
        "_counted",
        "_crew",
        "_least",
        "_minute",
        "_parts",
        "_room",
        "_served",
        "_worked",
        "moved",
    )

    def __init__(self, crew: Crew, room: WaitingRoom, *, worked: Callable[[str, int], int]) -> None:
        self._crew = crew
        self._room = room
        self._worked = worked
        self._counted: list[Headcount] = []
        self._least: dict[str, Headcount] = {}
        # by group which queues it serves, and by such queues how an agent is divided, in this
        # minute
        self._served: dict[Group, tuple[str, ...]] = {}
        self._parts: dict[tuple[str, ...], dict[str, int]] = {}
        # whether somebody has come or gone since it was last asked
        self.moved = True
        self._minute = 0

    def see(self, agent: Agent, *, serves: bool) -> None:
        """Count an agent who may get work, or no longer; he may be of another group than before."""
        before, group = agent.counted, agent.group if serves else None
        if before is group:
            return
        agent.counted = group
        self.moved = True
        if before is not None:
            before.serving -= 1
            for headcount in before.asked_for:
                headcount.available -= 1
            for headcount, share in before.counts:
                headcount.millionths -= share
        if group is not None:
            group.serving += 1
            for headcount in group.asked_for:
                headcount.available += 1
            for headcount, share in group.counts:
                headcount.millionths += share

    def join(self, group: Group) -> None:
        """Let a new group count wherever its agents will serve."""
        for headcount in self._counted:
            if self._serves(group, headcount.demand):
                group.counts.append((headcount, self._share(group, headcount.queue)))
        for headcount in self._least.values():
            if headcount.available is not None and self._serves(group, headcount.demand):
                group.asked_for.append(headcount)

    def of(self, headcount: Headcount, now: int) -> int:
        """Give how many serve, in millionths. Cost: all groups, where it has to be counted."""
        if now // MINUTE_MS != self._minute:
            self.forget()
            self._minute = now // MINUTE_MS
        if headcount.millionths is None:
            millionths = 0
            for group in self._groups(headcount.demand):
                share = self._share(group, headcount.queue)
                group.counts.append((headcount, share))
                millionths += group.serving * share
            headcount.millionths = millionths
            self._counted.append(headcount)
        return headcount.millionths

    def counted_anew(self, headcount: Headcount) -> int:
        """Count who serves from the beginning."""
        return sum(
            group.serving * self._share(group, headcount.queue)
            for group in self._groups(headcount.demand)
        )

    def least(self, queue: str) -> Headcount:
        """Give the headcount of a queue as such: of whoever asks for least, on any channel."""
        known = self._least.get(queue)
        if known is None:
            rules = self._room.lines[queue].queue
            asked = resolve(rules.requires, level=1, language=None, skills={})
            requirement = served_by(asked, rules.serves)
            known = self._least[queue] = Headcount(queue, Demand(ANY_CHANNEL, Terms(requirement)))
        return known

    def asked(self, queue: str) -> Headcount:
        """Give the headcount of a queue as such, with who is available and who of them has room.

        The pool is between two matches: whoever has room is on the shelf. Cost: all groups, at
        first.
        """
        headcount = self.least(queue)
        if headcount.available is None:
            for group in self._groups(headcount.demand):
                group.asked_for.append(headcount)
            headcount.available, headcount.roomy = self.asked_anew(headcount)
        return headcount

    def asked_anew(self, headcount: Headcount) -> tuple[int, int]:
        """Count who is available, and in how many groups somebody has room, from the beginning."""
        groups = self._groups(headcount.demand)
        roomy = sum(1 for group in groups if any(group.open.values()))
        return sum(group.serving for group in groups), roomy

    def forget(self) -> None:
        """Let everything be counted anew: agents are divided otherwise from now on."""
        for headcount in self._counted:
            headcount.millionths = None
        self._counted.clear()
        self._served.clear()
        self._parts.clear()
        for group in self._crew.groups():
            group.counts.clear()

    def counts(self, now: int) -> Iterable[Headcount]:
        """Give the headcounts that hold; none in another minute than they were made in."""
        return self._counted if now // MINUTE_MS == self._minute else ()

    def _groups(self, demand: Demand) -> list[Group]:
        slot = demand.slot
        every: Iterable[Group] = self._crew.groups()
        if slot is not ANY_CHANNEL:
            every = self._crew.holders[slot.index].get(demand.anchor, ())
        return [group for group in every if self._serves(group, demand)]

    def _serves(self, group: Group, demand: Demand) -> bool:
        has_channel = group.caps if demand.slot is ANY_CHANNEL else demand.slot in group.caps
        return bool(has_channel) and fits(demand, group)

    def _share(self, group: Group, queue: str) -> int:
        """Give the part of an agent that is for a queue, in millionths."""
        served = self._served.get(group)
        if served is None:
            served = self._served[group] = tuple(
                name
                for name, line in self._room.lines.items()
                if not line.paused and self._serves(group, self.least(name).demand)
            )
        if queue not in served:
            served = (*served, queue)
        parts = self._parts.get(served)
        if parts is None:
            work = [self._worked(name, self._minute) for name in served]
            parts = self._parts[served] = dict(zip(served, shares(work), strict=True))
        return parts[queue]
