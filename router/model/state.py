"""What the router must not forget: the durable records of ``routing.state``.

One record an entity; the last record of a key holds. Folding all records of a shard gives back an
engine that decides as the one that wrote them. Times are integer milliseconds since the epoch.
What can be derived (lanes, agents' load, deadlines) is not kept, and of a customer's words nothing.
"""

from typing import Literal

import msgspec

from router.model.deflection import DeflectionKind
from router.model.estimate import Lately, faded
from router.model.inputs import Customer, Presence, Scalar
from router.model.outputs import Trigger, Why
from router.model.reasons import Suspension


class Addressee(msgspec.Struct, frozen=True, gc=False):
    """One of those who are asked."""

    agent: str
    why: Why


class OpenOffer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """An offer that waits for an answer, or the assignment it became.

    ``since``: when it was made, or assigned. ``expires_at`` is None once assigned. ``beside``: who
    else is asked, the best first, after ``agent``; nobody once assigned. ``labels``: those that the
    conversation had when it was made.
    """

    offer: str
    agent: str
    units: int
    since: int
    why: Why
    expires_at: int | None = None
    beside: tuple[Addressee, ...] = ()
    labels: tuple[str, ...] = ()

    @property
    def addressees(self) -> tuple[Addressee, ...]:
        """Give everybody who is asked, the best first."""
        return (Addressee(self.agent, self.why), *self.beside)

    @property
    def agents(self) -> tuple[str, ...]:
        """Name everybody who is asked, the best first."""
        return (self.agent, *(each.agent for each in self.beside))

    def without(self, agent: str) -> "OpenOffer":
        """Give the offer as it is for those who are left, of several."""
        first, *others = (each for each in self.addressees if each.agent != agent)
        return msgspec.structs.replace(self, agent=first.agent, why=first.why, beside=tuple(others))

    def taken(self, agent: str, now: int) -> "OpenOffer":
        """Give the assignment it becomes when one of them takes it."""
        if not self.beside:
            return msgspec.structs.replace(self, since=now, expires_at=None)
        why = next(each.why for each in self.addressees if each.agent == agent)
        return msgspec.structs.replace(
            self, agent=agent, why=why, beside=(), since=now, expires_at=None
        )


