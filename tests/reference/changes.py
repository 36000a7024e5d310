"""What happens to conversations and agents of a pool, said as it happens."""

from typing import Any

from msgspec import UNSET
from msgspec.structs import asdict

import router.model.outputs as said
from router.model.inputs import Presence
from router.model.policy import Facts
from router.model.reasons import Close, Release, Requeue, Suspension, Withdrawal
from router.model.requirement import published
from router.model.state import OpenWrapUp
from tests.reference.estimates import Estimates


class Changes(Estimates):
    """One pool that changes, one cause at a time: the input, or else a timer or a restart."""

    input: Any
    cause: said.Cause
    decided: list[said.Decision]

    def say(self, kind: type[said.Outcome], c: Any = None, /, **known: Any) -> None:
        """Number one decision; the fields of its body are looked up by their names."""
        if c is not None:
            about = {"conversation": c.id, "waited_s": self.waited_ms(c) / 1000}
            soft = self.policy.channels[c.channel].interruptible or UNSET
            about |= {"interruptible": soft}
            about |= {"labels": (c.offer or c).labels or UNSET}
            known = asdict(c) | (asdict(c.offer) if c.offer else {}) | about | known
        self.seq, self.version = self.seq + 1, self.policy.version if self.policy else ""
        body = kind(**{field: known[field] for field in kind.__struct_fields__ if field in known})
        trace = self.input.traceparent if self.input else known.get("traceparent")
        envelope = (self.name, self.seq, self.version, self.now, self.cause)
        self.decided.append(said.Decision(*envelope, body, trace))

    # Conversations.

    def stage(self) -> Any:
        """Give the stage of a surge that is in force, if any."""
        name = self.surge.stage if self.surge and self.policy else None
        return (
            next((each for each in self.policy.stages if each.name == name), None) if name else None
        )

    def facts(self, c: Any, **other: Any) -> Facts:
        known = {name: getattr(c, name) for name in Facts.__struct_fields__ if name != "text"}
        return Facts(**known | other)

    def keeping(self, c: Any) -> int | None:
        """Give the time until which it is kept for its preferred agents, if it enters now."""
        wait = self.policy.queues[c.queue].preferred_wait_ms
        until = c.arrived_at + wait
        useful = wait and until > self.now and self.somebody_preferred_can_be_reached(c)
        return until if useful else None

    def somebody_preferred_can_be_reached(self, c: Any) -> bool:
        return any(self.can_be_reached(each, c) for each in c.preferred_agents)

    def enter(self, c: Any) -> None:
        c.stage, c.offer, c.deflection, c.kept_until = "waiting", None, None, self.keeping(c)
        self.entered.add(c.id)

    def move(self, c: Any, queue: str) -> None:
        """Let it be in a queue; in another than before nobody else helps, and no step is taken."""
        if c.queue != queue:
            c.queue, c.step, c.lent, c.home, c.estimate = queue, 0, (), None, None

    def queued(self, c: Any) -> None:
        requirements = published(self.needs(c), language=c.language)
        names = ("topic", "level", "language", "priority", "rules")
        known = {name: getattr(c, name) for name in names}
        labels = c.labels or UNSET
        found = said.Qualified(requirements=requirements, labels=labels, **known)
        more = {"place": self.place(c), "qualified": found} | self.estimate(c)
        self.say(said.ConversationQueued, c, **more)

    def requeue(self, c: Any, reason: Requeue, **handed: Any) -> None:
        self.enter(c)
        self.say(said.ConversationRequeued, c, reason=reason, place=self.place(c), **handed)

    def hand_over(self, c: Any) -> dict[str, Any]:
        """End the holder's work and start the wrap-up; give what is said of it."""
        agent, limit = self.agents[c.offer.agent], self.policy.channels[c.channel].wrap_up.limit_ms
        until = None if limit is None else self.now + limit
        self.worked(c.queue, agent.id, c.channel, since=c.offer.since, done=1)
        if limit != 0:
            if c.id in agent.wrap_ups:
                self.wrapped_up(agent, c.id)
            held = {"channel": c.channel, "units": c.offer.units, "labels": c.offer.labels}
            agent.wrap_ups[c.id] = OpenWrapUp(**held | self.measured_from(c.queue), until=until)
        else:
            self.rest(agent, c.offer.labels)
        agent.idle_since = self.now
        return {"agent": agent.id, "wrapup_until": until}

    def wrapped_up(self, agent: Any, conversation: str) -> None:
        ended = agent.wrap_ups.pop(conversation)
        if ended.queue is not None:
            self.worked(ended.queue, agent.id, ended.channel, since=ended.since)
        agent.idle_since = self.now

    def be_done_with(self, agent: Any, conversation: str) -> None:
        labels = agent.wrap_ups[conversation].labels
        self.wrapped_up(agent, conversation)
        self.rest(agent, labels)

    def close(self, c: Any, reason: Close) -> None:
        held = {}
        if c.stage == "assigned":
            held = {"handled_s": (self.now - c.offer.since) / 1000} | self.hand_over(c)
        self.say(said.ConversationClosed, c, reason=reason, **held)
        del self.conversations[c.id]

    # Agents.

    def declare(self, agent: Any, presence: Presence, until: int | None) -> None:
        if presence is not Presence.AVAILABLE:
            self.withdraw(self.held_by(agent.id), Withdrawal.PRESENCE, agent.id)
        self.become(agent, presence)
        agent.until = max(until, self.now + 1) if until is not None else None
        agent.missed = 0
        agent.runs = {} if presence is Presence.OFFLINE else agent.runs
        self.renew_lease(agent)
        self.end_suspension(agent, set(Suspension), Release.PRESENCE)

    def become(self, agent: Any, presence: Presence) -> None:
        if presence is Presence.AVAILABLE and agent.presence is not Presence.AVAILABLE:
            agent.idle_since = self.now
        agent.presence = presence

    def renew_lease(self, agent: Any) -> None:
        if agent.presence is Presence.OFFLINE:
            self.leases.pop(agent.id, None)
        else:
            self.leases[agent.id] = self.now + self.policy.agents.lease_ms

    def suspend(self, agent: Any, reason: Suspension, until: int) -> None:
        if not agent.suspended:
            self.say(said.AgentSuspended, agent=agent.id, reason=reason)
        agent.suspended[reason] = until

    def end_suspension(self, agent: Any, ended: set[Suspension], reason: Release) -> None:
        before, agent.suspended = (
            agent.suspended,
            {each: until for each, until in agent.suspended.items() if each not in ended},
        )
        if before and not agent.suspended:
            agent.idle_since = self.now
            self.say(said.AgentReleased, agent=agent.id, reason=reason)

    def settle(self) -> None:
        """Look, after the changes of a cause, who is lost and who is kept for nobody any more."""
        for c in self.conversations.values():
            if not self.somebody_preferred_can_be_reached(c):
                c.kept_until = None
        for agent in self.agents.values():
            gone = agent.presence is Presence.OFFLINE or Suspension.LEASE_EXPIRED in agent.suspended
            lost = gone and any(c.stage == "assigned" for c in self.held_by(agent.id))
            agent.lost_at = (self.now if agent.lost_at is None else agent.lost_at) if lost else None
