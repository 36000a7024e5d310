"""Follow a qualification rule by rule: which matched, and what each of them set.

For people who ask. The rules are read exactly as ``Qualification.qualify`` reads them, with the
same conditions on the same findings; a test holds the outcome against its verdict.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from router.model.policy import Facts
from router.rules.cel.syntax import canonical, constant
from router.rules.compilation import Compiled
from router.rules.qualification import Findings, Qualification, Step


class Matched(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that matched: its condition (None: always), what it set, whether it was the last read.

    ``sets`` holds what was not set before; a rule may match and find everything said already.
    """

    rule: str
    when: str | None
    sets: Mapping[str, Any]
    final: bool


def trace(rules: Compiled, facts: Facts) -> Iterator[Matched]:
    """Give the rules that match, in the order in which they are read."""
    qualifier = rules.policy.qualifier
    if not isinstance(qualifier, Qualification):
        raise TypeError("these rules were not compiled from a text")
    found = Findings(facts, qualifier.asked_by(facts))
    for step in rules.steps:
        if step.holds(found.case) is not True:
            continue
        before = _known(found)
        found.apply(step)
        after = _known(found)
        yield Matched(
            rule=step.name,
            when=_condition(step),
            sets={name: each for name, each in after.items() if before[name] != each},
            final=step.final,
        )
        if step.final:
            return


def takes_text(rules: Compiled, queue: str) -> str:
    """Write the condition by which a queue takes conversations."""
    return canonical(rules.takes[queue])


def _condition(step: Step) -> str | None:
    return None if constant(step.when) is True else canonical(step.when)


def _known(found: Findings) -> dict[str, Any]:
    case = found.case
    priority = None if found.base is None and not found.added else case["priority"]
    return {
        "topic": case["topic"],
        "level": found.level,
        "language": case["language"],
        "priority": priority,
        "skills": dict(case["skills"]),
        "queue": found.queue,
    }
