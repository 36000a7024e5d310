"""Write events as the platforms around a router do: CloudEvents, keyed by pool.

A `Pen` writes for one source, in the mode that source uses, and numbers its events so that no id is
used twice. Writes bytes and sends nothing; a `Voice` sends what is written, at the time it is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import orjson

from router.demo.agenda import Agenda
from router.model.inputs import INPUT_TYPES, Topic
from router.wire import instants

STRUCTURED: Final = (("content-type", b"application/cloudevents+json; charset=UTF-8"),)


@dataclass(frozen=True, slots=True)
class Letter:
    """One event on its way to an input topic.

    `type`, `id` and `source` are what its envelope says, empty where nobody could read it.
    """

    topic: Topic
    type: str
    id: str
    source: str
    key: bytes | None
    value: bytes
    headers: tuple[tuple[str, bytes], ...]
    is_repetition: bool = False


class Pen:
    """Writes the events of one source to one pool."""

    def __init__(self, source: str, *, pool: str, binary: bool = False) -> None:
        self._source = source
        self._key = pool.encode("ascii")
        self._is_binary = binary
        self._count = 0

    def write(self, type_: str, subject: str, *, at: float, **data: Any) -> Letter:
        """Write an event of time `at` (seconds); fields that are None are left out."""
        self._count += 1
        attributes = {
            "specversion": "1.0",
            "id": f"{self._source.strip('/')}-{self._count}",
            "source": self._source,
            "type": type_,
            "subject": subject,
            "time": instants.render(int(at * 1_000)),
        }
        given = {name: value for name, value in data.items() if value is not None}
        if self._is_binary:
            headers = tuple((f"ce_{name}", each.encode()) for name, each in attributes.items())
            headers = (*headers, ("content-type", b"application/json"))
            value = orjson.dumps(given)
        else:
            headers = STRUCTURED
            value = orjson.dumps({**attributes, "data": given})
        return Letter(
            topic=INPUT_TYPES[type_].topic,
            type=type_,
            id=attributes["id"],
            source=self._source,
            key=self._key,
            value=value,
            headers=headers,
        )


class Voice:
    """Somebody who says things now."""

    def __init__(self, pen: Pen, agenda: Agenda, send: Callable[[Letter], None]) -> None:
        self._pen = pen
        self._agenda = agenda
        self._send = send

    def say(self, type_: str, subject: str, **data: Any) -> None:
        """Write an event of now and send it."""
        self._send(self._pen.write(type_, subject, at=self._agenda.now, **data))
