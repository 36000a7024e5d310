"""Read what the router published, and lay everything side by side for the judges.

A `Ledger` holds the decisions in the order of their topic, the inputs by their place, and which
decisions and dead letters speak of which input. Envelopes that break the contract are reported
here; everything after this module may rely on the fields of a `Decision`.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from tests.checker.events import STRUCTURED, Event, partition_of, read_event, time_of
from tests.checker.report import Report, Rule
from tests.checker.topics import INPUTS, Record, Topics

Place = tuple[str, int, int]
"""Topic as published, partition, offset."""

TYPES: Final = frozenset(
    {
        "conversation.queued",
        "conversation.offered",
        "conversation.assigned",
        "offer.expired",
        "offer.declined",
        "offer.withdrawn",
        "conversation.requeued",
        "conversation.expanded",
        "conversation.overflowed",
        "conversation.deflected",
        "deflection.accepted",
        "deflection.expired",
        "conversation.abandoned",
        "conversation.closed",
        "agent.suspended",
        "agent.released",
        "queue.status",
        "surge.changed",
        "policy.changed",
        "input.refused",
        "command.applied",
        "command.refused",
    }
)


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a decision was taken: an input, a timer or the router itself, told apart by `kind`."""

    kind: str
    name: str
    place: Place | None = None
    id: str = ""
    due: int | None = None
    of: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """One record of the assignments topic; `at` in ms, `read` the last offset of each input."""

    event: Event
    pool: str
    seq: int
    policy: str
    at: int
    cause: Cause
    read: dict[str, int]

    @property
    def type(self) -> str:
        """The event's type."""
        return self.event.type

    @property
    def data(self) -> dict[str, Any]:
        """What the decision says."""
        return self.event.data

    @property
    def where(self) -> str:
        """Where it lies, for people."""
        return f"{self.event.where} seq {self.seq} of {self.pool}"

    @property
    def is_refusal(self) -> bool:
        """Whether it says that an input changed nothing."""
        return self.type in {"input.refused", "command.refused"}


@dataclass(frozen=True, slots=True)
class Ledger:
    """The six topics, read: every list in the order of its topic, by partition."""

    topics: Topics
    decisions: Sequence[Decision]
    records: dict[Place, Record]
    inputs: dict[Place, Event]
    answers: dict[Place, list[Decision]]
    dead: dict[Place, list[Event]]

    def is_complete(self, partition: int) -> bool:
        """Whether everything this partition ever held is still there to be judged."""
        gone = self.topics.truncated
        return not any((topic, partition) in gone for topic in (*INPUTS, "assignments"))

    def role(self, topic: str) -> str:
        """Name a topic without its prefix."""
        return topic.removeprefix(self.topics.prefix)


def open_ledger(topics: Topics, report: Report) -> Ledger:
    """Read every record, reporting published ones that are not what the contract says."""
    records = {
        (record.topic, record.partition, record.offset): record
        for name in INPUTS
        for record in topics.of(name)
    }
    inputs = {
        place: event
        for place, record in records.items()
        if (event := read_event(record)) is not None
    }
    decisions = [
        decision
        for record in topics.of("assignments")
        if (decision := _decision(record, topics=topics, report=report)) is not None
    ]
    answers: defaultdict[Place, list[Decision]] = defaultdict(list)
    for decision in decisions:
        if decision.cause.place is not None:
            answers[decision.cause.place].append(decision)
    dead: defaultdict[Place, list[Event]] = defaultdict(list)
    for record in topics.of("dead-letters"):
        notice = read_event(record)
        if notice is None or notice.type != "input.dead_lettered":
            report.add(Rule.ENVELOPE, record.where, "not an input.dead_lettered event")
            continue
        place = _place(notice.data)
        if place is None:
            report.add(Rule.DEAD_LETTER, record.where, "does not say which record it is about")
            continue
        dead[place].append(notice)
    ids: set[tuple[str, str]] = set()
    for event in (*(each.event for each in decisions), *(e for es in dead.values() for e in es)):
        if (event.source, event.id) in ids:
            report.add(Rule.ENVELOPE, event.where, f"id {event.id!r} was published before")
        ids.add((event.source, event.id))
    return Ledger(
        topics=topics,
        decisions=decisions,
        records=records,
        inputs=inputs,
        answers=dict(answers),
        dead=dict(dead),
    )


def _decision(record: Record, *, topics: Topics, report: Report) -> Decision | None:
    event = read_event(record)
    if event is None:
        report.add(Rule.ENVELOPE, record.where, "not a CloudEvent")
        return None
    wrong = _envelope_faults(event)
    data = event.data
    cause = _cause(data.get("cause"))
    read = data.get("read")
    if cause is None:
        wrong.append("no readable cause")
    if not isinstance(read, dict) or any(not isinstance(read.get(name), int) for name in INPUTS):
        wrong.append("no readable read positions")
    if not isinstance(data.get("seq"), int):
        wrong.append("no seq")
    if data.get("pool") != event.pool:
        wrong.append(f"key {event.pool!r} is not its pool {data.get('pool')!r}")
    elif partition_of(record.key or b"", topics.partitions) != record.partition:
        report.add(Rule.PARTITION, event.where, f"pool {event.pool} does not belong here")
    for fault in wrong:
        report.add(Rule.ENVELOPE, event.where, fault)
    if wrong or cause is None or event.time is None:
        return None
    return Decision(
        event=event,
        pool=event.pool,
        seq=data["seq"],
        policy=str(data.get("policy")),
        at=event.time,
        cause=cause,
        read={name: data["read"][name] for name in INPUTS},
    )


def _envelope_faults(event: Event) -> list[str]:
    faults = []
    content = dict(event.record.headers).get("content-type")
    if content is not None and not content.startswith((STRUCTURED.encode(), b"application/json")):
        faults.append(f"content type {content!r}")
    if not event.id or not event.source:
        faults.append("no id or no source")
    if event.time is None:
        faults.append("no readable time")
    if event.type not in TYPES:
        faults.append(f"unknown type {event.type}")
    if not isinstance(event.data.get("policy"), str):
        faults.append("no policy")
    return faults


def _cause(given: object) -> Cause | None:
    if not isinstance(given, dict):
        return None
    place = _place(given)
    if place is not None and isinstance(given.get("id"), str):
        return Cause("input", place[0], place=place, id=given["id"])
    due = time_of(given.get("due"))
    if isinstance(given.get("timer"), str) and isinstance(given.get("of"), str) and due is not None:
        return Cause("timer", given["timer"], due=due, of=given["of"])
    if isinstance(given.get("router"), str):
        return Cause("router", given["router"])
    return None


def _place(given: dict[str, Any]) -> Place | None:
    match given:
        case {"topic": str(topic), "partition": int(partition), "offset": int(offset)}:
            return topic, partition, offset
        case _:
            return None
