"""Who contacts the centre in a day: when, by which means, about what, and how patiently.

Arrivals follow the hours of a real bank's calls within the opening hours of the example centre, and
are burstier than chance alone, as real ones are. Everything about a visit is drawn from the day's
seed before the day begins; what becomes of it is up to the agents and the router.
"""

import math
import random
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any, Final

from router.demo.chance import Work, burst, handle_s, patience_s, stream
from router.demo.wishes import WISHES, Wish

OPENS: Final = 8.5
CLOSES: Final = 18.5
"""Opening hours of the example centre, Paris, as in its rules: 08:30 to 18:30."""

FIRST_HOUR: Final = 7
BY_HOUR: Final = (
    *(0.0261, 0.0562, 0.0784, 0.0894, 0.0778, 0.0696, 0.0732, 0.0773, 0.0771),
    *(0.0738, 0.0594, 0.0509, 0.0416, 0.0377, 0.0388, 0.0350, 0.0269),
)
"""Share of a day's calls in each hour, from 7 to midnight."""

DAY_VARIATION: Final = 0.065
HOUR_VARIATION: Final = 0.10
"""Coefficients of variation of the gamma factors on a day and on an hour. At some 300 arrivals an
hour the second makes counts vary four times as much as independent callers would."""

CHANNELS: Final = {"voice": 0.50, "chat": 0.33, "email": 0.12, "message": 0.05}
LASTS: Final = {"voice": 1.0, "chat": 1.3, "email": 1.6, "message": 1.6}
"""How much longer than a call about the same thing a conversation of a channel takes."""
PATIENCE: Final = {"voice": 1.0, "chat": 1.0, "message": 8.0}
"""How much longer than a caller who writes on this channel waits; who writes a letter, for ever."""
LANGUAGES: Final = {"fr": 0.93, "en": 0.05, "es": 0.02}
TIERS: Final = {"person": 0.90, "company": 0.07, "broker": 0.03}
LEVELS: Final = {None: 0.70, 1: 0.12, 2: 0.13, 3: 0.05}
"""How hard the platform says it is; mostly it does not know, and the rules find out."""
GRUMBLES: Final = 0.08
LOYAL_PATIENCE: Final = 1.5
"""Customers with priority wait longer."""


@dataclass(frozen=True, slots=True)
class Hours:
    """The day's clock: its opening hours, spread over so many seconds of the demo."""

    seconds: float

    def hour(self, second: float) -> float:
        """Tell the time of day, in hours, so many seconds after opening."""
        return OPENS + (CLOSES - OPENS) * second / self.seconds

    def second(self, hour: float) -> float:
        """Tell how many seconds after opening it is that hour; below 0: before."""
        return (hour - OPENS) / (CLOSES - OPENS) * self.seconds

    def clock(self, second: float) -> str:
        """Write the time of day as people do: `10:42`; it stands still while the doors are closed."""
        minutes = int(self.hour(min(max(0.0, second), self.seconds)) * 60)
        return f"{minutes // 60:02}:{minutes % 60:02}"


@dataclass(frozen=True, slots=True)
class Visit:
    """One customer who contacts the centre.

    `at`: seconds of the demo after opening. `facts`: the data of the event. Seconds of the centre:
    `patience_s` (None: for ever), `work_s`, and `grumbles_s`, after which he adds an angry line
    (None: he does not).
    """

    id: str
    at: float
    facts: dict[str, Any]
    patience_s: float | None
    work_s: float
    grumbles_s: float | None

    @property
    def channel(self) -> str:
        """The channel it comes by."""
        return str(self.facts["channel"])


def visits(seed: int, *, hours: Hours, per_second: float, first: int = 1) -> Iterator[Visit]:
    """Give a day's visits in the order of their arrival; `first` is the number of the first one.

    `per_second` is the mean over days: a day may have 6 % more or less, an hour 10 %.
    """
    luck = stream(seed, "arrivals", first)
    for number, at in enumerate(_arrivals(luck, hours, per_second), first):
        yield _visit(stream(seed, "visit", number), f"c{number:05}", at)


def _arrivals(luck: random.Random, hours: Hours, per_second: float) -> Iterator[float]:
    """Draw arrival times: an even flow of chance, bent to the shape of the day."""
    edges = [OPENS, *range(math.ceil(OPENS), math.ceil(CLOSES)), CLOSES]
    shares = [
        BY_HOUR[math.floor(start) - FIRST_HOUR] * (end - start) for start, end in pairwise(edges)
    ]
    total = per_second * hours.seconds * burst(luck, DAY_VARIATION)
    weights = [share * burst(luck, HOUR_VARIATION) * total / sum(shares) for share in shares]
    expected = [0.0, *accumulate(weights)]
    passed = luck.expovariate(1.0)
    while passed < expected[-1]:
        slot = bisect_right(expected, passed) - 1
        share = (passed - expected[slot]) / (expected[slot + 1] - expected[slot])
        yield hours.second(edges[slot] + share * (edges[slot + 1] - edges[slot]))
        passed += luck.expovariate(1.0)


def _visit(luck: random.Random, id_: str, at: float) -> Visit:
    channel = pick(luck, CHANNELS)
    wish = luck.choices(WISHES, [each.weight for each in WISHES])[0]
    level = pick(luck, LEVELS)
    tier = pick(luck, TIERS)
    is_hard = wish.is_hard or level == 3
    work = Work.PROSPECT if wish.is_prospect else Work.HARD if is_hard else Work.REGULAR
    patience = None
    if channel in PATIENCE:
        loyal = 1.0 if tier == "person" else LOYAL_PATIENCE
        patience = patience_s(luck) * PATIENCE[channel] * loyal
    facts = {
        "channel": channel,
        "language": pick(luck, LANGUAGES),
        "level": level,
        "attributes": _attributes(luck, wish, channel=channel),
        "text": luck.choice(wish.texts) if channel != "voice" else None,
    }
    if not wish.is_prospect:
        facts["customer"] = {"id": f"k{luck.randrange(10**6):06}", "tier": tier}
    grumbles = luck.random() < GRUMBLES and channel == "chat"
    return Visit(
        id=id_,
        at=at,
        facts=facts,
        patience_s=patience,
        work_s=handle_s(luck, work) * LASTS[channel],
        grumbles_s=luck.uniform(20, 90) if grumbles else None,
    )


def _attributes(luck: random.Random, wish: Wish, *, channel: str) -> dict[str, Any] | None:
    attributes: dict[str, Any] = {}
    if wish.is_prospect:
        attributes["page"] = "join"
    elif channel == "voice":
        attributes["menu"] = wish.menu
    if wish.has_amount:
        attributes["amount_eur"] = round(luck.lognormvariate(4.6, 1.2), 2)
    if luck.random() < 0.15:
        attributes["nps"] = luck.choice([0, 1, 2, 5, 6, 7, 8, 8, 9, 9, 10])
    if luck.random() < 0.10:
        attributes["contacts_last_week"] = luck.randint(1, 4)
    return attributes or None


def pick(luck: random.Random, shares: dict[Any, float]) -> Any:
    """Draw a key by its share."""
    return luck.choices(list(shares), list(shares.values()))[0]
