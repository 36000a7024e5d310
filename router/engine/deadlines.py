"""When time itself acts: all timers of an engine, soonest first.

A timer has a name, an id it is about and a pool; setting it again moves it. Moving a timer to a
later time (a lease, at every heartbeat) costs one assignment: where it stands it is put again only
when that comes up early. Whoever moves a timer that often holds it; others name it.
"""

import heapq
from typing import Final, NamedTuple

NEVER: Final = 1 << 62
"""Due of a timer that is not armed."""
SECOND_BITS: Final = 10
"""A second is 1,024 ms here."""


class Due(NamedTuple):
    """A timer that has come due; the order of the fields is the order of firing."""

    due: int
    timer: str
    of: str
    pool: str


class Timer:
    """When something is due (ms; ``NEVER``: not armed), and for when it stands in the order."""

    __slots__ = ("due", "name", "of", "pool", "stands")

    def __init__(self, pool: str, name: str, of: str) -> None:
        self.pool = pool
        self.name = name
        self.of = of
        self.due = NEVER
        self.stands = NEVER

    def __lt__(self, _other: "Timer") -> bool:
        """Let entries for the same time, name and id stand in any order: one of them is void."""
        return False


class Deadlines:
    """Timers by name, id and pool. Times in ms.

    A timer far off stands in the list of its second, unsorted; a heap holds only what is due in
    the seconds that have begun. So arming, moving and disarming a timer costs the same however
    many there are.
    """

    __slots__ = ("_armed", "_begun", "_far", "_near", "_seconds", "next")

    def __init__(self) -> None:
        self.next = NEVER
        """Earliest time at which a timer may be due; may be early, never late."""
        self._armed: dict[tuple[str, str, str], Timer] = {}
        self._near: list[tuple[int, str, str, str, Timer]] = []
        self._far: dict[int, list[Timer]] = {}
        self._seconds: list[int] = []
        self._begun = -1

    def set(self, pool: str, name: str, of: str, due: int | None) -> None:  # noqa: PLR0917 - hot path, called by position
        """Arm or move a timer by its name; None disarms it."""
        key = (name, of, pool)
        timer = self._armed.get(key)
        if due is None:
            if timer is not None:
                timer.due = NEVER
                del self._armed[key]
            return
        if timer is None:
            timer = self._armed[key] = Timer(pool, name, of)
        timer.due = due
        if due < timer.stands:
            self._stand(timer, due)

    def move(self, timer: Timer, due: int) -> None:
        """Arm or move a timer that the caller holds; ``NEVER`` disarms it."""
        timer.due = due
        if due < timer.stands:
            self._stand(timer, due)

    def _stand(self, timer: Timer, due: int) -> None:
        timer.stands = due
        if due < self.next:
            self.next = due
        second = due >> SECOND_BITS
        if second <= self._begun:
            heapq.heappush(self._near, (due, timer.name, timer.of, timer.pool, timer))
            return
        timers = self._far.get(second)
        if timers is None:
            self._far[second] = [timer]
            heapq.heappush(self._seconds, second)
        else:
            timers.append(timer)

    def pop(self, now: int) -> Due | None:
        """Take the first timer that is due at ``now``, in the order of due, name, id, pool."""
        near, seconds = self._near, self._seconds
        while True:
            while near and near[0][0] <= now:
                stood, name, of, pool, timer = heapq.heappop(near)
                if timer.stands != stood:
                    continue
                timer.stands = NEVER
                if timer.due > stood:
                    if timer.due != NEVER:
                        self._stand(timer, timer.due)
                    continue
                timer.due = NEVER
                key = (name, of, pool)
                if self._armed.get(key) is timer:
                    del self._armed[key]
                return Due(stood, name, of, pool)
            if not seconds or seconds[0] << SECOND_BITS > now:
                break
            self._begin(heapq.heappop(seconds))
        self.next = near[0][0] if near else NEVER
        if seconds:
            self.next = min(self.next, seconds[0] << SECOND_BITS)
        return None

    def _begin(self, second: int) -> None:
        """Sort out the timers of a second: all that are nearer stand in the heap already."""
        self._begun = second
        for timer in self._far.pop(second):
            if timer.stands >> SECOND_BITS != second:
                continue
            timer.stands = NEVER
            if timer.due != NEVER:
                self._stand(timer, timer.due)

    def armed(self) -> dict[tuple[str, str, str], int]:
        """Give every timer that is set by name: (name, id, pool) to due time. For audits."""
        return {key: timer.due for key, timer in self._armed.items()}
