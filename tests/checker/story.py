"""Write topic contents by hand, as a router that keeps its promises would have left them.

For the checker's own tests: a story is told input by input and decision by decision; numbers and
positions come out right by themselves, and a test then breaks one thing.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from tests.checker.decisions import Place
from tests.checker.events import partition_of
from tests.checker.topics import INPUTS, OUTPUTS, Record, Topics

START = 1_772_445_600_000
POOL = "france"
Json = dict[str, Any]


def rfc3339(ms: int) -> str:
    """Write milliseconds as the router does."""
    moment = datetime.fromtimestamp(ms / 1_000, tz=UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Story:
    """Six topics of one partition in the making; `now` is the time of what comes next."""

    def __init__(self) -> None:
        self.now = START
        self.seq = 0
        self.read = dict.fromkeys(INPUTS, -1)
        self.records: dict[str, list[Record]] = {name: [] for name in (*INPUTS, *OUTPUTS)}

    def topics(self, *, truncated: frozenset[tuple[str, int]] = frozenset()) -> Topics:
        """Give the topics as they stand."""
        return Topics(prefix="routing.", partitions=1, records=self.records, truncated=truncated)

    def write(self, topic: str, value: bytes | None, *, key: bytes | None = b"france") -> Place:
        """Append a record as it is and give its place."""
        record = Record(
            topic=f"routing.{topic}",
            partition=0,
            offset=len(self.records[topic]),
            key=key,
            value=value,
            timestamp=self.now,
        )
        self.records[topic].append(record)
        return record.topic, 0, record.offset

    def put(
        self, topic: str, type_: str, *, subject: str, event_id: str = "", **data: Any
    ) -> Place:
        """Append an input in structured mode."""
        event = {
            "specversion": "1.0",
            "id": event_id or f"{topic}-{len(self.records[topic])}",
            "source": "/tests",
            "type": type_,
            "subject": subject,
            "time": rfc3339(self.now),
            "data": data,
        }
        return self.write(topic, json.dumps(event).encode())

    def pass_by(self, place: Place) -> None:
        """Read an input in silence."""
        self.read[place[0].removeprefix("routing.")] = place[2]

    def decide(self, type_: str, *, cause: Place | Json, **data: Any) -> None:
        """Append a decision whose cause is an input's place, or a timer or router cause."""
        if isinstance(cause, tuple):
            self.pass_by(cause)
            records = self.records[cause[0].removeprefix("routing.")]
            held = json.loads(records[cause[2]].value or b"{}") if cause[2] < len(records) else {}
            named: Json = {
                "topic": cause[0],
                "partition": cause[1],
                "offset": cause[2],
                "id": held.get("id", ""),
            }
        else:
            named = cause
        self.seq += 1
        self.publish(
            type_,
            {
                "pool": POOL,
                "seq": self.seq,
                "policy": "p1",
                "cause": named,
                "read": dict(self.read),
                **data,
            },
        )

    def publish(self, type_: str, data: Json) -> None:
        """Append a decision as it is."""
        event = {
            "specversion": "1.0",
            "id": f"{data['pool']}-{data['seq']}",
            "source": "/contact-router",
            "type": type_,
            "time": rfc3339(self.now),
            "data": data,
        }
        self.write("assignments", json.dumps(event).encode())

    def bury(self, place: Place, *, reason: str = "not_json", **changed: Any) -> None:
        """Append the dead letter of a record."""
        original = self.records[place[0].removeprefix("routing.")][place[2]]
        value = original.value or b""
        data = {
            "topic": place[0],
            "partition": place[1],
            "offset": place[2],
            "reason": reason,
            "explanation": "the value is not JSON",
            "bytes": len(value),
            "sha256": hashlib.sha256(value).hexdigest(),
            **changed,
        }
        self.pass_by(place)
        event = {
            "specversion": "1.0",
            "id": f"{place[0]}-{place[2]}-{len(self.records['dead-letters'])}",
            "source": "/contact-router",
            "type": "input.dead_lettered",
            "time": rfc3339(self.now),
            "data": data,
        }
        self.write("dead-letters", json.dumps(event).encode(), key=original.key)

    def agent(self, id_: str = "ana", **profile: Any) -> None:
        """Describe an agent and let him be available, both in silence."""
        given = {"team": "t", "skills": {"claims": 2}, "channels": {"chat": 2}, "capacity": 100}
        self.pass_by(self.put("agents", "agent.updated", subject=id_, **{**given, **profile}))
        self.pass_by(self.put("agents", "agent.presence", subject=id_, presence="available"))

    def create(self, id_: str = "c1", **data: Any) -> Place:
        """Let a conversation arrive and be queued; give the place of its creation."""
        cause = self.put(
            "conversations", "conversation.created", subject=id_, channel="chat", **data
        )
        self.queued(id_, cause=cause)
        return cause

    def queued(self, id_: str, *, cause: Place, **changed: Any) -> None:
        """Say that a conversation waits; it asks for `claims` at level 1."""
        qualified: Json = {
            "topic": None,
            "level": 1,
            "language": None,
            "priority": 0,
            "requirements": {"claims": 1},
            "rules": [],
        }
        told = {"queue": "all", "place": 1, "estimated_wait_s": None, "qualified": qualified}
        self.decide("conversation.queued", cause=cause, conversation=id_, **{**told, **changed})

    def give(self, type_: str, id_: str = "c1", *, cause: Place | Json, **changed: Any) -> None:
        """Offer or assign a conversation to ana, for the first time, after no wait."""
        told: Json = {
            "conversation": id_,
            "offer": f"o{self.seq + 1}",
            "agent": "ana",
            "queue": "all",
            "attempt": 1,
            "waited_s": 0.0,
            "units": 34,
            "why": {"score": 0, "terms": {}},
        }
        if type_ == "conversation.offered":
            told["expires_at"] = rfc3339(self.now + 20_000)
        self.decide(type_, cause=cause, **{**told, **changed})

    def answer(self, type_: str, *, offer: str, id_: str = "c1", agent: str = "ana") -> Place:
        """Let an agent answer an offer."""
        return self.put("conversations", type_, subject=id_, offer=offer, agent=agent)

    def close(self, id_: str = "c1", *, agent: str = "ana", **changed: Any) -> None:
        """Let a conversation end that an agent has, with an open wrap-up."""
        cause = self.put("conversations", "conversation.ended", subject=id_, agent=agent)
        told = {"agent": agent, "reason": "ended", "waited_s": 0.0, "wrapup_until": None}
        self.decide("conversation.closed", cause=cause, conversation=id_, **{**told, **changed})


def assigned(**profile: Any) -> Story:
    """Tell of ana, who has the conversation c1."""
    story = Story()
    story.agent(**profile)
    story.give("conversation.assigned", cause=story.create())
    return story


def pool_of_partition(partition: int, partitions: int) -> str:
    """Find a pool name that belongs on a partition."""
    number = 0
    while partition_of(f"pool{number}".encode(), partitions) != partition:
        number += 1
    return f"pool{number}"
