"""Who gains and who loses by other rules of a queue: ``rules diff`` tells it beside what changes.

Three things say who may have a queue's conversations: what is asked of agents, which teams serve,
and both again on each step of the ladder. Each moment at which one of them is another than before
is looked at once: the arrival, the times of the steps of either ladder, and the conditions of those
that have one.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from router.model.conditions import Condition
from router.model.policy import Expansion, Queue
from router.model.requirement import Requirement, met
from router.rules.compilation import Compiled
from router.rules.conditions import condition_value
from router.rules.reach import reach
from router.rules.saying import said
from router.rules.units import duration_text

_NOBODYS: Final = ""
"""Stands for every team that nobody declared."""


class Effect(NamedTuple):
    """That some gain, lose, or that it is the same for all: ``kind`` is one of these three."""

    queue: str
    kind: str
    words: str


class Asked(NamedTuple):
    """Who may have a queue's conversations at some moment."""

    requires: Requirement
    serves: Requirement


class Moment(NamedTuple):
    """A moment in the life of a conversation, as it is said, and what is asked then."""

    when: str
    before: Asked
    after: Asked


def effects(old: Compiled, new: Compiled) -> Iterator[Effect]:
    """Give who gains and who loses in the queues that stay, in the order of the new rules."""
    for name, queue in new.policy.queues.items():
        before = old.policy.queues.get(name)
        if before is None:
            continue
        requirements: set[tuple[Requirement, Requirement]] = set()
        teams: set[tuple[Requirement, Requirement]] = set()
        for when, was, becomes in _moments(before, queue):
            asks = was.requires, becomes.requires
            if was.requires != becomes.requires and asks not in requirements:
                requirements.add(asks)
                yield from _by_requirement(old, new, name, moment=Moment(when, was, becomes))
            serves = was.serves, becomes.serves
            if was.serves != becomes.serves and serves not in teams:
                teams.add(serves)
                yield from _by_teams(old, new, name, moment=Moment(when, was, becomes))


def _moments(before: Queue, after: Queue) -> Iterator[Moment]:
    pair = (before, after)
    first = [Asked(each.requires, each.serves) for each in pair]
    yield Moment("", *first)
    steps = [step for each in pair for step in each.expands]
    for at in sorted({step.after_ms for step in steps if step.after_ms is not None}):
        yield Moment(f"after {duration_text(at)} ", *(_asked_at(each, at) for each in pair))
    for on in dict.fromkeys(step.when.on for step in steps if step.when is not None):
        found = [_asked_while(each, on) for each in pair]
        yield Moment(f"while {said(condition_value(on))} ", *found)


def _asked_at(queue: Queue, at: int) -> Asked:
    """Give what is asked so long after the arrival, if no condition turned before."""
    due = [each for each in queue.expands if each.after_ms is not None and each.after_ms <= at]
    return _asked(queue, due[-1] if due else None)


def _asked_while(queue: Queue, on: Condition) -> Asked:
    steps = (each for each in queue.expands if each.when is not None and each.when.on == on)
    return _asked(queue, next(steps, None))


def _asked(queue: Queue, step: Expansion | None) -> Asked:
    return (
        Asked(queue.requires, queue.serves) if step is None else Asked(step.requires, step.serves)
    )


def _by_requirement(
    old: Compiled, new: Compiled, queue: str, *, moment: Moment
) -> Iterator[Effect]:
    tops = {**old.policy.top_levels, **new.policy.top_levels}
    found = reach(moment.before.requires, moment.after.requires, tops)
    if found is None:
        return
    when = moment.when
    if found.gains is not None:
        words = f"{when}some may have its conversations who could not, such as {found.gains}"
        yield Effect(queue, "gains", words)
    if found.loses is not None:
        words = f"{when}some may not have its conversations who could, such as {found.loses}"
        yield Effect(queue, "loses", words)
    if found.gains is None and found.loses is None:
        yield Effect(queue, "same", f"{when}the same agents may have its conversations as before")


def _by_teams(old: Compiled, new: Compiled, queue: str, *, moment: Moment) -> Iterator[Effect]:
    """Tell which teams serve that did not, and which do not any more.

    Of a team that is declared only now nobody lost what it never was called for.
    """
    declared = old.vocabulary.teams
    teams = (*sorted(declared | new.vocabulary.teams), _NOBODYS)
    before = {each for each in teams if _serves(moment.before, each)}
    after = {each for each in teams if _serves(moment.after, each)}
    come = [each for each in teams if each in after - before]
    gone = [each for each in teams if each in before - after and each in {*declared, _NOBODYS}]
    if come:
        yield Effect(queue, "gains", f"{moment.when}{_named(come)} it too")
    if gone:
        yield Effect(queue, "loses", f"{moment.when}{_named(gone)} it no more")


def _serves(asked: Asked, team: str) -> bool:
    return met(asked.serves, skills={}, languages=frozenset(), team=team)


def _named(teams: list[str]) -> str:
    """Write who serves, with the verb."""
    names = [f"`{each}`" for each in teams if each != _NOBODYS]
    words = [f"the team{'s' if len(names) > 1 else ''} {' and '.join(names)}"] if names else []
    words += ["the teams that nobody declared"] if _NOBODYS in teams else []
    plural = len(names) != 1 or len(words) > 1
    return f"{', and '.join(words)} serve{'' if plural else 's'}"
