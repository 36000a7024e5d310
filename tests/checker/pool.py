"""One pool as the topics tell of it: its conversations, its agents, what is paused.

Applies the decisions one by one, and what inputs tell that no decision repeats; hands each to those
who judge it, and judges itself whether a decision can follow from its cause.
"""

from typing import Final

from tests.checker.agents import Agents
from tests.checker.centre import Centre
from tests.checker.claims import labels_of
from tests.checker.decisions import Cause, Decision
from tests.checker.estimates import check_estimate
from tests.checker.events import Event, time_of
from tests.checker.lives import BEFORE, OFFERED, Life, Lives
from tests.checker.overflows import check_overflow
from tests.checker.quotas import Quotas
from tests.checker.refusals import refusal_fault, silence_fault
from tests.checker.report import Report, Rule
from tests.checker.statuses import Statuses, is_first_end

ENDS: Final = frozenset({"offer.expired", "offer.declined", "offer.withdrawn"})
LEAVES: Final = frozenset({"conversation.closed", "conversation.requeued"})
GIVES: Final = frozenset({"conversation.offered", "conversation.assigned"})
ANSWERED: Final = ("by", "reason", "conversation", "agent")
"""What the answer to a command repeats of it, besides its id."""
CAUSES: Final[dict[str, frozenset[str]]] = {
    "conversation.queued": frozenset({"conversation.created", "conversation.updated"}),
    "offer.expired": frozenset({"offer_expires"}),
    "offer.declined": frozenset({"offer.declined"}),
    "offer.withdrawn taken": frozenset({"offer.accepted"}),
    "conversation.abandoned": frozenset({"conversation.abandoned"}),
    "conversation.closed": frozenset({"conversation.ended", "command.close"}),
    "conversation.closed deflected": frozenset({"deflection.accepted"}),
    "conversation.requeued deflection_declined": frozenset({"deflection.declined"}),
    "conversation.requeued deflection_expired": frozenset({"deflection_expires"}),
    "conversation.requeued callback_unanswered": frozenset(
        {"conversation.ended", "conversation.abandoned"}
    ),
    "deflection.accepted": frozenset(
        {"deflection.accepted", "conversation.ended", "conversation.abandoned"}
    ),
    "deflection.expired": frozenset({"deflection_expires"}),
    "conversation.requeued transferred": frozenset({"conversation.transferred"}),
    "conversation.requeued agent_lost": frozenset({"lost_agent"}),
    "conversation.requeued command": frozenset({"command.requeue"}),
    "surge.changed load": frozenset({"condition_changes"}),
    "surge.changed command": frozenset({"command.surge"}),
    "surge.changed expired": frozenset({"surge_expires"}),
    "surge.changed policy": frozenset({"restart", "reload"}),
    "agent.released heartbeat": frozenset({"agent.heartbeat"}),
    "agent.released presence": frozenset({"agent.presence", "command.set_presence"}),
    "agent.released time": frozenset({"suspension_ends"}),
    "agent.suspended lease_expired": frozenset({"lease_expires"}),
    "agent.suspended no_answer": frozenset({"offer_expires"}),
}
"""What may cause a decision (with its reason, where that matters): input types and timers."""


