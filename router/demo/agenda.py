"""What is to happen, and when: the one list all people of the demo put their next steps on.

Promises: steps are taken in the order of their times, and of being put down where those are equal.
It is told the time and knows no clock, so a whole day can be played in no time.
"""

import heapq
from collections.abc import Callable
from itertools import count

Step = Callable[[], None]


class Agenda:
    """Steps by their time, in seconds since the epoch; `now` is the time of the step being taken."""

    def __init__(self, now: float) -> None:
        self.now = now
        self._steps: list[tuple[float, int, Step]] = []
        self._turn = count()

    @property
    def next(self) -> float | None:
        """When the next step is due; None: nothing is planned."""
        return self._steps[0][0] if self._steps else None

    def at(self, moment: float, step: Step) -> None:
        """Plan a step; one that is planned for the past is taken as soon as can be."""
        heapq.heappush(self._steps, (moment, next(self._turn), step))

    def later(self, seconds: float, step: Step) -> None:
        """Plan a step so many seconds from now."""
        self.at(self.now + seconds, step)

    def advance(self, now: float) -> None:
        """Take every step that is due at `now`, those included that these plan."""
        while self._steps and self._steps[0][0] <= now:
            moment, _, step = heapq.heappop(self._steps)
            self.now = max(self.now, moment)
            step()
        self.now = max(self.now, now)
