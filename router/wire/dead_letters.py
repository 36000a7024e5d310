"""Notices of inputs that could not be read.

A dead letter says where the record is, which rule it broke and what the producer can do. Promises
never to carry the record's value, its headers, or any part of them: they may hold a customer's
words. The original stays at its offset.
"""

import builtins
import hashlib

import msgspec
from msgspec import UNSET, UnsetType

from router.model.reasons import Unreadable
from router.wire import instants
from router.wire.record import STRUCTURED_HEADERS, Record

TYPE = "input.dead_lettered"


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """An input nobody will apply.

    ``field`` is the dotted path of what is wrong, where one can be named; ``bytes`` and ``sha256``
    (hexadecimal) are those of the value, and of nothing where it is null; ``key`` is the original.
    """

    topic: str
    partition: int
    offset: int
    reason: Unreadable
    field: str | None
    explanation: str
    bytes: int
    sha256: str
    key: builtins.bytes | None


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with a record; the explanation is for its producer and quotes nothing."""

    reason: Unreadable
    explanation: str
    field: str | None = None


class _Notice(msgspec.Struct, frozen=True, kw_only=True):
    topic: str
    partition: int
    offset: int
    reason: Unreadable
    field: str | UnsetType
    explanation: str
    bytes: int
    sha256: str


class _Event(msgspec.Struct, frozen=True, kw_only=True):
    specversion: str = "1.0"
    id: str
    source: str
    type: str = TYPE
    time: str
    data: _Notice


_encode = msgspec.json.Encoder().encode


def digest(value: builtins.bytes | None) -> tuple[int, str]:
    """Give length and SHA-256 (hexadecimal) of a value; a null value is nothing."""
    return len(value or b""), hashlib.sha256(value or b"").hexdigest()


def encode_dead_letter(
    dead_letter: DeadLetter, at: int, *, source: str = "/contact-router"
) -> Record:
    """Write a dead letter as a structured CloudEvent, noticed at ``at`` (ms).

    Its id is made of topic, partition and offset, so that a consumer can tell a repetition.
    """
    notice = _Notice(
        topic=dead_letter.topic,
        partition=dead_letter.partition,
        offset=dead_letter.offset,
        reason=dead_letter.reason,
        field=UNSET if dead_letter.field is None else dead_letter.field,
        explanation=dead_letter.explanation,
        bytes=dead_letter.bytes,
        sha256=dead_letter.sha256,
    )
    event = _Event(
        id=f"{dead_letter.topic}:{dead_letter.partition}:{dead_letter.offset}",
        source=source,
        time=instants.render(at),
        data=notice,
    )
    return Record(dead_letter.key, _encode(event), STRUCTURED_HEADERS)
