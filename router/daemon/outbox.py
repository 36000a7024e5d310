"""Publish all that one batch decided, in one Kafka transaction, or nothing of it.

A shard has one transactional producer, whose id is the shard's: starting it takes the shard from
any earlier owner, and that is what keeps two owners apart. Promises: when `publish` returns, every
record of it is committed; when it raises, the outcome is unknown and the outbox is of no use any
more, so the shard's life ends and the next one reads from the topics what is true. Never aborts,
never repeats.
"""

import asyncio
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Any

from aiokafka import errors as kafka_errors
from aiokafka.producer.message_accumulator import BatchBuilder

from router.daemon.connection import Connection
from router.daemon.deadline import within
from router.daemon.errors import SettingRefusedError
from router.daemon.hard_stop import stop_producer
from router.daemon.inside_aiokafka import Append, appender, close_page
from router.daemon.settings import Settings

Headers = Sequence[tuple[str, bytes | None]]

NO_HEADERS: Headers = ()


class Parcel:
    """Records for one topic partition, packed as they come; `at` is their timestamp (ms)."""

    __slots__ = (
        "_append",
        "_at",
        "_count",
        "_headers",
        "_listed",
        "_outbox",
        "_page",
        "pages",
        "partition",
        "topic",
    )

    def __init__(self, outbox: "Outbox", topic: str, partition: int, *, at: int) -> None:
        self.topic = topic
        self.partition = partition
        self.pages: list[BatchBuilder] = []
        self._outbox = outbox
        self._at = at
        self._count = 0
        self._page: BatchBuilder | None = None
        self._append: Append | None = None
        self._headers: Headers = NO_HEADERS
        self._listed: list[tuple[str, bytes | None]] = []

    def add(self, key: bytes | None, value: bytes | None, headers: Headers = NO_HEADERS) -> None:
        """Add a record after those that are there; a page that is full is followed by another."""
        if headers is not self._headers:
            # The client takes a list and nothing else; most records have the very same headers.
            self._headers, self._listed = headers, list(headers)
        append = self._append
        if append is None or append(self._count, self._at, key, value, self._listed) is None:
            append = self._turn()
            # The first record of a page always fits, however large it is.
            append(0, self._at, key, value, self._listed)
        self._count += 1

    def seal(self) -> list[BatchBuilder]:
        """Give the pages; nothing may be added after that."""
        self._close_page()
        return self.pages

    def _turn(self) -> Append:
        self._close_page()
        self._page = self._outbox.new_page()
        append = self._append = appender(self._page)
        self._count = 0
        return append

    def _close_page(self) -> None:
        if self._page is None:
            return
        close_page(self._page, records=self._count)
        self.pages.append(self._page)
        self._page = None
        self._append = None


class Outbox:
    """The transactional producer of one shard, for one life."""

    def __init__(self, connection: Connection, settings: Settings, *, partition: int) -> None:
        self._settings = settings
        self._producer = connection.producer(
            transactional_id(settings.group, partition), settings.producer
        )

    async def open(self) -> None:
        """Take the shard: from now on nothing that an earlier owner sends is committed.

        Raises `SettingRefusedError` where the broker does not let a transaction last so long.
        """
        timeout_s = 2 * self._settings.kafka.call_timeout_s
        try:
            await within(timeout_s, "starting the producer", self._producer.start())
        except kafka_errors.InvalidTransactionTimeout as error:
            given = self._settings.producer.transaction_timeout_ms
            raise SettingRefusedError(
                f"producer.transaction_timeout_ms: the broker does not take {given}: its"
                " transaction.max.timeout.ms is the most"
            ) from error

    async def close(self) -> None:
        """Let go, whatever state it is in."""
        await stop_producer(self._producer, timeout_s=0)

    def new_page(self) -> BatchBuilder:
        """Make an empty batch of records, as large as the settings allow."""
        return self._producer.create_batch()

    def parcel(self, topic: str, partition: int, *, at: int) -> Parcel:
        """Begin the records for one topic partition."""
        return Parcel(self, topic, partition, at=at)

    async def publish(self, parcels: Iterable[Parcel]) -> None:
        """Commit all records of these parcels in one transaction."""
        await within(self._settings.shards.batch_timeout_s, "a transaction", self._publish(parcels))

    async def _publish(self, parcels: Iterable[Parcel]) -> None:
        producer = self._producer
        await producer.begin_transaction()
        deliveries = await self._send(parcels)
        # Every one of them: a commit succeeds although a record of the transaction failed.
        await asyncio.gather(*deliveries)
        await producer.commit_transaction()

    async def _send(self, parcels: Iterable[Parcel]) -> list["asyncio.Future[Any]"]:
        deliveries = []
        sealed = [(each.topic, each.partition, each.seal()) for each in parcels]
        # First pages first: the client then tells the broker of all partitions in one request.
        for row in zip_longest(*(pages for _, _, pages in sealed)):
            for (topic, partition, _), page in zip(sealed, row, strict=True):
                if page is not None:
                    deliveries.append(
                        await self._producer.send_batch(page, topic, partition=partition)
                    )
        return deliveries


def transactional_id(group: str, partition: int) -> str:
    """Name the shard to the broker, the same for every owner: a later one fences the earlier."""
    return f"{group}.{partition}"
