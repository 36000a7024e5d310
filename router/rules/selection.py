"""Read ``selects``: which of the agents who may have a conversation is the best.

A preset names the usual ways; weights mix the features of docs/engine.md. A queue that prefers
skills and gives ``preferred_skills`` no weight gives it ten times the largest other one, so that a
wish counts before everything else but overrules nothing that is required.
"""

from collections.abc import Mapping as MappingType
from typing import Any, Final

from router.model.policy import LONGEST_IDLE, Feature, Selection, Turn
from router.rules.problems import Problems, nearest, shown
from router.rules.source import Mapping, Node, Scalar, plain

MAX_WEIGHT: Final = 1_000_000
PREFERENCE_FACTOR: Final = 10

PRESETS: Final[MappingType[str, Selection]] = {
    "longest_idle": LONGEST_IDLE,
    "best_skill": Selection(weights={Feature.PROFICIENCY: 1}),
    "least_loaded": Selection(weights={Feature.LOAD: -1}),
    "round_robin": Selection(weights={}, turn=Turn.ROUND_ROBIN),
    "keep_experts": Selection(weights={Feature.OVERQUALIFIED: -1}),
    "most_preferred": Selection(weights={Feature.PREFERENCE: 1}),
    "cheapest": Selection(weights={Feature.COST: -1}),
    "fewest_lately": Selection(weights={Feature.FAIRNESS: 1}),
}


def selection(node: Node | None, *, prefers: bool, problems: Problems) -> Selection:
    """Read a preset or weights; ``prefers``: whether the queue prefers any skill."""
    match node:
        case None:
            found, stated = LONGEST_IDLE, False
        case Mapping():
            found = _weighted(node, problems=problems)
            stated = Feature.PREFERRED_SKILLS in node.entries
            if stated and not prefers:
                problems.error(
                    node.entries[Feature.PREFERRED_SKILLS].place,
                    "the queue prefers no skill that this weight could count",
                    "say which with `prefers`",
                )
        case _:
            found, stated = _preset(node, problems=problems), False
    if not prefers or stated:
        return found
    largest = max((abs(each) for each in found.weights.values()), default=1)
    weights = {**found.weights, Feature.PREFERRED_SKILLS: PREFERENCE_FACTOR * largest}
    return Selection(weights=dict(sorted(weights.items())), turn=found.turn)


def _preset(node: Node, *, problems: Problems) -> Selection:
    name = str(plain(node)) if isinstance(node, Scalar) else "a list"
    found = PRESETS.get(name)
    if found is None:
        hint = nearest(name, PRESETS)
        hint = hint if hint.startswith("did") else f"one of {', '.join(PRESETS)}; or weights"
        problems.error(node.place, f"`{name}` is no way to select an agent", hint)
    return found or LONGEST_IDLE


def _weighted(node: Mapping, *, problems: Problems) -> Selection:
    weights: dict[Feature, int] = {}
    turn = Turn.LONGEST_IDLE
    known = [*Feature, "turn"]
    for name, entry in node.entries.items():
        weight = plain(entry.value)
        place = entry.value.place
        if name not in known:
            problems.error(entry.place, f"unknown feature `{name}`", nearest(name, known))
        elif name == "turn":
            if weight in list(Turn):
                turn = Turn(weight)
            else:
                problems.error(place, f"{shown(weight)} is no turn", nearest(str(weight), Turn))
        elif type(weight) is not int or abs(weight) > MAX_WEIGHT:
            problems.error(
                place, f"{shown(weight)} is no weight", f"a whole number of at most {MAX_WEIGHT}"
            )
        elif name == Feature.IDLE and weight < 0:
            problems.error(
                place,
                "a weight of `idle` below 0 would keep work from those who have none",
                "0 or more",
            )
        elif name == Feature.FAIRNESS and weight < 0:
            problems.error(
                place,
                "a weight of `fairness` below 0 would give most to those who have had most",
                "0 or more",
            )
        elif weight:
            weights[Feature(name)] = weight
    return Selection(weights=dict(sorted(weights.items())), turn=turn)


def selection_value(found: Selection, *, prefers: bool) -> dict[str, Any]:
    """Write a selection as weights, so that reading it again gives the same."""
    value: dict[str, Any] = {feature.value: weight for feature, weight in found.weights.items()}
    if prefers and Feature.PREFERRED_SKILLS not in found.weights:
        value[Feature.PREFERRED_SKILLS.value] = 0
    if found.turn is not Turn.LONGEST_IDLE or not value:
        value["turn"] = found.turn.value
    return value
