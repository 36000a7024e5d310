"""What is played: how long a day lasts, how many come, and from which seed all of it is drawn."""

from dataclasses import dataclass
from typing import Final

DAY_S: Final = 60.0
"""How long a day lasts where the demo goes on for ever; seconds."""

VISITS_PER_SECOND: Final = 55.0


@dataclass(frozen=True, slots=True)
class Script:
    """A demo. `seconds`: length of a day; `is_endless`: day after day, until told to stop.

    `keeps_topics`: on a broker that was there before, leave what was written there.
    """

    seed: int
    seconds: float = DAY_S
    is_endless: bool = False
    keeps_topics: bool = False
    visits_per_second: float = VISITS_PER_SECOND
