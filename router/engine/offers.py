"""How an agent gets a conversation: offers, their ends, assignments.

A conversation is offered to one agent, or to several at once of whom the first who accepts has it,
and assigned to one. The capacity of everybody who is asked is held from the offer on.
"""

from collections.abc import Sequence

import msgspec
from msgspec import UNSET

from router.engine.fairness import count_given
from router.engine.groups import Agent
from router.engine.lending import lend
from router.engine.measures import accepted, agents_time, line_over, worked
from router.engine.occupancy import begin_work
from router.engine.pool import Pool
from router.engine.quotas import count_asked, count_assigned
from router.engine.runs import had_another
from router.engine.slots import Slot
from router.engine.tallies import wait_ended
from router.engine.waiting import leave
from router.model.outputs import (
    ConversationAssigned,
    ConversationOffered,
    Judged,
    OfferDeclined,
    OfferExpired,
    OfferWithdrawn,
    Why,
)
from router.model.policy import Offering, OfferMode
from router.model.reasons import Withdrawal
from router.model.state import Addressee, ConversationRecord, OpenOffer

Asked = tuple[Agent, Why]
"""Somebody who is asked, and why."""


def waited_s(pool: Pool, record: ConversationRecord) -> float:
    """Give how long the customer has waited, in seconds, fixed at the first assignment."""
    waited = record.waited_ms
    return (max(0, pool.now - record.arrived_at) if waited is None else waited) / 1000


def grant(
    pool: Pool,
    record: ConversationRecord,
    agent: Agent,
    *,
    why: Why,
    offering: Offering | None,
    beside: Sequence[Asked] = (),
) -> None:
    """Offer a waiting conversation to an agent in hand, or assign it where nobody is asked.

    ``offering``: how it is given, as its queue or else its channel says. ``beside``: who else is
    asked at the same time, in hand too, the best first.
    """
    if offering is not None and offering.mode is OfferMode.MANUAL:
        slot = pool.slot(record)
        _take(pool, record, agent)
        now = pool.now
        offer = pool.next_offer()
        expires_ms, stage = offering.expires_ms, pool.stage
        if stage is not None and stage.offer_expires_ms is not None:
            expires_ms = min(expires_ms, stage.offer_expires_ms)
        expires_at = now + expires_ms
        record.stage = "offered"
        record.offer = OpenOffer(
            offer=offer,
            agent=agent.id,
            units=slot.units,
            since=now,
            why=why,
            expires_at=expires_at,
            labels=record.labels,
        )
        if pool.teams is not None:
            count_asked(pool, agent, record, more=1)
        pool.set_timer("offer_expires", record.id, expires_at)
        pool.say(
            ConversationOffered(
                conversation=record.id,
                offer=offer,
                agent=agent.id,
                queue=record.queue,
                attempt=record.attempt,
                waited_s=waited_s(pool, record),
                units=slot.units,
                expires_at=expires_at,
                why=why,
                labels=record.labels or UNSET,
                interruptible=bool(slot.soft) or UNSET,
            )
        )
        if beside:
            _ask_too(pool, record, beside)
    else:
        assign(pool, record, agent, why=why)


def _ask_too(pool: Pool, record: ConversationRecord, beside: Sequence[Asked]) -> None:
    offer = record.offer
    assert offer is not None  # noqa: S101 - just made
    assert offer.expires_at is not None  # noqa: S101 - just made
    slot = pool.slot(record)
    for agent, why in beside:
        _hold(pool, record, agent, slot)
        if pool.teams is not None:
            count_asked(pool, agent, record, more=1)
        pool.say(
            ConversationOffered(
                conversation=record.id,
                offer=offer.offer,
                agent=agent.id,
                queue=record.queue,
                attempt=record.attempt,
                waited_s=waited_s(pool, record),
                units=offer.units,
                expires_at=offer.expires_at,
                why=why,
                labels=offer.labels or UNSET,
                interruptible=bool(slot.soft) or UNSET,
            )
        )
    others = tuple(Addressee(agent.id, why) for agent, why in beside)
    record.offer = msgspec.structs.replace(offer, beside=others)


def assign(pool: Pool, record: ConversationRecord, agent: Agent, *, why: Why) -> None:
    """Assign a waiting conversation to an agent in hand at once."""
    _take(pool, record, agent)
    record.offer = OpenOffer(
        offer=pool.next_offer(),
        agent=agent.id,
        units=pool.slot(record).units,
        since=pool.now,
        why=why,
        labels=record.labels,
    )
    had_another(pool, agent, record.labels)
    if pool.teams is not None:
        count_assigned(pool, pool.teams, agent)
    _say_assigned(pool, record, record.offer)


def _take(pool: Pool, record: ConversationRecord, agent: Agent) -> None:
    leave(pool, record)
    if record.estimate is not None:
        line_over(pool, record, record.estimate, left=False)
    _hold(pool, record, agent, pool.slot(record))
    record.attempt += 1
    pool.touch(record)


