"""A contact platform with customers and agents, closed over the topics: it lives off the decisions.

Customers arrive, wait, give up; agents answer their offers late or never, talk, hand over, wrap up,
beat; now and then an event is sent twice, or one that nobody can read. Runs as a thread of its own
with librdkafka on both sides. What it does is drawn from the scene's seed; when, follows from what
the router decides.
"""

import heapq
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from itertools import count
from typing import Any, Final

from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

from tests.faults.events import Letter, Pen, Post, rfc3339
from tests.faults.poison import every_kind
from tests.faults.scene import CANARY, CHANNELS, SKILLS, Scene

TICK_S: Final = 0.005
SETTLE_S: Final = 0.5
ENDED: Final = frozenset({"conversation.closed", "conversation.abandoned"})
Json = dict[str, Any]


class Platform(threading.Thread):
    """One platform over all pools of a scene."""

    def __init__(self, bootstrap_servers: str, *, prefix: str, scene: Scene) -> None:
        super().__init__(name="platform", daemon=True)
        self.scene = scene
        self.open: set[tuple[str, str]] = set()
        self.seen: Counter[str] = Counter()
        self.refused: Counter[tuple[str, str]] = Counter()
        self.created = 0
        self.heard_at: dict[str, float] = {}
        self.failure: BaseException | None = None
        self._chance = random.Random(scene.seed)
        self._pen = Pen(f"/platform-{scene.seed}")
        self._post = Post(bootstrap_servers, prefix=prefix)
        self._reader = follow(bootstrap_servers, f"{prefix}assignments")
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._turn = count()
        self._arriving = threading.Event()
        self._calm = threading.Event()
        self._over = threading.Event()

    def run(self) -> None:
        """Live until stopped; what goes wrong is kept for the test to raise."""
        try:
            self._open_centre()
            while not self._over.is_set():
                self._step()
        except BaseException as error:  # noqa: BLE001  a thread has nobody else to tell
            self.failure = error
        finally:
            self._reader.close()

    def calm_down(self) -> None:
        """Let nobody arrive any more; those who are there are served."""
        self._arriving.clear()

    def wait_until_served(self, timeout_s: float) -> None:
        """Wait until no conversation is open; the liveness that follows every fault."""
        deadline = time.monotonic() + timeout_s
        while self.open or not self._calm.is_set():
            self.check()
            if time.monotonic() > deadline:
                some = sorted(self.open)[:5]
                raise AssertionError(f"{len(self.open)} of {self.created} not served: {some}")
            time.sleep(0.05)  # a thread serves them
        self._post.flush()

    def wait_for(self, what: Callable[[], bool], *, timeout_s: float) -> None:
        """Wait until something has been seen."""
        deadline = time.monotonic() + timeout_s
        while not what():
            self.check()
            if time.monotonic() > deadline:
                raise AssertionError(f"not seen in {timeout_s} s; seen: {dict(self.seen)}")
            time.sleep(0.01)  # a thread sees them

    def wait_for_all_shards(self, timeout_s: float) -> None:
        """Wait until every pool has had decisions from now on, and a little load after that."""
        since = time.monotonic() + SETTLE_S
        time.sleep(SETTLE_S)  # a little load is wanted
        pools = self.scene.pools
        self.wait_for(
            lambda: all(self.heard_at.get(pool, 0) > since for pool in pools), timeout_s=timeout_s
        )
        time.sleep(SETTLE_S)  # a little load is wanted

    def check(self) -> None:
        """Raise what ended the thread, if anything did."""
        if self.failure is not None:
            raise self.failure

    def stop(self) -> None:
        """End the thread."""
        self._over.set()
        if self.is_alive():
            self.join(timeout=30)

    # --- time -------------------------------------------------------------------------------

    def _step(self) -> None:
        now = time.monotonic()
        while self._agenda and self._agenda[0][0] <= now:
            heapq.heappop(self._agenda)[2]()
        for message in self._reader.consume(num_messages=500, timeout=TICK_S):
            error = message.error()
            if error is None:
                self._hear(json.loads(message.value() or b""))
            elif error.fatal():
                raise AssertionError(str(error))

    def _in(self, seconds: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._agenda, (time.monotonic() + seconds, next(self._turn), act))

    def _happens(self, share: float) -> bool:
        return self._chance.random() < share

    # --- what it says -----------------------------------------------------------------------

    def _say(self, type_: str, *, pool: str, subject: str, **data: Any) -> None:
        binary = self._happens(self.scene.binary)
        letter = self._pen.write(
            type_, pool=pool, subject=subject, at=time.time(), binary=binary, **data
        )
        self._post.send(letter)
        if self._happens(self.scene.repeats):
            self._in(self._chance.random() * 2, lambda: self._post.send(letter))
        if self._happens(self.scene.poison):
            self._post.send(self._poison(pool))

    def _poison(self, pool: str) -> Letter:
        kinds = every_kind(pool=pool, at=time.time(), tag=f"{next(self._turn)}", wrong_partition=-1)
        right = [each for each in kinds if each.reason != "wrong_partition"]
        return self._chance.choice(right).letter

    def _open_centre(self) -> None:
        for pool in self.scene.pools:
            for number in range(self.scene.agents_per_pool):
                agent = f"{pool}.a{number}"
                self._say("agent.updated", pool=pool, subject=agent, **self._profile(number))
                self._available(pool, agent)
                self._in(self._chance.random() * self.scene.heartbeat_s, self._beating(pool, agent))
        self._arriving.set()
        self._in(0, self._arrive)

    def _profile(self, number: int) -> Json:
        # The first agents of a pool can do everything, so that nobody waits for ever.
        levels = {each: 3 if number < 2 else self._chance.randint(0, 3) for each in SKILLS}
        return {
            "team": "day",
            "skills": {name: level for name, level in levels.items() if level},
            "channels": {"voice": 1, "chat": 3, "email": 2},
            "languages": ["fr", "en"] if number % 2 == 0 else ["fr"],
            "capacity": self._chance.choice([None, 100, 120]),
        }

    def _beating(self, pool: str, agent: str) -> Callable[[], None]:
        def beat() -> None:
            self._say("agent.heartbeat", pool=pool, subject=agent)
            self._in(self.scene.heartbeat_s, beat)
            if self._happens(self.scene.breaks):
                self._pause(pool, agent)

        return beat

    def _pause(self, pool: str, agent: str) -> None:
        if self._happens(0.5):
            until = rfc3339(time.time() + 1)
            self._say("agent.presence", pool=pool, subject=agent, presence="break", until=until)
        else:
            self._say("agent.presence", pool=pool, subject=agent, presence="draining")
            self._in(1.0, lambda: self._available(pool, agent))

    def _available(self, pool: str, agent: str) -> None:
        self._say("agent.presence", pool=pool, subject=agent, presence="available")

    def _arrive(self) -> None:
        if not self._arriving.is_set():
            self._calm.set()
            return
        self._in(self._chance.expovariate(self.scene.arrivals_per_s), self._arrive)
        pool = self._chance.choice(self.scene.pools)
        self.created += 1
        conversation = f"c{self.created}"
        self.open.add((pool, conversation))
        waited = self._chance.choice([0.0, 0.0, 5.0])
        self._say(
            "conversation.created",
            pool=pool,
            subject=conversation,
            channel=self._chance.choice(CHANNELS),
            topic=self._chance.choice(SKILLS),
            level=self._chance.choice([None, 1, 2, 3]),
            language=self._chance.choice([None, "fr", "fr-CA"]),
            priority=self._chance.choice([None, None, 10, 500]),
            preferred_agents=[f"{pool}.a0"] if self._happens(0.1) else None,
            arrived_at=rfc3339(time.time() - waited) if waited else None,
            text=f"my {CANARY} is ill",
        )
        if self._happens(self.scene.updates):
            priority = self._chance.randint(0, 1_000)
            self._in(
                self._chance.random() * 0.3,
                lambda: self._say(
                    "conversation.updated", pool=pool, subject=conversation, priority=priority
                ),
            )
        if self._happens(self.scene.abandons):
            self._in(self._chance.random(), lambda: self._give_up(pool, conversation))
        if self._happens(self.scene.commands):
            self._in(self._chance.random() * 0.5, lambda: self._order(pool, conversation))

    def _give_up(self, pool: str, conversation: str) -> None:
        if (pool, conversation) in self.open:
            self._say("conversation.abandoned", pool=pool, subject=conversation)

    def _order(self, pool: str, conversation: str) -> None:
        agent = f"{pool}.a{self._chance.randrange(self.scene.agents_per_pool)}"
        queue = self._chance.choice(SKILLS)
        orders: list[tuple[str, Json]] = [
            ("command.assign", {"conversation": conversation, "agent": agent}),
            ("command.requeue", {"conversation": conversation}),
            ("command.close", {"conversation": conversation}),
            ("command.prioritise", {"conversation": conversation, "priority": 900}),
            ("command.set_presence", {"agent": agent, "presence": "available"}),
            ("command.pause_queue", {"queue": queue}),
        ]
        kind, data = self._chance.choice(orders)
        by = self._chance.choice(["supervisor", "supervisor", "supervisor", None])
        self._say(kind, pool=pool, subject=conversation, by=by, reason="storm", **data)
        if kind == "command.pause_queue":
            told = {"queue": queue, "by": "supervisor", "reason": "over"}
            self._in(
                0.5, lambda: self._say("command.resume_queue", pool=pool, subject=queue, **told)
            )

    # --- what it hears ----------------------------------------------------------------------

    def _hear(self, event: Json) -> None:
        type_, data = event["type"], event["data"]
        self.seen[type_] += 1
        self.heard_at[data["pool"]] = time.monotonic()
        pool, conversation, agent = data["pool"], data.get("conversation"), data.get("agent")
        if type_ == "conversation.offered":
            self._in(self._patience(), lambda: self._answer(pool, data))
        elif type_ == "conversation.assigned":
            self._in(
                self._chance.expovariate(1 / self.scene.handle_s), lambda: self._finish(pool, data)
            )
        elif type_ == "agent.suspended" and data["reason"] == "no_answer":
            self._in(0.5, lambda: self._available(pool, agent))
        elif type_ == "input.refused":
            self.refused[data["type"], data["reason"]] += 1
        elif type_ == "command.refused":
            self.refused["command", data["code"]] += 1
        if type_ in ENDED:
            self.open.discard((pool, conversation))
        if (
            agent
            and "wrapup_until" in data
            and (data["wrapup_until"] is None or self._happens(0.1))
        ):
            told = {"subject": agent, "conversation": conversation}
            self._in(
                self._chance.random() * 0.3,
                lambda: self._say("agent.wrapup_ended", pool=pool, **told),
            )

    def _patience(self) -> float:
        return self._chance.expovariate(1 / self.scene.answer_s)

    def _answer(self, pool: str, offer: Json) -> None:
        if self._happens(self.scene.misses):
            return
        kind = "offer.declined" if self._happens(self.scene.declines) else "offer.accepted"
        self._say(
            kind,
            pool=pool,
            subject=offer["conversation"],
            offer=offer["offer"],
            agent=offer["agent"],
        )

    def _finish(self, pool: str, assignment: Json) -> None:
        conversation, agent = assignment["conversation"], assignment["agent"]
        if (pool, conversation) not in self.open:
            return
        if self._happens(self.scene.transfers):
            to = self._chance.choice([{"level": 2}, {"queue": SKILLS[0]}, {"agent": f"{pool}.a1"}])
            self._say(
                "conversation.transferred", pool=pool, subject=conversation, agent=agent, to=to
            )
        else:
            self._say("conversation.ended", pool=pool, subject=conversation, agent=agent)


def follow(bootstrap_servers: str, topic: str) -> Consumer:
    """Make a reader of all partitions of a topic, from the beginning, committed records only."""
    reader = Consumer(
        {
            "bootstrap.servers": bootstrap_servers,
            "log_level": 0,
            "group.id": f"platform-of-{topic}",
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "fetch.wait.max.ms": 10,
            "reconnect.backoff.max.ms": 500,
        }
    )
    partitions = reader.list_topics(topic, timeout=30).topics[topic].partitions
    reader.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in partitions])
    return reader
