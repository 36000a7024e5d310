"""What each input does in each stage of a conversation, as a table; and what each timer does.

The table is the whole life of a conversation: an input finds its function here, or the refusal
that its stage has for it. Nothing else decides whether an input applies.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from msgspec import UNSET

from router.engine import agents, conversations, deflections
from router.engine.commands import apply_command
from router.engine.expansion import take_next_step
from router.engine.groups import Agent
from router.engine.hours import look
from router.engine.lost import agent_lost
from router.engine.no_rules import NO_POLICY
from router.engine.overflow import overflow_in_time
from router.engine.pool import Pool
from router.engine.quotas import renew
from router.engine.rest import rest_over
from router.engine.status import period_over
from router.engine.surge import end_surge
from router.engine.switches import turn
from router.engine.wrap_up import end_due_wrap_ups
from router.model import inputs
from router.model.outputs import CommandRefused, InputRefused
from router.model.reasons import Refusal, SurgeChange
from router.model.state import ConversationRecord, Stage


class Step(NamedTuple):
    """What an input does to a known conversation, and the stages in which it is refused."""

    apply: Callable[[Pool, Any, Any], Refusal | None]
    refused: Mapping[Stage, Refusal]


NOT_DEFLECTED: Mapping[Stage, Refusal] = {
    "waiting": Refusal.STALE_DEFLECTION,
    "offered": Refusal.STALE_DEFLECTION,
    "assigned": Refusal.STALE_DEFLECTION,
}

STEPS: dict[type[inputs.Input], Step] = {
    inputs.ConversationUpdated: Step(conversations.update, {}),
    inputs.ConversationAbandoned: Step(conversations.abandon, {"assigned": Refusal.NOT_WAITING}),
    inputs.ConversationEnded: Step(
        conversations.end,
        {
            "waiting": Refusal.NOT_ASSIGNED,
            "offered": Refusal.NOT_ASSIGNED,
            "deflected": Refusal.NOT_ASSIGNED,
        },
    ),
    inputs.ConversationTransferred: Step(
        conversations.transfer,
        {
            "waiting": Refusal.NOT_ASSIGNED,
            "offered": Refusal.NOT_ASSIGNED,
            "deflected": Refusal.NOT_ASSIGNED,
        },
    ),
    inputs.OfferAccepted: Step(
        conversations.accept_offer,
        {
            "waiting": Refusal.STALE_OFFER,
            "assigned": Refusal.STALE_OFFER,
            "deflected": Refusal.STALE_OFFER,
        },
    ),
    inputs.OfferDeclined: Step(
        conversations.decline_offer,
        {
            "waiting": Refusal.STALE_OFFER,
            "assigned": Refusal.STALE_OFFER,
            "deflected": Refusal.STALE_OFFER,
        },
    ),
    inputs.DeflectionAccepted: Step(deflections.accept_deflection, NOT_DEFLECTED),
    inputs.DeflectionDeclined: Step(deflections.decline_deflection, NOT_DEFLECTED),
}
"""Inputs about a conversation that is open; one about an unknown conversation is refused."""


def apply(pool: Pool, event: inputs.Input) -> None:
    """Apply an input to its pool, or refuse it."""
    if event.id and pool.seen.repeated(event):
        refusal: Refusal | None = Refusal.DUPLICATE
    elif pool.policy is NO_POLICY:
        refusal = Refusal.UNKNOWN_POOL
    else:
        answer = ANSWERS.get(type(event))
        refusal = _step(pool, event) if answer is None else answer(pool, event)
    if refusal is not None:
        _refuse(pool, event, refusal)


def _refuse(pool: Pool, event: inputs.Input, refusal: Refusal) -> None:
    if refusal is not Refusal.DUPLICATE and isinstance(event, inputs.CommandInput):
        pool.say(
            CommandRefused(
                command=event.id,
                by=event.by,
                reason=event.reason,
                code=refusal.value,
                conversation=getattr(event, "conversation", UNSET),
                agent=getattr(event, "agent", UNSET),
            )
        )
    else:
        pool.say(InputRefused(reason=refusal.value, input_type=event.type, subject=_subject(event)))


def _subject(event: inputs.Input) -> str:
    for field in ("agent",) if isinstance(event, inputs.AgentInput) else SUBJECTS:
        name: str | None = getattr(event, field, None)
        if name is not None:
            return name
    return ""


SUBJECTS = ("conversation", "agent", "queue", "stage")


def _step(pool: Pool, event: inputs.Input) -> Refusal | None:
    step = STEPS[type(event)]
    record = pool.conversations.get(event.conversation)  # type: ignore[attr-defined]  # by STEPS
    if record is None:
        return Refusal.UNKNOWN_CONVERSATION
    refused = step.refused
    return (refused and refused.get(record.stage)) or step.apply(pool, event, record)


def _create(pool: Pool, event: inputs.ConversationCreated) -> Refusal | None:
    if event.conversation in pool.conversations:
        return Refusal.CONVERSATION_EXISTS
    return conversations.create(pool, event)


def _describe(pool: Pool, event: inputs.AgentUpdated) -> None:
    agents.no_longer_stranger(pool, event.agent)
    agents.describe(pool, event)


def _declare(pool: Pool, event: inputs.AgentPresence) -> Refusal | None:
    agents.no_longer_stranger(pool, event.agent)
    agent = pool.agents.get(event.agent)
    return Refusal.UNKNOWN_AGENT if agent is None else agents.declare(pool, event, agent)


def _wrapped_up(pool: Pool, event: inputs.AgentWrapupEnded) -> Refusal | None:
    agents.no_longer_stranger(pool, event.agent)
    agent = pool.agents.get(event.agent)
    return Refusal.UNKNOWN_AGENT if agent is None else agents.wrapped_up(pool, event, agent)


ANSWERS: dict[type[inputs.Input], Callable[[Pool, Any], Refusal | None]] = {
    inputs.ConversationCreated: _create,
    inputs.AgentUpdated: _describe,
    inputs.AgentPresence: _declare,
    inputs.AgentHeartbeat: agents.heartbeat,
    inputs.AgentWrapupEnded: _wrapped_up,
    **dict.fromkeys(
        (each for each in inputs.INPUTS if issubclass(each, inputs.CommandInput)), apply_command
    ),
}
"""All other inputs, each with what answers it."""


WAITS: dict[str, Callable[[Pool, ConversationRecord], None]] = {
    "callback_due": deflections.call_back,
    "deflection_expires": deflections.expire_deflection,
    "expands": take_next_step,
    "overflows": overflow_in_time,
    "preferred_agent_wait": conversations.free_for_all,
}
"""What the timers of a conversation do that no agent has."""

ABSENCES: dict[str, Callable[[Pool, Agent], None]] = {
    "lease_expires": agents.lease_over,
    "lost_agent": agent_lost,
    "presence_until": agents.presence_over,
    "rest_ends": rest_over,
    "suspension_ends": agents.suspension_over,
}
"""What the timers of an agent do who is away, or may be back."""


def fire(pool: Pool, timer: str, *, of: str, due: int) -> None:
    """Do what a timer that has come due is for."""
    wait = WAITS.get(timer)
    if wait is not None:
        wait(pool, pool.conversations[of])
        return
    absence = ABSENCES.get(timer)
    if absence is not None:
        absence(pool, pool.agents[of])
        return
    match timer:
        case "decline_forgotten":
            conversations.forget_bars(pool, pool.conversations[of], due)
        case "status_due":
            period_over(pool, of)
        case "condition_changes":
            turn(pool, of)
        case "hours_change":
            look(pool, of)
        case "quota_renews":
            renew(pool, of)
        case "offer_expires":
            agents.missed_offer(pool, conversations.expire_offer(pool, pool.conversations[of]))
        case "surge_expires":
            end_surge(pool, SurgeChange.EXPIRED)
        case "wrap_up_ends":
            end_due_wrap_ups(pool, pool.agents[of], due)
        case _:
            raise AssertionError(f"no timer is called {timer}")
