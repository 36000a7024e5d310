"""A large contact centre, made from a seed: queues, teams, agents, and a backlog.

Each queue asks for one skill at the conversation's level and for the conversation's language, and
belongs to a team of six queues of one channel (one team in five mixes chat and email). An agent
holds three of the team's six skills. Half of the teams are overloaded: the whole backlog waits in
their queues and an agent who becomes free is given somebody at once. The other half has agents to
spare: who arrives there is given the best of the free ones. So both ways to match are at work.
"""

import random
from collections.abc import Iterator
from typing import Final, TypedDict

import msgspec

from router.model.inputs import (
    AgentPresence,
    AgentUpdated,
    ConversationCreated,
    Customer,
    Input,
    Origin,
    Presence,
)
from router.model.policy import (
    AgentRules,
    Channel,
    Facts,
    Feature,
    OfferMode,
    Order,
    OrderBy,
    Policy,
    Queue,
    Selection,
    Verdict,
    WrapUp,
    as_given,
)
from router.model.requirement import SAME, AllOf, Comparison, LanguageTerm, SkillTerm

POOL: Final = "centre"
START_MS: Final = 1_790_000_000_000
"""Some moment; the engine only sees differences."""
BACKLOG_MS: Final = 1_800_000
"""The backlog arrived over the last half hour."""
TEAM: Final = 6
"""Queues of a team."""
SKILLS: Final = 3
"""Skills of an agent."""
PROFILES: Final = 8
"""Different profiles in a team."""
LEVELS: Final = (1, 2, 3)
LANGUAGES: Final = ("fr", "en")
MIXES: Final = (("voice",), ("voice",), ("chat",), ("chat",), ("chat", "email"))
AT_MOST: Final = {"voice": 1, "chat": 3, "email": 4}
LEASE_MS: Final = 90_000

CHANNELS: Final = {
    "voice": Channel(
        name="voice",
        units=100,
        exclusive=True,
        mode=OfferMode.MANUAL,
        expires_ms=20_000,
        wrap_up=WrapUp(limit_ms=60_000),
    ),
    "chat": Channel(
        name="chat", units=33, at_most=3, mode=OfferMode.AUTOMATIC, wrap_up=WrapUp(limit_ms=30_000)
    ),
    "email": Channel(
        name="email",
        units=25,
        mode=OfferMode.MANUAL,
        expires_ms=120_000,
        wrap_up=WrapUp(limit_ms=0),
    ),
}
SELECTS: Final = Selection(
    weights={
        Feature.PROFICIENCY: 4,
        Feature.IDLE: 2,
        Feature.LOAD: -1,
        Feature.OVERQUALIFIED: -5,
    }
)
ORDERS: Final = (
    Order(by=OrderBy.PRIORITY, ageing=1_000),
    Order(by=OrderBy.TARGET, ageing=1_000, within_ms=120_000),
)


class Envelope(TypedDict):
    """The fields that every input has."""

    pool: str
    id: str
    source: str
    at: int
    origin: Origin


class Profile(TypedDict):
    """The fields of an agent's profile."""

    team: str
    skills: dict[str, int]
    channels: dict[str, int]
    languages: tuple[str, ...]


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """How large a world is: queues, agents, conversations that wait."""

    queues: int
    agents: int
    waiting: int


class ByTopic:
    """Qualifies by looking the topic up: the queue has the topic's name. The engine's cost alone."""

    def __init__(self, queues: frozenset[str]) -> None:
        self._queues = queues

    def qualify(self, facts: Facts) -> Verdict:
        """Take all facts as they are given."""
        return as_given(facts, queue=self.queue_for(facts))

    def qualify_as_if(self, facts: Facts) -> Verdict:
        """Take all facts as they are given."""
        return self.qualify(facts)

    def queue_for(self, facts: Facts) -> str | None:
        """Give the queue of the topic's name."""
        return facts.topic if facts.topic in self._queues else None


