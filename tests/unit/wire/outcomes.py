"""One decision of every kind, and of those that have a choice more than one."""

from msgspec import UNSET

from router.model import outputs
from router.model.outputs import (
    Decision,
    EstimatedWait,
    InputCause,
    Judged,
    Outcome,
    Qualified,
    Trigger,
    Why,
)

AT = 1_772_439_300_123
LATER = AT + 20_000
CAUSE = InputCause(topic="routing.conversations", partition=3, offset=41, id="evt-1")
READ = (41, 7, -1)
WHY = Why(score=172, terms={"proficiency": 100, "idle": 72})
QUALIFIED = Qualified(
    topic="reimbursement",
    level=2,
    language="fr",
    priority=200,
    requirements={"reimbursement": 2},
    rules=("family", "gold"),
)
NOTHING_KNOWN = Qualified(
    topic=None,
    level=None,
    language=None,
    priority=0,
    requirements={"expression": "contracts >= 2 or legal >= 1"},
    rules=(),
)
OFFER = {"conversation": "conv-1", "offer": "o7", "agent": "agent-1"}


def _with_agent(kind: type[Outcome], **more: object) -> Outcome:
    facts: dict[str, object] = {"queue": "contracts", "attempt": 2, "waited_s": 1.5, "units": 34}
    return kind(**OFFER, **facts, why=WHY, **more)


BODIES: tuple[Outcome, ...] = (
    outputs.ConversationQueued(
        conversation="conv-1",
        queue="reimbursement",
        place=3,
        estimated_wait_s=EstimatedWait(p50=35.0, p90=140.5),
        qualified=QUALIFIED,
    ),
    outputs.ConversationQueued(
        conversation="conv-1",
        queue='a "queue"\n',
        place=1,
        estimated_wait_s=None,
        qualified=NOTHING_KNOWN,
    ),
    _with_agent(outputs.ConversationOffered, expires_at=LATER),
    _with_agent(
        outputs.ConversationOffered, expires_at=LATER, labels=("heated",), interruptible=True
    ),
    _with_agent(outputs.ConversationAssigned),
    _with_agent(outputs.ConversationAssigned, labels=("heated",), interruptible=True),
    _with_agent(outputs.ConversationAssigned, estimate_s=Judged(35.0, 140.5, 51.25)),
    outputs.OfferExpired(**OFFER, reason="no_answer"),
    outputs.OfferDeclined(**OFFER, reason=None),
    outputs.OfferDeclined(**OFFER, reason="busy « maintenant »"),
    outputs.OfferWithdrawn(**OFFER, reason="presence"),
    outputs.ConversationRequeued(
        conversation="conv-1", queue="contracts", reason="agent_lost", place=1
    ),
    outputs.ConversationRequeued(
        conversation="conv-1",
        queue="contracts",
        reason="transferred",
        place=1,
        agent="agent-1",
        wrapup_until=LATER,
    ),
    outputs.ConversationRequeued(
        conversation="conv-1",
        queue="contracts",
        reason="command",
        place=1,
        agent="agent-1",
        wrapup_until=None,
    ),
    outputs.ConversationRequeued(
        conversation="conv-1", queue="contracts", reason="callback_due", place=1, first="customer"
    ),
    outputs.ConversationExpanded(
        conversation="conv-1", queue="contracts", step=1, requirements={"contracts": 1}
    ),
    outputs.ConversationOverflowed(
        conversation="conv-1",
        from_="a",
        to="b",
        kind="queue",
        trigger=Trigger(name="waited_s", value=180.0),
    ),
    outputs.ConversationDeflected(
        conversation="conv-1",
        deflection="d8",
        kind="callback",
        trigger=Trigger(name="surge", value=1.0),
        text="May we ring you back?",
        expires_at=LATER,
    ),
    outputs.ConversationDeflected(
        conversation="conv-1",
        deflection="d9",
        kind="channel",
        trigger=Trigger(name="closed", value=1.0),
        text="Write to us instead.",
        expires_at=LATER,
        to="message",
    ),
    outputs.DeflectionAccepted(conversation="conv-1", deflection="d8"),
    outputs.DeflectionAccepted(conversation="conv-1", deflection="d8", callback_at=LATER),
    outputs.DeflectionExpired(conversation="conv-1", deflection="d8"),
    outputs.ConversationAbandoned(conversation="conv-1", waited_s=95.25, reason="hung_up"),
    outputs.ConversationAbandoned(conversation="conv-1", waited_s=0.0, reason=None),
    outputs.ConversationClosed(conversation="conv-1", waited_s=0.0, reason="command"),
    outputs.ConversationClosed(
        conversation="conv-1",
        waited_s=12.5,
        reason="ended",
        handled_s=300.125,
        agent="agent-1",
        wrapup_until=LATER,
    ),
    outputs.ConversationClosed(
        conversation="conv-1",
        waited_s=12.5,
        reason="ended",
        handled_s=300.0,
        agent="agent-1",
        wrapup_until=None,
    ),
    outputs.AgentSuspended(agent="agent-1", reason="lease_expired"),
    outputs.AgentReleased(agent="agent-1", reason="heartbeat"),
    outputs.QueueStatus(
        queue="contracts",
        waiting=14,
        oldest_wait_s=181.5,
        available_agents=6,
        estimated_wait_s=None,
        service_level=0.5,
        service_target=outputs.ServiceTarget(0.8, 120.0),
    ),
    outputs.QueueStatus(
        queue="contracts",
        waiting=0,
        oldest_wait_s=0.0,
        available_agents=0,
        estimated_wait_s=EstimatedWait(p50=0.0, p90=0.5),
        service_level=None,
    ),
    outputs.SurgeChanged(
        from_=None,
        to="storm",
        reason="load",
        trigger=outputs.Trigger("waiting", 41.0),
        expires_at=LATER,
    ),
    outputs.SurgeChanged(from_="storm", to=None, reason="expired"),
    outputs.PolicyChanged(from_="51f0d2bc", to="7c1e09aa", files="7c1e09aa41d2"),
    outputs.InputRefused(reason="stale_offer", input_type="offer.accepted", subject="conv-1"),
    outputs.InputRefused(reason="no_wrap_up", input_type="agent.wrapup_ended", subject="agent-1"),
    outputs.InputRefused(reason="duplicate", input_type="command.pause_queue", subject="a queue"),
    outputs.CommandApplied(command="cmd-1", by="supervisor-1", reason="called twice"),
    outputs.CommandApplied(
        command="cmd-2",
        by="supervisor-1",
        reason="called twice",
        conversation="conv-1",
        agent="agent-1",
    ),
    outputs.CommandRefused(command="cmd-1", by=None, reason=None, code="missing_by"),
    outputs.CommandRefused(
        command="cmd-2",
        by="supervisor-1",
        reason="called twice",
        code="unknown_agent",
        conversation="conv-1",
        agent="agent-1",
    ),
)


def decision(
    body: Outcome,
    *,
    seq: int = 12,
    cause: outputs.Cause = CAUSE,
    at: int = AT,
    trace: str | None = None,
    pool: str = "fr",
    policy: str = "7c1e09aa",
) -> Decision:
    """Give a decision with this body."""
    return Decision(
        pool=pool, seq=seq, policy=policy, at=at, cause=cause, body=body, traceparent=trace
    )


def given(body: Outcome) -> dict[str, object]:
    """Give what a body says, by the names of the wire: what is unset is left out."""
    return {
        name: value
        for name, python_name in zip(
            body.__struct_encode_fields__, body.__struct_fields__, strict=True
        )
        if (value := getattr(body, python_name)) is not UNSET
    }
