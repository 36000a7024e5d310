"""Qualify a conversation: from raw attributes and words to topic, level, language, priority, queue.

Rules apply in the order of the file. Each rule that matches sets what is not set yet; what the
platform said counts as set. ``priority: +200`` adds up instead, save where another pool has found
the priority already, or a supervisor has ordered it. A final rule ends the reading. Then the first
queue that takes the conversation gets it. A condition that cannot be answered, for want of an
attribute or for its type, does not hold; ``unanswered`` counts that by rule and queue.

The customer's words are there once. What they mention is asked once, when they come, of every rule
that listens; the names of the rules that heard something are kept instead of the words, and answer
for them in later qualifications. Without words nothing is mentioned. Nothing here keeps a word.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from router.model.limits import MAX_PRIORITY, MIN_LEVEL, MIN_PRIORITY
from router.model.policy import Facts, Verdict
from router.rules.cel.answers import Answer
from router.rules.cel.syntax import TRUE, Expression
from router.rules.dispatch import Dispatch
from router.rules.listening import Ear
from router.rules.unanswered import Parts, Tally
from router.rules.units import Priority
from router.rules.words import Words

_NOBODY: Final[Mapping[str, str]] = {}
_NOTHING: Final[frozenset[str]] = frozenset()


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One rule. ``when`` is its condition as a tree, ``holds`` the same as a function.

    ``ears`` are what it asks of the text, ``parts`` what it cannot be answered without.
    """

    name: str
    when: Expression = TRUE
    holds: Answer
    ears: tuple[Ear, ...] = ()
    parts: Parts = ()
    topic: str | None = None
    level: int | None = None
    language: str | None = None
    priority: Priority | None = None
    skills: Mapping[str, int] = {}
    labels: tuple[str, ...] = ()
    queue: str | None = None
    final: bool = False


class Findings:
    """What is known of a conversation while the rules are read.

    ``case`` is what conditions see. Level and priority are kept beside it, since nobody having said
    them reads as 1 and 0 there.
    """

    __slots__ = ("added", "base", "case", "labels", "level", "queue", "stands")

    def __init__(self, facts: Facts, heard: frozenset[str]) -> None:
        self.level = facts.level
        ordered = facts.ordered_priority
        self.base = facts.priority if ordered is None else ordered
        self.added = 0
        self.stands = facts.hops > 0 or ordered is not None
        self.labels: tuple[str, ...] = ()
        self.queue: str | None = None
        customer = facts.customer
        self.case: dict[str, Any] = {
            "channel": facts.channel,
            "topic": facts.topic,
            "level": facts.level or MIN_LEVEL,
            "language": facts.language,
            "priority": self.base or MIN_PRIORITY,
            "skills": facts.skills,
            "customer": _NOBODY if customer is None else _known(customer.id, customer.tier),
            "attributes": facts.attributes,
            "heard": heard,
        }

    def apply(self, step: Step) -> None:
        """Set what a rule finds and nobody has said."""
        case = self.case
        if step.topic is not None and case["topic"] is None:
            case["topic"] = step.topic
        if step.level is not None and self.level is None:
            self.level = case["level"] = step.level
        if step.language is not None and case["language"] is None:
            case["language"] = step.language
        if step.skills:
            case["skills"] = {**step.skills, **case["skills"]}
        if step.labels:
            self.labels = tuple(sorted({*self.labels, *step.labels}))
        if self.queue is None:
            self.queue = step.queue
        priority = step.priority
        if priority is not None:
            if priority.relative:
                self.added += 0 if self.stands else priority.points
            elif self.base is None:
                self.base = priority.points
            points = (self.base or MIN_PRIORITY) + self.added
            case["priority"] = min(MAX_PRIORITY, max(MIN_PRIORITY, points))


class Qualification:
    """The rules and queues of one policy, asked once or more in the life of a conversation."""

    def __init__(self, steps: Sequence[Step], queues: Dispatch) -> None:
        self._rules = steps
        self._queues = queues
        self._ears = tuple(ear for each in steps for ear in each.ears)
        self.unanswered = Tally()
        """How often conditions of rules and queues could not be answered."""
        self._steps = tuple(
            (each.holds, each, self.unanswered.count("rule", each.name, each.parts))
            for each in steps
        )

    def qualify(self, facts: Facts) -> Verdict:
        """Apply the rules, then find the queue that one named, or else the first that takes it.

        Cost: some two microseconds, and what the conditions cost.
        """
        text_rules = self._heard(facts) if self._ears else _NOTHING
        found = Findings(facts, self._asked(text_rules) if text_rules else _NOTHING)
        case = found.case
        matched: list[str] = []
        for holds, step, unanswered in self._steps:
            answer = holds(case)
            if answer is not True:
                if answer is not False:
                    unanswered.note(case)
                continue
            matched.append(step.name)
            found.apply(step)
            if step.final:
                break
        return Verdict(
            queue=found.queue or self._queues.first(case, self.unanswered),
            topic=case["topic"],
            level=found.level,
            language=case["language"],
            priority=case["priority"],
            skills=case["skills"],
            rules=tuple(matched),
            text_rules=text_rules,
            labels=found.labels,
        )

    def qualify_as_if(self, facts: Facts) -> Verdict:
        """Qualify what is only asked about; ``unanswered`` does not count it."""
        return Qualification(self._rules, self._queues).qualify(facts)

    def queue_for(self, facts: Facts) -> str | None:
        """Find the first queue that takes these facts as they stand."""
        return self._queues.first(Findings(facts, _NOTHING).case, self.unanswered)

    def asked_by(self, facts: Facts) -> frozenset[str]:
        """Give the questions about the text that these facts answer with yes, for conditions."""
        return self._asked(self._heard(facts))

    def _heard(self, facts: Facts) -> frozenset[str]:
        """Listen to the text if it is there, else recall what was heard in it."""
        if facts.text is None and not facts.text_rules:
            return _NOTHING
        if facts.text is None:
            return facts.text_rules.intersection(each.name for each in self._ears)
        text = Words(facts.text)
        return frozenset(each.name for each in self._ears if each.hears(text))

    def _asked(self, heard: frozenset[str]) -> frozenset[str]:
        return frozenset(each.asked for each in self._ears if each.name in heard)


def _known(identity: str | None, tier: str | None) -> dict[str, str]:
    known = {} if identity is None else {"id": identity}
    if tier is not None:
        known["tier"] = tier
    return known
