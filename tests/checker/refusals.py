"""Judge what the router would not do, and what it did in silence, against the pool as it stood.

A refusal must be true, above all after a restart: a router that forgot refuses what it should know.
Silence is right only where the contract has nothing to say.
"""

from tests.checker.agents import Agents, holds
from tests.checker.decisions import Decision
from tests.checker.events import Event
from tests.checker.lives import ASSIGNED, DEFLECTED, OFFERED, Lives


def silence_fault(event: Event, *, lives: Lives, agents: Agents, clock: int) -> str | None:
    """Say why this input should not have passed without a decision, or None where it may."""
    known = agents.known.get(event.subject)
    is_described = known is not None and known.profile is not None
    match event.type:
        case "conversation.updated":
            life = lives.open.get(event.subject)
            if life is None or life.state not in {ASSIGNED, DEFLECTED}:
                return f"{event.subject} is {life.state if life else 'not open'}"
        case "agent.presence" if not is_described:
            return f"nobody described {event.subject}"
        case "agent.presence" if event.data.get("presence") != "available":
            if offered := lives.offered_to(event.subject):
                return f"offers are open to {event.subject}: {offered}"
        case "agent.wrapup_ended":
            wrap_up = known.wrap_ups.get(str(event.data.get("conversation"))) if known else None
            if wrap_up is None or not holds(wrap_up, clock):
                return "there is no such wrap-up"
    return None


def refusal_fault(decision: Decision, *, event: Event, lives: Lives, agents: Agents) -> str | None:
    """Say why a refusal is not true, or None where it is, or where the topics cannot tell."""
    reason = decision.data.get("code" if decision.type == "command.refused" else "reason")
    if event.type.startswith("agent."):
        return _agent_refusal_fault(str(reason), decision=decision, event=event, agents=agents)
    is_command = event.type.startswith("command.")
    subject = str(event.data.get("conversation")) if is_command else event.subject
    life = lives.open.get(subject)
    state = life.state if life is not None else "not open"
    holder = life.holder if life is not None else None
    agent = event.data.get("agent")
    known = agents.known.get(str(agent))
    is_open_to_agent = life is not None and state == OFFERED and agent in life.addressees
    is_named = life is not None and event.data.get("offer") == life.offer
    is_thinking = life is not None and life.thinks_until is not None
    untrue = {
        "unknown_conversation": life is not None,
        "conversation_exists": life is None,
        "not_waiting": state not in ({ASSIGNED, DEFLECTED} if is_command else {ASSIGNED}),
        "not_assigned": holder is not None and agent in {None, holder},
        "stale_offer": is_open_to_agent and is_named,
        "stale_deflection": is_thinking and event.data.get("deflection") == life.deflection,
        "unknown_agent": is_command and known is not None and known.profile is not None,
        "missing_by": bool(event.data.get("by")),
        "missing_reason": bool(event.data.get("reason")),
    }
    if not untrue.get(str(reason), False):
        return None
    return f"refused {reason}, but {subject} is {state}, with {holder}, offer {life and life.offer}"


def _agent_refusal_fault(
    reason: str, *, decision: Decision, event: Event, agents: Agents
) -> str | None:
    known = agents.known.get(event.subject)
    if known is None:
        return None
    if reason == "unknown_agent" and known.profile is not None:
        return f"{event.subject} was described"
    if reason == "no_wrap_up":
        wrap_up = known.wrap_ups.get(str(event.data.get("conversation")))
        if wrap_up is not None and holds(wrap_up, decision.at):
            return "there is such a wrap-up"
    return None
