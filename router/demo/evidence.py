"""Everything the topics hold, as the proof reads it: inputs, decisions and dead letters.

Reads the bytes with no part of the router's own reading but the form of a time, so that a mistake
there cannot hide here. Judges nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import orjson

from router.demo.decisions import Decision, read_decision

INPUTS: Final = ("conversations", "agents", "commands")
ASSIGNMENTS: Final = "assignments"
DEAD_LETTERS: Final = "dead-letters"
TOPICS: Final = (*INPUTS, ASSIGNMENTS, DEAD_LETTERS)
"""The topics that are evidence, without their prefix."""

Place = tuple[str, int, int]
"""Where a record lies: topic as published, partition, offset."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record as a consumer gets it."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()

    @property
    def place(self) -> Place:
        """Where it lies."""
        return self.topic, self.partition, self.offset


@dataclass(frozen=True, slots=True)
class Written:
    """What the envelope of an input says; fields are empty where it says nothing readable."""

    pool: str = ""
    type: str = ""
    id: str = ""
    source: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All records, read; lists are in the order of their topic's partitions and offsets."""

    inputs: dict[Place, Written]
    decisions: list[Decision]
    dead: list[Place]


def gather(records: Iterable[Record], *, prefix: str) -> Evidence:
    """Read the records of all topics, in any order.

    Raises `ValueError` where the router published something that is no event.
    """
    evidence = Evidence({}, [], [])
    for record in sorted(records, key=lambda each: each.place):
        kind = record.topic.removeprefix(prefix)
        if kind in INPUTS:
            evidence.inputs[record.place] = _written(record)
        elif kind == ASSIGNMENTS:
            evidence.decisions.append(read_decision(record.value or b""))
        elif kind == DEAD_LETTERS:
            notice = orjson.loads(record.value or b"")["data"]
            evidence.dead.append((notice["topic"], notice["partition"], notice["offset"]))
    return evidence


def _written(record: Record) -> Written:
    headers = {name: value.decode("utf-8", "replace") for name, value in record.headers}
    if "ce_type" in headers:
        said: dict[str, Any] = {name[3:]: each for name, each in headers.items()}
    else:
        said = _object(record.value)
    words = [said.get(name) for name in ("type", "id", "source", "subject")]
    type_, id_, source, subject = (each if isinstance(each, str) else "" for each in words)
    pool = (record.key or b"").decode("utf-8", "replace")
    return Written(pool=pool, type=type_, id=id_, source=source, subject=subject)


def _object(value: bytes | None) -> dict[str, Any]:
    try:
        read = orjson.loads(value or b"")
    except orjson.JSONDecodeError:
        return {}
    return read if isinstance(read, dict) else {}
