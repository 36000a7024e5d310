"""Write short forms out, so that every part of a routing test is a group of keys.

``accept: c1`` becomes ``accept: {conversation: c1}``, a name among the agents becomes ``{id:
ana}``, ``expect: nothing`` an empty list after which nothing else may come. Places stay those of
the file.
"""

from typing import Final

from router.rules.problems import Problems
from router.rules.source import Entry, Mapping, Node, Scalar, Sequence

_ABOUT: Final = (
    "abandon", "end", "transfer", "accept", "decline", "wrapped_up", "take_instead", "wait_instead",
)  # fmt: skip
_ID: Final = ("conversation", "update", "agent")
NOTHING: Final = "nothing"
NOTHING_ELSE: Final = "nothing else"


def written_out(root: Node, *, problems: Problems) -> Mapping | None:
    """Give the tree of a file in its long form; a bare list is a list of scenarios."""
    if isinstance(root, Sequence):
        root = Mapping(root.place, {"scenarios": Entry("scenarios", root.place, root)})
    if not isinstance(root, Mapping):
        problems.error(root.place, "a file of scenarios is a list of them, or has `scenarios:`")
        return None
    for scenario in _items(root.get("scenarios")):
        if not isinstance(scenario, Mapping):
            continue
        agents = scenario.get("agents")
        if isinstance(agents, Sequence):
            agents.items = [_keyed(each, "id") for each in agents.items]
        for step in _items(scenario.get("steps")):
            if isinstance(step, Mapping):
                _step(step, problems=problems)
    return root


def _items(node: Node | None) -> list[Node]:
    return node.items if isinstance(node, Sequence) else []


def _keyed(node: Node, key: str) -> Node:
    """Turn a single value into a group with that one key."""
    if not isinstance(node, Scalar) or node.value is None:
        return node
    return Mapping(node.place, {key: Entry(key, node.place, node)})


def _step(step: Mapping, *, problems: Problems) -> None:
    for key in (*_ABOUT, *_ID):
        entry = step.entries.get(key)
        if entry is not None:
            entry.value = _keyed(entry.value, "conversation" if key in _ABOUT else "id")
    entry = step.entries.get("expect")
    if entry is None:
        return
    node = entry.value
    if isinstance(node, Mapping):
        entry.value = Sequence(node.place, [node])
    elif isinstance(node, Scalar) and node.value == NOTHING:
        entry.value = Sequence(node.place)
        _close(step, node)
    elif isinstance(node, Scalar) and node.value is not None:
        problems.error(
            node.place, f"`{node.text}` is no expectation", "`{assigned: c1, to: ana}` or `nothing`"
        )
        entry.value = Sequence(node.place)
    elif isinstance(node, Sequence) and node.items:
        last = node.items[-1]
        if isinstance(last, Scalar) and last.value == NOTHING_ELSE:
            node.items.pop()
            _close(step, last)


def _close(step: Mapping, node: Scalar) -> None:
    yes = Scalar(node.place, True)
    step.entries.setdefault("nothing_else", Entry("nothing_else", node.place, yes))
