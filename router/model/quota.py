"""How many conversations a team may be given in a period, compiled: a bound on their number, or a share."""

from typing import Protocol

import msgspec


class Periods(Protocol):
    """Hours or days, one after the other: a function of the time alone, total, cheap."""

    def ends(self, at: int) -> int:
        """Give when the period ends that a time (ms, UTC) is in; the next one begins then."""
        ...


class Quota(msgspec.Struct, frozen=True, kw_only=True):
    """What a team may be given in each period, of all that is given in its pool.

    ``at_most``: so many conversations (None: any number); ``share``: no more of them than so many
    in a hundred (None: any).
    """

    periods: Periods
    at_most: int | None = None
    share: int | None = None
