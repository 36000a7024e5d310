"""Read records as the CloudEvents they claim to be, for judging only.

Takes both modes, structured and binary. What cannot be read as an event is `None`: whether that is
right is for the accounts to say, not for this reading. Times become integer milliseconds.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from tests.checker.topics import Record

STRUCTURED: Final = "application/cloudevents+json"
MURMUR2_SEED: Final = 0x9747B28C


@dataclass(frozen=True, slots=True)
class Event:
    """A CloudEvent and the record it came in; `time` in ms, None where it cannot be read."""

    record: Record
    type: str
    id: str
    source: str
    subject: str
    time: int | None
    traceparent: str | None
    data: dict[str, Any]

    @property
    def pool(self) -> str:
        """The pool the record's key names."""
        return text_of(self.record.key)

    @property
    def place(self) -> tuple[str, int, int]:
        """Where it lies: topic, partition, offset."""
        return self.record.topic, self.record.partition, self.record.offset

    @property
    def where(self) -> str:
        """Where it lies, for people."""
        return f"{self.record.where} ({self.type})"


def read_event(record: Record) -> Event | None:
    """Read a record as a CloudEvent in either mode, or give None where it is not one."""
    headers = {name.lower(): text_of(value) for name, value in record.headers}
    value = _json(record.value)
    if "ce_specversion" in headers:
        attributes: dict[str, Any] = {
            name.removeprefix("ce_"): held
            for name, held in headers.items()
            if name.startswith("ce_")
        }
        data = value if record.value else {}
    elif isinstance(value, dict):
        attributes, data = value, value.get("data")
    else:
        return None
    if not isinstance(attributes.get("type"), str) or not isinstance(data, dict | None):
        return None
    return Event(
        record=record,
        type=attributes["type"],
        id=_string(attributes.get("id")),
        source=_string(attributes.get("source")),
        subject=_string(attributes.get("subject")),
        time=time_of(attributes.get("time")),
        traceparent=attributes.get("traceparent"),
        data=data or {},
    )


def time_of(value: object) -> int | None:
    """Read an RFC 3339 time as milliseconds, or give None where it is none."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.upper())
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    return int(moment.timestamp()) * 1_000 + moment.microsecond // 1_000


def text_of(value: bytes | str | None) -> str:
    """Decode what should be text, keeping what cannot be decoded visible."""
    if value is None or isinstance(value, str):
        return value or ""
    return value.decode("utf-8", "backslashreplace")


def partition_of(key: bytes, partitions: int) -> int:
    """Say on which partition a key belongs: murmur2 as Java's client has it."""
    mask, m = 0xFFFFFFFF, 0x5BD1E995
    h = MURMUR2_SEED ^ len(key)
    whole = len(key) & ~3
    for start in range(0, whole, 4):
        k = int.from_bytes(key[start : start + 4], "little") * m & mask
        k = (k ^ k >> 24) * m & mask
        h = (h * m & mask) ^ k
    if tail := key[whole:]:
        h = (h ^ int.from_bytes(tail, "little")) * m & mask
    h = (h ^ h >> 13) * m & mask
    h ^= h >> 15
    return (h & 0x7FFFFFFF) % partitions


def _json(value: bytes | None) -> object:
    try:
        return json.loads(value or b"")
    except (ValueError, RecursionError):
        return None


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""
