"""Compile what names nothing else: channels, labels, what holds for agents, the order of a queue."""

from typing import Any, Final

from router.model.policy import (
    AgentRules,
    Channel,
    Label,
    Offering,
    OfferMode,
    Order,
    OrderBy,
    WrapUp,
)
from router.rules.units import duration_text
from router.rules.written import routing, staffing

DEFAULT_AGEING: Final = 1_000
"""One point a second."""


def channel(name: str, written: staffing.Channel) -> Channel:
    """Compile a channel."""
    given = offering(written.offer)
    return Channel(
        name=name,
        units=written.units,
        at_most=written.at_most,
        exclusive=written.exclusive,
        interruptible=written.interruptible,
        mode=given.mode,
        expires_ms=given.expires_ms,
        addressees=given.addressees,
        wrap_up=WrapUp(0 if written.wrap_up is None else written.wrap_up.limit_ms),
    )


def offering(written: staffing.Offer) -> Offering:
    """Compile how a conversation is given."""
    expires = written.expires
    return Offering(
        mode=OfferMode(written.mode),
        expires_ms=Offering().expires_ms if expires is None else expires,
        addressees=written.to,
    )


def offering_value(given: Offering) -> dict[str, Any]:
    """Write how a conversation is given; where nobody is asked nothing more is said."""
    value: dict[str, Any] = {"mode": given.mode.value}
    if given.mode is OfferMode.MANUAL:
        value["expires"] = duration_text(given.expires_ms)
        if given.addressees > 1:
            value["to"] = given.addressees
    return value


def label(written: staffing.Label) -> Label:
    """Compile what an agent can bear of a label."""
    return Label(written.at_most, written.rest, written.in_a_row)


def agent_rules(written: staffing.Agents) -> AgentRules:
    """Compile what holds for every agent."""
    default, missed = AgentRules(), written.after_missed_offers
    suspends = missed.do == "suspend"
    return AgentRules(
        capacity=written.capacity,
        lease_ms=written.lease,
        missed_offers=(missed.count or default.missed_offers) if suspends else 0,
        suspended_ms=(missed.for_ or default.suspended_ms) if suspends else 0,
        decline_memory_ms=written.never_again_after_decline,
        lost_after_ms=written.lost.requeue_after,
        rest_ms=written.rest,
        occupancy=written.occupancy_at_most,
    )


def order(written: routing.Order) -> Order:
    """Compile what makes one conversation more urgent than another."""
    by, ageing = OrderBy(written.by), written.ageing
    if ageing is None:
        ageing = 0 if by is OrderBy.PRIORITY else DEFAULT_AGEING
    return Order(
        by=by, ageing=ageing, within_ms=0 if written.target is None else written.target.within
    )
