"""What happens to a conversation: created, updated, left, ended, handed over, offers answered.

Each function applies one input whose stage the lifecycle table has already allowed. It returns a
refusal where the input still cannot apply, and has then changed nothing.
"""

from router.engine.deflections import end_deflection, ring_again, rule_to_ring_again
from router.engine.demands import fits
from router.engine.facts import as_found, as_told
from router.engine.groups import Agent
from router.engine.lending import lend_to_another
from router.engine.lost import watch_lost
from router.engine.measures import line_over
from router.engine.offers import accept, bar, end_offer, end_offer_to, waited_s
from router.engine.pool import Pool
from router.engine.tallies import wait_ended
from router.engine.waiting import (
    TRANSFER_WAIT_MS,
    change_queue,
    end_of_keeping,
    enter,
    leave,
    line_up,
    line_up_again,
    place,
    reachable,
    say_queued,
)
from router.engine.wrap_up import start_wrap_up
from router.model import inputs
from router.model.deflection import NO_ANSWER, First
from router.model.outputs import (
    ConversationAbandoned,
    ConversationClosed,
    ConversationRequeued,
    OfferDeclined,
    OfferExpired,
    OfferWithdrawn,
)
from router.model.policy import Facts, Verdict
from router.model.reasons import Close, Refusal, Requeue, Withdrawal
from router.model.state import ConversationRecord, OpenOffer


def create(pool: Pool, event: inputs.ConversationCreated) -> Refusal | None:
    """Let a new conversation wait."""
    channel = event.channel
    if channel is None or channel not in pool.policy.channels:
        return Refusal.UNCONFIGURED_CHANNEL
    facts = Facts(
        channel=channel,
        topic=event.topic_,
        level=event.level,
        language=event.language,
        priority=event.priority,
        skills=event.skills or {},
        customer=event.customer,
        attributes=event.attributes or {},
        text=event.text,
        hops=event.hops,
    )
    verdict = pool.policy.qualifier.qualify(facts)
    if verdict.queue is None:
        return Refusal.NO_QUEUE
    at = event.at or pool.now
    pool.record.sequence += 1
    record = ConversationRecord(
        id=event.conversation,
        channel=channel,
        arrived_at=at if event.arrived_at is None else min(event.arrived_at, at),
        sequence=pool.record.sequence,
        queue=verdict.queue,
        priority=verdict.priority,
        given_topic=event.topic_,
        given_level=event.level,
        given_language=event.language,
        given_priority=event.priority,
        given_skills=event.skills or {},
        customer=event.customer,
        attributes=event.attributes or {},
        preferred_agents=event.preferred_agents or (),
        hops=event.hops,
        traceparent=event.traceparent,
    )
    _qualified(record, verdict)
    pool.born(record)
    enter(pool, record)
    say_queued(pool, record)
    return None


def _qualified(record: ConversationRecord, verdict: Verdict) -> None:
    assert verdict.queue is not None  # noqa: S101 - callers refuse a verdict without a queue
    # Whoever has overflowed is not sent back by facts that lead to where he came from.
    change_queue(record, record.queue if verdict.queue == record.home else verdict.queue)
    record.topic = verdict.topic
    record.level = verdict.level
    record.language = verdict.language
    record.priority = verdict.priority
    record.skills = dict(verdict.skills)
    record.labels = verdict.labels
    record.rules = verdict.rules
    record.text_rules = verdict.text_rules


def update(
    pool: Pool, event: inputs.ConversationUpdated, record: ConversationRecord
) -> Refusal | None:
    """Take new facts and qualify again; the place is kept."""
    if event.channel is not None and event.channel not in pool.policy.channels:
        return Refusal.UNCONFIGURED_CHANNEL
    if record.stage in {"assigned", "deflected"}:
        _told(record, event)
        pool.touch(record)
        return None
    channel = record.channel
    if event.channel is not None and record.stage == "waiting":
        channel = event.channel
    verdict = pool.policy.qualifier.qualify(as_told(record, event, channel=channel))
    if verdict.queue is None:
        return Refusal.NO_QUEUE
    if record.stage == "waiting":
        leave(pool, record)
        record.channel = channel
    _told(record, event)
    _qualified(record, verdict)
    lend_to_another(pool, record)
    if record.stage == "offered" and not _withdraw_misfits(pool, record):
        pool.touch(record)
        say_queued(pool, record)
        return None
    enter(pool, record)
    say_queued(pool, record)
    return None