class Pool:
    """What the topics tell of one pool, up to the decision played last."""

    def __init__(self, report: Report, *, centre: Centre) -> None:
        self.lives = Lives(report)
        self.agents = Agents(report, centre=centre)
        self.quotas = Quotas(report, centre=centre, agents=self.agents)
        self.paused: set[str] = set()
        self.closing = centre.closing
        self.clock = 0
        self.policies = 0
        self._cause: Cause | None = None
        self._said: set[str] = set()
        """Queues whose status was said in the present cause."""
        self._centre = centre
        self.statuses = Statuses(report, centre=centre)
        self.stage: tuple[str | None, int | None] | None = None
        """The stage of a surge in force and its end (ms); None: not known yet."""
        self._report = report

    def silent(self, event: Event) -> None:
        """Apply an input that was read and had no decision."""
        fault = silence_fault(event, lives=self.lives, agents=self.agents, clock=self.clock)
        if fault is not None:
            self._report.add(Rule.ACCOUNTED, event.where, f"passed without a word, but {fault}")
        self.apply(event, now=self.clock)

    def apply(self, event: Event, *, now: int) -> None:
        """Apply what an input that was not refused tells beyond its decisions, at `now` or later."""
        if event.type.startswith("agent."):
            self.agents.learn(event, now=now)
        match event.type:
            case "conversation.updated":
                self.lives.update(event)
            case "command.set_presence":
                self.agents.set_presence(event)
            case "command.pause_queue":
                self.paused.add(str(event.data.get("queue")))
            case "command.resume_queue":
                self.paused.discard(str(event.data.get("queue")))

    def decide(self, decision: Decision, *, event: Event | None) -> None:
        """Judge and apply one decision; `event` is the input that caused it."""
        if decision.cause != self._cause:
            self.cause_over()
            self._cause = decision.cause
            self.agents.catch_up(_surely_past(decision))
        self.clock = max(self.clock, decision.at)
        self._check_cause(decision, event=event)
        if decision.is_refusal:
            self._check_refusal(decision, event=event)
        elif decision.type == "agent.suspended":
            self.agents.suspend(decision)
        elif decision.type == "agent.released":
            self.agents.release(decision)
        elif decision.type == "surge.changed":
            self._surge(decision)
        elif decision.type == "policy.changed":
            self.policies += 1
            self.agents.rests.are_judged = self.statuses.is_first_policy = False
            self.quotas.are_judged = False
            self.agents.follow_other_rules()
            # What is in force stays so, but for as long as the new rules say.
            self.stage = self.stage and (self.stage[0], None)
            for life in self.lives.open.values():
                life.may_have_moved()
        elif decision.type == "queue.status":
            self._said.add(str(decision.data.get("queue")))
            about = self.agents.available(decision.at)
            self.statuses.check(decision, self.lives.open.values(), agents=about)
        elif decision.type in BEFORE:
            self._about_conversation(decision, event=event)

    def cause_over(self) -> None:
        """Judge how the pool stands after the decisions of a cause."""
        self.agents.settle(self.clock)
        if self._cause is not None:
            lives = self.lives.open.values()
            self.statuses.cause_over(self._cause, at=self.clock, said=self._said, lives=lives)
        self._cause, self._said = None, set()

    def _surge(self, decision: Decision) -> None:
        """Judge that a stage follows on the one before, and expires in its time."""
        said = decision.data
        if self.stage is not None and said.get("from") != self.stage[0]:
            self._report.add(Rule.SURGE, decision.where, f"follows on {self.stage[0]}")
        ends = time_of(said.get("expires_at"))
        if (said.get("to") is None) != (ends is None):
            self._report.add(Rule.SURGE, decision.where, f"{said.get('to')} ends at {ends}")
        is_over = said.get("reason") == "expired"
        due = self.stage[1] if self.stage is not None else None
        if is_over and due is not None and due != decision.cause.due:
            self._report.add(Rule.SURGE, decision.where, f"was to expire at {due}")
        self.stage = (said.get("to"), ends)

    def _about_conversation(self, decision: Decision, *, event: Event | None) -> None:
        id_ = str(decision.data.get("conversation"))
        before = self.lives.open.get(id_)
        was_offered_to = set(before.addressees) if before is not None else set()
        held_by = before.holder if before is not None else None
        is_first = is_first_end(decision, before)
        self.lives.decide(decision, event=event)
        life = self.lives.open.get(id_, before)
        agent = str(decision.data.get("agent"))
        self.statuses.decide(decision, life=life, is_first=is_first)
        if life is not None:
            check_estimate(decision, life, report=self._report)
            if self.policies == 0:
                check_overflow(decision, life, centre=self._centre, report=self._report)
        if decision.type in GIVES and life is not None:
            if decision.type == "conversation.offered" or agent not in was_offered_to:
                self._give(decision, life, event=event)
            if decision.type == "conversation.assigned":
                self.agents.rests.assigned(agent, labels_of(decision.data))
                self.quotas.assigned(decision)
        elif decision.type in ENDS:
            self.agents.take(agent, conversation=id_)
        elif decision.type in LEAVES and held_by is not None:
            claim = self.agents.take(held_by, conversation=id_)
            if claim is not None and "wrapup_until" in decision.data:
                self.agents.wrap_up(decision, claim=claim)

    def _give(self, decision: Decision, life: Life, *, event: Event | None) -> None:
        ordered = event.data.get("conversation") if event is not None else None
        by_command = ordered == life.id and event is not None and event.type == "command.assign"
        if not by_command:
            # Who comes free in a cause is looked at before the matches, and only then.
            self.agents.catch_up(_surely_past(decision))
            self.agents.settle(decision.at)
            stage = self.stage[0] if self.stage is not None else None
            lives = self.lives.open.values()
            self.quotas.asked(decision, lives, conversation=life.id, stage=stage)
        self.agents.give(decision, life=life, by_command=by_command)

    def _check_refusal(self, decision: Decision, *, event: Event | None) -> None:
        if event is None:
            return
        fault = refusal_fault(decision, event=event, lives=self.lives, agents=self.agents)
        if fault is not None:
            self._report.add(Rule.REFUSAL, decision.where, fault)

    def _check_cause(self, decision: Decision, *, event: Event | None) -> None:
        cause = decision.cause
        name = event.type if event is not None else cause.name
        reason = f"{decision.type} {decision.data.get('reason')}"
        allowed = CAUSES.get(reason) or CAUSES.get(decision.type)
        if allowed is not None and name not in allowed:
            self._report.add(Rule.CAUSE, decision.where, f"cannot follow from {name}")
        if event is not None and decision.type.startswith("command."):
            told = {"command": event.id} | {name: event.data.get(name) for name in ANSWERED}
            said = {name: decision.data.get(name) for name in told}
            if said != told:
                self._report.add(Rule.CAUSE, decision.where, f"answers {said}, not {told}")
        life = self.lives.open.get(str(decision.data.get("conversation")))
        if decision.type == "offer.expired" and life is not None and life.expires_at != cause.due:
            self._report.add(Rule.CAUSE, decision.where, "its timer is not of this offer")
        if life is None or event is None:
            return
        if life.state == OFFERED and decision.type in {"conversation.assigned", "offer.declined"}:
            wanted = "offer.accepted", life.id, life.offer, decision.data.get("agent")
            if decision.type == "offer.declined":
                wanted = "offer.declined", *wanted[1:]
            named = event.type, event.subject, event.data.get("offer"), event.data.get("agent")
            if named != wanted:
                self._report.add(Rule.CAUSE, decision.where, f"cannot follow from {named}")


def _surely_past(decision: Decision) -> int:
    """Give a moment (ms) whose timers have all fired before a decision: due by then is over by now."""
    if decision.cause.kind == "input":
        return decision.at
    return (decision.cause.due or 0) - 1
