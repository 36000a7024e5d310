"""The rules in force, compiled: immutable, versioned by content, ready for the engine.

Rooms that read rules build a ``Policy``; the engine only asks it. Durations are integer
milliseconds. Nothing here knows YAML.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Protocol

import msgspec

from router.model.conditions import Switch
from router.model.deflection import Deflection
from router.model.estimate import Estimates
from router.model.inputs import Customer, Scalar
from router.model.overflow import Overflow
from router.model.quota import Quota
from router.model.requirement import NOTHING, Requirement, SkillTerm
from router.model.surge import Stage


class OfferMode(StrEnum):
    """Whether an agent is asked first."""

    MANUAL = "manual"
    AUTOMATIC = "automatic"


class Offering(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How a conversation is given: whether agents are asked, how long, and how many at once."""

    mode: OfferMode = OfferMode.MANUAL
    expires_ms: int = 20_000
    addressees: int = 1

    @property
    def at_once(self) -> int:
        """How many are given it at the same time: one, where nobody is asked."""
        return self.addressees if self.mode is OfferMode.MANUAL else 1


class WrapUp(msgspec.Struct, frozen=True, gc=False):
    """Time after a conversation that still holds capacity.

    ``limit_ms`` is its end at the latest (None: open, until the agent says so); 0: no wrap-up.
    """

    limit_ms: int | None = 0


