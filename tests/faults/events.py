"""Write events as platforms do, in either CloudEvents mode, on real clients.

`Pen` numbers its events, so that an id is unique for its source; `Post` sends them, keyed by pool,
without losing or doubling any while a broker is away.
"""

import json
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from confluent_kafka import KafkaError, Message, Producer

TOPIC_OF: Final = {
    "conversation": "conversations",
    "offer": "conversations",
    "deflection": "conversations",
    "agent": "agents",
    "command": "commands",
}


def rfc3339(seconds: float) -> str:
    """Write a time as RFC 3339, to the millisecond."""
    moment = datetime.fromtimestamp(seconds, tz=UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Letter:
    """A record to send; `partition` only where it is to be the wrong one."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()
    partition: int = -1


class Pen:
    """Writes the events of one source."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.count = 0

    def write(  # the words of an envelope, each named
        self, type_: str, *, pool: str, subject: str, at: float, binary: bool = False, **data: Any
    ) -> Letter:
        """Write an event; fields that are None are left out."""
        self.count += 1
        attributes = {
            "specversion": "1.0",
            "id": f"{self.source.strip('/')}-{self.count}",
            "source": self.source,
            "type": type_,
            "subject": subject,
            "time": rfc3339(at),
        }
        given = {name: value for name, value in data.items() if value is not None}
        topic = TOPIC_OF[type_.partition(".")[0]]
        if binary:
            headers = [(f"ce_{name}", value.encode()) for name, value in attributes.items()]
            headers.append(("content-type", b"application/json"))
            return Letter(topic, pool.encode(), json.dumps(given).encode(), tuple(headers))
        value = json.dumps({**attributes, "datacontenttype": "application/json", "data": given})
        kind = (("content-type", b"application/cloudevents+json"),)
        return Letter(topic, pool.encode(), value.encode(), kind)


class Post:
    """Sends letters in order; `undelivered` are those the broker never took."""

    def __init__(self, bootstrap_servers: str, *, prefix: str, codec: str = "none") -> None:
        self._prefix = prefix
        self._lock = threading.Lock()
        self.delivered = 0
        self.undelivered: list[str] = []
        self._producer = Producer(
            {
                "bootstrap.servers": bootstrap_servers,
                # A broker that is away is part of the play; what is not delivered is kept below.
                "log_level": 0,
                "partitioner": "murmur2_random",
                "enable.idempotence": True,
                "linger.ms": 2,
                "compression.type": codec,
                "message.timeout.ms": 120_000,
                "reconnect.backoff.max.ms": 500,
            }
        )

    def send(self, letter: Letter) -> None:
        """Hand a letter to the client."""
        self._producer.produce(
            self._prefix + letter.topic,
            key=letter.key,
            value=letter.value,
            headers=list(letter.headers),
            partition=letter.partition,
            on_delivery=self._delivered,
        )
        self._producer.poll(0)

    def flush(self, timeout_s: float = 30.0) -> None:
        """Wait until the broker has taken everything."""
        left = self._producer.flush(timeout_s)
        assert left == 0, f"{left} events could not be delivered in {timeout_s} s"
        assert not self.undelivered, self.undelivered[:3]

    def _delivered(self, error: KafkaError | None, message: Message) -> None:
        with self._lock:
            if error is None:
                self.delivered += 1
            else:
                self.undelivered.append(f"{message.topic()}: {error}")
