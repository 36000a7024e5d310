"""What the topics do not say, for those who can tell the checker: what is not told is not checked.

Channels, addressees and capacity hold throughout. Rests, runs, occupancy, statuses, overflows and
quotas are those of the rules a pool had first: from its first `policy.changed` on they are judged
no more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ChannelRules:
    """What the rules in force say of a channel."""

    units: int | None = None
    at_most: int | None = None
    exclusive: bool = False
    interruptible: bool = False
    addressees: int | None = None


@dataclass(frozen=True, slots=True)
class StatusRules:
    """How often it is told how a queue stands, what its service level counts, and is to be (percent)."""

    every_ms: int
    within_ms: int
    over_ms: int
    answer: int | None = None


@dataclass(frozen=True, slots=True)
class QuotaRules:
    """How many conversations a team is given in a period: a day of a time zone, or so many ms.

    ``at_most``: no more than so many; ``share``: no larger part of all that are given, in percent.
    """

    at_most: int | None = None
    every_ms: int = 3_600_000
    first_ms: int = 0
    timezone: str | None = None
    share: int | None = None


@dataclass(frozen=True, slots=True)
class Centre:
    """What is known of the rules besides the topics.

    ``addressees``: of the queues that say themselves how they offer, how many they ask at once; 0:
    nobody is asked. ``capacity``: of agents whose profile names none. ``closing``: the queues that
    follow opening hours, in which a conversation may wait beside a free agent. ``labels``: how many
    of each an agent has at most. ``rests``: rules let agents rest (`rest`, `occupancy_at_most`,
    `in_a_row`), so a conversation may wait beside any free agent.

    ``rest_ms``: rest after any conversation, ``label_rests`` after one with a label, in ms.
    ``in_a_row``: so many of a label, then something else. ``occupancy``: percent, and over how many
    ms. ``status``: the queues that tell how they stand. ``overflows``: of every queue where its
    rules lead to, one name for each rule; None: not told. ``quotas``: of teams that are given no
    more; ``partner_shares``: what stands in place of their shares in a stage of a surge. ``pools``:
    what else is known of single pools.
    """

    channels: Mapping[str, ChannelRules] = field(default_factory=dict)
    addressees: Mapping[str, int] = field(default_factory=dict)
    capacity: int | None = None
    closing: frozenset[str] = frozenset()
    labels: Mapping[str, int] = field(default_factory=dict)
    rests: bool = False
    rest_ms: int = 0
    label_rests: Mapping[str, int] = field(default_factory=dict)
    in_a_row: Mapping[str, int] = field(default_factory=dict)
    occupancy: tuple[int, int] | None = None
    status: Mapping[str, StatusRules] = field(default_factory=dict)
    overflows: Mapping[str, tuple[str, ...]] | None = None
    quotas: Mapping[str, QuotaRules] = field(default_factory=dict)
    partner_shares: Mapping[str, int] = field(default_factory=dict)
    pools: "Mapping[str, Centre]" = field(default_factory=dict)

    def of(self, pool: str) -> "Centre":
        """Give what is known of a pool."""
        return self.pools.get(pool, self)

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> "Centre":
        """Read the fields above by their names; channels and statuses as mappings of theirs."""
        overflows = given.get("overflows")
        return cls(
            channels={
                name: ChannelRules(
                    units=each.get("units"),
                    at_most=each.get("at_most"),
                    exclusive=bool(each.get("exclusive", False)),
                    interruptible=bool(each.get("interruptible", False)),
                    addressees=each.get("addressees"),
                )
                for name, each in given.get("channels", {}).items()
            },
            addressees=dict(given.get("addressees", {})),
            capacity=given.get("capacity"),
            closing=frozenset(given.get("closing", ())),
            labels=dict(given.get("labels", {})),
            rests=bool(given.get("rests", False)),
            rest_ms=int(given.get("rest_ms", 0)),
            label_rests=dict(given.get("label_rests", {})),
            in_a_row=dict(given.get("in_a_row", {})),
            occupancy=tuple(given["occupancy"]) if "occupancy" in given else None,
            status={name: StatusRules(**each) for name, each in given.get("status", {}).items()},
            overflows=None
            if overflows is None
            else {name: tuple(each) for name, each in overflows.items()},
            quotas={name: QuotaRules(**each) for name, each in given.get("quotas", {}).items()},
            partner_shares=dict(given.get("partner_shares", {})),
            pools={name: cls.from_json(each) for name, each in given.get("pools", {}).items()},
        )
