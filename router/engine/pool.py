"""One pool: everything that may change while the engine decides, and the words it says.

Only the rooms' own functions (conversations, agents, commands, offers, matching) change it. What
is durable is in records and marked as touched when it changes; the rest is derived from them.
"""

from collections.abc import Iterator, Mapping

from router.engine.crew import Crew
from router.engine.deadlines import Deadlines
from router.engine.groups import Agent, Group
from router.engine.lanes import Lane, Line, Ranks, Signature
from router.engine.lenders import lenders
from router.engine.repetition import Seen
from router.engine.room import WaitingRoom
from router.engine.slots import Slot
from router.engine.staff import Staff
from router.engine.teams import bounded_teams
from router.engine.watch import Watches
from router.model.inputs import Input, Presence
from router.model.outputs import Cause, Decision, InputCause, Outcome
from router.model.policy import Feature, Policy, Turn, switches
from router.model.state import (
    KINDS,
    AgentRecord,
    Change,
    ConversationRecord,
    Entity,
    Key,
    Kind,
    MeasuresRecord,
    PoolRecord,
    Profile,
    ProfileRecord,
    StatusRecord,
    StrangerRecord,
    TallyRecord,
)
from router.model.surge import Stage


class Pool:
    """The queues and agents that may serve one another, under the policy in force."""

    __slots__ = (
        "_agents",
        "_born",
        "_conversations",
        "_measures",
        "_profiles",
        "_reports",
        "_spoke",
        "_strangers",
        "_tallies",
        "agents",
        "cause",
        "climbing",
        "conversations",
        "counting",
        "crew",
        "deadlines",
        "faster_from",
        "fresh_lanes",
        "hands",
        "heard",
        "held",
        "lenders",
        "measures",
        "measuring",
        "name",
        "newcomers",
        "now",
        "opened",
        "overdue",
        "policy",
        "record",
        "reports",
        "room",
        "said",
        "seen",
        "sharing",
        "speed",
        "spilling",
        "staff",
        "stage",
        "strangers",
        "tallies",
        "teams",
        "telling",
        "watches",
    )

    def __init__(self, name: str, policy: Policy, *, deadlines: Deadlines, seen: Seen) -> None:
        self.name = name
        self.record = PoolRecord(policy=policy.version)
        self.conversations: dict[str, ConversationRecord] = {}
        self.strangers: dict[str, StrangerRecord] = {}
        self.measures: dict[str, MeasuresRecord] = {}
        self.reports: dict[str, StatusRecord] = {}
        self.tallies: dict[str, TallyRecord] = {}
        self.deadlines = deadlines
        self.seen = seen
        self.said: list[Decision] = []
        self.heard: Input | None = None
        self.cause: Cause | None = None
        self.now = 0
        self.hands: dict[Agent, None] = {}
        self.fresh_lanes: dict[Lane, None] = {}
        self.newcomers: dict[str, ConversationRecord] = {}
        self.held: dict[Line, Ranks] = {}
        self.opened = False
        # ids of those who wait for a step of a ladder, and of those who entered when one was past
        self.climbing: set[str] = set()
        self.overdue: set[str] = set()
        # ids of those who wait where rules may let them overflow
        self.spilling: set[str] = set()
        # ids in the order of their first change since the last `changes`
        self._conversations: dict[str, None] = {}
        self._agents: dict[str, None] = {}
        self._profiles: dict[str, None] = {}
        self._strangers: dict[str, None] = {}
        self._measures: dict[str, None] = {}
        self._reports: dict[str, None] = {}
        self._tallies: dict[str, None] = {}
        self._born: set[str] = set()
        self.adopt(policy)

    def adopt(self, policy: Policy) -> None:
        """Stand under a policy with nobody waiting and no agents yet; the caller puts them back."""
        self.policy = policy
        self._spoke = True
        for name in sorted(self.climbing):
            self.set_timer("expands", name, None)
        for name in sorted(self.spilling):
            self.set_timer("overflows", name, None)
        self.climbing.clear()
        self.spilling.clear()
        self.overdue.clear()
        round_robin = any(q.selects.turn is Turn.ROUND_ROBIN for q in policy.queues.values())
        self.crew = Crew(self.name, policy, round_robin=round_robin)
        self.agents = self.crew.agents
        self.lenders = lenders(policy)
        self.room = WaitingRoom(policy, self.crew, self.lenders)
        self.telling = tuple(each for each in self.room.lines.values() if each.queue.status)
        self.sharing = any(Feature.FAIRNESS in q.selects.weights for q in policy.queues.values())
        self.measuring = any(q.estimates is not None for q in policy.queues.values())
        self.staff = Staff(self.crew, self.room, worked=self._worked_before)
        has_switches = any(True for _ in switches(policy))
        self.watches = Watches(policy, self.room, self.crew) if has_switches else None
        self.stand_under_stage(None)
        tallying = self.watches is not None and bool(self.watches.tallied)
        self.counting = bool(self.telling) or tallying
        self.teams = bounded_teams(policy)

    def _worked_before(self, queue: str, minute: int) -> int:
        measures = self.measures.get(queue)
        return 0 if measures is None else measures.worked_before(minute)

    def stand_under_stage(self, stage: Stage | None) -> None:
        """Let the measures of a stage of a surge hold from now on, or of none."""
        self.stage = stage
        self.speed = 1 if stage is None else stage.expansion_speed
        surge = self.record.surge
        self.faster_from = 0 if stage is None or surge is None else surge.since + 1
        if self.watches is not None:
            self.watches.stand_under_stage(stage)

    def waiting(self, queue: str) -> int:
        """Count who waits in a queue."""
        line = self.room.lines.get(queue)
        return len(line) if line is not None else 0

    def queues(self) -> Iterator[tuple[str, int, int | None]]:
        """Give name, number waiting and arrival of the longest waiting (ms) of every queue."""
        for name, line in self.room.lines.items():
            yield name, len(line), line.oldest()

    def say(self, body: Outcome) -> None:
        """Decide: give the next number to an outcome."""
        record = self.record
        record.seq += 1
        record.clock = self.now
        self._spoke = True
        heard = self.heard
        about = (
            self.conversations.get(getattr(body, "conversation", "")) if heard is None else heard
        )
        trace = about.traceparent if about is not None else None
        cause = self.cause or self._caused()
        self.said.append(
            Decision(self.name, record.seq, self.policy.version, self.now, cause, body, trace)
        )

    def begin(self, said: list[Decision], now: int, *, cause: Cause) -> None:
        """Begin a cause that is no input; what follows from it is added to ``said``."""
        self.said = said
        self.now = now
        self.heard = None
        self.cause = cause

    def _caused(self) -> Cause:
        """Make the input that was heard the cause, now that a decision follows from it."""
        event = self.heard
        assert event is not None  # noqa: S101 - who decides has heard something, or has a cause
        origin = event.origin
        self.cause = InputCause(origin.topic, origin.partition, origin.offset, event.id)
        return self.cause

    def next_offer(self) -> str:
        """Name the offer that the next decision makes."""
        return f"o{self.record.seq + 1}"

    def set_timer(self, timer: str, of: str, due: int | None) -> None:
        """Arm, move or (None) disarm a timer of this pool."""
        self.deadlines.set(self.name, timer, of, due)

    # What is durable and has changed.

    def touch(self, record: ConversationRecord) -> None:
        """Remember that a conversation has changed."""
        self._conversations[record.id] = None

    def touch_pool(self) -> None:
        """Remember that what the pool counts has changed, where nothing is said of it."""
        self._spoke = True

    def touch_agent(self, record: AgentRecord) -> None:
        """Remember that an agent does something else."""
        self._agents[record.id] = None

    def touch_profile(self, agent: str) -> None:
        """Remember that an agent was described."""
        self._profiles[agent] = None

    def touch_stranger(self, agent: str) -> None:
        """Remember that a stranger came or is one no longer."""
        self._strangers[agent] = None

    def touch_measures(self, queue: str) -> None:
        """Remember that what was measured of a queue has changed, or is forgotten."""
        self._measures[queue] = None

    def touch_report(self, queue: str) -> None:
        """Remember that what is told of a queue has changed, or is forgotten."""
        self._reports[queue] = None

    def touch_tally(self, name: str) -> None:
        """Remember that one more wait has ended, or that those that ended are forgotten."""
        self._tallies[name] = None

    def born(self, record: ConversationRecord) -> None:
        """Add a conversation."""
        name = record.id
        self.conversations[name] = record
        if name not in self._conversations:
            self._born.add(name)
            self._conversations[name] = None

    def forget(self, record: ConversationRecord) -> None:
        """Remove a conversation that has ended; its timers are disarmed by whoever set them."""
        name = record.id
        del self.conversations[name]
        if name in self._born:
            self._born.discard(name)
            del self._conversations[name]
        else:
            self._conversations[name] = None
        if record.barred:
            self.set_timer("decline_forgotten", name, None)

    def changes(self, changed: list[Change]) -> None:
        """Add and forget what has changed since the last call: by kind, in order of change."""
        pool = self.name
        agents = self.agents
        if self._conversations:
            self._add(changed, "conversation", self._conversations, self.conversations)
            self._born.clear()
        if self._agents:
            changed += [
                Change(Key(pool, "agent", name), agents[name].record) for name in self._agents
            ]
            self._agents.clear()
        if self._profiles:
            for name in self._profiles:
                profile = ProfileRecord(id=name, profile=agents[name].profile)
                changed.append(Change(Key(pool, "profile", name), profile))
            self._profiles.clear()
        if self._measures:
            for name in self._measures:
                changed.append(Change(Key(pool, "measures", _hex(name)), self.measures.get(name)))
            self._measures.clear()
        if self._reports:
            for name in self._reports:
                changed.append(Change(Key(pool, "status", _hex(name)), self.reports.get(name)))
            self._reports.clear()
        self._add(changed, "stranger", self._strangers, self.strangers)
        self._add(changed, "tally", self._tallies, self.tallies)
        for number, block in self.seen.changes():
            changed.append(Change(Key(pool, "seen", str(number)), block))
        if self._spoke:
            changed.append(Change(Key(pool, "pool"), self.record))
            self._spoke = False

    def _add(  # noqa: PLR0917 - a part of `changes`
        self,
        changed: list[Change],
        kind: Kind,
        touched: dict[str, None],
        known: Mapping[str, Entity],
    ) -> None:
        changed += [Change(Key(self.name, kind, name), known.get(name)) for name in touched]
        touched.clear()

    def snapshot(self) -> Iterator[tuple[Key, Entity]]:
        """Give every durable record, in no order."""
        entities: list[tuple[str, Entity]] = [("", self.record)]
        entities.extend(self.conversations.items())
        entities.extend(self.strangers.items())
        entities.extend((_hex(name), each) for name, each in self.measures.items())
        entities.extend((_hex(name), each) for name, each in self.reports.items())
        entities.extend(self.tallies.items())
        for name, agent in self.agents.items():
            entities.append((name, agent.record))
            entities.append((name, ProfileRecord(id=name, profile=agent.profile)))
        entities.extend((str(each.block), each) for each in self.seen.snapshot())
        for name, entity in entities:
            yield Key(self.name, KINDS[type(entity)], name), entity

    # Agents and their capacity.

    def describe(
        self,
        agent: Agent | None,
        record: AgentRecord,
        profile: Profile,
        *,
        alike: Group | None = None,
    ) -> None:
        """Give an agent (in hand; None: a new one) a profile, and find the lanes it may serve.

        ``alike``: the group of such a profile, where it is known.
        """
        group = self.crew.describe(agent, record, profile, alike=alike)
        if group is not None:
            self.room.join(group)
            self.staff.join(group)
            if self.teams is not None:
                self.teams.join(group)
        if agent is not None:
            self.see(agent)

    def see(self, agent: Agent) -> None:
        """Count an agent whose presence, suspension or profile has changed."""
        self.staff.see(agent, serves=self.is_there(agent))

    def take_in_hand(self, agent: Agent) -> None:
        """Take an agent off the shelf before a change; matching puts him back."""
        self.crew.take_off(agent)
        self.hands[agent] = None

    def claim(self, agent: Agent, record: ConversationRecord, slot: Slot, units: int) -> None:  # noqa: PLR0917 - hot path
        """Hold capacity of an agent (in hand) for a conversation."""
        agent.claims[record.id] = (slot, units)
        agent.used += units
        agent.code += slot.bits + units * slot.soft

    def release(self, agent: Agent, record: ConversationRecord) -> None:
        """Give the capacity back that a conversation held; the agent is in hand from here on."""
        self.take_in_hand(agent)
        slot, units = agent.claims.pop(record.id)
        if self.lenders is not None:
            self.fresh_lanes.update(dict.fromkeys(self.lenders.done(agent.id, record.id)))
        agent.used -= units
        agent.code -= slot.bits + units * slot.soft
        agent.record.idle_since = self.now
        self.touch_agent(agent.record)

    def signature(self, record: ConversationRecord) -> Signature | None:
        """Give what kind of conversation it is; None where no queue or channel is for it."""
        return self.room.signature(record, self.slot(record))

    def slot(self, record: ConversationRecord) -> Slot:
        """Give what a conversation counts as: its channel, with its labels."""
        if record.labels:
            return self.crew.slot_for(record.channel, record.labels)
        return self.crew.slots.get(record.channel) or self.crew.slot(record.channel)

    def serves(self, agent: Agent) -> bool:
        """Tell whether an agent may get work at all, room or not."""
        return self.is_there(agent) and agent.record.rests_until is None

    def is_there(self, agent: Agent) -> bool:
        """Tell whether an agent is available, resting or not."""
        record = agent.record
        return record.presence is Presence.AVAILABLE and not record.suspended


def _hex(queue: str) -> str:
    """Give the id of a queue's record: the name of a queue may hold what no id may."""
    return queue.encode().hex()
