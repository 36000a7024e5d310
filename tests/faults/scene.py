"""Who is in a centre under test, and how they behave: all of it drawn from one seed."""

from dataclasses import dataclass
from typing import Final

CANARY: Final = "perroquet-4711"
"""A word that every customer's text holds, and that nothing the router writes may hold."""

SKILLS: Final = ("claims", "contracts")
CHANNELS: Final = ("voice", "chat", "chat", "chat", "email")
POOLS: Final = ("france", "spain", "nl", "pt", "brand_a", "brand_c", "site.lyon", "site.nice")
"""Two of them on each of four partitions."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A centre and its day; shares are of one, durations in seconds.

    `arrivals_per_s` over all pools. `declines` and `misses` are shares of offers, `abandons` and
    `updates` of conversations, `transfers` of assignments, `repeats` and `poison` of all inputs,
    `commands` of arrivals, `breaks` of heartbeats. `binary`: share of the events written in binary
    mode.
    """

    seed: int = 1
    pools: tuple[str, ...] = POOLS
    agents_per_pool: int = 6
    arrivals_per_s: float = 40.0
    handle_s: float = 0.4
    answer_s: float = 0.1
    heartbeat_s: float = 1.0
    declines: float = 0.08
    misses: float = 0.04
    abandons: float = 0.08
    updates: float = 0.08
    transfers: float = 0.06
    repeats: float = 0.03
    poison: float = 0.01
    commands: float = 0.05
    breaks: float = 0.02
    binary: float = 0.3
