"""Hold what Faust reads back from a changelog, until the fold takes it.

After an assignment Faust restores each table from its topic; the rows land here, by partition, and
leave when the fold of that partition begins. So a partition that moved away leaves nothing behind
that could be mistaken for its state when it comes back. Keeps bytes; knows nothing of figures.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, cast

import faust
from faust.stores.base import Store
from faust.types import TP, EventT, StoreT
from faust.types.tuples import RecordMetadata


class Landing(Store[bytes, bytes]):
    """Keep the rows of a changelog by partition; a null value removes its row."""

    def __post_init__(self) -> None:
        self.data = {}
        self.partitions: defaultdict[int, dict[bytes, bytes]] = defaultdict(dict)

    def apply_changelog_batch(
        self,
        batch: Iterable[EventT[Any]],
        to_key: Callable[[Any], Any],
        to_value: Callable[[Any], Any],
    ) -> None:
        """Put records of the changelog in their places, in their order."""
        for event in batch:
            message = event.message
            rows = self.partitions[message.partition]
            if message.key is None:
                continue  # nobody but us writes here, and we always give a key
            if message.value is None:
                rows.pop(message.key, None)
            else:
                rows[message.key] = message.value

    def persisted_offset(self, tp: TP) -> None:
        """Say that nothing is kept here: a changelog is read from its beginning."""

    async def on_rebalance(  # noqa: PLR0917  Faust's signature
        self,
        assigned: set[TP],
        revoked: set[TP],
        newly_assigned: set[TP],
        generation_id: int = 0,
    ) -> None:
        """Drop what was read of partitions that have gone."""
        for moved in revoked:
            self.partitions.pop(moved.partition, None)

    def reset_state(self) -> None:
        """Keep nothing on disk that could be reset."""

    async def backup_partition(  # noqa: PLR0917  Faust's signature
        self, tp: TP | int, flush: bool = True, purge: bool = False, keep: int = 1
    ) -> None:
        """Keep nothing on disk that could be saved."""

    def restore_backup(self, tp: TP | int, latest: bool = True, backup_id: int = 0) -> None:
        """Keep nothing on disk that could come back."""


class Changelog(faust.Table[bytes, bytes]):
    """A topic that is a table: restored by Faust, written row by row under our own hand."""

    def _new_store(self) -> StoreT[Any, Any]:
        return Landing("memory://", self.app, self, table_name=self.name, loop=self.loop)

    def take(self, partition: int) -> dict[bytes, bytes]:
        """Give the rows restored for a partition, and keep them no longer."""
        return cast(Landing, self.data).partitions.pop(partition, {})

    def write(
        self, partition: int, key: bytes, value: bytes | None
    ) -> "asyncio.Future[RecordMetadata]":
        """Send a row to the topic, or a null value; the future ends when the broker has it."""
        return self.send_changelog(partition, key, value)
