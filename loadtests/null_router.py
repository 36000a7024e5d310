"""A router that decides nothing: the floor under what exactly once on Kafka costs with this client.

It has the real router's shape and does the real router's input and output: one data consumer for
all shards of the process, for each shard one transactional producer and one loop, at most three
transactions at a time, decisions, state records and the position of each batch in one transaction.
It decodes each input and encodes each record with orjson, and that is all: no validation, no
engine. What the real router needs beyond this is the price of deciding.
"""

import argparse
import asyncio
import signal
from collections.abc import Callable
from itertools import zip_longest
from typing import Any, Final, TypeAlias

import aiokafka.producer.sender
import msgspec
import orjson
import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.structs import ConsumerRecord

from loadtests.topics import ASSIGNMENTS, INPUTS, STATE
from loadtests.volume import POSITIONS, USUAL, Volume
from router.daemon import memory

TRANSACTIONS_AT_A_TIME: Final = 3
MOST_AT_ONCE: Final = 2_000
"""Inputs in one transaction."""
MOST_WAITING: Final = 8_000
"""A shard that has so many inputs waiting is not read for until half of them are taken."""
FETCH_BYTES: Final = 512 * 1024
BATCH_BYTES: Final = 900_000
BACKOFF_S: Final = 0.001

Input: TypeAlias = ConsumerRecord[bytes, bytes]

OUTCOMES: Final = {
    "conversation.created": ("conversation.queued", "conversation.assigned"),
    "conversation.ended": ("conversation.closed",),
}


class Writer:
    """Makes the records for an input: as many state records as the volume says, and all as large."""

    def __init__(self, volume: Volume) -> None:
        self._volume = volume
        self._seq = 0
        self._owed = 0.0
        self._decision_padding = self._pad(volume.decision_bytes, self._decision)
        self._state_padding = self._pad(volume.state_bytes, self._state)

    def decisions(self, event: dict[str, Any], record: Input) -> list[bytes]:
        """Encode the decisions that an input of this type has."""
        return [
            orjson.dumps(self._decision(event, record, kind=kind, padding=self._decision_padding))
            for kind in OUTCOMES.get(event["type"], ())
        ]

    def states(self, event: dict[str, Any], record: Input) -> list[bytes]:
        """Encode the state records that are due by now."""
        self._owed += self._volume.states_per_input
        due = int(self._owed)
        self._owed -= due
        return [
            orjson.dumps(self._state(event, record, kind="", padding=self._state_padding))
            for _ in range(due)
        ]

    def _decision(
        self, event: dict[str, Any], record: Input, *, kind: str, padding: str
    ) -> dict[str, Any]:
        self._seq += 1
        return {
            "specversion": "1.0",
            "id": f"{record.partition}-{self._seq}",
            "source": "/null-router",
            "type": kind,
            "time": event["time"],
            "subject": event["subject"],
            "data": {
                "pool": "null",
                "seq": self._seq,
                "policy": "none",
                "cause": {
                    "topic": record.topic,
                    "partition": record.partition,
                    "offset": record.offset,
                    "id": event["id"],
                },
                "read": {"conversations": record.offset, "agents": 0, "commands": -1},
                "conversation": event["subject"],
                "why": padding,
            },
        }

    def _state(
        self, event: dict[str, Any], record: Input, *, kind: str, padding: str
    ) -> dict[str, Any]:
        return {"id": event["subject"], "kind": kind, "at": record.timestamp, "rest": padding}

    def _pad(self, size: int, make: Any) -> str:
        """Find the filling that makes a usual record as large as asked."""
        event = {
            "type": "",
            "time": "2026-01-01T00:00:00.000Z",
            "subject": "conversation-12345",
            "id": "i12345",
        }
        record = ConsumerRecord("routing.conversations", 0, 12345, 0, 0, None, None, 0, 0, 0, ())
        bare = orjson.dumps(make(event, record, kind="conversation.created", padding=""))
        return "x" * max(size - len(bare), 0)


