"""The frequent events of `routing.agents`, for the hot reading.

Each class holds an event as it is written and makes its input, or leaves it to the exact reading.
"""

import msgspec

from router.model import inputs
from router.model.inputs import Input, Origin, Presence
from router.wire import instants, shapes
from router.wire.hot_event import (
    Channels,
    Count,
    Event,
    Languages,
    Name,
    Number,
    Preferences,
    Skills,
)


class _Profile(msgspec.Struct):
    team: Name
    skills: Skills
    channels: Channels
    site: Name | None = None
    capacity: Count | None = None
    languages: Languages | None = None
    preferences: Preferences | None = None
    cost: Number | None = None
    partner: Name | None = None


class Updated(Event, tag="agent.updated"):
    """An agent is described anew."""

    data: _Profile

    def input(self, *, pool: str, at: int, origin: Origin) -> Input | None:
        """Give the input, or None for the exact reading."""
        data = self.data
        if not shapes.are_two_ids(f"{self.id} {self.subject}"):
            return None
        if data.languages is not None and not all(map(shapes.is_language, data.languages)):
            return None
        # Sixteen keywords: a call with more than fifteen takes four times as long, but profiles
        # change seldom.
        return inputs.AgentUpdated(
            pool=pool,
            id=self.id,
            source=self.source,
            at=at,
            traceparent=self.traceparent,
            origin=origin,
            agent=self.subject,
            team=data.team,
            skills=data.skills,
            channels=data.channels,
            site=data.site,
            capacity=data.capacity,
            languages=data.languages or (),
            preferences=data.preferences or {},
            cost=data.cost,
            partner=data.partner,
        )


class _Declared(msgspec.Struct):
    presence: Presence
    reason: Name | None = None
    until: str | None = None


class Declared(Event, tag="agent.presence"):
    """An agent declares a presence."""

    data: _Declared

    def input(self, *, pool: str, at: int, origin: Origin) -> Input | None:
        """Give the input, or None for the exact reading."""
        data = self.data
        if not shapes.are_two_ids(f"{self.id} {self.subject}"):
            return None
        until = None
        if data.until is not None:
            until = instants.parse(data.until)
            if until is None:
                return None
        return inputs.AgentPresence(
            pool=pool,
            id=self.id,
            source=self.source,
            at=at,
            traceparent=self.traceparent,
            origin=origin,
            agent=self.subject,
            presence=data.presence,
            reason=data.reason,
            until=until,
        )


class _Nothing(msgspec.Struct):
    pass


class Beat(Event, tag="agent.heartbeat"):
    """An agent's desktop lives."""

    data: _Nothing | None = None

    def input(self, *, pool: str, at: int, origin: Origin) -> Input | None:
        """Give the input, or None for the exact reading."""
        if not shapes.are_two_ids(f"{self.id} {self.subject}"):
            return None
        return inputs.AgentHeartbeat(
            pool=pool,
            id=self.id,
            source=self.source,
            at=at,
            traceparent=self.traceparent,
            origin=origin,
            agent=self.subject,
        )


class _WrapUp(msgspec.Struct):
    conversation: str


class WrapUpEnded(Event, tag="agent.wrapup_ended"):
    """An agent is done with the work after a conversation."""

    data: _WrapUp

    def input(self, *, pool: str, at: int, origin: Origin) -> Input | None:
        """Give the input, or None for the exact reading."""
        conversation = self.data.conversation
        if not shapes.are_three_ids(f"{self.id} {self.subject} {conversation}"):
            return None
        return inputs.AgentWrapupEnded(
            pool=pool,
            id=self.id,
            source=self.source,
            at=at,
            traceparent=self.traceparent,
            origin=origin,
            agent=self.subject,
            conversation=conversation,
        )


EVENTS: tuple[type[Event], ...] = (Updated, Declared, Beat, WrapUpEnded)
"""The events of the topic that the hot reading knows."""
