"""How an agent gets a conversation: offers, their ends, assignments.

A conversation is offered or assigned to one agent at a time, and the agent's capacity is held from
the offer on.
"""

import msgspec
from msgspec import UNSET

from router.engine.crew import Agent
from router.engine.measures import accepted, agents_time, line_over, worked
from router.engine.pool import Pool
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
from router.model.policy import OfferMode
from router.model.state import ConversationRecord, OpenOffer


def waited_s(pool: Pool, record: ConversationRecord) -> float:
    """Give how long the customer has waited, in seconds, fixed at the first assignment."""
    waited = record.waited_ms
    return (max(0, pool.now - record.arrived_at) if waited is None else waited) / 1000


def grant(pool: Pool, record: ConversationRecord, agent: Agent, *, why: Why) -> None:
    """Offer a waiting conversation to an agent in hand, or assign it where nobody is asked."""
    slot = pool.crew.slots[record.channel]
    channel = slot.channel
    if channel is not None and channel.mode is OfferMode.MANUAL:
        _take(pool, record, agent)
        now = pool.now
        offer = pool.next_offer()
        expires_at = now + channel.expires_ms
        record.stage = "offered"
        record.offer = OpenOffer(
            offer=offer,
            agent=agent.id,
            units=slot.units,
            since=now,
            why=why,
            expires_at=expires_at,
        )
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
            )
        )
    else:
        assign(pool, record, agent, why=why)


def assign(pool: Pool, record: ConversationRecord, agent: Agent, *, why: Why) -> None:
    """Assign a waiting conversation to an agent in hand at once."""
    _take(pool, record, agent)
    record.offer = OpenOffer(
        offer=pool.next_offer(),
        agent=agent.id,
        units=pool.crew.slots[record.channel].units,
        since=pool.now,
        why=why,
    )
    _say_assigned(pool, record, record.offer)


def _take(pool: Pool, record: ConversationRecord, agent: Agent) -> None:
    leave(pool, record)
    if record.estimate is not None:
        line_over(pool, record, record.estimate, left=False)
    slot = pool.crew.slots[record.channel]
    pool.claim(agent, record, slot, slot.units)
    record.attempt += 1
    agent.record.idle_since = agent.record.asked_at = pool.now
    pool.touch(record)
    pool.touch_agent(agent.record)


def _say_assigned(pool: Pool, record: ConversationRecord, offer: OpenOffer) -> None:
    record.stage = "assigned"
    if record.waited_ms is None:
        record.waited_ms = max(0, pool.now - record.arrived_at)
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
        )
    )


def accept(pool: Pool, record: ConversationRecord, offer: OpenOffer) -> None:
    """Turn an open offer into an assignment; the capacity stays held."""
    agent = pool.agents[offer.agent]
    if agent.record.missed:
        agent.record.missed = 0
        pool.touch_agent(agent.record)
    pool.set_timer("offer_expires", record.id, None)
    if pool.measuring:
        accepted(pool, record.queue, pool.now - offer.since)
        _worked(pool, record, agent, since=offer.since)
    record.offer = msgspec.structs.replace(offer, since=pool.now, expires_at=None)
    pool.touch(record)
    _say_assigned(pool, record, record.offer)


def end_offer(
    pool: Pool,
    record: ConversationRecord,
    ending: type[OfferDeclined | OfferExpired | OfferWithdrawn],
    *,
    reason: str | None,
) -> Agent:
    """End an open offer; the conversation is in nobody's hands until the caller lets it wait."""
    offer = record.offer
    assert offer is not None  # noqa: S101 - stage "offered" has one; audited
    agent = pool.agents[offer.agent]
    if pool.measuring:
        _worked(pool, record, agent, since=offer.since)
    pool.release(agent, record)
    pool.set_timer("offer_expires", record.id, None)
    record.offer = None
    record.stage = "waiting"
    pool.touch(record)
    pool.say(ending(conversation=record.id, offer=offer.offer, agent=offer.agent, reason=reason))
    return agent


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
