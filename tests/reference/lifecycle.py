"""What inputs do in a pool: docs/engine.md, in its order."""

from typing import Any

from msgspec.structs import replace

import router.model.inputs as told
import router.model.outputs as said
from router.model.inputs import Presence
from router.model.reasons import Close, Refusal, Release, Requeue, Suspension, Withdrawal
from router.model.state import AgentRecord, ConversationRecord, Profile
from tests.reference.moment import Refused, refuse, whom
from tests.reference.timers import Timers

FOUND = ("topic", "level", "language", "priority", "skills")
PLAIN = ("preferred_agents", "customer", "attributes")


class Lifecycle(Timers):
    """One pool that takes inputs."""

    def take(self, it: Any, window_ms: int) -> None:
        """Apply an input: a repetition, a refusal, or what it changes."""
        key, at = (it.topic, it.source, it.id), it.origin.recorded_at
        names = ("conversation", "agent", "queue", "stage")
        known = ("agent",) if isinstance(it, told.AgentInput) else names
        subject = next(getattr(it, name) for name in known if hasattr(it, name))
        answer = {"input_type": it.type, "subject": subject, "command": it.id}
        if it.id and key in self.seen and abs(at - self.seen[key]) <= window_ms:
            return self.say(said.InputRefused, reason=Refusal.DUPLICATE, **answer)
        self.seen[key] = at
        try:
            refuse(Refusal.UNKNOWN_POOL, self.policy is None)
            getattr(self, f"take_{it.topic}")(it)
        except Refused as refused:
            if isinstance(it, told.CommandInput):
                answer |= {"by": it.by, "reason": it.reason, "code": refused.args[0]}
                self.say(said.CommandRefused, **answer, **whom(it))
            else:
                self.say(said.InputRefused, reason=refused.args[0], **answer)

    def take_conversations(self, it: Any) -> None:
        c: Any = self.conversations.get(it.conversation)
        refuse(Refusal.CONVERSATION_EXISTS, c and it.type == "conversation.created")
        refuse(Refusal.UNKNOWN_CONVERSATION, c is None and it.type != "conversation.created")
        holder = c.offer.agent if c and c.stage == "assigned" else None
        match it:
            case told.ConversationCreated():
                at = it.at or self.now
                arrival = at if it.arrived_at is None else min(at, it.arrived_at)
                place: Any = {"arrived_at": arrival, "sequence": self.sequence + 1}
                blank: Any = {"id": it.conversation, "channel": "", "queue": "", "priority": 0}
                c = ConversationRecord(**blank, **place, traceparent=it.traceparent, hops=it.hops)
                c = self.qualified(c, it)
                self.sequence += 1
                self.enter(c)
                self.queued(c)
            case told.ConversationUpdated():
                c = self.qualified(c, it)
                if c.stage == "waiting":
                    self.enter(c)
                if c.stage == "offered":
                    self.withdraw_misfits(c)
                if c.stage not in {"assigned", "deflected"}:
                    self.queued(c)
            case told.ConversationAbandoned():
                refuse(Refusal.NOT_WAITING, holder)
                self.abandon(c, it.reason)
            case told.ConversationEnded():
                refuse(Refusal.NOT_ASSIGNED, holder is None or it.agent not in (None, holder))
                self.end(c, it.outcome)
            case told.ConversationTransferred():
                refuse(Refusal.NOT_ASSIGNED, holder != it.agent)
                self.transfer(c, it.to)
            case told.OfferAccepted() | told.OfferDeclined():
                self.answer_offer(c, it)
            case told.DeflectionAccepted() | told.DeflectionDeclined():
                self.answer(c, it)

    def transfer(self, c: Any, to: told.TransferTarget) -> None:
        refuse(Refusal.UNKNOWN_QUEUE, to.queue and to.queue not in self.policy.queues)
        refuse(Refusal.UNKNOWN_AGENT, to.agent and to.agent not in self.agents)
        if to.skills is not None:
            c.skills = c.given_skills = to.skills
        if to.level is not None:
            c.level = c.given_level = to.level
        queue = to.queue or self.policy.qualifier.queue_for(self.facts(c)) or c.queue
        c.preferred_agents = (to.agent,) if to.agent else c.preferred_agents
        self.bar(c, c.offer.agent)
        handed = self.hand_over(c)
        self.move(c, queue)
        self.requeue(c, Requeue.TRANSFERRED, **handed)
        wait = self.policy.queues[c.queue].preferred_wait_ms or 60_000
        kept = to.agent and self.can_be_reached(to.agent, c)
        c.kept_until = self.now + wait if kept else None

    def qualified(self, c: Any, it: Any) -> Any:
        """Give the conversation with the facts told and, unless assigned, what they now mean."""
        c = replace(c)
        if it.channel is not None:
            refuse(Refusal.UNCONFIGURED_CHANNEL, it.channel not in self.policy.channels)
            c.channel = it.channel if c.stage == "waiting" else c.channel
        for name in FOUND + PLAIN:
            news = getattr(it, "topic_" if name == "topic" else name)
            if news is not None:
                setattr(c, name if name in PLAIN else f"given_{name}", news)
        c.ordered_priority = c.ordered_priority if it.priority is None else None
        if c.stage not in {"assigned", "deflected"}:
            given = {name: getattr(c, f"given_{name}") for name in FOUND}
            verdict = self.policy.qualifier.qualify(self.facts(c, text=it.text, **given))
            refuse(Refusal.NO_QUEUE, verdict.queue is None)
            self.move(c, c.queue if verdict.queue == c.home else verdict.queue)
            for name in (*FOUND, "rules", "text_rules", "labels"):
                setattr(c, name, getattr(verdict, name))
        self.conversations[c.id] = c
        return c

    def take_agents(self, it: Any) -> None:
        agent: Any = self.agents.get(it.agent)
        if isinstance(it, told.AgentHeartbeat):
            if agent is None and it.agent in self.strangers:
                return
            self.strangers |= set() if agent else {it.agent}
        else:
            self.strangers.discard(it.agent)
        refuse(Refusal.UNKNOWN_AGENT, agent is None and not isinstance(it, told.AgentUpdated))
        match it:
            case told.AgentUpdated():
                self.agents.setdefault(it.agent, AgentRecord(id=it.agent))
                profile = {name: getattr(it, name) for name in Profile.__struct_fields__}
                self.profiles[it.agent] = Profile(**profile)
            case told.AgentPresence():
                self.declare(agent, it.presence, it.until)
            case told.AgentHeartbeat():
                self.renew_lease(agent)
                self.end_suspension(agent, {Suspension.LEASE_EXPIRED}, Release.HEARTBEAT)
            case told.AgentWrapupEnded():
                refuse(Refusal.NO_WRAP_UP, it.conversation not in agent.wrap_ups)
                self.be_done_with(agent, it.conversation)

    def take_commands(self, it: Any) -> None:
        refuse(Refusal.MISSING_BY, it.by is None)
        refuse(Refusal.MISSING_REASON, it.reason is None)
        stages = {"off", *(each.name for each in self.policy.stages)}
        refuse(Refusal.UNKNOWN_STAGE, getattr(it, "stage", "off") not in stages)
        c: Any = self.conversations.get(getattr(it, "conversation", ""))
        agent: Any = self.agents.get(getattr(it, "agent", ""))
        refuse(Refusal.UNKNOWN_CONVERSATION, hasattr(it, "conversation") and c is None)
        refuse(Refusal.UNKNOWN_AGENT, hasattr(it, "agent") and agent is None)
        refuse(Refusal.UNKNOWN_QUEUE, getattr(it, "queue", None) not in {None, *self.policy.queues})
        match it:
            case told.CommandAssign():
                refuse(Refusal.NOT_WAITING, c.stage in {"assigned", "deflected"})
                available = agent.presence is Presence.AVAILABLE and not agent.suspended
                refuse(Refusal.AGENT_UNAVAILABLE, not available)
                refuse(Refusal.NO_ROOM, not self.has_room(agent.id, c.channel, c.labels, but=c))
            case told.CommandRequeue():
                refuse(Refusal.NOT_ASSIGNED, c.stage == "waiting")
        self.say(said.CommandApplied, command=it.id, by=it.by, reason=it.reason, **whom(it))
        match it:
            case told.CommandAssign():
                self.withdraw([c], Withdrawal.COMMAND)
                self.assign(c, agent.id)
            case told.CommandRequeue():
                self.bar(c, *(c.offer.agents if c.offer else ()))
                handed = self.hand_over(c) if c.stage == "assigned" else {}
                self.withdraw([c], Withdrawal.COMMAND)
                self.requeue(c, Requeue.COMMAND, **handed)
            case told.CommandClose():
                self.withdraw([c], Withdrawal.COMMAND)
                self.close(c, Close.COMMAND)
            case told.CommandPrioritise():
                c.priority = c.ordered_priority = it.priority
            case told.CommandPauseQueue():
                self.paused.add(it.queue)
            case told.CommandResumeQueue():
                self.paused.discard(it.queue)
                self.opened = True
            case told.CommandSetPresence():
                self.declare(agent, it.presence, None)
            case told.CommandSurge():
                self.order_stage(it.stage)
