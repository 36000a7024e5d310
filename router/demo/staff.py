"""Who works in the example centre: four teams in Paris and the partner in Lyon.

Skills, levels and channels are those of the centre's rules. Two shifts overlap around noon; before
and after, fewer people are there, and that is when queues grow.
"""

import random
from dataclasses import dataclass
from typing import Any, Final

from router.demo.chance import AGENT_SPREAD, stream
from router.demo.day import CLOSES, OPENS

PER_VISIT: Final = 2.95
"""Agents for each arrival a second: some too few at the busiest hours, enough at noon."""

SENIORS: Final = 3
"""The first of a team know everything it does and speak every language: nobody waits for ever."""

NAMES: Final = (
    *("adele", "alain", "amelie", "anais", "arnaud", "aurore", "basile", "bruno", "camille"),
    *("cecile", "chloe", "claire", "damien", "denis", "elise", "emma", "fabien", "farid", "flora"),
    *("gael", "hugo", "ines", "jeanne", "jules", "karim", "laure", "leo", "lina", "louis", "lucie"),
    *("malik", "manon", "marc", "marie", "nadia", "nicolas", "noe", "olivia", "paul", "pauline"),
    *("quentin", "rachel", "remi", "rose", "samir", "sarah", "simon", "sofia", "theo", "yann"),
)


@dataclass(frozen=True, slots=True)
class Shift:
    """Hours of the day between which somebody works."""

    starts: float
    ends: float


EARLY: Final = Shift(OPENS, 16.75)
LATE: Final = Shift(10.0, CLOSES)


@dataclass(frozen=True, slots=True)
class Team:
    """A team: how many of a hundred agents are in it, and what they know.

    `core`: the skills everybody has, at levels drawn by `levels`. `extra`: {skill: share of the
    team that has it, at level 1}.
    """

    name: str
    share: float
    core: tuple[str, ...]
    levels: tuple[float, float, float]
    extra: dict[str, float]
    cost: int
    partner: str | None = None


TEAMS: Final = (
    Team("reimbursement", 36, ("reimbursement",), (0.35, 0.4, 0.25), {"affiliation": 0.3}, 40),
    Team(
        "affiliation_invoicing",
        24,
        ("affiliation", "invoicing"),
        (0.4, 0.4, 0.2),
        {"reimbursement": 0.3},
        38,
    ),
    Team("contracts", 17, ("contracts",), (0.25, 0.4, 0.35), {"onboarding": 0.3}, 45),
    Team("onboarding", 11, ("onboarding",), (0.4, 0.4, 0.2), {"contracts": 0.4}, 36),
    Team(
        "partner_lyon",
        12,
        ("reimbursement", "affiliation"),
        (1.0, 0.0, 0.0),
        {},
        24,
        partner="lyon",
    ),
)


@dataclass(frozen=True, slots=True)
class Person:
    """An agent: the profile the router is told, and what it is not told.

    `slowness`: factor on how long his conversations take. `break_at`: hour of the day.
    `freezes_at`: hour at which his desktop stops answering; None: it never does.
    """

    id: str
    team: str
    profile: dict[str, Any]
    shift: Shift
    slowness: float
    break_at: float
    freezes_at: float | None


def staff(seed: int, *, visits_per_second: float) -> list[Person]:
    """Hire everybody the centre needs for so many visits a second; at least the seniors."""
    total = visits_per_second * PER_VISIT
    people: list[Person] = []
    for team in TEAMS:
        for rank in range(max(SENIORS, round(total * team.share / 100))):
            number = len(people)
            luck = stream(seed, "agent", number)
            person = _person(luck, team, number=number, is_senior=rank < SENIORS)
            people.append(person)
    return people


def _person(luck: random.Random, team: Team, *, number: int, is_senior: bool) -> Person:
    channels = {"voice": 1, "chat": 3, "message": 5}
    if team.partner is None:
        channels["email"] = 4
    # Every other one early, so that both shifts of a small team are there.
    shift = EARLY if number % 2 == 0 else LATE
    return Person(
        id=f"{NAMES[number % len(NAMES)]}-{number:03}",
        team=team.name,
        profile={
            "team": team.name,
            "site": "lyon" if team.partner else "paris",
            "skills": _skills(luck, team, is_senior=is_senior),
            "channels": channels,
            "languages": ["fr", "en", "es"] if is_senior else _languages(luck),
            "preferences": {luck.choice(team.core): luck.randint(1, 5)},
            "cost": team.cost,
            "partner": team.partner,
        },
        shift=shift,
        slowness=luck.uniform(1 - AGENT_SPREAD, 1 + AGENT_SPREAD),
        break_at=luck.uniform(shift.starts + 1.5, shift.ends - 1.5),
        freezes_at=luck.uniform(11, 16) if luck.random() < 0.02 and not is_senior else None,
    )


def _skills(luck: random.Random, team: Team, *, is_senior: bool) -> dict[str, int]:
    level = 3 if is_senior else luck.choices((1, 2, 3), team.levels)[0]
    skills = dict.fromkeys(team.core, level)
    skills |= {name: 1 for name, share in team.extra.items() if luck.random() < share}
    if is_senior:
        skills["calm"] = 3
    elif luck.random() < 0.4:
        skills["calm"] = luck.randint(1, 3)
    if level == 1 and team.partner is None and luck.random() < 0.25:
        skills["trainee"] = 1
    return skills


def _languages(luck: random.Random) -> list[str]:
    spoken = ["fr"]
    if luck.random() < 0.4:
        spoken.append("en")
    if luck.random() < 0.15:
        spoken.append("es")
    return spoken
