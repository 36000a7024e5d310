"""What platforms send in the router's load tests: agents who log in, conversations that come and go.

A conversation is created, assigned at once (its channel offers automatically, and there are agents
enough), and ended after a while; agents' desktops send heartbeats beside. Everything follows from
the seed. Records are finished bytes before the clock starts, in CloudEvents structured mode. The
plan does not react to the router: it ends conversations without knowing who has them.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import msgspec
import orjson

from loadtests.pools import pool_on_each
from loadtests.schedule import NS_PER_S, arrivals

HEADERS: Final[list[tuple[str, str | bytes | None]]] = [
    ("content-type", b"application/cloudevents+json")
]
TOPICS: Final = ("reimbursement", "affiliation", "contracts", "onboarding")
LANGUAGES: Final = ("fr", "en")
LEVELS: Final = (1, 2, 3)
LAST_TOPIC: Final = "roll-call"
"""A topic that only the last agent of a pool serves: its assignment says that all are in."""
AGENTS: Final = 4_800
"""Over all pools; each takes three chats, so that 14,400 conversations find an agent at once."""
HOLDS_S: Final = (0.5, 1.5)
"""Least and longest time from creation to end; short, so that a short run is a whole life."""


class Planned(msgspec.Struct, frozen=True, gc=False):
    """One record to send: when (ns from the start) and where, its key and its value."""

    due_ns: int
    topic: str
    partition: int
    key: bytes
    value: bytes


class Workload(msgspec.Struct, frozen=True, kw_only=True):
    """One load: its seed, how many partitions (one pool each), inputs a second, for how long.

    `heartbeats` is their share among the inputs.
    """

    seed: int
    partitions: int
    rate: float
    seconds: float
    heartbeats: float = 0.1

    def log_in(self, *, wall_ms: int) -> list[Planned]:
        """Give the inputs that bring all agents of all pools in, the last agent last."""
        profiles = _profiles()
        inputs: list[Planned] = []
        for partition, pool in enumerate(pool_on_each(self.partitions)):
            writer = _Writer(pool, partition, wall_ms)
            for number in range(AGENTS // self.partitions):
                skills, languages = profiles[number % len(profiles)]
                inputs += writer.agent(f"agent-{number}", skills, languages)
            inputs += writer.agent("last", {LAST_TOPIC: 1}, list(LANGUAGES))
        return inputs

    def roll_call(self, *, wall_ms: int) -> list[Planned]:
        """Give one conversation a pool that only the last agent may have."""
        return [
            _Writer(pool, partition, wall_ms).roll_call()
            for partition, pool in enumerate(pool_on_each(self.partitions))
        ]

    def plan(self, *, wall_ms: int) -> list[Planned]:
        """Plan all inputs of the run in the order of their times; same seed, same plan.

        The n-th input has the event id ``i<n>``. `wall_ms` is the wall clock at the start. Ends
        that fall after the run are left out.
        """
        rng = random.Random(f"conversations {self.seed}")
        end = round(self.seconds * NS_PER_S)
        moments: list[tuple[int, str, int]] = []
        born = arrivals(self.rate * (1 - self.heartbeats) / 2, seconds=self.seconds, rng=rng)
        for number, at in enumerate(born):
            moments.append((at, "created", number))
            over = at + round(rng.uniform(*HOLDS_S) * NS_PER_S)
            if over < end:
                moments.append((over, "ended", number))
        if self.heartbeats:
            beats = arrivals(self.rate * self.heartbeats, seconds=self.seconds, rng=rng)
            moments += ((at, "heartbeat", number) for number, at in enumerate(beats))
        moments.sort()
        return list(self._records(moments, rng=rng, wall_ms=wall_ms))

    def _records(
        self, moments: list[tuple[int, str, int]], *, rng: random.Random, wall_ms: int
    ) -> Iterator[Planned]:
        writers = [
            _Writer(pool, partition, wall_ms)
            for partition, pool in enumerate(pool_on_each(self.partitions))
        ]
        agents = AGENTS // self.partitions
        for index, (at, what, number) in enumerate(moments):
            writer = writers[number % self.partitions]
            match what:
                case "created":
                    yield writer.created(index, number, at_ns=at, rng=rng)
                case "ended":
                    yield writer.ended(index, number, at_ns=at)
                case _:
                    yield writer.heartbeat(index, f"agent-{rng.randrange(agents)}", at_ns=at)


class _Writer:
    """Writes the records of one pool."""

    def __init__(self, pool: str, partition: int, wall_ms: int) -> None:
        self._pool = pool
        self._key = pool.encode()
        self._partition = partition
        self._wall_ms = wall_ms

    def agent(self, name: str, skills: dict[str, int], languages: list[str]) -> list[Planned]:
        profile = {
            "team": "in_house",
            "skills": skills,
            "channels": {"chat": 3, "voice": 1, "email": 4},
            "languages": languages,
        }
        presence = {"presence": "available"}
        return [
            self._event("agents", "agent.updated", name, event_id=f"u-{name}", data=profile),
            self._event("agents", "agent.presence", name, event_id=f"p-{name}", data=presence),
        ]

    def roll_call(self) -> Planned:
        data = {"channel": "chat", "topic": LAST_TOPIC, "level": 1}
        return self._event(
            "conversations", "conversation.created", LAST_TOPIC, event_id=LAST_TOPIC, data=data
        )

    def created(self, index: int, number: int, *, at_ns: int, rng: random.Random) -> Planned:
        data = {
            "channel": "chat",
            "topic": rng.choice(TOPICS),
            "level": rng.choices(LEVELS, weights=(6, 3, 1))[0],
            "language": rng.choices(LANGUAGES, weights=(9, 1))[0],
            "priority": rng.choice((0, 0, 0, 50, 100)),
            "customer": {"id": f"customer-{rng.randrange(1_000_000)}", "tier": "standard"},
            "attributes": {
                "contract": f"C{rng.randrange(10**8):08}",
                "amount_eur": rng.randrange(900),
            },
        }
        return self._event(
            "conversations",
            "conversation.created",
            f"conversation-{number}",
            event_id=f"i{index}",
            data=data,
            at_ns=at_ns,
        )

    def ended(self, index: int, number: int, *, at_ns: int) -> Planned:
        return self._event(
            "conversations",
            "conversation.ended",
            f"conversation-{number}",
            event_id=f"i{index}",
            data={"outcome": "solved"},
            at_ns=at_ns,
        )

    def heartbeat(self, index: int, agent: str, *, at_ns: int) -> Planned:
        return self._event(
            "agents", "agent.heartbeat", agent, event_id=f"i{index}", data={}, at_ns=at_ns
        )

    def _event(
        self, topic: str, kind: str, subject: str, *, event_id: str, data: object, at_ns: int = 0
    ) -> Planned:
        at = datetime.fromtimestamp((self._wall_ms + at_ns // 1_000_000) / 1000, tz=UTC)
        event = {
            "specversion": "1.0",
            "id": event_id,
            "source": "/loadtests",
            "type": kind,
            "time": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "subject": subject,
            "datacontenttype": "application/json",
            "data": data,
        }
        return Planned(at_ns, topic, self._partition, self._key, orjson.dumps(event))


def _profiles() -> list[tuple[dict[str, int], list[str]]]:
    """Give skills and languages of every kind of agent in a pool: 24.

    A team for each topic, agents of three levels, half of them bilingual; those of the highest
    level also help the next team at the lowest.
    """
    profiles = []
    for number, topic in enumerate(TOPICS):
        for level in LEVELS:
            skills = {topic: level}
            if level == max(LEVELS):
                skills[TOPICS[(number + 1) % len(TOPICS)]] = min(LEVELS)
            profiles += [(skills, list(LANGUAGES[:1])), (skills, list(LANGUAGES))]
    return profiles
