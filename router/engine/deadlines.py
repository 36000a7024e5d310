"""When time itself acts: all timers of an engine, soonest first.

A timer has a name, an id it is about and a pool; setting it again moves it. Moving a timer to a
later time (a lease, at every heartbeat) costs one assignment: its heap entry is pushed again only
when it comes up early.
"""

import heapq
from typing import NamedTuple


class Due(NamedTuple):
    """A timer that has come due; the order of the fields is the order of firing."""

    due: int
    timer: str
    of: str
    pool: str


class Deadlines:
    """Timers by name, id and pool. Times in ms."""

    __slots__ = ("_armed", "_heap")

    def __init__(self) -> None:
        self._heap: list[tuple[int, str, str, str]] = []
        # (timer, of, pool) -> [due, due of the heap entry that stands for it]
        self._armed: dict[tuple[str, str, str], list[int]] = {}

    @property
    def next(self) -> int | None:
        """Earliest time at which a timer may be due; may be early, never late."""
        return self._heap[0][0] if self._heap else None

    def set(self, pool: str, timer: str, of: str, due: int | None) -> None:  # noqa: PLR0917 - hot path, called by position
        """Arm or move a timer; None disarms it. Cost: O(log n), O(1) when moved later."""
        key = (timer, of, pool)
        armed = self._armed.get(key)
        if due is None:
            if armed is not None:
                del self._armed[key]
        elif armed is None:
            self._armed[key] = [due, due]
            heapq.heappush(self._heap, (due, timer, of, pool))
        else:
            armed[0] = due
            if due < armed[1]:
                armed[1] = due
                heapq.heappush(self._heap, (due, timer, of, pool))

    def pop(self, now: int) -> Due | None:
        """Take the first timer that is due at ``now``, in the order of due, name, id, pool."""
        heap = self._heap
        while heap and heap[0][0] <= now:
            due, timer, of, pool = heapq.heappop(heap)
            key = (timer, of, pool)
            armed = self._armed.get(key)
            if armed is None or armed[1] != due:
                continue
            if armed[0] > due:
                armed[1] = armed[0]
                heapq.heappush(heap, (armed[0], timer, of, pool))
                continue
            del self._armed[key]
            return Due(due, timer, of, pool)
        return None

    def armed(self) -> dict[tuple[str, str, str], int]:
        """Give every timer that is set: (name, id, pool) to due time. For audits."""
        return {key: due for key, (due, _) in self._armed.items()}
