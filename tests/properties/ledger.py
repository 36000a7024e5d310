"""What an outsider knows of a pool who reads only the inputs and the decisions about them.

The ledger follows every conversation and agent from decision to decision and objects as soon as
one breaks a guarantee of the contract: a gap in ``seq``, two agents, too much for an agent, a lost
place, decisions of one cause out of order. It shares no code with the engine or the reference.
"""

from collections.abc import Iterator
from itertools import groupby

from msgspec import UNSET

import router.model.inputs as told
import router.model.outputs as said
from router.model.inputs import Input
from router.model.outputs import Decision, Outcome
from router.model.policy import Channel, Offering, OfferMode, OrderBy, Policies, Policy
from tests.properties.entries import Conversation, Person

ANSWERS, ENDS_OF_OFFERS, CHANGES, MATCHES, STATUS = range(5)
TURN: dict[type[Outcome], int] = {
    said.CommandApplied: ANSWERS,
    said.OfferExpired: ENDS_OF_OFFERS,
    said.OfferDeclined: ENDS_OF_OFFERS,
    said.OfferWithdrawn: ENDS_OF_OFFERS,
    said.ConversationOffered: MATCHES,
    said.ConversationAssigned: MATCHES,
    said.QueueStatus: STATUS,
}
UNKNOWN = ""
"""The queue of a conversation that had to leave its queue while an agent had it: nobody said."""
REFUSALS = (said.InputRefused, said.CommandRefused)


class BrokenPromiseError(AssertionError):
    """A guarantee of the contract that does not hold."""


def _flaps(cause: said.Cause) -> bool:
    """Tell whether it may be two causes of one name: a switch that turns on and off in a moment."""
    return isinstance(cause, said.TimerCause) and cause.timer == "condition_changes"


def promise(holds: object, words: str) -> None:
    """Object unless it holds."""
    if not holds:
        raise BrokenPromiseError(words)


