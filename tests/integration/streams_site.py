"""Streams as an operator runs them, the decisions to feed them with, and what came out of them."""

import os
import random
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from router.embedded import EmbeddedKafka
from streams.decisions import Decision
from streams.figures import Figures, Minute, decode_minute

PROJECT = Path(__file__).resolve().parents[2]
TIMEOUT_S = 30.0
TAIL = 30


class WorkerProcess:
    """One `python -m streams worker`."""

    def __init__(self, name: str, *, settings: Mapping[str, str], folder: Path) -> None:
        self.log = folder / f"{name}.log"
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "streams", "worker"],
                cwd=PROJECT,
                env={**os.environ, **settings},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        """End the process as a crash does."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Ask the process to finish and go; give its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(TIMEOUT_S)

    def pause(self) -> None:
        """Stop the process where it stands."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a paused process go on."""
        self.process.send_signal(signal.SIGCONT)

    def tail(self) -> str:
        """The end of what it logged."""
        return "\n".join(self.log.read_text().splitlines()[-TAIL:])


class StreamsSite:
    """Topics and settings of one test; `close` ends the workers it started."""

    def __init__(self, bootstrap_servers: str, *, folder: Path) -> None:
        unique = uuid.uuid4().hex[:8]
        self.prefix = f"s{unique}."
        self._servers = bootstrap_servers
        self._folder = folder
        self.settings = {
            "CONTACT_ROUTER_KAFKA__BOOTSTRAP_SERVERS": bootstrap_servers,
            "CONTACT_ROUTER_TOPICS__PREFIX": self.prefix,
            "CONTACT_ROUTER_GROUP": f"s{unique}",
            "CONTACT_ROUTER_STREAMS__BATCH_MS": "100",
        }
        self._workers: list[WorkerProcess] = []

    def worker(self, name: str = "streams", **settings: str) -> WorkerProcess:
        """Start a worker."""
        worker = WorkerProcess(name, settings={**self.settings, **settings}, folder=self._folder)
        self._workers.append(worker)
        return worker

    def create(self, topic: str, *, partitions: int) -> None:
        """Create a topic, named without its prefix."""
        admin = AdminClient({"bootstrap.servers": self._servers})
        new = NewTopic(self.prefix + topic, partitions, 1)
        for made in admin.create_topics([new]).values():
            made.result(TIMEOUT_S)

    def producer(self) -> Producer:
        """Make a transactional producer that places pools where the router would."""
        producer = Producer(
            {
                "bootstrap.servers": self._servers,
                "transactional.id": f"{self.prefix}{uuid.uuid4()}",
                "partitioner": "murmur2_random",
                "log_level": 0,
            }
        )
        producer.init_transactions(TIMEOUT_S)
        return producer

    def read(self, topic: str) -> list[tuple[int, bytes | None, bytes | None]]:
        """Read a topic's committed records: partition, key, value; nothing where it is not there."""
        consumer = Consumer(
            {
                "bootstrap.servers": self._servers,
                "group.id": str(uuid.uuid4()),
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "auto.offset.reset": "earliest",
                "fetch.wait.max.ms": 50,
                "log_level": 0,
            }
        )
        try:
            return list(self._records(consumer, self.prefix + topic))
        finally:
            consumer.close()

    def figures(self) -> dict[Minute, Figures]:
        """Read the figures as a compacted topic shows them: the last word on each minute."""
        rows: dict[bytes, bytes] = {}
        for _, key, value in self.read("queue-minutes"):
            assert key is not None
            if value is None:
                rows.pop(key, None)
            else:
                rows[key] = value
        return dict(decode_minute(key, value) for key, value in rows.items())

    def wait_for(self, worker: WorkerProcess, done: Callable[[], bool], *, seconds: float) -> float:
        """Wait until something is so, while a worker lives; give the seconds it took."""
        begun = time.monotonic()
        while not done():
            assert worker.process.poll() is None, worker.tail()
            assert time.monotonic() - begun < seconds, worker.tail()
            time.sleep(0.2)  # a worker is another process
        return time.monotonic() - begun

    def close(self) -> None:
        """End all workers."""
        for worker in self._workers:
            if worker.process.poll() is None:
                worker.kill()

    @staticmethod
    def _records(
        consumer: Consumer, topic: str
    ) -> Iterator[tuple[int, bytes | None, bytes | None]]:
        metadata = consumer.list_topics(topic, timeout=TIMEOUT_S).topics[topic]
        unread = set(metadata.partitions)
        consumer.assign([TopicPartition(topic, number, 0) for number in unread])
        while unread:
            message = consumer.poll(TIMEOUT_S)
            assert message is not None, f"no answer about {topic}"
            error = message.error()
            if error is None:
                yield message.partition(), message.key(), message.value()
            elif error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001  its public name
                unread.discard(message.partition())
            elif not error.retriable():
                raise KafkaException(error)


