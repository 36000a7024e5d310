"""The mended parts of aiokafka, on crafted bytes and without a broker."""

import subprocess
import sys

import aiokafka.codec
import aiokafka.producer.sender
import pytest
from aiokafka import TopicPartition
from aiokafka.consumer import fetcher
from aiokafka.record.control_record import ABORT_MARKER
from aiokafka.record.default_records import DefaultRecordBatchBuilder, _DefaultRecordBatchPy
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.record.util import calc_crc32c

from router.daemon import hazards

SOURCE = TopicPartition("routing.state", 0)
PRODUCER = 7
COMMIT_KEY = b"\x00\x00\x00\x01"
ABORT_KEY = b"\x00\x00\x00\x00"
HEADER = _DefaultRecordBatchPy.HEADER_STRUCT
CONTROL = _DefaultRecordBatchPy.CONTROL_MASK


@pytest.fixture(autouse=True)
def _mended() -> None:
    hazards.mend(backoff_ms=1)


def batch(offset: int, *keys: bytes, control: bool = False, header: str | None = None) -> bytes:
    """Craft a transactional batch of one producer, as a log holds it."""
    builder = DefaultRecordBatchBuilder(
        magic=2,
        compression_type=0,
        is_transactional=1,
        producer_id=PRODUCER,
        producer_epoch=0,
        base_sequence=0,
        batch_size=10_000,
    )
    for number, key in enumerate(keys):
        builder.append(number, 0, key, b"value", [] if header is None else [(header, b"1")])
    return marked(builder.build(), offset=offset, control=control)


def emptied(offset: int) -> bytes:
    """Craft a control batch whose record log compaction has taken out: its header stays."""
    whole = bytearray(batch(offset, ABORT_KEY, control=True))[: HEADER.size]
    fields = list(HEADER.unpack_from(whole))
    fields[1] = HEADER.size - _DefaultRecordBatchPy.AFTER_LEN_OFFSET
    fields[12] = 0
    HEADER.pack_into(whole, 0, *fields)
    return marked(whole, offset=offset, control=True)


def marked(raw: bytearray, *, offset: int, control: bool) -> bytes:
    """Give a batch its place in the log, make it a control batch if asked, and sum it up."""
    fields = list(HEADER.unpack_from(raw))
    fields[0] = offset
    fields[5] |= CONTROL if control else 0
    HEADER.pack_into(raw, 0, *fields)
    fields[4] = calc_crc32c(bytes(raw[_DefaultRecordBatchPy.ATTRIBUTES_OFFSET :]))
    HEADER.pack_into(raw, 0, *fields)
    return bytes(raw)


def read(
    log: bytes, *, kind: type[fetcher.PartitionRecords], aborted: list[tuple[int, int]]
) -> fetcher.PartitionRecords:
    return kind(
        SOURCE,
        fetcher.MemoryRecords(log),
        aborted,
        0,
        hazards.as_read,
        None,
        True,
        fetcher.READ_COMMITTED,
    )


def test_a_control_batch_that_compaction_emptied_is_passed_over() -> None:
    log = batch(0, b"a") + batch(1, COMMIT_KEY, control=True) + emptied(2) + batch(3, b"b")

    records = read(log, kind=fetcher.PartitionRecords, aborted=[])

    assert [(record.offset, record.key) for record in records] == [(0, b"a"), (3, b"b")]
    assert records.next_fetch_offset == 4


def test_the_client_alone_would_never_get_past_it() -> None:
    records = read(emptied(0) + batch(1, b"b"), kind=UNMENDED, aborted=[])

    with pytest.raises(aiokafka.errors.KafkaError, match="did not contain any records"):
        list(records)


def test_a_header_whose_name_is_no_text_stops_nobody() -> None:
    poison = batch(2, b"p", b"q", header="name").replace(b"name", b"n\xff\xfee")
    poison = marked(bytearray(poison), offset=2, control=False)
    aborted = batch(4, b"aborted") + batch(5, ABORT_KEY, control=True)
    log = batch(0, b"a") + batch(1, b"b") + poison + aborted + batch(6, b"c", header="name")

    records = read(log, kind=fetcher.PartitionRecords, aborted=[(PRODUCER, 4)])
    first = next(iter(records))
    got = [first, *records]

    assert [(each.offset, each.key) for each in got] == [
        (0, b"a"),
        (1, b"b"),
        (2, b"p"),
        (3, b"q"),
        (6, b"c"),
    ]
    assert got[2].headers[0][1] == b"1"
    assert got[4].headers == [("name", b"1")]
    assert records.next_fetch_offset == 7


def test_the_client_alone_would_stop_at_such_a_header() -> None:
    poison = batch(0, b"p", header="name").replace(b"name", b"n\xff\xfee")
    records = read(marked(bytearray(poison), offset=0, control=False), kind=UNMENDED, aborted=[])

    with pytest.raises(UnicodeDecodeError):
        list(records)


def test_what_was_aborted_is_still_left_out() -> None:
    log = (
        batch(0, b"aborted")
        + batch(1, ABORT_KEY, control=True)
        + batch(2, b"committed")
        + batch(3, COMMIT_KEY, control=True)
    )

    records = read(log, kind=fetcher.PartitionRecords, aborted=[(PRODUCER, 0)])

    assert [record.key for record in records] == [b"committed"]
    assert fetcher.ControlRecord.parse(ABORT_KEY) == ABORT_MARKER


def test_other_consumers_of_the_process_get_whole_records() -> None:
    records = fetcher.PartitionRecords(
        SOURCE, MemoryRecords(batch(0, b"a")), [], 0, None, None, True, fetcher.READ_COMMITTED
    )

    (record,) = list(records)

    assert (record.topic, record.partition, record.offset) == ("routing.state", 0, 0)


def test_an_interpreter_without_assertions_is_refused() -> None:
    program = (
        "from router.daemon import hazards\n"
        "try:\n    hazards.mend(backoff_ms=1)\n"
        "except hazards.UnsafeRuntimeError as error:\n    print(error)\n"
    )

    run = subprocess.run(
        [sys.executable, "-O", "-c", program], capture_output=True, text=True, check=True
    )

    assert "python -O" in run.stdout


def test_another_release_of_the_client_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aiokafka, "__version__", "0.15.0")

    with pytest.raises(hazards.UnsafeRuntimeError, match=r"0\.15\.0"):
        hazards.mend(backoff_ms=1)


def test_a_client_that_could_not_read_what_a_producer_compressed_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(aiokafka.codec, "cramjam", None)

    with pytest.raises(hazards.UnsafeRuntimeError, match="snappy, lz4, zstd could not be read"):
        hazards.mend(backoff_ms=1)


def test_the_wait_between_transactions_is_set_for_the_whole_process() -> None:
    hazards.mend(backoff_ms=2.5)

    assert aiokafka.producer.sender.BACKOFF_OVERRIDE == 0.0025


UNMENDED = next(
    each
    for each in fetcher.PartitionRecords.__mro__
    if each.__module__ == "aiokafka.consumer.fetcher"
)
