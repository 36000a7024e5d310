"""Rules that let others help where a queue cannot serve in time, compiled.

A conversation that overflows goes to another queue or to another pool, or stays where it is and may
also be served by another team or at another site. The arrival, which is its place among equals, is
kept.
"""

from enum import StrEnum

import msgspec

from router.model.conditions import Switch
from router.model.requirement import Requirement


class Target(StrEnum):
    """What a conversation overflows to."""

    QUEUE = "queue"
    TEAM = "team"
    SITE = "site"
    POOL = "pool"


class Overflow(msgspec.Struct, frozen=True, kw_only=True):
    """One rule. ``name`` is unique in its pool; ``to`` names the queue, team, site or pool.

    It comes ``after_ms`` after the arrival, or while ``on`` is on; each rule has one of the two.
    ``lends``: who may serve besides those who do, where ``to`` is a team or a site.
    ``lends_at_most``: so many agents at once (None: any number). ``channels``: for conversations on
    these (none: on any); ``share``: for so many in a hundred.
    """

    name: str
    kind: Target
    to: str
    lends: Requirement | None = None
    lends_at_most: int | None = None
    after_ms: int | None = None
    on: Switch | None = None
    channels: tuple[str, ...] = ()
    share: int = 100