class OnePolicy:
    """The same policy for every pool."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    def for_pool(self, pool: str) -> Policy:
        """Give the policy."""
        return self._policy


class World:
    """One centre of a given size; the same size and seed make the same centre."""

    def __init__(self, size: Size, *, seed: int) -> None:
        self.size = size
        self.seed = seed
        self._written = 0

    def policy(self) -> Policy:
        """Build the rules, with a qualifier that only looks the topic up."""
        queues = {
            topic(number): Queue(
                name=topic(number),
                requires=AllOf(
                    (
                        SkillTerm(topic(number), Comparison.AT_LEAST, 0, relative=True),
                        LanguageTerm(SAME),
                    )
                ),
                order=ORDERS[number % len(ORDERS)],
                selects=SELECTS,
            )
            for number in range(self.size.queues)
        }
        return Policy(
            version="bench",
            files="",
            channels=CHANNELS,
            queues=queues,
            qualifier=ByTopic(frozenset(queues)),
            agents=AgentRules(lease_ms=LEASE_MS),
            top_levels=dict.fromkeys(queues, max(LEVELS)),
        )

    @property
    def teams(self) -> int:
        """Number of teams; the even ones are overloaded."""
        return max(self.size.queues // TEAM, 2)

    def team_of(self, agent: int) -> int:
        """Tell an agent's team."""
        return agent % self.teams

    def is_overloaded(self, team: int) -> bool:
        """Tell whether a team has more to do than it can."""
        return team % 2 == 0

    def mix_of(self, team: int) -> tuple[str, ...]:
        """Tell the channels a team serves."""
        return MIXES[team // 2 % len(MIXES)]

    def draw(self, *, overloaded: bool, rng: random.Random) -> "Life":
        """Draw who calls next, in a queue of an overloaded team or of one with agents to spare."""
        team = (
            2 * rng.randrange((self.teams + 1) // 2)
            if overloaded
            else 2 * rng.randrange(self.teams // 2) + 1
        )
        number = team * TEAM + rng.randrange(TEAM)
        return Life(topic(number), rng.choice(self.mix_of(team)), overloaded)

    def colleague_queue(self, of: str) -> str:
        """Give the next queue of the same team."""
        number = int(of.rpartition("-")[2])
        return topic(number - number % TEAM + (number + 1) % TEAM)

    def people(self) -> Iterator[Input]:
        """Bring all agents in: described, then available."""
        rng = random.Random(f"people {self.seed}")
        profiles = {
            (team, variant): self._profile(team, rng)
            for team in range(self.teams)
            for variant in range(PROFILES)
        }
        for number in range(self.size.agents):
            profile = profiles[self.team_of(number), rng.randrange(PROFILES)]
            yield AgentUpdated(**self.envelope("agents", START_MS), agent=agent(number), **profile)
            yield AgentPresence(
                **self.envelope("agents", START_MS),
                agent=agent(number),
                presence=Presence.AVAILABLE,
            )

    def created(
        self, name: str, life: "Life", *, now: int, arrived_at: int, rng: random.Random
    ) -> ConversationCreated:
        """Write the creation of a conversation."""
        return ConversationCreated(
            **self.envelope("conversations", now),
            conversation=name,
            channel=life.channel,
            topic_=life.topic,
            level=rng.choices(LEVELS, weights=(6, 3, 1))[0],
            language=rng.choices(LANGUAGES, weights=(17, 3))[0],
            priority=rng.choice((0, 0, 0, 50, 100)),
            customer=Customer(id=f"customer-{rng.randrange(1_000_000)}", tier="standard"),
            attributes={
                "contract": f"C{rng.randrange(10**8):08}",
                "amount_eur": rng.randrange(900),
            },
            arrived_at=arrived_at,
        )

    def envelope(self, topic_name: str, now: int) -> Envelope:
        """Give the common fields of the next input, with an id of its own."""
        self._written += 1
        return {
            "pool": POOL,
            "id": f"event-{self._written}",
            "source": "/loadtests",
            "at": now,
            "origin": Origin(f"routing.{topic_name}", 0, self._written, now),
        }

    def _profile(self, team: int, rng: random.Random) -> Profile:
        skills = rng.sample(range(team * TEAM, team * TEAM + TEAM), k=SKILLS)
        languages = LANGUAGES if rng.random() < 0.4 else LANGUAGES[:1]
        return {
            "team": f"team-{team}",
            "skills": {topic(each): rng.choices(LEVELS, weights=(1, 2, 3))[0] for each in skills},
            "channels": {name: AT_MOST[name] for name in self.mix_of(team)},
            "languages": languages,
        }


class Life(msgspec.Struct, frozen=True, gc=False):
    """What a conversation is about, where it comes in, and whether its team is overloaded."""

    topic: str
    channel: str
    overloaded: bool


def topic(number: int) -> str:
    """Name a topic, which is also a skill and a queue."""
    return f"topic-{number}"


def agent(number: int) -> str:
    """Name an agent."""
    return f"agent-{number}"
