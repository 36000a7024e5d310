"""How many of the waits that ended lately went well: "Waits that ended lately" of docs/engine.md."""

from typing import Any

from router.model.conditions import Below, Window, windows
from router.model.policy import switches
from tests.reference.surge import Surge

MINUTE_MS = 60_000


class Shares(Surge):
    """One pool whose rules may ask how the last waits ended."""

    def wait_ended(self, c: Any, waited_ms: int, *, answered: bool) -> None:
        """Note it for every condition that is about it."""
        for queue, window in self.asked() if self.policy else ():
            if queue in {None, c.queue}:
                late = window.within_ms is not None and waited_ms > window.within_ms
                well = answered and not late
                self.went.setdefault((queue, window), []).append((self.now // MINUTE_MS, well))

    def asked(self) -> set[tuple[str | None, Window]]:
        return {(it.queue, window) for it in switches(self.policy) for window in windows(it)}

    def forget_waits(self) -> None:
        self.went = {key: each for key, each in self.went.items() if key in self.asked()}

    def ended_lately(self, queue: str | None, window: Window, at: int) -> list[bool]:
        """Give of each wait that ended lately, seen from a time, whether it went well."""
        first = (at - window.over_ms) // MINUTE_MS + 1
        return [well for minute, well in self.went.get((queue, window), []) if minute >= first]

    def share_holds(self, it: Any, queue: str | None, at: int) -> bool:
        went = self.ended_lately(queue, it.window, at)
        if isinstance(it, Below):
            return sum(went) * 100 < it.share * len(went)
        return sum(went) * 100 > it.share * len(went)

    def ends_of_minutes(self, it: Any) -> list[int]:
        """Give when each minute counts no more that a switch asks about."""
        return [
            minute * MINUTE_MS + window.over_ms
            for window in windows(it)
            for minute, _ in self.went.get((it.queue, window), [])
        ]
