"""The names a rule set declares, and the facts its conditions may speak of.

Vocabularies are closed: whatever is not declared is an error with a suggestion. They are gathered
from the keys as written, before anything is validated, so that one bad entry does not make every
mention of it look unknown.
"""

from collections.abc import Iterator, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

import msgspec

from router.rules.source import Mapping as MappingNode
from router.rules.source import Scalar, Sequence, plain
from router.rules.units import Levels, NotationError, levels


class Type(Enum):
    """Types of a condition's parts; the value is how an operator would say it."""

    BOOLEAN = "true or false"
    INTEGER = "a whole number"
    DECIMAL = "a decimal number"
    TEXT = "a text"
    NULL = "null"
    LIST = "a list"
    MAP = "a group of facts"
    ANY = "an attribute"


class Vocabulary(msgspec.Struct, frozen=True, kw_only=True):
    """Declared names. ``skills`` {name: its levels, or None where they could not be read};
    ``word_lists`` {name: its words, none where they could not be read}; ``pools``: the other pools
    that queues overflow to.
    """

    topics: frozenset[str] = frozenset()
    skills: Mapping[str, Levels | None] = {}
    channels: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()
    queues: frozenset[str] = frozenset()
    calendars: frozenset[str] = frozenset()
    stages: frozenset[str] = frozenset()
    word_lists: Mapping[str, tuple[str, ...]] = {}
    labels: frozenset[str] = frozenset()
    pools: frozenset[str] = frozenset()


FACTS: Final[Mapping[str, Type]] = MappingProxyType(
    {
        "channel": Type.TEXT,
        "topic": Type.TEXT,
        "level": Type.INTEGER,
        "language": Type.TEXT,
        "priority": Type.INTEGER,
        "skills": Type.MAP,
        "customer": Type.MAP,
        "attributes": Type.MAP,
        "text": Type.TEXT,
    }
)
"""What a qualification rule may read; of ``text`` only what it mentions."""

LASTING_FACTS: Final[Mapping[str, Type]] = MappingProxyType(
    {name: each for name, each in FACTS.items() if name != "text"}
)
"""What a queue may read: the text is gone once qualification has read it."""

CUSTOMER_PARTS: Final = ("id", "tier")
NULLABLE: Final = frozenset({"topic", "language"})
"""Facts that are null while nobody has said them; a level not said is 1, a priority 0."""


def declared(tree: MappingNode, word_lists: Mapping[str, tuple[str, ...]]) -> Vocabulary:
    """Gather the names of a rule set from its tree, well-formed or not; the lists are read before."""
    return Vocabulary(
        topics=_listed(tree, "topics"),
        sites=_listed(tree, "sites"),
        skills={name: _levels(each) for name, each in _section(tree, "skills").items()},
        channels=frozenset(_section(tree, "channels")),
        teams=frozenset(_section(tree, "teams")),
        queues=frozenset(_section(tree, "queues")),
        calendars=frozenset(_section(tree, "calendars")),
        stages=frozenset(_section(tree, "surge")),
        word_lists=word_lists,
        labels=frozenset(_section(tree, "labels")),
        pools=frozenset(_pools(tree)),
    )


def _listed(tree: MappingNode, name: str) -> frozenset[str]:
    node = tree.get(name)
    items = node.items if isinstance(node, Sequence) else ()
    return frozenset(str(plain(each)) for each in items)


def _section(tree: MappingNode, name: str) -> dict[str, object]:
    node = tree.get(name)
    return plain(node) if isinstance(node, MappingNode) else {}


def _pools(tree: MappingNode) -> Iterator[str]:
    queues = tree.get("queues")
    for entry in queues.entries.values() if isinstance(queues, MappingNode) else ():
        rules = entry.value.get("overflows") if isinstance(entry.value, MappingNode) else None
        for rule in rules.items if isinstance(rules, Sequence) else ():
            to = rule.get("to") if isinstance(rule, MappingNode) else None
            pool = to.get("pool") if isinstance(to, MappingNode) else None
            if isinstance(pool, Scalar):
                yield str(pool.value)


def _levels(written: object) -> Levels | None:
    try:
        return levels(written)
    except NotationError:
        return None
