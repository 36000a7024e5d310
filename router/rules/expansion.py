"""Read ``expands``: for whom a conversation waits too, once it has waited so long.

A ladder is a list of steps, each later than the one before or taken on a condition, and ends with
what happens after the last: ``hold`` (it waits on as that step says) or ``anyone`` who has the
channel. From the end on the queue's overflows may come, or its deflections, whatever turns them on.
``ladder_value`` writes it back as a rule file would.
"""

from collections.abc import Sequence as SequenceType
from typing import Any, Final

import msgspec

from router.model.conditions import Switch
from router.model.policy import Expansion, LadderEnd
from router.model.requirement import NOTHING, Requirement
from router.rules.conditions import condition, condition_value
from router.rules.measuring import in_time
from router.rules.problems import Problems
from router.rules.requirements import RequirementReader, requirement_value
from router.rules.source import Mapping, Node, Sequence
from router.rules.teams import TeamsReader, teams_value
from router.rules.units import duration_text
from router.rules.written import routing

MOST_STEPS: Final = 20


def ladder(
    queue: str,
    written: routing.Queue,
    node: Node,
    *,
    start: Expansion,
    requirements: RequirementReader,
    teams: TeamsReader,
) -> tuple[Expansion, ...]:
    """Read a ladder whose items each fit the language; ``node`` is where they are written.

    ``start``: what the queue asks for before any step.
    """
    problems = teams.problems
    items = node.items if isinstance(node, Sequence) else []
    steps: list[Expansion] = []
    for index, (each, item) in enumerate(zip(written.expands, items, strict=True)):
        if index and written.expands[index - 1].then is not None:
            problems.error(
                item.place, "a step after the end of the ladder", "put `then` into the last one"
            )
        if each.when is None and each.after is None:
            continue
        before = steps[-1] if steps else start
        step = _step(each, item, before=before, requirements=requirements)
        if each.teams is not None:
            path = ("queues", queue, "expands", index, "teams")
            step = msgspec.structs.replace(step, serves=teams.serves(each.teams, path))
        if each.after is None:
            assert each.when is not None  # noqa: S101 - it has one of the two
            name = f"{queue}: expands {len(steps) + 1}"
            when = Switch(name=name, queue=queue, on=condition(each.when, in_time(written)))
            steps.append(msgspec.structs.replace(step, after_ms=None, when=when))
            continue
        last = max((step.after_ms or 0 for step in steps), default=-1)
        if each.after <= last:
            problems.error(
                _spot(item, "after"),
                f"the step after {duration_text(each.after)} comes no later than the one before",
                "each step is later than the one before it",
            )
        steps.append(msgspec.structs.replace(step, after_ms=each.after, when=None))
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


def check_end_helps(queue: str, written: routing.Queue, node: Node, *, problems: Problems) -> None:
    """Report an end of a ladder from which on nothing more may come than before."""
    items = node.items if isinstance(node, Sequence) else []
    for each, item in zip(written.expands, items, strict=True):
        if each.then == "overflow" and not written.overflows:
            problems.error(
                _spot(item, "then"),
                f"`{queue}` has no `overflows` that could come at the end",
                "`overflows: [{to: {queue: NAME}, after: 10m}]`, or `then: hold`",
            )
        if each.then == "deflect" and not any(rule.turns for rule in written.deflects):
            problems.error(
                _spot(item, "then"),
                f"`{queue}` has no `deflects` on a condition that could apply at the end",
                "`deflects: [{offer: callback, on: {waiting: 20}, text: ...}]`, or `then: hold`",
            )


def _step(
    written: routing.Step, item: Node, *, before: Expansion, requirements: RequirementReader
) -> Expansion:
    if written.then == "anyone":
        return Expansion(drops_skills=True)
    if written.then is not None:
        return msgspec.structs.replace(before, then=LadderEnd(written.then))
    asked = item.get("requires") if isinstance(item, Mapping) else None
    if asked is None:
        dropped = written.own_skills or ("dropped" if before.drops_skills else "kept")
        return msgspec.structs.replace(before, drops_skills=dropped == "dropped")
    return Expansion(
        serves=before.serves,
        requires=requirements.requirement(asked),
        drops_skills=written.own_skills == "dropped",
    )


def _spot(item: Node, key: str) -> Any:
    found = item.get(key) if isinstance(item, Mapping) else None
    return (found or item).place


def ladder_value(
    steps: SequenceType[Expansion], *, serves: Requirement, own: Requirement
) -> list[dict[str, Any]]:
    """Write a ladder as the value of ``expands``, on a queue that these serve."""
    value = [_step_value(each) for each in steps]
    for each, step in zip(value, steps, strict=True):
        if step.serves != serves:
            each["teams"] = teams_value(step.serves, own=own)
        serves = step.serves
    if steps and steps[-1].then is not None:
        value[-1] = {**_when_value(steps[-1]), "then": steps[-1].then.value}
        return value
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
    return step.requires == NOTHING and step.drops_skills and step.serves == NOTHING