@pytest.fixture
def site(kafka: EmbeddedKafka, tmp_path: Path) -> Iterator[StreamsSite]:
    """Make a site of the test's own; every worker it started ends with the test."""
    place = StreamsSite(kafka.bootstrap_servers, folder=tmp_path)
    yield place
    place.close()


def as_event(decision: Decision) -> bytes:
    """Write a decision as the router does, as far as the figures need it."""
    facts = {
        "pool": decision.pool,
        "seq": decision.seq,
        "conversation": decision.conversation,
        "queue": decision.queue,
        "waited_s": None if decision.waited_ms is None else decision.waited_ms / 1000,
        "handled_s": None if decision.handled_ms is None else decision.handled_ms / 1000,
    }
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": f"{decision.pool}-{decision.seq}",
            "source": "/router",
            "type": decision.type,
            "time": datetime.fromtimestamp(decision.at / 1000, UTC).isoformat(),
            "data": {name: value for name, value in facts.items() if value is not None},
        }
    )


def centre_day(seed: int, *, pools: Sequence[str], conversations: int) -> Iterator[Decision]:
    """Tell what a centre's router decided in a few minutes: lives that overlap, in every pool."""
    chance = random.Random(seed)
    at = 1_750_000_000_000
    seqs = dict.fromkeys(pools, 0)
    lives: list[tuple[str, Iterator[tuple[str, dict[str, object]]]]] = []
    begun = 0
    while lives or begun < conversations:
        if begun < conversations and len(lives) < 200:
            pool = chance.choice(pools)
            lives.append((pool, _life(chance, f"c{begun}")))
            begun += 1
        pool, life = lives[chance.randrange(len(lives))]
        step = next(life, None)
        if step is None:
            lives.remove((pool, life))
            continue
        kind, facts = step
        at += chance.randrange(100)
        seqs[pool] += 1
        yield Decision(pool=pool, seq=seqs[pool], at=at, type=kind, **facts)  # type: ignore[arg-type]  # facts of any kind


def _life(chance: random.Random, name: str) -> Iterator[tuple[str, dict[str, object]]]:
    about: dict[str, object] = {"conversation": name}
    placed = {**about, "queue": chance.choice(("claims", "contracts", "sales"))}
    yield "conversation.queued", placed
    while chance.random() < 0.3:
        yield "conversation.offered", placed
        yield chance.choice(("offer.expired", "offer.declined", "offer.withdrawn")), about
    waited: dict[str, object] = {"waited_ms": chance.randrange(400_000)}
    if chance.random() < 0.2:
        yield "conversation.abandoned", {**about, **waited}
        return
    yield "conversation.offered", placed
    yield "conversation.assigned", {**placed, **waited}
    if chance.random() < 0.1:
        placed = {**about, "queue": "partner"}
        yield "conversation.requeued", placed
        yield "conversation.assigned", {**placed, **waited}
    if chance.random() < 0.05:
        yield "agent.suspended", {}
    yield "conversation.closed", {**about, **waited, "handled_ms": chance.randrange(600_000)}
