"""Read ``expands``: for whom a conversation waits too, once it has waited so long.

A ladder is a list of steps, each later than the one before or taken on a condition, and ends with
what happens after the last: ``hold`` (it waits on as that step says) or ``anyone`` who has the channel.
``ladder_value`` writes it back as a rule file would.
"""

from collections.abc import Sequence as SequenceType
from typing import Any, Final

import msgspec

from router.model.conditions import Switch
from router.model.policy import Expansion
from router.model.requirement import NOTHING
from router.rules.conditions import condition, condition_value
from router.rules.problems import Problems
from router.rules.requirements import RequirementReader, requirement_value
from router.rules.source import Mapping, Node, Sequence
from router.rules.units import duration_text
from router.rules.written import routing

MOST_STEPS: Final = 20


def ladder(
    queue: str,
    written: SequenceType[routing.Step],
    node: Node,
    *,
    requirements: RequirementReader,
    problems: Problems,
) -> tuple[Expansion, ...]:
    """Read a ladder whose items each fit the language; ``node`` is where they are written."""
    items = node.items if isinstance(node, Sequence) else []
    steps: list[Expansion] = []
    for index, (each, item) in enumerate(zip(written, items, strict=True)):
        if index and written[index - 1].then is not None:
            problems.error(
                item.place, "a step after the end of the ladder", "put `then` into the last one"
            )
        if each.when is not None:
            name = f"{queue}: expands {len(steps) + 1}"
            when = Switch(name=name, queue=queue, on=condition(each.when))
            step = _step(each, item, requirements=requirements)
            steps.append(msgspec.structs.replace(step, after_ms=None, when=when))
            continue
        if each.after is None:
            continue
        last = max((step.after_ms or 0 for step in steps), default=-1)
        if each.after <= last:
            problems.error(
                _spot(item, "after"),
                f"the step after {duration_text(each.after)} comes no later than the one before",
                "each step is later than the one before it",
            )
        steps.append(_step(each, item, requirements=requirements))
    if len(steps) > MOST_STEPS:
        problems.error(node.place, f"more than {MOST_STEPS} steps")
    return tuple(steps)


def check_end(written: SequenceType[routing.Step], node: Node, *, problems: Problems) -> None:
    """Report a ladder without steps, and one that does not say how it ends."""
    if not any(each.after is not None or each.when is not None for each in written):
        problems.error(
            node.place, "a ladder without a step", "such as `- {after: 45s, requires: {}}`"
        )
    elif written[-1].then is None:
        problems.error(
            node.place,
            "the ladder does not say how it ends",
            "end it with `- {then: hold}`, or with `- {after: 10m, then: anyone}`",
        )


def _step(written: routing.Step, item: Node, *, requirements: RequirementReader) -> Expansion:
    after_ms = 0 if written.after is None else written.after
    if written.then == "anyone":
        return Expansion(after_ms=after_ms, requires=NOTHING, drops_skills=True)
    asked = item.get("requires") if isinstance(item, Mapping) else None
    return Expansion(
        after_ms=after_ms,
        requires=NOTHING if asked is None else requirements.requirement(asked),
        drops_skills=written.own_skills == "dropped",
    )


def _spot(item: Node, key: str) -> Any:
    found = item.get(key) if isinstance(item, Mapping) else None
    return (found or item).place


def ladder_value(steps: SequenceType[Expansion]) -> list[dict[str, Any]]:
    """Write a ladder as the value of ``expands``."""
    value = [_step_value(each) for each in steps]
    if steps and _is_for_anyone(steps[-1]):
        value[-1] = {**_when_value(steps[-1]), "then": "anyone"}
        return value
    return [*value, {"then": "hold"}]


def _step_value(step: Expansion) -> dict[str, Any]:
    value = {**_when_value(step), "requires": requirement_value(step.requires)}
    if step.drops_skills:
        value["own_skills"] = "dropped"
    return value


def _when_value(step: Expansion) -> dict[str, Any]:
    if step.when is not None:
        return {"when": condition_value(step.when.on)}
    return {"after": duration_text(step.after_ms or 0)}


def _is_for_anyone(step: Expansion) -> bool:
    return step.requires == NOTHING and step.drops_skills