class Channel(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one conversation of a channel costs, and how it is offered.

    ``units`` of an agent's capacity; ``at_most`` at once for anybody; ``exclusive``: an agent who
    has one has nothing of another channel, and the other way round. ``addressees``: so many agents
    are asked at once, and the first who accepts has it. ``interruptible``: who works on these has
    room for a conversation of any other channel as if he did not.
    """

    name: str
    units: int = 100
    at_most: int | None = None
    exclusive: bool = False
    interruptible: bool = False
    mode: OfferMode = OfferMode.MANUAL
    expires_ms: int = 20_000
    addressees: int = 1
    wrap_up: WrapUp = WrapUp()

    @property
    def offering(self) -> Offering:
        """How its conversations are given, unless their queue says otherwise."""
        return Offering(mode=self.mode, expires_ms=self.expires_ms, addressees=self.addressees)


class Label(msgspec.Struct, frozen=True, gc=False):
    """What a conversation may be besides its channel; an agent has ``at_most`` so many at once.

    Who is done with one rests for ``rest_ms``. ``in_a_row``: so many, then something else must come
    between (None: any number).
    """

    at_most: int
    rest_ms: int = 0
    in_a_row: int | None = None


class OrderBy(StrEnum):
    """What makes one conversation of a queue more urgent than another."""

    PRIORITY = "priority"
    TARGET = "target"
    ARRIVAL = "arrival"
    NEWEST = "newest"


class Order(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How urgency grows, in points, the one unit that all queues of a pool share.

    Points = priority + ageing x (waited - within). ``ageing`` is in thousandths of a point per
    second, ``within_ms`` is the target (0 unless ordered by target). Ordered by newest, the wait
    of the queue's oldest conversation counts for all its conversations, and the newest goes first.
    """

    by: OrderBy = OrderBy.PRIORITY
    ageing: int = 0
    within_ms: int = 0


class Feature(StrEnum):
    """What an agent is scored by. Each is an integer in percent; docs/engine.md has the formulas."""

    PROFICIENCY = "proficiency"
    PREFERRED_SKILLS = "preferred_skills"
    OVERQUALIFIED = "overqualified"
    PREFERENCE = "preference"
    COST = "cost"
    IDLE = "idle"
    LOAD = "load"
    LAST_AGENT = "last_agent"
    FAIRNESS = "fairness"


class Turn(StrEnum):
    """Who goes first among agents of equal score: the longest idle, or the longest not asked."""

    LONGEST_IDLE = "longest_idle"
    ROUND_ROBIN = "round_robin"


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """Score of an agent = sum of weight x feature; equal scores by ``turn``, then by agent id.

    The weights of ``idle`` and ``fairness`` are never negative.
    """

    weights: Mapping[Feature, int]
    turn: Turn = Turn.LONGEST_IDLE


LONGEST_IDLE = Selection(weights={Feature.IDLE: 1})


class LadderEnd(StrEnum):
    """What applies to whoever has come to the end of a ladder, whether it is on or not."""

    OVERFLOW = "overflow"
    DEFLECT = "deflect"


class Expansion(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A step of a queue's ladder: from ``after_ms`` after the arrival on, other agents may serve.

    ``when``: while that is on, instead of a time; each step has one of the two. ``requires`` stands
    in place of the queue's requirement; the skills that the conversation asks for itself stay,
    unless ``drops_skills``. ``serves`` stands in place of the queue's. ``then``: whose last step
    this is, the overflows of his queue come to him, or its deflections, whatever turns them on.
    """

    after_ms: int | None = None
    when: Switch | None = None
    requires: Requirement = NOTHING
    drops_skills: bool = False
    serves: Requirement = NOTHING
    then: LadderEnd | None = None


class Status(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """That it is said how a queue stands, at most once in ``every_ms``.

    Service level: of the waits that ended in the last ``over_ms`` (whole minutes) those answered
    ``within_ms``. ``answer``: so many in a hundred it is to be (None: nobody has said).
    """

    every_ms: int
    within_ms: int
    over_ms: int
    answer: int | None = None


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """Where conversations wait, and who may take them.

    ``serves``: which teams and sites do (``NOTHING``: all), besides what it requires of an agent.
    ``preferred_wait_ms``: so long after its arrival a conversation is kept for its preferred
    agents, while one of them can be reached (0: not at all); ``keeps_for_absent``: whether they can
    or not, as long as one of them may have it once he is back. ``hours``: name of the calendar
    outside which nobody is matched from it (None: always open). ``deflects``: what is offered
    instead of waiting, the first rule that applies first. ``expands``: its ladder, every step with
    a time later than the one with a time before it. ``overflows``: who else helps, and when.
    ``estimates``: what is expected of it where waits are estimated (None: not). ``status``: that it
    is said how it stands. ``offering``: how its conversations are given, on every channel (None: as
    the channel says).
    """

    name: str
    requires: Requirement = NOTHING
    serves: Requirement = NOTHING
    prefers: tuple[SkillTerm, ...] = ()
    order: Order = Order()
    selects: Selection = LONGEST_IDLE
    preferred_wait_ms: int = 0
    keeps_for_absent: bool = False
    hours: str | None = None
    deflects: tuple[Deflection, ...] = ()
    expands: tuple[Expansion, ...] = ()
    overflows: tuple[Overflow, ...] = ()
    estimates: Estimates | None = None
    status: Status | None = None
    offering: Offering | None = None


class AgentRules(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What holds for every agent.

    ``missed_offers`` in a row suspend for ``suspended_ms`` (0: never). A decline is remembered for
    ``decline_memory_ms``. Conversations of a lost agent (lease expired, or offline) go back to wait
    after ``lost_after_ms`` (None: never). Who is done with a conversation rests for ``rest_ms``.
    Work takes at most ``occupancy`` percent of an agent's time (None: any), over ``occupancy_ms``.
    """

    capacity: int = 100
    lease_ms: int = 60_000
    missed_offers: int = 2
    suspended_ms: int = 300_000
    decline_memory_ms: int = 600_000
    lost_after_ms: int | None = 120_000
    rest_ms: int = 0
    occupancy: int | None = None
    occupancy_ms: int = 3_600_000


class Facts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What qualification may look at. ``text`` is None where there is none, or no longer.

    ``text_rules``: names of the rules that found their words in the text when it was there; without
    a text their ``mentions`` say again what they said then. ``hops``: from how many pools it was
    sent on; whoever was has the priority that was found there, and no rule adds to it again. Nor
    does any to the ``ordered_priority`` of a supervisor, which stands in place of a given one.
    """

    channel: str
    topic: str | None = None
    level: int | None = None
    language: str | None = None
    priority: int | None = None
    ordered_priority: int | None = None
    skills: Mapping[str, int] = {}
    customer: Customer | None = None
    attributes: Mapping[str, Scalar] = {}
    text: str | None = None
    text_rules: frozenset[str] = frozenset()
    hops: int = 0


class Verdict(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What qualification found: the facts as they stand now, the rules that set them, the queue.

    ``queue`` is None where no queue takes the conversation. ``labels`` are declared ones, in the
    order of their names.
    """

    queue: str | None
    topic: str | None
    level: int | None
    language: str | None
    priority: int
    skills: Mapping[str, int]
    rules: tuple[str, ...]
    text_rules: frozenset[str]
    labels: tuple[str, ...] = ()


def as_given(facts: Facts, *, queue: str | None) -> Verdict:
    """Find nothing that is not given already."""
    return Verdict(
        queue=queue,
        topic=facts.topic,
        level=facts.level,
        language=facts.language,
        priority=facts.priority or 0,
        skills=facts.skills,
        rules=(),
        text_rules=frozenset(),
    )


class Qualifier(Protocol):
    """Rules that turn facts into a verdict; pure, total, bounded."""

    def qualify(self, facts: Facts) -> Verdict:
        """Apply the qualification rules, then find the queue."""
        ...

    def qualify_as_if(self, facts: Facts) -> Verdict:
        """Qualify what is only asked about: the same verdict, and nothing is counted."""
        ...

    def queue_for(self, facts: Facts) -> str | None:
        """Find the first queue that takes these facts, without the rules."""
        ...


class Hours(Protocol):
    """When a calendar is open: a function of the time alone, total, cheap. Times in ms, UTC."""

    def is_open(self, at: int) -> bool:
        """Tell whether it is open at a time."""
        ...

    def next_change(self, after: int) -> int:
        """Give the first later time at which it opens or closes, or else when to ask again."""
        ...


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """All the rules of one pool. ``top_levels`` {skill: highest declared level}.

    ``labels`` are those that are declared, by name. ``calendars`` are those that a queue follows,
    by name; ``stages`` those of a surge, the strongest last. ``quotas``: what teams may be given,
    by team.

    ``version`` is short and names the content, ``files`` is the hash of the text it came from.
    """

    version: str
    files: str
    channels: Mapping[str, Channel]
    queues: Mapping[str, Queue]
    qualifier: Qualifier
    agents: AgentRules = AgentRules()
    top_levels: Mapping[str, int] = {}
    labels: Mapping[str, Label] = {}
    calendars: Mapping[str, Hours] = {}
    stages: tuple[Stage, ...] = ()
    quotas: Mapping[str, Quota] = {}


def switches(policy: Policy) -> Iterator[Switch]:
    """Give every switch of a pool's rules: of each queue's deflections, overflows and steps, of stages."""
    for queue in policy.queues.values():
        yield from (each.on for each in queue.deflects if isinstance(each.on, Switch))
        yield from (each.on for each in queue.overflows if each.on is not None)
        yield from (each.when for each in queue.expands if each.when is not None)
    yield from (each.switch for each in policy.stages if each.switch is not None)


class Policies(Protocol):
    """Which policy is in force for a pool."""

    def for_pool(self, pool: str) -> Policy | None:
        """Give the pool's policy, or None where no rules are for it."""
        ...
