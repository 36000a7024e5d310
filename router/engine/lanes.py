"""Where conversations wait: lanes, in which the order never changes with time.

A lane holds the conversations that any agent may or may not take alike: same channel, same resolved
requirement, and given in the same way. All of them grow more urgent at the same rate, so a lane is
a sorted list on a key fixed on entry, and only the heads of lanes are compared with the clock. A
conversation with a condition of its own (kept for preferred agents, agents barred) has a lane of
its own. A line is the same for a queue: it tells places.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

from router.engine.demands import Demand
from router.model.estimate import Foreseen
from router.model.outputs import Requirements
from router.model.policy import Expansion, OrderBy, Queue
from router.model.requirement import AllOf, SkillTerm, published
from router.model.state import ConversationRecord

PRIORITY_POINTS = 1_000_000
"""Urgency is counted in millionths of a point."""

Key = tuple[int, int, int, ConversationRecord, "Signature | None"]
"""(rank, minus the constant part of the points, arrival or minus arrival, conversation, kind)."""

FIELD_BITS = 52
"""Of a rank, for a time (ms) and for a sequence each: a time may be negative, and is far smaller."""


def rank_of(points: int, arrival: int, sequence: int) -> int:
    """Give one number that orders as these three do, one after another.

    Numbers are found among others far more quickly than tuples of numbers. Sequences are unique, so
    ranks are.
    """
    return (((points << FIELD_BITS) + arrival) << FIELD_BITS) + sequence


class Ranks:
    """Conversations by a key that is fixed while they stand here, most urgent first."""

    __slots__ = ("_keys", "_ranks", "_start")

    def __init__(self) -> None:
        self._keys: list[Key] = []
        self._ranks: list[int] = []
        self._start = 0

    def __len__(self) -> int:
        return len(self._keys) - self._start

    def head(self) -> Key:
        """Give the key of the most urgent."""
        return self._keys[self._start]

    def records(self) -> Iterator[ConversationRecord]:
        """Give everyone, most urgent first."""
        return (key[3] for key in self._keys[self._start :])

    def has_before(self, key: Key) -> bool:
        """Tell whether anybody is more urgent than the key."""
        ranks, start = self._ranks, self._start
        return start < len(ranks) and ranks[start] < key[0]

    def before(self, key: Key) -> int:
        """Count those more urgent than the key. Cost: O(log n)."""
        return bisect_left(self._ranks, key[0], self._start) - self._start

    def add(self, key: Key) -> None:
        """Let a conversation stand at its place. Cost: O(1) at the end, else a memmove."""
        ranks, rank = self._ranks, key[0]
        if len(ranks) == self._start or ranks[-1] < rank:
            ranks.append(rank)
            self._keys.append(key)
        else:
            at = bisect_left(ranks, rank, self._start)
            ranks.insert(at, rank)
            self._keys.insert(at, key)

    def fill(self, keys: list[Key]) -> None:
        """Let many stand at their places at once, where nobody stands yet."""
        self._keys = sorted(keys)
        self._ranks = [key[0] for key in self._keys]

    def empty(self) -> None:
        """Let everybody go."""
        self._keys = []
        self._ranks = []
        self._start = 0

    def remove(self, key: Key) -> None:
        """Let a conversation go. Cost: O(1) amortised at the head, else a memmove."""
        ranks, start = self._ranks, self._start
        if ranks[start] != key[0]:
            at = bisect_left(ranks, key[0], start)
            del ranks[at]
            del self._keys[at]
            return
        self._start = start = start + 1
        if start == len(ranks) or (start > 32 and start * 2 > len(ranks)):
            del ranks[:start]
            del self._keys[:start]
            self._start = 0


class Line(Ranks):
    """Everyone who waits in a queue, by place; for which kind of agent, only the lanes know.

    ``closed``: its hours are over; ``paused``: nobody is matched from it, closed or not;
    ``advanced``: whether a callback that waits for its turn may have it since that was looked at;
    ``deflects``: whether who comes to wait here may be deflected; ``spills``: may overflow.
    ``aged``: whether ``arrivals`` are kept; ``watched``: whether switches look at it; ``stirred``:
    whether it may stand otherwise than is said of it. ``timed``: the next step of the ladder that
    comes by time, number and time, by the step taken last; ``spills_in_time``: whether some
    overflow does. ``foreseen``: the wait of who would come, by how many are before him and how many
    serve, as long as nothing else is measured of the queue.
    """

    __slots__ = (
        "advanced",
        "aged",
        "ageing",
        "arrivals",
        "available",
        "closed",
        "deflects",
        "foreseen",
        "ladder",
        "newest",
        "paused",
        "queue",
        "spills",
        "spills_in_time",
        "stirred",
        "timed",
        "tops",
        "watched",
        "within",
    )

    def __init__(self, queue: Queue, tops: Mapping[str, int]) -> None:
        super().__init__()
        self.queue = queue
        self.tops = tops
        self.ladder = queue.expands
        self.timed = _timed(queue.expands)
        self.ageing = queue.order.ageing
        self.within = queue.order.within_ms
        self.newest = queue.order.by is OrderBy.NEWEST
        self.arrivals = Ranks()
        self.aged = self.newest
        self.watched = False
        self.available = 0
        self.closed = False
        self.deflects = bool(queue.deflects)
        self.spills = bool(queue.overflows)
        self.spills_in_time = any(each.after_ms is not None for each in queue.overflows)
        self.stirred = True
        self.advanced = True
        self.paused = False
        self.foreseen: tuple[int, int, Foreseen] | None = None

    def key(self, record: ConversationRecord, signature: "Signature | None" = None) -> Key:
        """Give the key of a conversation in this queue, fixed while its facts stand."""
        arrival = record.arrived_at
        points = -record.priority * PRIORITY_POINTS
        if self.newest:
            arrival = -arrival
        else:
            points += self.ageing * (arrival + self.within)
        # As `rank_of` says, without the call: this is done for everybody at once, too.
        rank = (((points << FIELD_BITS) + arrival) << FIELD_BITS) + record.sequence
        return (rank, points, arrival, record, signature)

    def growth(self, now: int) -> int:
        """Give the part of the points that grows with time, the same for all of the queue."""
        if not self.newest:
            return self.ageing * now
        return self.ageing * (now - self.arrivals.head()[2] - self.within)

    def enter(self, key: Key) -> None:
        """Let a conversation stand in the line."""
        self.add(key)
        self.stirred = True
        if self.aged:
            self.arrivals.add(self._by_arrival(key))

    def fill(self, keys: list[Key]) -> None:
        """Let many stand in the line at once, which is empty."""
        super().fill(keys)
        if self.aged:
            self.arrivals.fill([self._by_arrival(key) for key in keys])

    def leave(self, key: Key) -> None:
        """Let a conversation go."""
        self.remove(key)
        self.stirred = self.advanced = True
        if self.aged:
            self.arrivals.remove(self._by_arrival(key))

    def _by_arrival(self, key: Key) -> Key:
        _, points, arrival, record, signature = key
        arrival = -arrival if self.newest else arrival
        return (rank_of(0, arrival, record.sequence), points, arrival, record, signature)

    def oldest(self) -> int | None:
        """Give the arrival of who waits longest (ms). Cost: the length of the line."""
        return min((record.arrived_at for record in self.records()), default=None)


def _timed(ladder: Sequence[Expansion]) -> list[tuple[int, int] | None]:
    found: list[tuple[int, int] | None] = [None]
    for number in range(len(ladder), 0, -1):
        after_ms = ladder[number - 1].after_ms
        found.append(found[-1] if after_ms is None else (number, after_ms))
    found.reverse()
    return found


class Lane(Ranks):
    """Conversations with the same demand whose urgency grows alike.

    A lane of one conversation may be ``kept`` for some agents and have others ``barred``. ``top``
    is the constant part of the head's points, None where nobody waits.
    """

    __slots__ = ("ageing", "barred", "demand", "kept", "newest", "top")

    def __init__(
        self,
        demand: Demand,
        line: Line,
        *,
        kept: tuple[str, ...] | None = None,
        barred: Mapping[str, int] | None = None,
    ) -> None:
        super().__init__()
        self.demand = demand
        self.ageing = line.ageing
        self.newest = line if line.newest else None
        self.kept = kept
        self.barred: Mapping[str, int] = barred if barred is not None else {}
        self.top: int | None = None

    def enter(self, key: Key) -> None:
        """Let a conversation stand in the lane."""
        self.add(key)
        self.top = self._keys[self._start][1]

    def fill(self, keys: list[Key]) -> None:
        """Let many stand in the lane at once, which is empty."""
        super().fill(keys)
        self.top = self._keys[0][1] if keys else None

    def leave(self, key: Key) -> None:
        """Let a conversation go."""
        self.remove(key)
        self.top = self._keys[self._start][1] if self._keys else None

    def turn(self) -> tuple[int, int]:
        """Give what decides between heads that are equally urgent: the least goes first."""
        _, _, arrival, record, _ = self._keys[self._start]
        return (arrival, record.sequence)

    def points(self, now: int) -> int:
        """Give minus the points of the head at ``now``: the least is the most urgent."""
        static = self._keys[self._start][1]
        newest = self.newest
        return static - (self.ageing * now if newest is None else newest.growth(now))


class Headcount:
    """How many agents serve one kind of conversation now, in millionths of an agent.

    Kept up to date as they come and go, once it has been counted; ``staff`` has the counts.
    ``available``: how many they are, undivided; ``roomy``: of how many groups somebody has room;
    None where nobody has asked.
    """

    __slots__ = ("available", "demand", "millionths", "queue", "roomy")

    def __init__(self, queue: str, demand: Demand) -> None:
        self.queue = queue
        self.demand = demand
        self.millionths: int | None = None
        self.available: int | None = None
        self.roomy = 0


class Signature:
    """One kind of conversation: a queue, a channel, a resolved requirement.

    ``requirement`` is that as it is written; what its lane asks for means the same.
    """

    __slots__ = (
        *("_asked", "_published", "demand", "headcount", "lane", "language", "line"),
        "requirement",
    )

    def __init__(self, line: Line, lane: Lane, requirement: AllOf, *, language: str | None) -> None:
        self.line = line
        self.lane = lane
        self.demand = lane.demand
        self.requirement = requirement
        self.headcount: Headcount | None = None
        self.language = language
        self._published: Requirements | None = None
        self._asked: tuple[str, ...] | None = None

    @property
    def asked(self) -> tuple[str, ...]:
        """The skills that are asked for or preferred; worked out when they are asked first."""
        skills = self._asked
        if skills is None:
            preferred = (term.skill for term in self.line.queue.prefers)
            skills = tuple(dict.fromkeys((*_skills(self.requirement), *preferred)))
            self._asked = skills
        return skills

    @property
    def published(self) -> Requirements:
        """What is asked for, as it is said; worked out when it is said first."""
        said = self._published
        if said is None:
            said = published(self.requirement, language=self.language)
            self._published = said
        return said


def _skills(requirement: object) -> Iterator[str]:
    if isinstance(requirement, SkillTerm):
        yield requirement.skill
    for each in getattr(requirement, "terms", ()):
        yield from _skills(each)
    if hasattr(requirement, "term"):
        yield from _skills(requirement.term)
