"""What aiokafka does that this daemon cannot live with, mended here and nowhere else.

Everything in this module leans on the inside of one release, which is why that release is pinned;
`tests/integration/aiokafka_hazards` shows each hazard on a real broker. `docs/decisions`
tells which of them are met by the design instead.
"""

import asyncio
from collections.abc import Iterator
from typing import Any, Final

import aiokafka
import aiokafka.codec
import aiokafka.producer.sender
from aiokafka.client import AIOKafkaClient
from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import MemoryRecords, _MemoryRecordsPy

KNOWN: Final = "0.14.0"
PAUSE_S: Final = 0.1
CODECS: Final = {
    "gzip": aiokafka.codec.has_gzip,
    "snappy": aiokafka.codec.has_snappy,
    "lz4": aiokafka.codec.has_lz4,
    "zstd": aiokafka.codec.has_zstd,
}
"""What producers, and brokers by a topic's setting, may compress with."""


class UnsafeRuntimeError(Exception):
    """Tell that this interpreter, or this aiokafka, would break the promises."""


def as_read(key: bytes) -> bytes:
    """Mark a consumer, given as its `key_deserializer`, whose records are wanted as they are read.

    It is never called: such a consumer gives the client's inner records (offset, timestamp, key,
    value, headers), without the copy of eleven fields that a `ConsumerRecord` is.
    """
    return key


class _Kept:
    """The batches of one fetch, with the bytes they were read from."""

    def __init__(self, raw: bytes) -> None:
        batches = MemoryRecords(raw)
        self.raw = raw
        self.has_next = batches.has_next
        self.next_batch = batches.next_batch
        self.size_in_bytes = batches.size_in_bytes


class _AnyName(bytearray):
    """Bytes that are text whatever they hold."""

    def __getitem__(self, at: Any) -> Any:
        part = super().__getitem__(at)
        return part if isinstance(part, int) else _AnyName(part)

    def decode(self, encoding: str = "utf-8", errors: str = "replace") -> str:
        return super().decode(encoding, errors)


class _ForgivingBatch(_DefaultRecordBatchPy):  # type: ignore[misc]  # it says it is final
    """A batch in which the name of a header may be any bytes."""

    _buffer: Any

    def __iter__(self) -> "_ForgivingBatch":
        super().__iter__()
        self._buffer = _AnyName(self._buffer)
        return self


class _Forgiving(_MemoryRecordsPy):  # type: ignore[misc]  # it says it is final
    """The batches of one fetch from an offset on, read without trust in the names of headers.

    A producer may name a header in any bytes. The client raises there, at every attempt, and never
    gets past that record, which may be sound but for the name.
    """

    def __init__(self, raw: bytes, *, after: int) -> None:
        super().__init__(raw)
        while self._next_slice is not None and self._peek().next_offset <= after:
            self._cache_next()

    def next_batch(self) -> Any:
        batch = self._peek()
        self._cache_next()
        return batch

    def _peek(self) -> Any:
        return _ForgivingBatch(bytearray(self._next_slice))


class _Records(fetcher.PartitionRecords):  # type: ignore[misc]  # aiokafka has no types
    """What one fetch brought of one partition, read as this daemon needs it."""

    _records: Any
    _records_iterator: Any

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._records_iterator = self._read_in_spite_of_names(self._records_iterator)

    def __iter__(self) -> Iterator[Any]:
        # The client's own `__next__` is a call for each record that only hides this iterator.
        iterator: Iterator[Any] = self._records_iterator
        return iterator

    def _read_in_spite_of_names(self, unpacked: Iterator[Any]) -> Iterator[Any]:
        try:
            yield from unpacked
        except UnicodeDecodeError:
            self._records = _Forgiving(self._records.raw, after=self.next_fetch_offset)
            yield from self._unpack_records()

    def _contains_abort_marker(self, next_batch: Any) -> bool:
        """Tell whether a control batch ends an aborted transaction.

        Log compaction can leave a control batch without a record. The client raises there, at
        every attempt, and never gets past it; it is no marker any more, so it is passed over.
        """
        control = next(next_batch, None)
        if control is None:
            return False
        return bool(fetcher.ControlRecord.parse(control.key) == fetcher.ABORT_MARKER)

    def _consumer_record(self, tp: Any, record: Any) -> Any:
        if self._key_deserializer is as_read:
            return record
        return super()._consumer_record(tp, record)


_ask_for_metadata: Final = AIOKafkaClient._metadata_update  # noqa: SLF001 - what is mended


async def _ask_without_haste(client: Any, *arguments: Any) -> bool:
    """Update a client's metadata; after a failure wait a little.

    With no broker there, the client's own tasks ask again at once, a thousand times a second.
    """
    is_updated = bool(await _ask_for_metadata(client, *arguments))
    if not is_updated:
        await asyncio.sleep(PAUSE_S)
    return is_updated


def mend(*, backoff_ms: float) -> None:
    """Put the mended parts in place, for all clients of this process. To be called at start.

    `backoff_ms` is the wait before a transaction is begun again that the broker refused because the
    last one's end is still being written. Raises `UnsafeRuntimeError` under `python -O`, which
    takes out the assertions that guard the client's own state, with any other aiokafka, and with
    one that cannot read all that producers may write: a single such record would stop every shard.
    """
    if not __debug__:
        raise UnsafeRuntimeError("python -O takes out the checks that aiokafka leans on")
    if aiokafka.__version__ != KNOWN:
        raise UnsafeRuntimeError(
            f"aiokafka {aiokafka.__version__} was never observed: this daemon needs {KNOWN}"
        )
    unread = [name for name, is_there in CODECS.items() if not is_there()]
    if unread:
        raise UnsafeRuntimeError(
            f"what is compressed with {', '.join(unread)} could not be read: the package cramjam is"
            " missing"
        )
    fetcher.MemoryRecords = _Kept
    fetcher.PartitionRecords = _Records
    AIOKafkaClient._metadata_update = _ask_without_haste  # noqa: SLF001 - what is mended
    aiokafka.producer.sender.BACKOFF_OVERRIDE = backoff_ms / 1_000