class Ledger:
    """The books of one pool."""

    def __init__(self, pool: str, policies: Policies) -> None:
        self.pool, self._policies = pool, policies
        self.seq = self.clock = self.created = 0
        self.stage: str | None = None
        self.open: dict[str, Conversation] = {}
        self.people: dict[str, Person] = {}
        self.causes: set[said.InputCause | said.TimerCause] = set()
        self.ended: set[str] = set()

    @property
    def policy(self) -> Policy:
        """The rules in force; only asked where there are some."""
        policy = self._policies.for_pool(self.pool)
        assert policy is not None
        return policy

    def follow(self, decisions: list[Decision], heard: Input | None = None) -> None:
        """Enter what one step decided; raises BrokenPromiseError."""
        own = [each for each in decisions if each.pool == self.pool]
        told_of = heard is None
        for cause, group in groupby(own, key=lambda each: each.cause):
            if not isinstance(cause, said.RouterCause) and not _flaps(cause):
                promise(
                    cause not in self.causes, f"the decisions of one cause are contiguous: {cause}"
                )
                self.causes.add(cause)
            if isinstance(cause, said.InputCause):
                promise(heard is not None and not told_of, "only what was heard is a cause")
                told_of = True
            self._cause(list(group), heard if isinstance(cause, said.InputCause) else None)
        if heard is not None and not told_of:
            promise(self._may_be_silent(heard), f"{heard.type} is answered")
            self._hear(heard, self.clock)

    def _may_be_silent(self, heard: Input) -> bool:
        if isinstance(heard, told.ConversationUpdated):
            c = self.open.get(heard.conversation)
            return c is not None and c.stage in {"assigned", "deflected"}
        return isinstance(heard, told.AgentInput)

    def _cause(self, group: list[Decision], heard: Input | None) -> None:
        refused = isinstance(group[0].body, REFUSALS)
        promise(not refused or len(group) == 1, "a refusal stands alone")
        cause = group[0].cause
        turns = [TURN.get(type(each.body), CHANGES) for each in group]
        promise(_flaps(cause) or turns == sorted(turns), f"one cause speaks in order: {turns}")
        if heard is not None and not refused:
            self._hear(heard, group[0].at)
            answered = isinstance(group[0].body, said.CommandApplied)
            is_command = isinstance(heard, told.CommandInput)
            promise(answered == is_command, "a command is applied or refused, first of all")
        for each in group:
            promise(each.seq == self.seq + 1, "seq has no gap and no repeat")
            promise(each.at >= self.clock, "the clock never goes back")
            self.seq, self.clock = each.seq, each.at
            self._decision(each, heard)
            if isinstance(each.body, said.SurgeChanged):
                self._surge(each.body)

    def _surge(self, body: said.SurgeChanged) -> None:
        promise(body.from_ == self.stage, f"{self.stage} was in force, not {body.from_}")
        promise((body.to is None) == (body.expires_at is UNSET), "what is in force has an end")
        self.stage = body.to

    def _hear(self, heard: Input, now: int) -> None:
        """Take in what decisions do not repeat."""
        match heard:
            case told.AgentUpdated(agent=agent):
                self.person(agent).profile = heard
            case told.AgentWrapupEnded(agent=agent, conversation=id_):
                self.person(agent).wrap_ups.pop(id_, None)
            case told.CommandPrioritise(conversation=id_, priority=priority):
                self.open[id_].priority = priority
            case told.ConversationUpdated(conversation=id_, channel=str(channel)):
                if self.open[id_].stage == "waiting":
                    self.open[id_].channel = channel
            case told.ConversationCreated(conversation=id_, at=at, channel=channel):
                promise(id_ not in self.open, "a conversation is created once in its life")
                self.created += 1
                at = at or now
                arrival = at if heard.arrived_at is None else min(heard.arrived_at, at)
                self.open[id_] = Conversation(
                    id_, channel or "", arrival, self.created, queue="", priority=0, stage="new"
                )
                self.open[id_].hops = heard.hops

    def _decision(self, decision: Decision, heard: Input | None) -> None:
        body = decision.body
        match body:
            case said.ConversationQueued():
                self._queued(body, heard)
            case said.ConversationOffered() | said.ConversationAssigned():
                self._given(body, decision, heard)
            case said.OfferEnded():
                c = self._of(body, "offered")
                promise(c.offer == body.offer and body.agent in c.asked, "it is this offer")
                c.asked.remove(body.agent)
                c.stage = "offered" if c.asked else "waiting"
            case said.ConversationRequeued():
                c = self._of(body, "waiting", "assigned", "deflected")
                if body.wrapup_until is not UNSET:
                    self._wrap_up(c, str(body.agent), body.wrapup_until)
                back = body.reason == "callback_due"
                promise(not back or (c.accepted and c.stage == "deflected"), "back as accepted")
                c.stage, c.queue = "waiting", body.queue
                self._place(c, body.place)
            case said.ConversationAbandoned() | said.ConversationClosed():
                self._gone(body, decision.at)
            case said.ConversationOverflowed():
                self._overflowed(body, decision)
            case said.ConversationDeflected():
                self._deflected(body, decision, heard)
            case said.DeflectionAccepted() | said.DeflectionExpired():
                c = self._of(body, "deflected")
                promise(body.deflection == c.deflection and not c.accepted, "it is this one")
                c.accepted = isinstance(body, said.DeflectionAccepted)
            case _:
                self._person_or_rules(body)

    def _person_or_rules(self, body: Outcome) -> None:
        match body:
            case said.AgentSuspended(agent=agent):
                promise(not self.person(agent).suspended, "suspended once at a time")
                offers = [c for c in self.held(agent) if c.stage == "offered"]
                promise(not offers, "who is suspended has no offers")
                self.person(agent).suspended = True
            case said.PolicyChanged():
                for c in self.open.values():
                    c.queue = c.queue if c.queue in self.policy.queues else UNKNOWN
            case said.AgentReleased(agent=agent):
                promise(self.person(agent).suspended, "released after suspended")
                self.person(agent).suspended = False

    def _deflected(
        self, body: said.ConversationDeflected, decision: Decision, heard: Input | None
    ) -> None:
        c = self._of(body, "waiting")
        promise(body.deflection == f"d{decision.seq}", "named by its decision")
        again = body.trigger.name == "no_answer" and isinstance(
            heard, told.ConversationEnded | told.ConversationAbandoned
        )
        promise(again == c.accepted, "who comes back as a callback is deflected no more")
        promise(again or body.text not in c.texts, "a rule deflects once in a life")
        c.accepted = False
        is_closed = body.trigger.name == "closed"
        promise(not is_closed or heard is None or self._shut(c, decision.at), "closed it is")
        c.stage, c.deflection, c.texts = "deflected", body.deflection, [*c.texts, body.text]

    def _overflowed(self, body: said.ConversationOverflowed, decision: Decision) -> None:
        c, sent = self._of(body, "waiting"), decision.sent
        promise(c.queue in {body.from_, UNKNOWN}, "from where it waits")
        c.queue = body.to if body.kind == "queue" else body.from_
        promise((sent is not None) == (body.kind == "pool"), "another pool hears of it, or nobody")
        if sent is not None:
            promise(body.to == sent.pool != self.pool, "it goes where it was said to go")
            promise((sent.conversation, sent.channel) == (c.id, c.channel), "it is the same one")
            promise(sent.arrived_at == c.arrival, "its arrival goes with it")
            promise(sent.hops == c.hops + 1 <= 3, "it goes from pool to pool three times at most")
            promise(sent.text is None, "nothing of the customer's words goes with it")
            del self.open[c.id]
            self.ended.add(c.id)

    def _queued(self, body: said.ConversationQueued, heard: Input | None) -> None:
        facts = heard if isinstance(heard, told.ConversationFacts) else None
        promise(facts and facts.conversation == body.conversation, "queued by its own facts")
        c = self._of(body, "new", "waiting", "offered")
        c.stage = "waiting" if c.stage == "new" else c.stage
        c.queue, c.priority = body.queue, body.qualified.priority
        self._place(c, body.place)

    def _offering(self, c: Conversation, queue: str) -> Offering | Channel:
        return self.policy.queues[queue].offering or self.policy.channels[c.channel]

    def _given(
        self,
        body: said.ConversationOffered | said.ConversationAssigned,
        decision: Decision,
        heard: Input | None,
    ) -> None:
        c = self._of(body, "waiting", "offered")
        assigned = isinstance(body, said.ConversationAssigned)
        if c.stage == "offered":
            same = (c.offer, c.units, c.attempt)
            promise(same == (body.offer, body.units, body.attempt), "accepted as made")
        if c.stage == "offered" and assigned:
            promise(c.asked == [body.agent], "accepted by the only one who is left")
        elif c.stage == "offered":
            promise(decision.cause == c.asked_by, "others are asked at once, or not at all")
            promise(body.agent not in c.asked, "nobody is asked twice")
            most = self._offering(c, body.queue).addressees
            promise(len(c.asked) < most, "no more are asked than the queue or the channel says")
        else:
            promise(body.attempt == c.attempt + 1, "attempts count from 1, without a gap")
            commanded = isinstance(heard, told.CommandAssign)
            asks = self._offering(c, body.queue).mode is OfferMode.MANUAL
            promise(assigned is not asks or commanded, "asked where the queue or the channel asks")
            promise(body.offer == f"o{decision.seq}", "an offer is named by its first decision")
            c.asked, c.asked_by = [], decision.cause
        if c.stage != "offered" or not assigned:
            promise(not self.person(body.agent).suspended, "nothing to who is suspended")
            soft = self.policy.channels[c.channel].interruptible
            promise(soft == (body.interruptible is True), "it is said what may be interrupted")
            c.labels = () if body.labels is UNSET else tuple(body.labels)
            self._room(c, body.agent, units=body.units, now=decision.at)
            if not isinstance(heard, told.CommandAssign | None):
                promise(self._is_open(body.queue, decision.at), "nobody is called outside hours")
        promise(c.queue in {body.queue, UNKNOWN}, "offered from the queue it waits in")
        promise(sum(body.why.terms.values()) == body.why.score, "the terms add up to the score")
        self._waited(c, body.waited_s, decision.at)
        c.stage, c.queue = "assigned" if assigned else "offered", body.queue
        c.offer, c.agent, c.units, c.attempt = body.offer, body.agent, body.units, body.attempt
        c.asked = [] if assigned else [*c.asked, body.agent]
        if assigned:
            c.assigned_at, c.waited_s = decision.at, body.waited_s

    def _shut(self, c: Conversation, now: int) -> bool:
        return c.queue == UNKNOWN or not self._is_open(c.queue, now)

    def _is_open(self, queue: str, now: int) -> bool:
        hours = self.policy.queues[queue].hours
        return hours is None or self.policy.calendars[hours].is_open(now)

    def _gone(self, body: said.ConversationAbandoned | said.ConversationClosed, now: int) -> None:
        c = self._of(body, "waiting", "assigned", "deflected")
        self._waited(c, body.waited_s, now)
        is_closed = isinstance(body, said.ConversationClosed)
        promise(c.stage != "assigned" or is_closed, "not abandoned")
        promise(
            getattr(body, "reason", "") != "deflected" or c.accepted, "gone elsewhere by choice"
        )
        if isinstance(body, said.ConversationClosed):
            promise(isinstance(body.agent, str) == (c.stage == "assigned"), "closed with its agent")
            if isinstance(body.agent, str):
                promise(body.handled_s == (now - c.assigned_at) / 1000, "handled since assigned")
                self._wrap_up(c, body.agent, body.wrapup_until)
        del self.open[c.id]
        self.ended.add(c.id)

    def _wrap_up(self, c: Conversation, agent: str, until: object) -> None:
        promise(c.stage == "assigned" and c.agent == agent, "wrap-up of who had it")
        promise(until is None or isinstance(until, int), "it is said until when")
        if until is None or (isinstance(until, int) and until > self.clock):
            self.person(agent).wrap_ups[c.id] = (c.channel, c.units, until, c.labels)

    def _waited(self, c: Conversation, waited_s: float, now: int) -> None:
        """Check the wait, which shows that the arrival never moved."""
        fresh = max(0, now - c.arrival) / 1000
        promise(waited_s == (fresh if c.waited_s is None else c.waited_s), "waited since arrival")

    def _place(self, c: Conversation, place: int) -> None:
        others = [each for each in self.open.values() if each is not c and each.stage == "waiting"]
        if any(each.queue == UNKNOWN for each in others):
            return
        ahead = [each for each in others if each.queue == c.queue]
        rank = 1 + sum(self._urgency(each) < self._urgency(c) for each in ahead)
        promise(place == rank, f"place {place} is the rank {rank}")

    def _urgency(self, c: Conversation) -> tuple[int, int, int]:
        order = self.policy.queues[c.queue].order
        if order.by is OrderBy.NEWEST:
            return -c.priority, -c.arrival, c.sequence
        return order.ageing * c.arrival - 1_000_000 * c.priority, c.arrival, c.sequence

    def _room(self, c: Conversation, agent: str, *, units: int, now: int) -> None:
        """Check that what the agent is given now fits beside all he has."""
        policy, profile = self.policy, self.person(agent).profile
        if profile is None:
            raise BrokenPromiseError(f"{agent} was never described")
        others = [each for each in self.held(agent) if each is not c]
        wrap_ups = self.person(agent).wrap_ups.values()
        after = [each for each in wrap_ups if each[2] is None or each[2] > now]
        claims = [(each.channel, each.units) for each in others]
        claims += [(name, held) for name, held, _, _ in after]
        labels = [each.labels for each in others] + [each[3] for each in after]
        for name in c.labels:
            most = policy.labels[name].at_most if name in policy.labels else len(labels) + 1
            promise(sum(name in each for each in labels) < most, "never too many of a label")
        capacity = policy.agents.capacity if profile.capacity is None else profile.capacity
        channel = policy.channels[c.channel]
        counts = [
            each
            for each in claims
            if channel.interruptible or not policy.channels[each[0]].interruptible
        ]
        promise(sum(held for _, held in counts) + units <= capacity, "never over capacity")
        same = sum(name == c.channel for name, _ in claims)
        promise(same < profile.channels.get(c.channel, 0), "never over the agent's own cap")
        promise(channel.at_most is None or same < channel.at_most, "never over the channel's cap")
        elsewhere = {name for name, _ in counts if name != c.channel}
        alone = channel.exclusive or any(policy.channels[name].exclusive for name in elsewhere)
        promise(not (elsewhere and alone), "exclusive channels stand alone")

    def _of(self, body: Outcome, *stages: str) -> Conversation:
        id_ = getattr(body, "conversation", "")
        promise(id_ in self.open, f"{body.type} is about an open conversation")
        c = self.open[id_]
        promise(c.stage in stages, f"{body.type} of a conversation that is {c.stage}")
        return c

    def person(self, agent: str) -> Person:
        """Give what is known of an agent."""
        return self.people.setdefault(agent, Person())

    def held(self, agent: str) -> list[Conversation]:
        """Give what an agent has been offered or assigned."""
        held = (c for c in self.open.values() if c.stage in {"offered", "assigned"})
        return [c for c in held if agent in (c.asked or [c.agent])]


class Ledgers:
    """The books of every pool; ``sent`` is what one has sent to another, and is not heard yet."""

    def __init__(self, policies: Policies) -> None:
        self._policies = policies
        self._of: dict[str, Ledger] = {}
        self.sent: list[told.ConversationCreated] = []

    def follow(self, decisions: list[Decision], heard: Input | None = None) -> None:
        """Enter what one step decided, pool by pool; raises BrokenPromiseError."""
        pools = {each.pool for each in decisions} | ({heard.pool} if heard else set())
        for pool in sorted(pools):
            here = heard if heard is not None and heard.pool == pool else None
            self[pool].follow(decisions, here)
        self.sent += [each.sent for each in decisions if each.sent is not None]

    def __getitem__(self, pool: str) -> Ledger:
        """Give the books of a pool, new if need be."""
        if pool not in self._of:
            self._of[pool] = Ledger(pool, self._policies)
        return self._of[pool]

    def __iter__(self) -> Iterator[Ledger]:
        """Give the books, in the order of the pools' names."""
        return iter([self._of[pool] for pool in sorted(self._of)])
