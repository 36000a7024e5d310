"""What one pool tells another: a conversation sent on, written as the platform would have created it.

Promises an event that the reading of this package takes as it is: the same conversation, what was
found of it in place of its text, the arrival it had. Its id is made of the decision that sent it,
so that a repetition is known as one.
"""

from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from router.model.inputs import ConversationCreated, Customer, Scalar
from router.wire import instants
from router.wire.record import STRUCTURED_HEADERS, Record


class _Facts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    channel: str | None
    topic: str | None = None
    level: int | None = None
    language: str | None = None
    priority: int | None = None
    skills: dict[str, int] | None = None
    preferred_agents: tuple[str, ...] | None = None
    customer: Customer | None = None
    attributes: dict[str, Scalar] | None = None
    arrived_at: str
    hops: int


class _Event(msgspec.Struct, frozen=True, kw_only=True):
    specversion: str = "1.0"
    id: str
    source: str
    type: str = ConversationCreated.type
    time: str
    subject: str
    traceparent: str | UnsetType
    data: _Facts


_encode: Final = msgspec.json.Encoder().encode


def encode_sent(sent: ConversationCreated, *, source: str) -> Record:
    """Write a conversation for the pool it is sent to; ``source`` is the pool it comes from."""
    arrived_at = sent.at if sent.arrived_at is None else sent.arrived_at
    event = _Event(
        id=sent.id,
        source=source,
        time=instants.render(sent.at),
        subject=sent.conversation,
        traceparent=UNSET if sent.traceparent is None else sent.traceparent,
        data=_Facts(
            channel=sent.channel,
            topic=sent.topic_,
            level=sent.level,
            language=sent.language,
            priority=sent.priority,
            skills=sent.skills or None,
            preferred_agents=sent.preferred_agents or None,
            customer=sent.customer,
            attributes=sent.attributes or None,
            arrived_at=instants.render(arrived_at),
            hops=sent.hops,
        ),
    )
    return Record(sent.pool.encode("utf-8"), _encode(event), STRUCTURED_HEADERS)