def _hold(pool: Pool, record: ConversationRecord, agent: Agent, slot: Slot) -> None:  # noqa: PLR0917 - hot path
    begin_work(pool, agent)
    pool.claim(agent, record, slot, slot.units)
    if pool.lenders is not None:
        lend(pool, agent, record)
    agent.record.idle_since = agent.record.asked_at = pool.now
    if pool.sharing:
        count_given(pool, agent)
    pool.touch_agent(agent.record)


def _say_assigned(pool: Pool, record: ConversationRecord, offer: OpenOffer) -> None:
    record.stage = "assigned"
    if record.waited_ms is None:
        record.waited_ms = max(0, pool.now - record.arrived_at)
        if pool.counting:
            wait_ended(pool, record, waited_ms=record.waited_ms, answered=True)
    said, record.estimate = record.estimate, None
    pool.say(
        ConversationAssigned(
            conversation=record.id,
            offer=offer.offer,
            agent=offer.agent,
            queue=record.queue,
            attempt=record.attempt,
            waited_s=record.waited_ms / 1000,
            units=offer.units,
            why=offer.why,
            estimate_s=UNSET
            if said is None
            else Judged(said.p50, said.p90, max(0, pool.now - said.at) / 1000),
            labels=offer.labels or UNSET,
            interruptible=bool(pool.slot(record).soft) or UNSET,
        )
    )


def accept(pool: Pool, record: ConversationRecord, offer: OpenOffer, agent: Agent) -> None:  # noqa: PLR0917 - hot path
    """Turn an open offer into an assignment to one who was asked; his capacity stays held."""
    if agent.record.missed:
        agent.record.missed = 0
        pool.touch_agent(agent.record)
    for name in offer.agents if offer.beside else ():
        if name != agent.id:
            _end_for(pool, record, pool.agents[name], OfferWithdrawn, reason=Withdrawal.TAKEN)
    pool.set_timer("offer_expires", record.id, None)
    if pool.measuring:
        accepted(pool, record.queue, pool.now - offer.since)
        _worked(pool, record, agent, since=offer.since)
    had_another(pool, agent, offer.labels)
    if pool.teams is not None:
        pool.teams.asks(agent.profile.team, record.id, -1)
        count_assigned(pool, pool.teams, agent)
    record.offer = offer.taken(agent.id, pool.now)
    pool.touch(record)
    _say_assigned(pool, record, record.offer)


Ending = type[OfferDeclined | OfferExpired | OfferWithdrawn]


def end_offer(
    pool: Pool, record: ConversationRecord, ending: Ending, *, reason: str | None
) -> list[Agent]:
    """End an open offer for everybody who is asked, and give them.

    The conversation is in nobody's hands until the caller lets it wait.
    """
    offer = record.offer
    assert offer is not None  # noqa: S101 - stage "offered" has one; audited
    asked = [pool.agents[name] for name in offer.agents]
    for agent in asked:
        _end_for(pool, record, agent, ending, reason=reason)
    pool.set_timer("offer_expires", record.id, None)
    record.offer = None
    record.stage = "waiting"
    pool.touch(record)
    return asked


def end_offer_to(  # noqa: PLR0917 - an offer, to whom, and how it ends
    pool: Pool, record: ConversationRecord, agent: Agent, ending: Ending, *, reason: str | None
) -> bool:
    """End an open offer for one who is asked; tell whether nobody else is.

    Then the conversation is in nobody's hands until the caller lets it wait.
    """
    offer = record.offer
    if offer is None or not offer.beside:
        end_offer(pool, record, ending, reason=reason)
        return True
    _end_for(pool, record, agent, ending, reason=reason)
    record.offer = offer.without(agent.id)
    pool.touch(record)
    return False


def _end_for(  # noqa: PLR0917 - as above
    pool: Pool, record: ConversationRecord, agent: Agent, ending: Ending, *, reason: str | None
) -> None:
    offer = record.offer
    assert offer is not None  # noqa: S101 - stage "offered" has one; audited
    if pool.measuring:
        _worked(pool, record, agent, since=offer.since)
    pool.release(agent, record)
    if pool.teams is not None:
        count_asked(pool, agent, record, more=-1)
    pool.say(ending(conversation=record.id, offer=offer.offer, agent=agent.id, reason=reason))


def _worked(pool: Pool, record: ConversationRecord, agent: Agent, *, since: int) -> None:
    slot, _ = agent.claims[record.id]
    worked(pool, record.queue, agents_time(agent, slot, pool.now - since))


def bar(pool: Pool, record: ConversationRecord, agent: str) -> None:
    """Remember that an agent shall not get a conversation again for the decline memory."""
    memory = pool.policy.agents.decline_memory_ms
    if memory:
        record.barred = {**record.barred, agent: pool.now + memory}
        pool.set_timer("decline_forgotten", record.id, min(record.barred.values()))
        pool.touch(record)


def open_offers(pool: Pool, agent: Agent) -> list[ConversationRecord]:
    """Give the conversations offered to an agent, in the order of their ids."""
    held = (pool.conversations[name] for name in sorted(agent.claims))
    return [record for record in held if record.stage == "offered"]
