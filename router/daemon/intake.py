"""Read the inputs of all shards of this process with one consumer.

One consumer for all costs far less than one for each, and shards come and go under it: each change
is a new assignment, put back to where each shard's feed stands. Promises: every feed gets its
inputs from its own next offset on, without a gap; a full feed is not read for. When the consumer
fails it is replaced, and no shard notices. Never decides where to begin: a feed knows.
"""

import asyncio
import time
from typing import Any, Final

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import OffsetOutOfRangeError

from router.daemon.connection import Connection
from router.daemon.deadline import within
from router.daemon.errors import DeletedInputsError
from router.daemon.feed import Feed
from router.daemon.hard_stop import stop_consumer
from router.daemon.hazards import as_read
from router.daemon.inside_aiokafka import has_fetcher_ended, has_given_all, position_of
from router.daemon.settings import Settings

log = structlog.get_logger(__name__)

POLL_MS: Final = 1_000
RESTART_S: Final = 0.5
FETCH_BYTES: Final = 512 * 1024
"""Most of one partition in one fetch; a single larger record comes all the same."""


class Intake:
    """The data consumer of the process. `run` is its task; shards `attach` and `detach`."""

    def __init__(
        self, connection: Connection, settings: Settings, *, inputs: tuple[str, ...]
    ) -> None:
        self._connection = connection
        self._settings = settings
        self._inputs = inputs
        self._feeds: dict[int, Feed] = {}
        self._where: dict[TopicPartition, tuple[Feed, int]] = {}
        self._paused: set[int] = set()
        self._heard: dict[TopicPartition, float] = {}
        self._ends: dict[TopicPartition, int] = {}
        self._consumer: AIOKafkaConsumer | None = None

    async def run(self) -> None:
        """Read for whoever is attached, until cancelled."""
        while True:
            try:
                await self._read()
            # The task guard: whatever ended this consumer, the next one starts from the feeds.
            except Exception as error:  # noqa: BLE001 - the task guard
                log.warning("the consumer of the inputs starts over", error=repr(error))
            await asyncio.sleep(RESTART_S)

    def attach(self, feed: Feed) -> None:
        """Begin to read for a shard, from where its feed stands."""
        self._feeds[feed.partition] = feed
        self._assign()

    def detach(self, feed: Feed) -> None:
        """Stop reading for a shard; a feed that was replaced already is left alone."""
        if self._feeds.get(feed.partition) is feed:
            del self._feeds[feed.partition]
            self._assign()

    def has_others(self, feed: Feed) -> bool:
        """Tell whether other shards of this process are read for too."""
        return any(each is not feed for each in self._feeds.values())

    def ends(self) -> dict[TopicPartition, int]:
        """Tell how far each input that is read for could be read, as of the last answer for it."""
        self._listen()
        return dict(self._ends)

    def silence_s(self) -> float:
        """Tell how long nothing was heard of the input that was silent for longest.

        A broker answers for each input ten times a second, with nothing where nothing is new. What
        came and could not be read was not heard. Those that nothing is asked of, because their
        shard is full, do not count.
        """
        self._listen()
        asked = [self._heard[each] for each, (feed, _) in self._where.items() if not feed.is_full]
        return max(0.0, time.time() - min(asked)) if asked else 0.0

    def through(self, feed: Feed) -> list[int]:
        """Tell behind which offset of each input there is nothing for a shard yet.

        At or after the next one that its feed expects: ends of transactions are no inputs, and nobody
        loses anything when they are deleted.
        """
        consumer = self._consumer
        if consumer is None or self._feeds.get(feed.partition) is not feed:
            return list(feed.to_fetch)
        return [
            max(next_one, position_of(consumer, source))
            for next_one, source in zip(feed.to_fetch, self._sources(feed), strict=True)
        ]

    def resume_if_room(self, feed: Feed) -> None:
        """Read again for a shard that was full and has room now."""
        if feed.partition in self._paused and not feed.is_full and self._consumer is not None:
            self._paused.discard(feed.partition)
            self._consumer.resume(*self._sources(feed))
            self._heard |= dict.fromkeys(self._sources(feed), time.time())

    async def _read(self) -> None:
        consumer = self._connection.consumer(
            key_deserializer=as_read, max_partition_fetch_bytes=FETCH_BYTES
        )
        try:
            await within(
                self._settings.kafka.call_timeout_s, "connecting to Kafka", consumer.start()
            )
            self._consumer = consumer
            self._assign()
            while True:
                await self._pass_on(consumer)
        finally:
            self._listen()
            self._consumer = None
            await stop_consumer(consumer, timeout_s=self._settings.stop.close_timeout_s)

    async def _pass_on(self, consumer: AIOKafkaConsumer) -> None:
        try:
            read: dict[TopicPartition, list[Any]] = await consumer.getmany(timeout_ms=POLL_MS)
        except OffsetOutOfRangeError as error:
            self._fail(error)
            return
        # Not one await from here to the end: what was read is in the feeds, or will be read again.
        now = time.time()
        for source, records in read.items():
            found = self._where.get(source)
            if found is None:
                continue
            feed, number = found
            feed.give(number, records)
            self._heard[source] = now
            if feed.is_full and feed.partition not in self._paused:
                self._paused.add(feed.partition)
                consumer.pause(*self._sources(feed))
        if has_fetcher_ended(consumer):
            raise RuntimeError("the fetcher has ended")

    def _assign(self) -> None:
        """Assign what is to be read; this forgets all positions, so each one is set again."""
        self._listen()
        self._where = {
            source: (feed, number)
            for feed in self._feeds.values()
            for number, source in enumerate(self._sources(feed))
        }
        now = time.time()
        self._heard = {source: self._heard.get(source, now) for source in self._where}
        self._ends = {each: end for each, end in self._ends.items() if each in self._where}
        if self._consumer is None:
            return
        self._consumer.assign(list(self._where))
        for source, (feed, number) in self._where.items():
            self._consumer.seek(source, feed.to_fetch[number])
        full = [feed for feed in self._feeds.values() if feed.is_full]
        self._paused = {feed.partition for feed in full}
        for feed in full:
            self._consumer.pause(*self._sources(feed))

    def _listen(self) -> None:
        """Note what the broker answered last for each input; a new consumer or assignment forgets."""
        consumer = self._consumer
        if consumer is None:
            return
        for source in self._where.keys() & consumer.assignment():
            at, end = consumer.last_poll_timestamp(source), consumer.last_stable_offset(source)
            if end is not None:
                self._ends[source] = end
            if at is not None and has_given_all(consumer, source):
                self._heard[source] = max(self._heard[source], at / 1_000)

    def _sources(self, feed: Feed) -> list[TopicPartition]:
        return [TopicPartition(topic, feed.partition) for topic in self._inputs]

    def _fail(self, error: OffsetOutOfRangeError) -> None:
        # The one error that is about a shard and not about the consumer.
        for source, offset in error.args[0].items():
            found = self._where.get(source)
            if found is not None:
                feed, _ = found
                feed.fail(
                    DeletedInputsError(f"{source.topic}-{source.partition} has no offset {offset}")
                )
                self.detach(feed)
