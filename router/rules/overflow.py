"""Compile by whom else a queue is helped, and write it in full again.

A ring of queues that send conversations round is refused with the way they would go: the engine
sends nobody by the same rule twice, so the last queue of the ring would keep whom it cannot serve.
"""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as MappingType
from typing import Any

from router.model.overflow import Overflow, Target
from router.model.policy import Queue
from router.model.requirement import Requirement, SiteTerm, TeamTerm
from router.rules.conditions import switch, switch_value
from router.rules.flapping import flaw
from router.rules.measuring import in_time
from router.rules.problems import Problems, nearest
from router.rules.shape import key_spot, spot
from router.rules.source import Entry, Mapping, Node
from router.rules.units import duration_text, percent_text
from router.rules.vocabulary import Vocabulary
from router.rules.written import routing
from router.rules.written.overflowing import Overflows, To

Path = tuple[str | int, ...]


def overflows(queue: str, written: routing.Queue) -> tuple[Overflow, ...]:
    """Compile the overflow rules of a queue, in their order.

    A rule is named by its queue and where it leads, and numbered where it is not the first to lead
    there; whoever has taken it does not take the rule of that name again.
    """
    return tuple(_overflows(queue, written.overflows, target_ms=in_time(written)))


def _overflows(
    queue: str, written: Iterable[Overflows], *, target_ms: int | None
) -> Iterator[Overflow]:
    seen: dict[str, int] = {}
    for each in written:
        kind, to = _target(each.to)
        base = f"{queue}: overflows {kind.value} {to}"
        number = seen[base] = seen.get(base, 0) + 1
        name = base if number == 1 else f"{base} {number}"
        yield Overflow(
            name=name,
            kind=kind,
            to=to,
            lends=_lent(kind, to),
            lends_at_most=each.lends_at_most,
            after_ms=each.after,
            on=switch(name, queue, each, target_ms=target_ms),
            channels=tuple(each.channels),
            share=100 if each.share is None else each.share,
        )


def _target(written: To) -> tuple[Target, str]:
    return next((each, to) for each in Target if (to := getattr(written, each.value)) is not None)


def _lent(kind: Target, to: str) -> Requirement | None:
    match kind:
        case Target.QUEUE | Target.POOL:
            return None
        case Target.TEAM:
            return TeamTerm(to)
        case Target.SITE:
            return SiteTerm(to)


class OverflowReader:
    """Check what overflow rules speak of, in the tree they were read from."""

    def __init__(
        self,
        tree: Mapping,
        *,
        vocabulary: Vocabulary,
        pools: Sequence[str],
        problems: Problems,
    ) -> None:
        self._tree = tree
        self._pools = pools
        self._problems = problems
        self._known = {
            "queue": vocabulary.queues,
            "team": vocabulary.teams,
            "site": vocabulary.sites,
            "channel": vocabulary.channels,
        }

    def check(self, queue: str, written: routing.Queue) -> None:
        """Report what is said of nobody, a pool that sends to itself, pairs that flap."""
        rules = overflows(queue, written)
        for number, (each, rule) in enumerate(zip(written.overflows, rules, strict=True)):
            path = ("queues", queue, "overflows", number)
            to = (*path, "to", rule.kind.value)
            if rule.kind is not Target.POOL:
                self._name(rule.kind.value, rule.to, path=to)
            elif tuple(self._pools) == (rule.to,):
                self._problems.error(
                    spot(self._tree, *to),
                    f"these rules are for the pool `{rule.to}` itself",
                    "name another pool",
                )
            for index, channel in enumerate(each.channels):
                self._name("channel", channel, path=(*path, "channels", index))
            if rule.lends is None and rule.lends_at_most is not None:
                self._problems.error(
                    spot(self._tree, *path, "lends_at_most"),
                    f"an overflow to a {rule.kind.value} sends the conversation there, it lends nobody",
                    "write it at an overflow to a team or site, or take it out",
                )
            if rule.on is not None and (found := flaw(rule.on)) is not None:
                self._problems.error(spot(self._tree, *path, "on"), *found)

    def _name(self, kind: str, name: str, *, path: Path) -> None:
        known = self._known[kind]
        if name not in known:
            self._problems.error(
                spot(self._tree, *path), f"unknown {kind} `{name}`", nearest(name, known)
            )

    def check_rings(self, queues: MappingType[str, Queue]) -> None:
        """Report each ring of queues that overflow into one another, by the way it goes."""
        reported: set[frozenset[str]] = set()
        for name in queues:
            ring = _ring(queues, name)
            if not ring or frozenset(ring) in reported:
                continue
            reported.add(frozenset(ring))
            number = next(
                index
                for index, each in enumerate(queues[name].overflows)
                if each.kind is Target.QUEUE and each.to == ring[1 % len(ring)]
            )
            way = " → ".join([*ring, name])
            message = f"who overflows comes back to where nobody could serve: {way}"
            heirs = [(each, heir) for each in ring if (heir := self._model(each)) is not None]
            if heirs:
                heir, model = heirs[0]
                self._problems.error(
                    key_spot(self._tree, "queues", heir),
                    f"{message}; `{heir}` is like `{model}` in its `overflows` too",
                    f"`overflows: []` in `{heir}`, or others",
                )
                continue
            self._problems.error(
                spot(self._tree, "queues", name, "overflows", number),
                message,
                "take one of these rules out",
            )

    def _model(self, name: str) -> str | None:
        """Name the queue in which the overflows stand that a queue has by being like it."""
        queues = self._tree.get("queues")
        entries = queues.entries if isinstance(queues, Mapping) else {}
        mine = _written(entries[name])
        sharing = [each for each, entry in entries.items() if _written(entry) is mine]
        # Whoever wrote it is the last that begins before it; a file may say `like` of a later one.
        before = [each for each in sharing if entries[each].place <= mine.place] if mine else []
        owner = max(before, key=lambda each: entries[each].place, default=name)
        return None if owner == name else owner


def _written(queue: Entry) -> Node | None:
    """Give where the overflows of a queue are written."""
    return queue.value.get("overflows") if isinstance(queue.value, Mapping) else None


def _ring(queues: MappingType[str, Queue], start: str) -> list[str]:
    """Give the shortest way by which a queue overflows into itself; none: empty."""
    ways: list[list[str]] = [[start]]
    seen: set[str] = set()
    for way in ways:
        for rule in queues[way[-1]].overflows if way[-1] in queues else ():
            if rule.kind is not Target.QUEUE:
                continue
            if rule.to == start:
                return way
            if rule.to not in seen:
                seen.add(rule.to)
                ways.append([*way, rule.to])
    return []


def overflow_value(rule: Overflow) -> dict[str, Any]:
    """Write an overflow rule with every default filled in."""
    value: dict[str, Any] = {"to": {rule.kind.value: rule.to}}
    if rule.lends_at_most is not None:
        value["lends_at_most"] = rule.lends_at_most
    if rule.on is not None:
        value |= switch_value(rule.on)
    if rule.after_ms is not None:
        value["after"] = duration_text(rule.after_ms)
    value["share"] = percent_text(rule.share)
    if rule.channels:
        value["channels"] = list(rule.channels)
    return value
