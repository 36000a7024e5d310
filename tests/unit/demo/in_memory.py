"""A router without Kafka, in virtual time: the demo's people and the real engine, face to face.

Inputs are read and decisions written by the real wire, so both sides see the bytes they would see
on the topics, and the topics can be given to the proof. A crash is a new engine from the old one's
durable state; meanwhile inputs pile up.
"""

from collections import Counter
from pathlib import Path

from router.demo.agenda import Agenda
from router.demo.day import Hours
from router.demo.decisions import Decision, read_decision
from router.demo.events import Letter
from router.demo.evidence import Record
from router.demo.floor import Floor
from router.demo.pace import quicken_rules
from router.demo.script import Script
from router.engine import Engine
from router.model import outputs
from router.model.inputs import Topic
from router.wire.dead_letters import DeadLetter, encode_dead_letter
from router.wire.reader import Reader
from router.wire.writer import Writer

RULES = Path(__file__).resolve().parents[3] / "config" / "rules"
PREFIX = "routing."
OPENING = 1_772_000_000.0
TICK_S = 0.002
LATENCY_S = 0.004
OUTAGE_S = 1.0
NAMES = {f"{PREFIX}{topic.value}": topic for topic in Topic}


class InMemoryRouter:
    """Plays a script to its end; `records` are what the topics would hold."""

    def __init__(self, script: Script, folder: Path) -> None:
        self.rules = quicken_rules(RULES, into=folder)
        self.agenda = Agenda(OPENING)
        self.records: list[Record] = []
        self.decisions: list[Decision] = []
        self.hours = Hours(script.seconds)
        self.floor = Floor(script, self.agenda, self._receive)
        self.engine = Engine(self.rules)
        self._reader = Reader(topics=NAMES, partitions=1)
        self._writer = Writer(source="/contact-router")
        self._backlog: list[Record] = []
        self._offsets: Counter[str] = Counter()
        self._read = dict.fromkeys(Topic, -1)

    def play(self, *, crash: bool = False, at_most_s: float = 40.0) -> None:
        """Play the day, and on until nobody is left, or for so long after closing."""
        self.floor.open(OPENING, self.hours)
        closing = OPENING + self.hours.seconds
        dies = OPENING + self.hours.seconds / 2 if crash else closing + 2 * at_most_s
        is_over = False
        while not is_over:
            now = self.agenda.now + TICK_S
            self.agenda.advance(now)
            if dies <= now < dies + OUTAGE_S:
                continue
            if dies + OUTAGE_S <= now < dies + OUTAGE_S + TICK_S:
                self._start_again(now)
            self._decide(now)
            is_over = now > closing and (self.floor.is_empty or now > closing + at_most_s)

    def settle(self) -> None:
        """Decide what is still unread."""
        self._decide(self.agenda.now)

    def _receive(self, letter: Letter) -> None:
        name = f"{PREFIX}{letter.topic.value}"
        record = Record(
            topic=name,
            partition=0,
            offset=self._next_offset(name),
            key=letter.key,
            value=letter.value,
            headers=letter.headers,
        )
        self.records.append(record)
        self._backlog.append(record)

    def _decide(self, now: float) -> None:
        ms = int(now * 1_000)
        self._publish(self.engine.advance(ms))
        taken, self._backlog = self._backlog, []
        for record in taken:
            read = self._reader.read(
                topic=record.topic,
                partition=0,
                offset=record.offset,
                timestamp=ms,
                key=record.key,
                value=record.value,
                headers=record.headers,
            )
            self._read[NAMES[record.topic]] = record.offset
            if isinstance(read, DeadLetter):
                notice = encode_dead_letter(read, ms)
                self._write("dead-letters", notice.key, notice.value)
            else:
                self._publish(self.engine.apply(read, ms))

    def _publish(self, decisions: list[outputs.Decision]) -> None:
        positions = (
            self._read[Topic.CONVERSATIONS],
            self._read[Topic.AGENTS],
            self._read[Topic.COMMANDS],
        )
        for each in decisions:
            record = self._writer.decision(each, positions)
            assert record.value is not None
            self._write("assignments", record.key, record.value)
            decision = read_decision(record.value)
            self.decisions.append(decision)
            self.agenda.later(LATENCY_S, lambda said=decision: self.floor.hear(said))

    def _write(self, topic: str, key: bytes | None, value: bytes | None) -> None:
        name = f"{PREFIX}{topic}"
        self.records.append(Record(name, 0, self._next_offset(name), key, value))

    def _next_offset(self, name: str) -> int:
        self._offsets[name] += 1
        return self._offsets[name] - 1

    def _start_again(self, now: float) -> None:
        kept = self.engine.snapshot()
        self.engine = Engine(self.rules)
        self._publish(self.engine.restore(kept, int(now * 1_000)))
