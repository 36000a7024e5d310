"""When time itself acts: all timers of an engine, soonest first.

A timer has a name, an id it is about and a pool; setting it again moves it. Moving a timer to a
later time (a lease, at every heartbeat) costs one assignment: its heap entry is pushed again only
when it comes up early. Whoever moves a timer that often holds it; others name it.
"""

import heapq
from typing import Final, NamedTuple

NEVER: Final = 1 << 62
"""Due of a timer that is not armed."""


class Due(NamedTuple):
    """A timer that has come due; the order of the fields is the order of firing."""

    due: int
    timer: str
    of: str
    pool: str


class Timer:
    """When something is due (ms; ``NEVER``: not armed), and for when its heap entry stands."""

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
    """Timers by name, id and pool. Times in ms."""

    __slots__ = ("_armed", "_heap", "next")

    def __init__(self) -> None:
        self.next = NEVER
        """Earliest time at which a timer may be due; may be early, never late."""
        self._heap: list[tuple[int, str, str, str, Timer]] = []
        self._armed: dict[tuple[str, str, str], Timer] = {}

    def set(self, pool: str, name: str, of: str, due: int | None) -> None:  # noqa: PLR0917 - hot path, called by position
        """Arm or move a timer by its name; None disarms it. Cost: O(log n), O(1) when later."""
        key = (name, of, pool)
        timer = self._armed.get(key)
        if due is None:
            if timer is not None:
                timer.due = NEVER
                del self._armed[key]
            return
        if timer is None:
            timer = self._armed[key] = Timer(pool, name, of)
        self.move(timer, due)

    def move(self, timer: Timer, due: int) -> None:
        """Arm or move a timer that the caller holds; ``NEVER`` disarms it."""
        timer.due = due
        if due < timer.stands:
            timer.stands = due
            heapq.heappush(self._heap, (due, timer.name, timer.of, timer.pool, timer))
            if due < self.next:
                self.next = due

    def pop(self, now: int) -> Due | None:
        """Take the first timer that is due at ``now``, in the order of due, name, id, pool."""
        heap = self._heap
        while heap and heap[0][0] <= now:
            stood, name, of, pool, timer = heapq.heappop(heap)
            if timer.stands != stood:
                continue
            timer.stands = NEVER
            if timer.due > stood:
                if timer.due != NEVER:
                    self.move(timer, timer.due)
                continue
            timer.due = NEVER
            key = (name, of, pool)
            if self._armed.get(key) is timer:
                del self._armed[key]
            return Due(stood, name, of, pool)
        self.next = heap[0][0] if heap else NEVER
        return None

    def armed(self) -> dict[tuple[str, str, str], int]:
        """Give every timer that is set by name: (name, id, pool) to due time. For audits."""
        return {key: timer.due for key, timer in self._armed.items()}