def _told(record: ConversationRecord, event: inputs.ConversationUpdated) -> None:
    if event.topic_ is not None:
        record.given_topic = event.topic_
    if event.level is not None:
        record.given_level = event.level
    if event.language is not None:
        record.given_language = event.language
    if event.priority is not None:
        record.given_priority = event.priority
        record.ordered_priority = None
    if event.skills is not None:
        record.given_skills = event.skills
    if event.customer is not None:
        record.customer = event.customer
    if event.attributes is not None:
        record.attributes = event.attributes
    if event.preferred_agents is not None:
        record.preferred_agents = event.preferred_agents


def _withdraw_misfits(pool: Pool, record: ConversationRecord) -> bool:
    """Take an offer back from those whom it no longer fits; tell whether nobody is asked then."""
    assert record.offer is not None  # noqa: S101 - stage "offered" has one; audited
    ended = False
    for name in record.offer.agents:
        agent = pool.agents[name]
        if not _still_fits(pool, record, agent):
            reason = Withdrawal.UPDATED
            ended = end_offer_to(pool, record, agent, OfferWithdrawn, reason=reason)
    return ended


def _still_fits(pool: Pool, record: ConversationRecord, agent: Agent) -> bool:
    signature = pool.signature(record)
    if signature is None or not fits(signature.demand, agent.group):
        return False
    if not record.preferred_agents or agent.id in record.preferred_agents:
        return True
    until = end_of_keeping(record, signature)
    return until <= pool.now or not reachable(pool, record, signature)


def abandon(
    pool: Pool, event: inputs.ConversationAbandoned, record: ConversationRecord
) -> Refusal | None:
    """Let a customer go who left before an agent had the conversation, or ring again."""
    waits = record.stage in ("waiting", "offered")
    if record.stage == "offered":
        end_offer(pool, record, OfferWithdrawn, reason=Withdrawal.ABANDONED)
    elif record.stage == "deflected":
        end_deflection(pool, record)
    if waits and event.reason == NO_ANSWER:
        rule = rule_to_ring_again(pool, record, unanswered_by=First.CUSTOMER)
        if rule is not None:
            ring_again(pool, record, rule)
            return None
    if record.estimate is not None:
        line_over(pool, record, record.estimate, left=True)
    if pool.counting and waits and record.waited_ms is None:
        wait_ended(pool, record, waited_ms=0, answered=False)
    leave(pool, record)
    pool.say(
        ConversationAbandoned(
            conversation=record.id, waited_s=waited_s(pool, record), reason=event.reason
        )
    )
    pool.forget(record)
    return None


def end(pool: Pool, event: inputs.ConversationEnded, record: ConversationRecord) -> Refusal | None:
    """Close an assigned conversation, or ring again where nobody picked up."""
    if event.agent is not None and event.agent != _holder(pool, record).id:
        return Refusal.NOT_ASSIGNED
    if event.outcome == NO_ANSWER:
        rule = rule_to_ring_again(pool, record, unanswered_by=First.AGENT)
        if rule is not None:
            ring_again(pool, record, rule, agent=_holder(pool, record))
            return None
    close(pool, record, Close.ENDED)
    return None


def _holder(pool: Pool, record: ConversationRecord) -> Agent:
    assert record.offer is not None  # noqa: S101 - stage "assigned" has one; audited
    return pool.agents[record.offer.agent]


def close(pool: Pool, record: ConversationRecord, reason: Close) -> None:
    """End a conversation for good; an agent who holds it goes into wrap-up."""
    waited = waited_s(pool, record)
    if record.stage == "assigned" and record.offer is not None:
        handled = max(0, pool.now - record.offer.since) / 1000
        agent = _holder(pool, record)
        until = start_wrap_up(pool, agent, record)
        watch_lost(pool, agent)
        pool.say(
            ConversationClosed(
                conversation=record.id,
                waited_s=waited,
                reason=reason,
                handled_s=handled,
                agent=agent.id,
                wrapup_until=until,
            )
        )
    else:
        if record.stage == "deflected":
            end_deflection(pool, record)
        leave(pool, record)
        pool.say(ConversationClosed(conversation=record.id, waited_s=waited, reason=reason))
    pool.forget(record)


