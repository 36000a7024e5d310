"""Compile the stages of a surge, and write them in full again."""

from collections.abc import Mapping as MappingType
from typing import Any, Final

from router.model.conditions import Switch, least_estimated, lowered
from router.model.policy import Queue
from router.model.surge import OFF, Stage
from router.rules.conditions import switch, switch_value
from router.rules.flapping import flaw
from router.rules.measuring import lacking
from router.rules.problems import Problems, nearest
from router.rules.shape import key_spot, spot
from router.rules.source import Mapping
from router.rules.units import duration_text, percent_text
from router.rules.written import surging

_NO_TARGET: Final = ("all queues together have no target: what is in time?", "`within: 2m`")
_NO_ESTIMATE: Final = ("no queue estimates waits", "`estimates: {}` in a queue")
NAME_SIGNS: Final = frozenset("_-")


def stages(
    written: MappingType[str, surging.Stage], queues: MappingType[str, Queue]
) -> tuple[Stage, ...]:
    """Compile stages in their order; ``queues`` are all there are."""
    return tuple(
        Stage(
            name=name,
            switch=switch(name, None, each),
            expires_ms=each.expires,
            offer_expires_ms=each.sets.offer_expires,
            expansion_speed=each.sets.expansion_speed,
            deflects=_conditional(queues)
            if each.sets.deflects == "all"
            else frozenset(each.sets.deflects),
            deflect_estimated_ms=each.sets.deflect_when_estimated_wait,
            partner_share=each.sets.partner_share,
        )
        for name, each in written.items()
    )


def _conditional(queues: MappingType[str, Queue]) -> frozenset[str]:
    """Give the queues that deflect somebody on a condition."""
    return frozenset(
        name
        for name, queue in queues.items()
        if any(isinstance(each.on, Switch) for each in queue.deflects)
    )


def _check_lower(
    name: str,
    lowest_ms: int,
    tree: Mapping,
    *,
    queues: MappingType[str, Queue],
    problems: Problems,
) -> None:
    """Report a lower estimated wait that lowers nothing, or by which a pair would flap."""
    place = spot(tree, "surge", name, "sets", "deflect_when_estimated_wait")
    own = [
        (least, queue, rule.on)
        for queue in queues.values()
        for rule in queue.deflects
        if isinstance(rule.on, Switch) and (least := least_estimated(rule.on)) is not None
    ]
    if not own:
        hint = "`on: {estimated_wait: 10m}` in the `deflects` of a queue"
        problems.error(place, "no queue deflects on an estimated wait", hint)
        return
    most, queue, _ = max(own, key=lambda each: each[0])
    if most <= lowest_ms:
        text = duration_text(most)
        problems.error(place, f"`{queue.name}` deflects from {text} on already", f"below `{text}`")
    for least, queue, turned in own:
        found = flaw(lowered(turned, lowest_ms)) if lowest_ms < least else None
        if found is not None:
            problems.error(
                place, f"`{queue.name}`: {found[0]}", "a longer wait, or `at_least: 5m` there"
            )


def check_stages(
    written: MappingType[str, surging.Stage],
    tree: Mapping,
    *,
    queues: MappingType[str, Queue],
    shares: bool,
    estimates: bool,
    problems: Problems,
) -> None:
    """Report names that cannot be, queues that are not, pairs that flap, and what nobody can tell.

    ``shares``: whether a partner has a share that a stage could replace; ``estimates``: whether a
    queue estimates waits.
    """
    conditional = _conditional(queues)
    lacks = {"service_level": _NO_TARGET}
    if not estimates:
        lacks["estimated_wait"] = _NO_ESTIMATE
    for name, each in written.items():
        if name == OFF or not all(sign.isalnum() or sign in NAME_SIGNS for sign in name):
            hint = "a command says `off` to end a surge" if name == OFF else "letters, digits, `_-`"
            problems.error(key_spot(tree, "surge", name), f"a stage cannot be named `{name}`", hint)
        turned = switch(name, None, each)
        found = None if turned is None else flaw(turned)
        if found is not None:
            problems.error(spot(tree, "surge", name, "on"), *found)
        if each.sets.partner_share is not None and not shares:
            problems.error(
                spot(tree, "surge", name, "sets", "partner_share"),
                "no partner has a share that this could replace",
                "a `share` of a partner in `teams`",
            )
        if each.sets.deflect_when_estimated_wait is not None:
            lowest_ms = each.sets.deflect_when_estimated_wait
            _check_lower(name, lowest_ms, tree, queues=queues, problems=problems)
        for key in ("on", "off"):
            for path, *words in lacking(getattr(each, key), ("surge", name, key), lacks=lacks):
                problems.error(spot(tree, *path), *words)
        for index, queue in enumerate(each.sets.deflects if each.sets.deflects != "all" else ()):
            place = spot(tree, "surge", name, "sets", "deflects", index)
            if queue not in queues:
                problems.error(place, f"unknown queue `{queue}`", nearest(queue, queues))
            elif queue not in conditional:
                problems.error(
                    place,
                    f"`{queue}` deflects nobody on a condition",
                    "`on: {waiting: 20}` in its `deflects`",
                )


def stage_value(stage: Stage) -> dict[str, Any]:
    """Write a stage with every default filled in."""
    sets: dict[str, Any] = {}
    if stage.offer_expires_ms is not None:
        sets["offer_expires"] = duration_text(stage.offer_expires_ms)
    sets["expansion_speed"] = f"{stage.expansion_speed}x"
    if stage.deflects:
        sets["deflects"] = sorted(stage.deflects)
    if stage.deflect_estimated_ms is not None:
        sets["deflect_when_estimated_wait"] = duration_text(stage.deflect_estimated_ms)
    if stage.partner_share is not None:
        sets["partner_share"] = percent_text(stage.partner_share)
    value = {} if stage.switch is None else switch_value(stage.switch)
    return {**value, "expires": duration_text(stage.expires_ms), "sets": sets}
