"""Find queues that nothing comes to, and rules that nothing follows from, because of earlier ones.

Each is a proof from how the conditions are written (``implication``): whatever conversation the
later one is about, an earlier one has it already. The earlier ones are named, and of those that
share the work the case that each takes.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from router.rules.cel.syntax import Binary, Expression, Literal, Name, canonical, constant
from router.rules.compilation import Compiled
from router.rules.contradictions import never
from router.rules.dispatch import needs
from router.rules.implication import both, cases, facts_read, implies
from router.rules.problems import Problems
from router.rules.qualification import Step
from router.rules.shape import key_spot, spot

MOST_OTHERS: Final = 200
"""So many queues that need no value in particular are compared with those after them."""

MOST_BEFORE: Final = 100
"""A rule is compared with so many before it, and with those further up that always match."""


def unreached_queues(compiled: Compiled, *, problems: Problems) -> None:
    """Warn of a queue whose every conversation earlier ones take, and of one that asks too much."""
    channels = tuple(compiled.policy.channels)
    earlier = _Earlier(channels)
    named = {step.queue for step in compiled.steps}
    for name, takes in compiled.takes.items():
        if constant(takes) is False:
            continue
        if name in named:
            earlier.add(name, takes)
            continue
        if never(takes, channels):
            problems.warning(
                spot(compiled.tree, "queues", name, "takes"),
                f"nothing comes to `{name}`: {_never(takes)}",
                "join what is asked for with `||`, or `takes: false` if it is for transfers",
            )
            continue
        takers = earlier.takers(takes)
        if takers:
            problems.warning(
                key_spot(compiled.tree, "queues", name),
                f"nothing comes to `{name}`: {_taken(takers)}",
                f"put `{name}` first, or `takes: false` if it is for transfers",
            )
        earlier.add(name, takes)


class _Earlier:
    """The queues before one, by a value of a fact that each of them cannot do without."""

    def __init__(self, channels: Sequence[str]) -> None:
        self._channels = channels
        self._by_value: dict[tuple[str, str | int], list[tuple[str, Expression]]] = {}
        self._others: list[tuple[str, Expression]] = []

    def add(self, name: str, takes: Expression) -> None:
        needed = needs(takes)
        if not needed:
            if len(self._others) < MOST_OTHERS:
                self._others.append((name, takes))
            return
        fact = min(needed)
        for value in needed[fact]:
            self._by_value.setdefault((fact, value), []).append((name, takes))

    def takers(self, takes: Expression) -> dict[str, Expression] | None:
        """Name those that take all of it, each with a case that it takes; None if they do not."""
        whole = self._taker(takes)
        if whole is not None:
            return {whole: takes}
        found: dict[str, Expression] = {}
        for case in cases(takes):
            taker = self._taker(case)
            shared = {taker: case} if taker is not None else self._by_channel(case)
            if shared is None:
                return None
            for name, part in shared.items():
                found.setdefault(name, part)
        return found

    def _by_channel(self, case: Expression) -> dict[str, Expression] | None:
        """Name those that take a case, each on some of the channels there are."""
        found: dict[str, Expression] = {}
        for channel in self._channels:
            part = both(Binary("==", Name("channel"), Literal(channel)), case)
            if never(part, self._channels):
                continue
            taker = self._taker(part)
            if taker is None:
                return None
            found.setdefault(taker, part)
        return found

    def _taker(self, case: Expression) -> str | None:
        pairs = [(fact, value) for fact, values in needs(case).items() for value in values]
        known = [each for pair in pairs for each in self._by_value.get(pair, ())]
        return next((name for name, each in (*known, *self._others) if implies(case, each)), None)


def _never(condition: Expression) -> str:
    if not all(needs(condition).values()):
        return "it asks one fact for two values at once"
    return f"no conversation is so: {canonical(condition)}"


def _taken(takers: dict[str, Expression]) -> str:
    if len(takers) == 1:
        (name,) = takers
        return f"what it takes, `{name}` takes before it"
    parts = [f"`{name}` takes {canonical(case)}" for name, case in takers.items()]
    return f"before it {' and '.join(parts)}"


def unreached_rules(compiled: Compiled, *, problems: Problems) -> None:
    """Warn of a rule that never matches, or is never read where it would, or finds nothing new."""
    for index, step in enumerate(compiled.steps):
        place = spot(compiled.tree, "qualification", index)
        if never(step.when, tuple(compiled.policy.channels)):
            is_off = constant(step.when) is False
            problems.warning(
                place,
                f"rule `{step.name}` matches nothing: "
                f"{'its `when` is `false`' if is_off else _never(step.when)}",
                "take it out" if is_off else "join what is asked for with `||`",
            )
            continue
        before = list(_surely_before(step, compiled.steps[:index]))
        end = next((each for each in before if each.final), None)
        if end is not None:
            always = constant(end.when) is True
            whom = "for every conversation" if always else "for all that it matches"
            problems.warning(
                place,
                f"rule `{step.name}` is never read: `{end.name}` ends the reading {whom}",
                f"put it before `{end.name}`",
            )
            continue
        said = _said_before(step, before)
        if said:
            parts = ", ".join(f"{what} by `{rule}`" for what, rule in said.items())
            problems.warning(
                place,
                f"rule `{step.name}` finds nothing new: all that it sets is set before it: {parts}",
                "put it first, or take it out",
            )


def _surely_before(step: Step, before: Sequence[Step]) -> Iterator[Step]:
    """Give the earlier rules that match whatever this one matches, those nearest to it first.

    What an earlier rule reads must not have changed in between.
    """
    changed: set[str] = set()
    for distance, each in enumerate(reversed(before)):
        changed |= _sets(each)
        if distance >= MOST_BEFORE and constant(each.when) is not True:
            continue
        if facts_read(each.when).isdisjoint(changed) and implies(step.when, each.when):
            yield each


def _said_before(step: Step, before: Sequence[Step]) -> dict[str, str]:
    """Tell by which of these earlier rules each thing is set that a rule sets; nothing if any is new."""
    if step.final or (step.priority is not None and step.priority.relative):
        return {}
    wanted = [*_findings(step)]
    said: dict[str, str] = {}
    for each in before:
        for what in _findings(each):
            said.setdefault(what, each.name)
    return {what: said[what] for what in wanted} if said.keys() >= set(wanted) else {}


def _findings(step: Step) -> Iterator[str]:
    """Name what a rule sets for good, where nobody has said it."""
    for what in ("topic", "level", "language", "queue"):
        if getattr(step, what) is not None:
            yield what
    if step.priority is not None and not step.priority.relative:
        yield "priority"
    yield from (f"skill {each}" for each in sorted(step.skills))


def _sets(step: Step) -> set[str]:
    """Name the facts that a rule may change."""
    names = {"skills" if each.startswith("skill ") else each for each in _findings(step)}
    return names | ({"priority"} if step.priority is not None else set())