def requeue(
    pool: Pool,
    record: ConversationRecord,
    reason: Requeue,
    *,
    kept_until: int | None = None,
    to: str | None = None,
) -> None:
    """Take a conversation back from its holder, who goes into wrap-up, and let it wait.

    ``to``: in this queue, where it is another.
    """
    agent = _holder(pool, record)
    until = start_wrap_up(pool, agent, record)
    watch_lost(pool, agent)
    if to is not None:
        change_queue(record, to)
    record.offer = None
    bar(pool, record, agent.id)
    enter(pool, record, kept_until=kept_until)
    pool.say(
        ConversationRequeued(
            conversation=record.id,
            queue=record.queue,
            reason=reason,
            place=place(pool, record),
            agent=agent.id,
            wrapup_until=until,
        )
    )


def transfer(
    pool: Pool, event: inputs.ConversationTransferred, record: ConversationRecord
) -> Refusal | None:
    """Hand a conversation over; it waits again at its old place."""
    if event.agent != _holder(pool, record).id:
        return Refusal.NOT_ASSIGNED
    to = event.to
    if to.queue is not None and to.queue not in pool.policy.queues:
        return Refusal.UNKNOWN_QUEUE
    if to.agent is not None and to.agent not in pool.agents:
        return Refusal.UNKNOWN_AGENT
    if to.skills is not None:
        record.skills = record.given_skills = to.skills
    if to.level is not None:
        record.level = record.given_level = to.level
    queue_name = to.queue or queue_for(pool, record) or record.queue
    kept_until = 0
    if to.agent is not None:
        record.preferred_agents = (to.agent,)
        queue = pool.policy.queues.get(queue_name)
        wait = queue.preferred_wait_ms if queue is not None else 0
        kept_until = pool.now + (wait or TRANSFER_WAIT_MS)
    requeue(pool, record, Requeue.TRANSFERRED, kept_until=kept_until, to=queue_name)
    return None


def queue_for(pool: Pool, record: ConversationRecord) -> str | None:
    """Give the first queue that takes a conversation as it is qualified now."""
    return pool.policy.qualifier.queue_for(as_found(record))


def accept_offer(
    pool: Pool, event: inputs.OfferAccepted, record: ConversationRecord
) -> Refusal | None:
    """Assign a conversation to the agent who took the offer."""
    offer = record.offer
    if offer is None or not _is_asked(offer, event):
        return Refusal.STALE_OFFER
    accept(pool, record, offer, pool.agents[event.agent])
    return None


def _is_asked(offer: OpenOffer, event: inputs.OfferAccepted | inputs.OfferDeclined) -> bool:
    if offer.offer != event.offer:
        return False
    return offer.agent == event.agent or event.agent in offer.agents


def decline_offer(
    pool: Pool, event: inputs.OfferDeclined, record: ConversationRecord
) -> Refusal | None:
    """Let a conversation wait again, not for the agent who declined, unless others are asked."""
    offer = record.offer
    if offer is None or not _is_asked(offer, event):
        return Refusal.STALE_OFFER
    agent = pool.agents[event.agent]
    waits = end_offer_to(pool, record, agent, OfferDeclined, reason=event.reason)
    bar(pool, record, event.agent)
    if waits:
        enter(pool, record)
    return None


def expire_offer(pool: Pool, record: ConversationRecord) -> list[Agent]:
    """End an offer nobody answered in time, and give who was asked; the conversation waits again."""
    asked = end_offer(pool, record, OfferExpired, reason="no_answer")
    enter(pool, record)
    return asked


def forget_bars(pool: Pool, record: ConversationRecord, due: int) -> None:
    """Let those take the conversation again whose bar has ended."""
    record.barred = {agent: until for agent, until in record.barred.items() if until > due}
    pool.set_timer("decline_forgotten", record.id, min(record.barred.values(), default=None))
    pool.touch(record)
    if record.stage == "waiting":
        line_up_again(pool, record)


def free_for_all(pool: Pool, record: ConversationRecord) -> None:
    """Keep a conversation for its preferred agents no longer."""
    leave(pool, record)
    line_up(pool, record)
