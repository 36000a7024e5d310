"""The frequent events of `routing.conversations`, for the hot reading.

Each class holds an event as it is written and makes its input, or leaves it to the exact reading.
"""

import msgspec

from router.model import inputs
from router.model.inputs import Input, Origin
from router.wire import instants, shapes
from router.wire.hot_event import (
    Agents,
    Attributes,
    Event,
    Hops,
    Level,
    Name,
    Priority,
    Skills,
    Text,
)


class _Customer(msgspec.Struct):
    id: Name | None = None
    tier: Name | None = None


class _Facts(msgspec.Struct):
    channel: Name | None = None
    topic: Name | None = None
    level: Level | None = None
    language: Name | None = None
    priority: Priority | None = None
    skills: Skills | None = None
    preferred_agents: Agents | None = None
    customer: _Customer | None = None
    attributes: Attributes | None = None
    text: Text | None = None

    def fit(self) -> bool:
        """Tell whether the language and the preferred agents have the right shape."""
        return (self.language is None or shapes.is_language(self.language)) and (
            self.preferred_agents is None or all(map(shapes.is_id, self.preferred_agents))
        )


class _FirstFacts(_Facts):
    arrived_at: str | None = None
    hops: Hops | None = None


class Created(Event, tag="conversation.created"):
    """A customer begins to wait."""

    data: _FirstFacts

    def input(self, *, pool: str, at: int, origin: Origin) -> Input | None:
        """Give the input, or None for the exact reading."""
        data = self.data
        if (
            data.channel is None
            or not shapes.are_two_ids(f"{self.id} {self.subject}")
            or not data.fit()
        ):
            return None
        customer = data.customer
        # A call with more than fifteen keywords takes four times as long: the usual ones first.
        created = inputs.ConversationCreated(
            pool=pool,
            id=self.id,
            source=self.source,
            at=at,
            origin=origin,
            conversation=self.subject,
            channel=data.channel,
            topic_=data.topic,
            level=data.level,
            language=data.language,
            priority=data.priority,
            skills=data.skills,
            customer=(
                None if customer is None else inputs.Customer(id=customer.id, tier=customer.tier)
            ),
            attributes=data.attributes,
            text=data.text,
        )
        if (
            data.arrived_at is None
            and data.preferred_agents is None
            and self.traceparent is None
            and data.hops is None
        ):
            return created
        arrived_at = None
        if data.arrived_at is not None:
            arrived_at = instants.parse(data.arrived_at)
            if arrived_at is None:
                return None
        return msgspec.structs.replace(
            created,
            arrived_at=arrived_at,
            preferred_agents=data.preferred_agents,
            traceparent=self.traceparent,
            hops=data.hops or 0,
        )


class Updated(Event, tag="conversation.updated"):
    """Facts changed."""

    data: _Facts

    def input(self, *, pool: str, at: int, origin: Origin) -> Input | None:
        """Give the input, or None for the exact reading."""
        data = self.data
        if not shapes.are_two_ids(f"{self.id} {self.subject}") or not data.fit():
            return None
        customer = data.customer
        return inputs.ConversationUpdated(
            pool=pool,
            id=self.id,
            source=self.source,
            at=at,
            traceparent=self.traceparent,
            origin=origin,
            conversation=self.subject,
            channel=data.channel,
            topic_=data.topic,
            level=data.level,
            language=data.language,
            priority=data.priority,
            skills=data.skills,
            preferred_agents=data.preferred_agents,
            customer=(
                None if customer is None else inputs.Customer(id=customer.id, tier=customer.tier)
            ),
            attributes=data.attributes,
            text=data.text,
        )


class _Reason(msgspec.Struct):
    reason: Name | None = None


class Abandoned(Event, tag="conversation.abandoned"):
    """The customer left."""

    data: _Reason

    def input(self, *, pool: str, at: int, origin: Origin) -> Input | None:
        """Give the input, or None for the exact reading."""
        if not shapes.are_two_ids(f"{self.id} {self.subject}"):
            return None
        return inputs.ConversationAbandoned(
            pool=pool,
            id=self.id,
            source=self.source,
            at=at,
            traceparent=self.traceparent,
            origin=origin,
            conversation=self.subject,
            reason=self.data.reason,
        )


class _End(msgspec.Struct):
    agent: str | None = None
    outcome: Name | None = None


class Ended(Event, tag="conversation.ended"):
    """The conversation is over."""

    data: _End

    def input(self, *, pool: str, at: int, origin: Origin) -> Input | None:
        """Give the input, or None for the exact reading."""
        agent = self.data.agent
        if agent is None:
            fit = shapes.are_two_ids(f"{self.id} {self.subject}")
        else:
            fit = shapes.are_three_ids(f"{self.id} {self.subject} {agent}")
        if not fit:
            return None
        return inputs.ConversationEnded(
            pool=pool,
            id=self.id,
            source=self.source,
            at=at,
            traceparent=self.traceparent,
            origin=origin,
            conversation=self.subject,
            agent=agent,
            outcome=self.data.outcome,
        )


class _Answer(msgspec.Struct):
    offer: str
    agent: str
    reason: Name | None = None


class Accepted(Event, tag="offer.accepted"):
    """An agent takes an offer."""

    data: _Answer

    def input(self, *, pool: str, at: int, origin: Origin) -> Input | None:
        """Give the input, or None for the exact reading."""
        data = self.data
        if not shapes.are_four_ids(f"{self.id} {self.subject} {data.offer} {data.agent}"):
            return None
        return inputs.OfferAccepted(
            pool=pool,
            id=self.id,
            source=self.source,
            at=at,
            traceparent=self.traceparent,
            origin=origin,
            conversation=self.subject,
            offer=data.offer,
            agent=data.agent,
            reason=data.reason,
        )


class Declined(Event, tag="offer.declined"):
    """An agent refuses an offer."""

    data: _Answer

    def input(self, *, pool: str, at: int, origin: Origin) -> Input | None:
        """Give the input, or None for the exact reading."""
        data = self.data
        if not shapes.are_four_ids(f"{self.id} {self.subject} {data.offer} {data.agent}"):
            return None
        return inputs.OfferDeclined(
            pool=pool,
            id=self.id,
            source=self.source,
            at=at,
            traceparent=self.traceparent,
            origin=origin,
            conversation=self.subject,
            offer=data.offer,
            agent=data.agent,
            reason=data.reason,
        )


EVENTS: tuple[type[Event], ...] = (Created, Updated, Abandoned, Ended, Accepted, Declined)
"""The events of the topic that the hot reading knows."""
