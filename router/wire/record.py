"""A Kafka record before it is sent: what every room that writes hands to the daemon.

Promises nothing about where it goes: topic and partition are the daemon's. Does not hold a time;
the broker's or the producer's is used.
"""

from typing import Final, NamedTuple

Headers = tuple[tuple[str, bytes], ...]

STRUCTURED_TYPE: Final = "application/cloudevents+json"
"""Media type of a CloudEvent written whole into a record's value."""

STRUCTURED_HEADERS: Final[Headers] = (
    ("content-type", f"{STRUCTURED_TYPE}; charset=UTF-8".encode("ascii")),
)
"""Headers of every event the router writes."""


class Record(NamedTuple):
    """Key, value and headers of one record; a value of None deletes its key where compacted."""

    key: bytes | None
    value: bytes | None
    headers: Headers = ()