class Shard:
    """One partition: what was read for it and waits, its producer, its loop."""

    def __init__(
        self, number: int, *, producer: AIOKafkaProducer, prefix: str, volume: Volume
    ) -> None:
        self.number = number
        self._producer = producer
        self._prefix = prefix
        self._writer = Writer(volume)
        self._inbox: list[Input] = []
        self._arrived = asyncio.Event()
        self._positions = dict.fromkeys(INPUTS, 0)

    @property
    def waiting(self) -> int:
        """Inputs that were read and not yet taken into a transaction."""
        return len(self._inbox)

    def give(self, records: list[Input]) -> None:
        """Put records of one partition in order behind those that wait."""
        self._inbox += records
        self._arrived.set()

    async def live(self, turns: asyncio.Semaphore, has_room: Callable[["Shard"], None]) -> None:
        """Take what has come, one transaction after another, for ever."""
        while True:
            await self._arrived.wait()
            # What comes while this shard waits for its turn joins the batch.
            async with turns:
                batch, self._inbox = self._inbox[:MOST_AT_ONCE], self._inbox[MOST_AT_ONCE:]
                if not self._inbox:
                    self._arrived.clear()
                await self._transact(batch)
            has_room(self)

    async def _transact(self, records: list[Input]) -> None:
        decisions = _Pages(self._producer)
        states = _Pages(self._producer)
        for record in records:
            event = orjson.loads(record.value)
            for value in self._writer.decisions(event, record):
                decisions.add(record.key, value)
            for value in self._writer.states(event, record):
                states.add(record.key, value)
            self._positions[record.topic.removeprefix(self._prefix)] = record.offset + 1
        states.add(POSITIONS, orjson.dumps(self._positions))
        await self._producer.begin_transaction()
        deliveries = []
        # First pages first: both partitions are added to the transaction in one request.
        for row in zip_longest(decisions.all, states.all):
            for page, topic in zip(row, (ASSIGNMENTS, STATE), strict=True):
                if page is not None:
                    deliveries.append(
                        await self._producer.send_batch(
                            page, self._prefix + topic, partition=self.number
                        )
                    )
        await asyncio.gather(*deliveries)
        await self._producer.commit_transaction()


class _Pages:
    """Batches of records for one partition, a new one where the last is full."""

    def __init__(self, producer: AIOKafkaProducer) -> None:
        self._producer = producer
        self.all: list[BatchBuilder] = []

    def add(self, key: bytes | None, value: bytes) -> None:
        pages = self.all
        if not pages or pages[-1].append(key=key, value=value, timestamp=None) is None:
            pages.append(self._producer.create_batch())
            pages[-1].append(key=key, value=value, timestamp=None)


class Reader:
    """The one consumer: gives each shard what is read for it, and does not read for a full one."""

    def __init__(self, consumer: AIOKafkaConsumer, shards: list[Shard], *, prefix: str) -> None:
        self._consumer = consumer
        self._shards = shards
        self._prefix = prefix
        self._paused: set[int] = set()

    def begin(self) -> None:
        """Read every input from its first record on."""
        sources = [source for shard in self._shards for source in self._sources(shard)]
        self._consumer.assign(sources)
        for source in sources:
            self._consumer.seek(source, 0)

    async def read(self) -> None:
        """Read for ever."""
        while True:
            found = await self._consumer.getmany(timeout_ms=1_000)
            for source, records in found.items():
                shard = self._shards[source.partition]
                shard.give(records)
                if shard.waiting >= MOST_WAITING and shard.number not in self._paused:
                    self._paused.add(shard.number)
                    self._consumer.pause(*self._sources(shard))

    def has_room(self, shard: Shard) -> None:
        """Read again for a shard that was full and is half empty."""
        if shard.number in self._paused and shard.waiting <= MOST_WAITING // 2:
            self._paused.discard(shard.number)
            self._consumer.resume(*self._sources(shard))

    def _sources(self, shard: Shard) -> list[TopicPartition]:
        return [TopicPartition(self._prefix + topic, shard.number) for topic in INPUTS]


async def route(*, bootstrap: str, prefix: str, partitions: int, volume: Volume) -> None:
    """Run from the start of the topics until cancelled; prints `ready` when it reads."""
    aiokafka.producer.sender.BACKOFF_OVERRIDE = BACKOFF_S
    memory.tune()
    producers = [
        AIOKafkaProducer(
            bootstrap_servers=bootstrap,
            transactional_id=f"{prefix}null.{number}",
            max_batch_size=BATCH_BYTES,
        )
        for number in range(partitions)
    ]
    await asyncio.gather(*(producer.start() for producer in producers))
    shards = [
        Shard(number, producer=producer, prefix=prefix, volume=volume)
        for number, producer in enumerate(producers)
    ]
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="none",
        isolation_level="read_committed",
        max_partition_fetch_bytes=FETCH_BYTES,
    )
    await consumer.start()
    reader = Reader(consumer, shards, prefix=prefix)
    reader.begin()
    memory.settle()
    turns = asyncio.Semaphore(TRANSACTIONS_AT_A_TIME)
    async with asyncio.TaskGroup() as tasks:
        for shard in shards:
            tasks.create_task(shard.live(turns, reader.has_room))
        tasks.create_task(reader.read())
        print("ready", flush=True)


async def _until_told(work: "asyncio.Task[None]") -> None:
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, work.cancel)
    await work


def main() -> None:
    """Read the arguments and run until SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bootstrap", required=True)
    parser.add_argument("--prefix", required=True)
    parser.add_argument("--partitions", type=int, required=True)
    parser.add_argument(
        "--volume", type=lambda text: msgspec.json.decode(text, type=Volume), default=USUAL
    )
    given = parser.parse_args()

    async def run() -> None:
        work = asyncio.create_task(
            route(
                bootstrap=given.bootstrap,
                prefix=given.prefix,
                partitions=given.partitions,
                volume=given.volume,
            )
        )
        await _until_told(work)

    try:
        uvloop.run(run())
    except asyncio.CancelledError:
        return


if __name__ == "__main__":
    main()
