"""What the checker says: which promise is broken, where, and how.

A violation names its rule from a closed list, the record that shows it and a sentence for people.
The report counts what was looked at, so that zero violations of nothing cannot pass for a proof.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

SHOWN = 30


class Rule(StrEnum):
    """The promises that can be found broken."""

    ENVELOPE = "envelope"
    PARTITION = "partition"
    SEQUENCE = "sequence"
    READ = "read"
    CAUSE = "cause"
    CONTIGUOUS = "contiguous"
    ACCOUNTED = "accounted"
    REPETITION = "repetition"
    REFUSAL = "refusal"
    DEAD_LETTER = "dead_letter"
    LIFE = "life"
    ATTEMPT = "attempt"
    WAITED = "waited"
    CAPACITY = "capacity"
    PRESENCE = "presence"
    SUSPENSION = "suspension"
    SURGE = "surge"
    POLICY = "policy"
    TEXT = "text"
    MATCH = "match"
    LIVENESS = "liveness"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken promise; `where` is topic, partition and offset of the record that shows it."""

    rule: Rule
    where: str
    what: str


@dataclass(frozen=True, slots=True)
class ChannelRules:
    """What the rules in force say of a channel, for those who can tell the checker."""

    units: int | None = None
    at_most: int | None = None
    exclusive: bool = False
    interruptible: bool = False


@dataclass(frozen=True, slots=True)
class Centre:
    """What the topics do not say: channels, the capacity of agents whose profile names none.

    What is not given is not checked. ``closing``: the queues that follow opening hours, in which
    a conversation may wait beside a free agent. ``labels``: how many of each an agent has at most.
    ``rests``: rules let agents rest (`rest`, `occupancy_at_most`, `in_a_row`), which no topic tells, so
    a conversation may wait beside any free agent.
    """

    channels: Mapping[str, ChannelRules] = field(default_factory=dict)
    capacity: int | None = None
    closing: frozenset[str] = frozenset()
    labels: Mapping[str, int] = field(default_factory=dict)
    rests: bool = False

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> "Centre":
        """Read `{"capacity", "channels": {name: {"units", "at_most", "exclusive"}}, "closing", "labels": {name: at most}, "rests"}`."""
        channels = {
            name: ChannelRules(
                units=each.get("units"),
                at_most=each.get("at_most"),
                exclusive=bool(each.get("exclusive", False)),
                interruptible=bool(each.get("interruptible", False)),
            )
            for name, each in given.get("channels", {}).items()
        }
        closing = frozenset(given.get("closing", ()))
        return cls(
            channels=channels,
            capacity=given.get("capacity"),
            closing=closing,
            labels=dict(given.get("labels", {})),
            rests=bool(given.get("rests", False)),
        )


@dataclass(slots=True)
class Report:
    """Everything found, and how much was looked at."""

    violations: list[Violation] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether no promise was found broken."""
        return not self.violations

    def broken(self) -> Counter[Rule]:
        """Count the violations of each rule."""
        return Counter(each.rule for each in self.violations)

    def add(self, rule: Rule, where: str, what: str) -> None:
        """Note one broken promise."""
        self.violations.append(Violation(rule, where, what))

    def to_json(self) -> dict[str, Any]:
        """Give the report as plain values: `violations`, `counts`, `notes`."""
        return {
            "violations": [asdict(each) for each in self.violations],
            "counts": dict(sorted(self.counts.items())),
            "notes": list(self.notes),
        }

    def text(self) -> str:
        """Say the report in a few lines; of many violations the first of each kind come first."""
        counts = ", ".join(f"{count} {name}" for name, count in sorted(self.counts.items()))
        lines = [f"looked at: {counts or 'nothing'}", *(f"note: {note}" for note in self.notes)]
        if self.is_clean:
            return "\n".join([*lines, "0 violations"])
        broken = self.broken()
        lines += [f"{count:6d} {rule}" for rule, count in broken.most_common()]
        lines += [f"{each.rule} at {each.where}: {each.what}" for each in self._first_ones()]
        return "\n".join([*lines, f"{len(self.violations)} violations"])

    def _first_ones(self) -> list[Violation]:
        share = max(2, SHOWN // max(1, len(self.broken())))
        shown: Counter[Rule] = Counter()
        chosen = []
        for each in self.violations:
            shown[each.rule] += 1
            if shown[each.rule] <= share:
                chosen.append(each)
        return chosen
