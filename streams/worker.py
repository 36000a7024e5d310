"""Run the fold on Faust: decisions in, figures out, each decision counted once.

One transaction holds the rows of a batch and the positions behind its decisions. Left to itself
Faust commits by the clock, with rows still in its buffers; here the broker has every row of the
batch before it is committed, and the next one begins after that, so that a transaction never holds
half a batch. On any trouble the process ends; what it had not committed is folded again by the next
one. Figures are not made here (`fold`), nor is anything about Kafka's wire (`driver`).
"""

import asyncio
import itertools
import logging
from collections.abc import Iterator, Sequence
from typing import Any, cast

import faust
import msgspec
from faust.types import TP, EventT, StreamT
from faust.types.tuples import RecordMetadata

from streams.app import App, SkippedError, StreamsError, build_app
from streams.decisions import UnreadableError, read_decision
from streams.figures import Minute, decode_conversation, decode_minute, encode_key, encode_row
from streams.fold import Fold
from streams.settings import HOUR_MS, Settings
from streams.tables import Changelog

log = logging.getLogger("streams")


class Worker:
    """One worker of the streams: the Faust app and the folds of the partitions it owns."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.app = build_app(settings)
        topics = settings.topics
        self._minutes = self._changelog("queue-minutes", topics.queue_minutes)
        self._open = self._changelog("open-conversations", topics.open_conversations)
        self.app.changelogs = (self._minutes, self._open)
        self.app.source = topics.assignments
        # Raw, keys too: a record that Faust itself cannot read would end its stream for good.
        # Without its acknowledgements: they stumble over every transaction's marker, and positions
        # with them.
        source = self.app.topic(
            topics.assignments,
            key_serializer="raw",
            value_serializer="raw",
            allow_empty=True,
            acks=False,
        )
        self.app.agent(source, name="decisions")(self._run)
        self._folds: dict[int, Fold] = {}
        self._generation = -1
        self._is_dealing, self._is_settled = True, False
        self._batch = asyncio.Lock()
        self.app.on_partitions_revoked.connect(self._end_generation)
        self.app.on_partitions_assigned.connect(self._begin_generation)
        self.unreadable = 0

    def _changelog(self, name: str, topic: str) -> Changelog:
        changelog = Changelog(
            self.app,
            name=name,
            key_type=bytes,
            value_type=bytes,
            changelog_topic=self.app.topic(
                topic,
                key_type=bytes,
                value_type=bytes,
                key_serializer="raw",
                value_serializer="raw",
                compacting=True,
                acks=False,
                internal=True,
                maxsize=131_072,
                allow_empty=True,
                replicas=self._settings.topics.replication,
            ),
        )
        self.app.tables.add(changelog)
        return changelog

    async def _run(self, stream: StreamT[Any]) -> None:
        streams = self._settings.streams
        batches = cast(faust.Stream[Any], stream).noack_take(
            streams.batch_decisions, within=streams.batch_ms / 1000
        )
        async for batch in batches:
            await self._fold(batch)

    async def _fold(self, batch: Sequence[EventT[Any]]) -> None:
        """Fold a batch, wait until the broker has every row of it, commit."""
        async with self._batch:
            if self._is_dealing:
                return
            # What was read before the partitions were dealt anew is read again after it.
            events = [event for event in batch if event.message.generation_id == self._generation]
            if not events:
                return
            self._settle()
            folded = list(itertools.takewhile(self._add, events))
            sent = list(self._write({event.message.partition for event in folded}))
            if sent:
                async with asyncio.timeout(self._settings.streams.delivery_timeout_s):
                    await asyncio.gather(*sent)
            if folded:
                await self._commit(folded)
            if len(folded) < len(events):
                skipped = events[len(folded)].message
                raise SkippedError(
                    f"before offset {skipped.offset} of partition {skipped.partition}"
                )

    def _write(self, partitions: set[int]) -> Iterator["asyncio.Future[RecordMetadata]"]:
        for partition in sorted(partitions & self._folds.keys()):
            for key, row in self._folds[partition].changes():
                topic = self._minutes if isinstance(key, Minute) else self._open
                value = None if row is None else encode_row(row)
                yield topic.write(partition, encode_key(key), value)

    def _add(self, event: EventT[Any]) -> bool:
        """Fold what is in a record, unless decisions before it were skipped; tell whether so."""
        message = event.message
        where = {"partition": message.partition, "offset": message.offset}
        fold = self._folds.get(message.partition) or self._restore(message.partition)
        try:
            decision = read_decision(message.value, message.headers)
        except UnreadableError as error:
            self.unreadable += 1
            log.warning("decision unreadable, skipped: %s", error, extra=where)
            return True
        if not fold.follows(decision):
            return False
        missing = fold.add(decision)
        if missing:
            log.error("decisions missing before this one: %d", missing, extra=where)
        return True

    async def _commit(self, events: Sequence[EventT[Any]]) -> None:
        """Commit everything that was sent, with the positions behind the last of these decisions."""
        positions: dict[TP, int] = {}
        for event in events:
            positions[event.message.tp] = event.message.offset + 1
        await self.app.consumer.transactions.commit(positions)

    async def _end_generation(self, app: App, /, *args: Any, **kwargs: Any) -> None:
        """Before the partitions are dealt anew, finish the batch at hand and begin no other."""
        self._is_dealing = True
        async with self._batch:
            return

    async def _begin_generation(self, app: App, /, *args: Any, **kwargs: Any) -> None:
        """Now that they are dealt, keep the folds of the partitions that stayed."""
        assigned: set[TP] = args[0]
        own = {tp.partition for tp in assigned if tp.topic == app.source}
        self._folds = {number: fold for number, fold in self._folds.items() if number in own}
        self._generation = app.consumer_generation_id
        self._is_dealing = self._is_settled = False

    def _settle(self) -> None:
        """Drop what was restored of partitions that stayed: their folds go further."""
        if not self._is_settled:
            self._is_settled = True
            for number in self._folds:
                self._minutes.take(number)
                self._open.take(number)

    def _restore(self, partition: int) -> Fold:
        """Begin the fold of a partition with the rows of its changelogs, which are complete now."""
        streams = self._settings.streams
        fold = Fold(
            retention_ms=streams.retention_hours * HOUR_MS,
            life_ms=streams.conversation_hours * HOUR_MS,
        )
        try:
            fold.restore(decode_minute(*row) for row in self._minutes.take(partition).items())
            fold.restore(decode_conversation(*row) for row in self._open.take(partition).items())
        except msgspec.MsgspecError as error:
            raise StreamsError(
                f"partition {partition} of our own topics is broken: {error}"
            ) from error
        log.info(
            "restored %d minutes and %d open conversations",
            len(fold.figures),
            len(fold.open),
            extra={"partition": partition},
        )
        self._folds[partition] = fold
        return fold
