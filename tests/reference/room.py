"""What an agent holds, and whether there is room for more: "Room" in docs/engine.md."""

from fractions import Fraction
from math import ceil
from typing import Any

from router.model.inputs import Presence
from router.model.policy import Channel, Offering
from tests.reference.moment import Moment

Claim = tuple[str, int, tuple[str, ...]]


class Room(Moment):
    """One pool whose agents hold what they have."""

    def offering(self, c: Any) -> Offering | Channel:
        """Say how it is given: as its queue says, or else as its channel does."""
        return self.policy.queues[c.queue].offering or self.policy.channels[c.channel]

    def claims(self, agent: str, but: Any = None) -> list[Claim]:
        """Give channel, units and labels of all that takes the agent's capacity."""
        held = [c for c in self.held_by(agent) if c is not but]
        after = self.agents[agent].wrap_ups.values()
        return [(c.channel, c.offer.units, c.offer.labels) for c in held] + [
            (each.channel, each.units, each.labels) for each in after
        ]

    def capacity(self, agent: str) -> Any:
        own = self.profiles[agent].capacity
        return self.policy.agents.capacity if own is None else own

    def has_room(
        self, agent: str, on: str, labels: tuple[str, ...] = (), *, but: Any = None
    ) -> bool:
        channels, claims = self.policy.channels, self.claims(agent, but=but)
        channel, cap = channels[on], self.profiles[agent].channels.get(on, 0)
        counts = claims if channel.interruptible else self.uninterruptible(claims)
        others = [channels[name] for name, _, _ in counts if name != on]
        return (
            len([name for name, _, _ in claims if name == on])
            < (cap if channel.at_most is None else min(cap, channel.at_most))
            and sum(units for _, units, _ in counts) + channel.units <= self.capacity(agent)
            and not (channel.exclusive and others)
            and not any(other.exclusive for other in others)
            and not any(self.is_full(label, claims) for label in labels)
        )

    def uninterruptible(self, claims: list[Claim]) -> list[Claim]:
        """Give what counts for a conversation that may come between."""
        return [each for each in claims if not self.policy.channels[each[0]].interruptible]

    def is_free(self, agent: str) -> bool:
        record = self.agents[agent]
        available = record.presence is Presence.AVAILABLE and not record.suspended
        return available and record.rests_until is None

    def rest(self, agent: Any, labels: tuple[str, ...]) -> None:
        """Let him rest who is done with a conversation that had these labels."""
        rules = [self.policy.labels[name] for name in labels if name in self.policy.labels]
        lasts = max(each.rest_ms for each in (self.policy.agents, *rules))
        if lasts:
            agent.rests_until = max(agent.rests_until or 0, self.now + lasts)

    def end_work(self) -> None:
        """Let those rest who have come free after too much work."""
        share = self.policy.agents.occupancy if self.policy else None
        for agent in self.agents.values():
            if share is None:
                agent.busy_since, agent.strain = None, 0
            elif agent.busy_since is not None and not self.claims(agent.id):
                bears = share * (100 - share) * self.policy.agents.occupancy_ms // 100
                added = (100 - share) * (self.now - agent.busy_since)
                agent.strain = min(2 * bears, agent.strain + added)
                agent.busy_since, agent.strained_at = None, self.now
                if agent.strain > bears:
                    until = self.now + ceil(Fraction(agent.strain - bears, share))
                    agent.rests_until = max(agent.rests_until or 0, until)

    def begin_work(self) -> None:
        """Note who is at work from now on."""
        share = self.policy.agents.occupancy if self.policy else None
        for agent in self.agents.values():
            if share is not None and agent.busy_since is None and self.claims(agent.id):
                taken = share * (self.now - agent.strained_at)
                agent.busy_since, agent.strain = self.now, max(0, agent.strain - taken)

    def given_lately(self, agent: str) -> int:
        times = self.given.get(agent, [])
        return sum(at // 300_000 > self.now // 300_000 - 12 for at in times)

    def shares_work(self) -> bool:
        """Tell whether it counts who was given what."""
        queues = self.policy.queues.values() if self.policy else ()
        return any("fairness" in queue.selects.weights for queue in queues)

    def in_a_row(self, label: str) -> int | None:
        return self.policy.labels[label].in_a_row if label in self.policy.labels else None

    def had_enough(self, agent: str, label: str) -> bool:
        most = self.in_a_row(label)
        return most is not None and self.agents[agent].runs.get(label, 0) >= most

    def had_another(self, agent: Any, labels: tuple[str, ...]) -> None:
        """Count a conversation with these labels that is his from now on."""
        counted = [label for label in labels if self.in_a_row(label) is not None]
        agent.runs = {label: agent.runs.get(label, 0) + 1 for label in counted}

    def is_full(self, label: str, claims: list[Claim]) -> bool:
        known = self.policy.labels.get(label)
        return known and sum(label in labels for _, _, labels in claims) >= known.at_most
