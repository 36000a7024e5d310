"""Where conversations wait: lanes, in which the order never changes with time.

A lane holds the conversations that any agent may or may not take alike: same channel, same resolved
requirement, and given in the same way. All of them grow more urgent at the same rate, so a lane is a sorted list on a key
fixed on entry, and only the heads of lanes are compared with the clock. A conversation with a
condition of its own (kept for preferred agents, agents barred) has a lane of its own. A line is the
same for a queue: it tells places.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping

from router.engine.bounds import Bound, lends_to
from router.engine.groups import Group
from router.engine.slots import Slot
from router.model.estimate import Foreseen
from router.model.outputs import Requirements
from router.model.policy import Offering, OrderBy, Queue
from router.model.requirement import AllOf, SkillTerm, least_level, met, published
from router.model.state import ConversationRecord, Profile

PRIORITY_POINTS = 1_000_000
"""Urgency is counted in millionths of a point."""

MOST_JOINS = 20_000
"""With more joins than this a group forgets them all and starts again."""

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

    def replace(self, key: Key, other: Key) -> None:
        """Put another key of the same conversation in the place of the one it stands by."""
        at = bisect_left(self._ranks, key[0], self._start)
        self._keys[at] = other

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
    """Everyone who waits in a queue, by place.

    ``closed``: its hours are over; ``paused``: nobody is matched from it, closed or not;
    ``deflects``: whether who comes to wait here may be deflected; ``spills``: may overflow. ``aged``: whether ``arrivals``
    are kept; ``watched``: whether switches look at it. ``foreseen``: the wait of who would come, by how
    many are before him and how many serve, as long as nothing else is measured of the queue.
    """

    __slots__ = (
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
        "tops",
        "watched",
        "within",
    )

    def __init__(self, queue: Queue, tops: Mapping[str, int]) -> None:
        super().__init__()
        self.queue = queue
        self.tops = tops
        self.ladder = queue.expands
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
        return (rank_of(points, arrival, record.sequence), points, arrival, record, signature)

    def growth(self, now: int) -> int:
        """Give the part of the points that grows with time, the same for all of the queue."""
        if not self.newest:
            return self.ageing * now
        return self.ageing * (now - self.arrivals.head()[2] - self.within)

    def enter(self, key: Key) -> None:
        """Let a conversation stand in the line."""
        self.add(key)
        if self.aged:
            self.arrivals.add(self._by_arrival(key))

    def fill(self, keys: list[Key]) -> None:
        """Let many stand in the line at once, which is empty."""
        super().fill(keys)
        if self.aged:
            self.arrivals.fill([self._by_arrival(key) for key in keys])

    def replace(self, key: Key, other: Key) -> None:
        """Put another key of the same conversation in the place of the one it stands by."""
        super().replace(key, other)
        if self.aged:
            self.arrivals.replace(self._by_arrival(key), self._by_arrival(other))

    def leave(self, key: Key) -> None:
        """Let a conversation go."""
        self.remove(key)
        if self.aged:
            self.arrivals.remove(self._by_arrival(key))

    def _by_arrival(self, key: Key) -> Key:
        _, points, arrival, record, signature = key
        arrival = -arrival if self.newest else arrival
        return (rank_of(0, arrival, record.sequence), points, arrival, record, signature)

    def oldest(self) -> int | None:
        """Give the arrival of who waits longest (ms). Cost: the length of the line."""
        return min((record.arrived_at for record in self.records()), default=None)


class Demand:
    """What an agent must be for a conversation, apart from the conversation itself, and how he is given it.

    ``own``: what the queue says of that; else it is as the channel says. ``at_once``: so many are given it.
    ``bounds``: the rules that lend only so many agents to it.
    """

    __slots__ = (
        *("_lenders", "anchor", "at_once", "bounds", "offering", "requirement", "searched"),
        "slot",
    )

    def __init__(
        self,
        slot: Slot,
        requirement: AllOf,
        own: Offering | None = None,
        *,
        bounds: tuple[Bound, ...] = (),
    ) -> None:
        self.slot = slot
        self.bounds = bounds
        self._lenders: dict[tuple[str | None, str | None], Bound | None] = {}
        channel = slot.channel
        offering = channel.offering if own is None and channel is not None else own
        self.offering = offering
        self.at_once = 1 if offering is None else offering.at_once
        self.requirement = requirement
        least = [least_level(term) for term in requirement.terms]
        self.searched: tuple[str | None, ...] = tuple(
            pair[0] for pair in least if pair is not None and pair[1] > 0
        ) or (None,)
        self.anchor = self.searched[0]

    def lender(self, profile: Profile) -> Bound | None:
        """Give the bounded rule that lends an agent to it, worked out once for each team and site."""
        of = (profile.team, profile.site)
        if of not in self._lenders:
            self._lenders[of] = lends_to(self.bounds, profile)
        return self._lenders[of]


def fits(demand: Demand, group: Group) -> bool:
    """Tell whether a profile group meets a demand, worked out once for each pair."""
    known = group.fits.get(demand)
    if known is None:
        if len(group.fits) >= MOST_JOINS:
            group.fits.clear()
        profile = group.profile
        known = group.fits[demand] = met(
            demand.requirement,
            skills=profile.skills,
            languages=group.languages,
            team=profile.team,
            site=profile.site,
        )
    return known


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

    Kept up to date as they come and go, once it has been counted; ``staff`` has the counts. ``available``:
    how many they are, undivided; ``roomy``: of how many groups somebody has room; None where nobody
    has asked.
    """

    __slots__ = ("available", "demand", "millionths", "queue", "roomy")

    def __init__(self, queue: str, demand: Demand) -> None:
        self.queue = queue
        self.demand = demand
        self.millionths: int | None = None
        self.available: int | None = None
        self.roomy = 0


class Signature:
    """One kind of conversation: a queue, a channel, a resolved requirement."""

    __slots__ = ("_published", "asked", "demand", "headcount", "lane", "language", "line")

    def __init__(self, line: Line, lane: Lane, language: str | None) -> None:
        self.line = line
        self.lane = lane
        self.demand = lane.demand
        self.headcount: Headcount | None = None
        self.language = language
        self._published: Requirements | None = None
        preferred = (term.skill for term in line.queue.prefers)
        self.asked = tuple(dict.fromkeys((*_skills(self.demand.requirement), *preferred)))

    @property
    def published(self) -> Requirements:
        """What is asked for, as it is said; worked out when it is said first."""
        said = self._published
        if said is None:
            said = published(self.demand.requirement, language=self.language)
            self._published = said
        return said


def _skills(requirement: object) -> Iterator[str]:
    if isinstance(requirement, SkillTerm):
        yield requirement.skill
    for each in getattr(requirement, "terms", ()):
        yield from _skills(each)
    if hasattr(requirement, "term"):
        yield from _skills(requirement.term)
