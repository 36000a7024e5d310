"""Find the first queue that takes a conversation, without trying all of them.

Most conditions ask for one value of a fact (``topic == "x" && customer.tier == "gold"``). Queues
are sorted into a tree by those values once, when rules are loaded; a conversation then only meets
the queues whose values it has, and those that name none. The answer is exactly that of trying every
queue in the order of the file (a property proves it): a branch is left only because every condition
behind it is false, or comes later than one that was found.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from router.rules.cel.answers import Answer, Case
from router.rules.cel.evaluation import compiled
from router.rules.cel.syntax import (
    Binary,
    Every,
    Expression,
    Items,
    Literal,
    Member,
    Name,
    Some,
    canonical,
)
from router.rules.unanswered import Parts, Tally, parts_asked

MAX_LEAF: Final = 3
MAX_HEIGHT: Final = 6
_TEXTS: Final = frozenset({"channel", "topic", "language"})

Needs = Mapping[str, frozenset[str | int]]
"""By fact, written as in a condition: the values without one of which the condition is false."""


class Taker(msgspec.Struct, frozen=True):
    """A queue in line: its rank in the file, its name, its condition, what that needs and reads."""

    rank: int
    queue: str
    takes: Answer
    needs: Needs
    parts: Parts


class Leaf(msgspec.Struct, frozen=True):
    """Queues that are tried one by one."""

    first: int
    takers: tuple[Taker, ...]


class Fork(msgspec.Struct, frozen=True):
    """Queues told apart by one fact; ``rest`` are those that do not ask for it."""

    first: int
    fact: str
    part: str | None
    by_value: Mapping[Any, "Leaf | Fork"]
    rest: "Leaf | Fork | None"


class Dispatch:
    """All queues of a policy, ready to be asked."""

    def __init__(self, takes: Iterable[tuple[str, Expression]]) -> None:
        takers = [
            Taker(rank, queue, compiled(tree), needs(tree), parts_asked(tree))
            for rank, (queue, tree) in enumerate(takes)
        ]
        open_to_some = [each for each in takers if all(each.needs.values())]
        self._root = _grown(open_to_some, frozenset())

    def first(self, case: Case, unanswered: Tally) -> str | None:
        """Give the first queue that takes the conversation, or None.

        Conditions that were asked and could not be answered are noted.
        """
        best: Taker | None = None
        open_nodes: list[Leaf | Fork] = [self._root]
        while open_nodes:
            node = open_nodes.pop()
            if best is not None and node.first > best.rank:
                continue
            if isinstance(node, Leaf):
                for taker in node.takers:
                    if best is not None and taker.rank > best.rank:
                        break
                    answer = taker.takes(case)
                    if answer is True:
                        best = taker
                        break
                    if answer is not False:
                        unanswered.count("queue", taker.queue, taker.parts).note(case)
                continue
            if node.rest is not None:
                open_nodes.append(node.rest)
            value = case[node.fact]
            branch = node.by_value.get(value if node.part is None else value.get(node.part))
            if branch is not None:
                open_nodes.append(branch)
        return None if best is None else best.queue


def needs(tree: Expression) -> Needs:
    """Tell which values a condition cannot do without."""
    match tree:
        case Binary(operator="==", left=left, right=right):
            return _needed(left, (right,)) or _needed(right, (left,))
        case Binary(operator="in", left=left, right=Items(items=items)):
            return _needed(left, items)
        case Every(terms=terms):
            found: dict[str, frozenset[str | int]] = {}
            for each in terms:
                for fact, values in needs(each).items():
                    found[fact] = found[fact] & values if fact in found else values
            return found
        case Some(terms=terms):
            first, *others = [needs(each) for each in terms]
            return {
                fact: values.union(*(each[fact] for each in others))
                for fact, values in first.items()
                if all(fact in each for each in others)
            }
        case _:
            return {}


def _needed(of: Expression, values: Sequence[Expression]) -> Needs:
    literals = frozenset(
        each.value
        for each in values
        if isinstance(each, Literal) and isinstance(each.value, str | int)
    )
    match of:
        case Name(name=name) if name in _TEXTS:
            kind: type = str
        case Name(name="level"):
            kind = int
        case Member(of=Name(name="customer" | "attributes"), key=Literal(value=str())):
            kind = str
        case _:
            return {}
    sound = all(isinstance(each, Literal) and type(each.value) is kind for each in values)
    return {canonical(of): literals} if sound else {}


def _grown(takers: Sequence[Taker], used: frozenset[str]) -> Leaf | Fork:
    """Grow the tree: split by the fact that tells the most queues apart."""
    first = takers[0].rank if takers else 0
    count = Counter(fact for each in takers for fact in each.needs if fact not in used)
    if len(takers) <= MAX_LEAF or not count or len(used) >= MAX_HEIGHT:
        return Leaf(first, tuple(takers))
    fact = min(count, key=lambda each: (-count[each], each))
    by_value: dict[Any, list[Taker]] = {}
    rest: list[Taker] = []
    for taker in takers:
        if fact not in taker.needs:
            rest.append(taker)
        for value in sorted(taker.needs.get(fact, ()), key=repr):
            by_value.setdefault(value, []).append(taker)
    told = used | {fact}
    name, part = _path(fact)
    return Fork(
        first,
        name,
        part,
        {value: _grown(found, told) for value, found in by_value.items()},
        _grown(rest, told) if rest else None,
    )


def _path(fact: str) -> tuple[str, str | None]:
    """Take ``customer.tier`` or ``attributes["x y"]`` apart."""
    if fact.startswith("customer."):
        return "customer", fact.removeprefix("customer.")
    if fact.startswith("attributes."):
        return "attributes", fact.removeprefix("attributes.")
    if fact.startswith("attributes["):
        return "attributes", str(msgspec.json.decode(fact.removeprefix("attributes[")[:-1]))
    return fact, None
