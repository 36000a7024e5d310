"""How long the router takes to answer: from handing an event to the client until its first decision
is seen by a reader of committed records.

What was under way when the router died, and what came before it decided again, is measured apart:
that time is the crash's, not the router's. It is told the time and knows no clock.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from router.demo.decisions import Decision
from router.demo.events import Letter
from router.demo.proof import ANSWERS

KEPT: Final = 100_000
"""Latest times that are kept; a day of the demo has about a tenth of that."""

RECENT: Final = 1_000


@dataclass(frozen=True, slots=True)
class Crash:
    """A death of the router and what came after it; moments in seconds since the epoch.

    `ready_at`: it said that it owns its shards. `decided_at`: its first decision was seen.
    """

    killed_at: float
    started_at: float = 0.0
    ready_at: float = 0.0
    decided_at: float = 0.0


class Stopwatch:
    """Times of answers, in seconds: `usual` (`recent` ones), and those `through` a crash."""

    def __init__(self) -> None:
        self.usual: deque[float] = deque(maxlen=KEPT)
        self.recent: deque[float] = deque(maxlen=RECENT)
        self.through: deque[float] = deque(maxlen=KEPT)
        self.crashes: list[Crash] = []
        self._sent: dict[str, float] = {}
        self._in_crash: set[str] = set()
        self._is_down = False

    @property
    def unanswered(self) -> int:
        """How many events have no answer yet."""
        return len(self._sent)

    def longest_unanswered(self, now: float) -> float:
        """How long the oldest event without an answer has waited for it."""
        # Events are sent in the order of their times.
        return now - next(iter(self._sent.values()), now)

    def send(self, letter: Letter, now: float) -> None:
        """Start the time of an event that must be answered; a repetition is not timed."""
        asks = letter.type in ANSWERS or letter.type.startswith("command.")
        if not asks or letter.is_repetition:
            return
        self._sent[letter.id] = now
        if self._is_down:
            self._in_crash.add(letter.id)

    def hear(self, decision: Decision, now: float) -> None:
        """Stop the time of the event that a decision answers first."""
        if self._is_down and self._is_of_the_new_one(decision):
            self._is_down = False
            self._note(decided_at=now)
        id_ = decision.answers
        sent = None if id_ is None else self._sent.pop(id_, None)
        if sent is None or id_ is None:
            return
        if id_ in self._in_crash:
            self._in_crash.discard(id_)
            self.through.append(now - sent)
        else:
            self.usual.append(now - sent)
            self.recent.append(now - sent)

    def killed(self, now: float) -> None:
        """Note that the router was killed."""
        self.crashes.append(Crash(killed_at=now))
        self._is_down = True
        self._in_crash |= self._sent.keys()

    def started(self, now: float) -> None:
        """Note that it was started again."""
        self._note(started_at=now)

    def ready(self, now: float) -> None:
        """Note that it said it is ready."""
        if self.crashes and not self.crashes[-1].ready_at:
            self._note(ready_at=now)

    def _is_of_the_new_one(self, decision: Decision) -> bool:
        started_at = self.crashes[-1].started_at
        return 0 < started_at <= decision.at / 1_000

    def _note(self, **moments: float) -> None:
        self.crashes[-1] = replace(self.crashes[-1], **moments)


def percentile(values: Iterable[float], share: float) -> float | None:
    """Give the smallest value that so large a share does not exceed; None: there are none."""
    ordered = sorted(values)
    if not ordered:
        return None
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
