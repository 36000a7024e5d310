"""What the checker says: which promise is broken, where, and how.

A violation names its rule from a closed list, the record that shows it and a sentence for people.
The report counts what was looked at, so that zero violations of nothing cannot pass for a proof.
"""

from collections import Counter
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
    ESTIMATE = "estimate"
    CAPACITY = "capacity"
    REST = "rest"
    RUN = "run"
    QUOTA = "quota"
    SHARE = "share"
    PRESENCE = "presence"
    SUSPENSION = "suspension"
    OVERFLOW = "overflow"
    STATUS = "status"
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
        found = len(self.violations)
        return "\n".join([*lines, f"{found} violation{'s' * (found > 1)}"])

    def _first_ones(self) -> list[Violation]:
        share = max(2, SHOWN // max(1, len(self.broken())))
        shown: Counter[Rule] = Counter()
        chosen = []
        for each in self.violations:
            shown[each.rule] += 1
            if shown[each.rule] <= share:
                chosen.append(each)
        return chosen