class OpenDeflection(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something else than waiting that the customer was offered, or has taken.

    ``expires_at`` is None once it is taken; then it is a callback, which comes back at ``due``
    (None: when its turn comes). ``callback_at``: when the customer asked to be rung.
    """

    deflection: str
    kind: DeflectionKind
    expires_at: int | None = None
    callback_at: int | None = None
    due: int | None = None


class SaidEstimate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """How long a conversation was said to wait when it was queued ``at`` that time.

    ``p50`` and ``p90`` are seconds. ``wait_ms``: the mean time in line by the rates alone, 0 once
    its time in line has ended.
    """

    at: int
    p50: float
    p90: float
    wait_ms: int = 0


Stage = Literal["waiting", "offered", "assigned", "deflected"]


class ConversationRecord(msgspec.Struct, kw_only=True, omit_defaults=True, gc=False):
    """A conversation from its creation to its end.

    ``arrived_at`` and ``sequence`` are its place among equals and never change. The given facts
    (``given_*``) are what platforms said, kept to qualify again; the others are what qualification
    found. ``ordered_priority`` is a supervisor's, in place of both. ``barred`` {agent: until} are
    those who declined it or handed it over. ``deflected`` names the rules that have deflected it;
    ``callbacks`` counts how often one was promised. ``step``: how many steps of its queue's ladder
    it has taken. ``overflowed`` names the rules that have sent it to another queue, ``home`` the
    queue it came from so; ``lent`` the rules of its queue by which others may serve it too.
    ``hops``: from how many pools it was sent on. ``estimate``: the wait it was told, until it is
    assigned, deflected or in another queue.
    """

    id: str
    channel: str
    arrived_at: int
    sequence: int
    queue: str
    priority: int
    stage: Stage = "waiting"
    topic: str | None = None
    level: int | None = None
    language: str | None = None
    skills: dict[str, int] = {}
    labels: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    text_rules: frozenset[str] = frozenset()
    given_topic: str | None = None
    given_level: int | None = None
    given_language: str | None = None
    given_priority: int | None = None
    ordered_priority: int | None = None
    given_skills: dict[str, int] = {}
    customer: Customer | None = None
    attributes: dict[str, Scalar] = {}
    preferred_agents: tuple[str, ...] = ()
    attempt: int = 0
    waited_ms: int | None = None
    offer: OpenOffer | None = None
    barred: dict[str, int] = {}
    kept_until: int | None = None
    deflection: OpenDeflection | None = None
    deflected: tuple[str, ...] = ()
    callbacks: int = 0
    step: int = 0
    overflowed: tuple[str, ...] = ()
    home: str | None = None
    lent: tuple[str, ...] = ()
    estimate: SaidEstimate | None = None
    hops: int = 0
    traceparent: str | None = None


class Profile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """An agent as last described. ``languages`` are primary subtags; ``capacity`` None: policy's."""

    team: str
    skills: dict[str, int]
    channels: dict[str, int]
    site: str | None = None
    capacity: int | None = None
    languages: tuple[str, ...] = ()
    preferences: dict[str, int] = {}
    cost: int | float | None = None
    partner: str | None = None


class ProfileRecord(msgspec.Struct, kw_only=True, omit_defaults=True, gc=False):
    """The profile of an agent, apart from what changes with every conversation."""

    id: str
    profile: Profile


class OpenWrapUp(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Work after a conversation that still holds capacity; ``until`` None: open.

    ``queue`` and ``since`` are kept where it is measured how long agents work for a queue.
    """

    channel: str
    units: int
    until: int | None = None
    labels: tuple[str, ...] = ()
    queue: str | None = None
    since: int = 0


class AgentRecord(msgspec.Struct, kw_only=True, omit_defaults=True, gc=False):
    """What an agent does. Offers and assignments are kept with their conversations.

    ``idle_since``: last given or done with work, or became available. ``asked_at``: last given an
    offer or a conversation. ``missed``: offers unanswered in a row. ``suspended`` {reason: until}
    (0: until a heartbeat). ``rests_until``: gets nothing until then. ``given``: (five minutes, how
    much) of what he was given lately, where it counts. ``runs`` {label: how many in a row} counts
    labels with such a limit. ``busy_since``: at work since then; ``strain``: what work has added
    and free time has taken away, at ``strained_at`` or at ``busy_since`` (ms x percent).
    ``lost_at``: since when nobody can be reached who holds conversations.
    """

    id: str
    presence: Presence = Presence.OFFLINE
    reason: str | None = None
    until: int | None = None
    idle_since: int = 0
    asked_at: int = 0
    missed: int = 0
    suspended: dict[Suspension, int] = {}
    lost_at: int | None = None
    rests_until: int | None = None
    given: tuple[tuple[int, int], ...] = ()
    runs: dict[str, int] = {}
    busy_since: int | None = None
    strain: int = 0
    strained_at: int = 0
    wrap_ups: dict[str, OpenWrapUp] = {}


class StrangerRecord(msgspec.Struct, kw_only=True, omit_defaults=True, gc=False):
    """An agent nobody described whose heartbeat has been refused once."""

    id: str


class TurnedOn(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Since when (ms) a switch is on, and what turned it on: the single condition and its value."""

    since: int
    trigger: Trigger


class StageInForce(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The stage of a surge that is in force, since when (ms), and whether by command."""

    stage: str
    since: int
    commanded: bool = False


class Spent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """How many conversations a team was given in its period, of how many, and when that ends (ms)."""

    until: int
    given: int = 0
    of: int = 0


class PoolRecord(msgspec.Struct, kw_only=True, omit_defaults=True, gc=False):
    """What a pool counts: last decision, last place, rules in force, paused queues, its clock.

    ``hours`` {calendar: when it is looked at next (ms)}; until then it is as it is just before.
    ``switches`` are those that are on, by name; ``surge`` is in force; the stages ``spent`` do not
    come into force by load before their switch has turned off. ``quotas`` {team: what it was
    given}.
    """

    seq: int = 0
    sequence: int = 0
    policy: str = ""
    clock: int = 0
    paused: tuple[str, ...] = ()
    hours: dict[str, int] = {}
    switches: dict[str, TurnedOn] = {}
    surge: StageInForce | None = None
    spent: tuple[str, ...] = ()
    quotas: dict[str, Spent] = {}


class MeasuresRecord(msgspec.Struct, kw_only=True, gc=False):
    """What was measured of a queue, to estimate waits.

    ``served``: [conversations, ms of agents' time]; ``answered``: [offers accepted, ms until then];
    ``waited``: [waits in line, ms, of whom left, ms that was estimated]. ``worked`` and ``before``:
    ms of agents' time in the minute ``minute`` (since the epoch), and in those before it, fading.
    """

    queue: str
    served: Lately
    answered: Lately
    waited: Lately
    minute: int = 0
    worked: int = 0
    before: int = 0

    def worked_before(self, minute: int) -> int:
        """Give the agents' time the queue took before a minute, in ms, older time counting less."""
        gone = minute - self.minute
        return faded(self.before + self.worked, gone) if gone > 0 else self.before


class StatusRecord(msgspec.Struct, kw_only=True, gc=False):
    """What was said of how a queue stands, and what its service level is made of.

    ``at``: when it was said last, and ``said``: waiting, available agents, ``ended`` as they were;
    ``due``: when it is said next, if it is held back. ``ended`` counts the waits that ended;
    ``minutes``: [minute since the epoch, waits that ended, of them answered in time], oldest first.
    """

    queue: str
    at: int = 0
    due: int | None = None
    said: tuple[int, int, int] = (0, 0, 0)
    ended: int = 0
    minutes: list[list[int]] = []


class TallyRecord(msgspec.Struct, kw_only=True, omit_defaults=True, gc=False):
    """Waits that ended lately in a queue (of all queues: ""), as a condition asks for them.

    ``over_ms`` and ``within_ms`` are the condition's. ``minutes``: [minute since the epoch, waits
    that ended, of them gone well], oldest first.
    """

    queue: str
    over_ms: int
    within_ms: int | None = None
    minutes: list[list[int]] = []


class SeenRecord(msgspec.Struct, kw_only=True, omit_defaults=True, gc=False):
    """A block of event ids that have been seen, to refuse their repetition.

    ``ids`` {"topic source": {id: record time}}; blocks are numbered upwards in their pool.
    """

    block: int
    ids: dict[str, dict[str, int]]


class PositionsRecord(msgspec.Struct, kw_only=True, gc=False):
    """Next offset to read of each input partition of the shard, by topic name without prefix."""

    conversations: int
    agents: int
    commands: int


class ShardsRecord(msgspec.Struct, kw_only=True, gc=False):
    """How many shards there are, as its first owner found it: where pools live follows from it."""

    count: int


class BarrierRecord(msgspec.Struct, kw_only=True, gc=False):
    """Written by a new owner before it folds the state topic; ``nonce`` tells it from others."""

    nonce: str


Entity = (
    ConversationRecord
    | ProfileRecord
    | AgentRecord
    | StrangerRecord
    | MeasuresRecord
    | StatusRecord
    | TallyRecord
    | PoolRecord
    | SeenRecord
)
"""What an engine keeps; positions, barrier and number of shards belong to the shard."""

Kind = Literal[
    "conversation",
    "profile",
    "agent",
    "stranger",
    "measures",
    "status",
    "tally",
    "pool",
    "seen",
]

KINDS: dict[type[Entity], Kind] = {
    ConversationRecord: "conversation",
    ProfileRecord: "profile",
    AgentRecord: "agent",
    StrangerRecord: "stranger",
    MeasuresRecord: "measures",
    StatusRecord: "status",
    TallyRecord: "tally",
    PoolRecord: "pool",
    SeenRecord: "seen",
}


class Key(msgspec.Struct, frozen=True, order=True, gc=False):
    """Which entity of which pool; ``id`` is empty for the pool itself."""

    pool: str
    kind: Kind
    id: str = ""


class Change(msgspec.Struct, frozen=True, gc=False):
    """The new value of an entity, or None: it is gone."""

    key: Key
    entity: Entity | None
