"""What was read for one shard and waits to be decided.

The process reads for all its shards with one consumer; each shard takes from its own feed.
Promises: inputs of one topic come out in offset order, topics in the order in which they were read;
none comes out twice; a feed that is full says so. One event loop, no locks.
"""

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any, Final

CHUNK: Final = 64
"""Most inputs taken at once: after each chunk a batch looks at the time."""
CHUNK_BYTES: Final = 128 * 1024
"""A chunk ends with the input that makes it so large: what is large may be slow to read."""


class Feed:
    """The inputs of one shard between the consumer and the engine.

    `to_fetch`: next offset to read of each input, in the order of `Topic`. Full from `most_inputs`
    records or `most_bytes` of them on, until half of that is taken.
    """

    __slots__ = (
        "_bytes",
        "_chunks",
        "_error",
        "_is_full",
        "_most_bytes",
        "_most_inputs",
        "_nudged",
        "_size",
        "_waiter",
        "partition",
        "to_fetch",
    )

    def __init__(
        self, partition: int, to_fetch: Sequence[int], *, most_inputs: int, most_bytes: int
    ) -> None:
        self.partition = partition
        self.to_fetch = list(to_fetch)
        self._most_inputs = most_inputs
        self._most_bytes = most_bytes
        # Which input, its next records in offset order, their bytes.
        self._chunks: deque[tuple[int, list[Any], int]] = deque()
        self._size = 0
        self._bytes = 0
        self._is_full = False
        self._nudged = False
        self._error: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None

    def __len__(self) -> int:
        """Tell how many inputs wait."""
        return self._size

    @property
    def is_full(self) -> bool:
        """Whether nothing more should be read for this shard for now."""
        return self._is_full

    def give(self, source: int, records: list[Any]) -> None:
        """Add records of one input (by its place in `Topic`), in offset order."""
        fresh = self._fresh(source, records)
        if not fresh:
            return
        self.to_fetch[source] = fresh[-1].offset + 1
        self._size += len(fresh)
        for chunk, size in _chunks(fresh):
            self._bytes += size
            self._chunks.append((source, chunk, size))
        if self._size >= self._most_inputs or self._bytes >= self._most_bytes:
            self._is_full = True
        self.nudge()

    def take(self) -> tuple[int, list[Any]]:
        """Take the next inputs, one to `CHUNK` of the same topic: which input, and its records.

        There must be some.
        """
        source, chunk, size = self._chunks.popleft()
        self._size -= len(chunk)
        self._bytes -= size
        if self._size * 2 <= self._most_inputs and self._bytes * 2 <= self._most_bytes:
            self._is_full = False
        return source, chunk

    def fail(self, error: Exception) -> None:
        """Let the shard know that it cannot be read for any more."""
        self._error = error
        self.nudge()

    def nudge(self) -> None:
        """Wake the shard up, whether there is an input or not."""
        self._nudged = True
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def wait(self, seconds: float) -> None:
        """Return when there is an input, after a nudge, or after so many seconds at the latest.

        Raises what the feed failed with.
        """
        if not self._size and not self._nudged and seconds > 0:
            loop = asyncio.get_running_loop()
            self._waiter = loop.create_future()
            alarm = loop.call_later(seconds, self.nudge)
            try:
                await self._waiter
            finally:
                alarm.cancel()
                self._waiter = None
        self._nudged = False
        if self._error is not None:
            raise self._error

    def _fresh(self, source: int, records: list[Any]) -> list[Any]:
        """Leave out what was given already: the consumer may have been put back."""
        expected = self.to_fetch[source]
        if records and records[0].offset >= expected:
            return records
        return [record for record in records if record.offset >= expected]


def _chunks(records: list[Any]) -> Iterator[tuple[list[Any], int]]:
    """Cut records into chunks, each with its bytes: values, keys and headers."""
    start = size = 0
    for end, record in enumerate(records, start=1):
        size += len(record.value or b"") + len(record.key or b"")
        for name, value in record.headers:
            size += len(name) + len(value or b"")
        if end - start == CHUNK or size >= CHUNK_BYTES:
            yield records[start:end], size
            start, size = end, 0
    if start < len(records):
        yield records[start:], size
