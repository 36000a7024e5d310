"""Say in words what other rules change, and for whom: ``rules diff OLD NEW``.

Compares the full documents of two rule sets, so that two texts with the same meaning differ in
nothing. What is changed is said as it will be and as it was; of a requirement, of teams and of
steps also who gains and who loses by them. Keys that this module has no phrase for are told by
their name.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from router.rules.compilation import Compiled
from router.rules.gains import effects
from router.rules.saying import ITEMS, changed_items, changed_parts, said


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that changes. ``about`` is the name of what changes, empty for a whole section."""

    section: str
    about: str
    kind: str
    words: str
    old: Any = None
    new: Any = None


_PHRASES: Final[Mapping[tuple[str, str], str]] = {
    ("channels", "units"): "one conversation takes {} units of an agent",
    ("channels", "at_most"): "an agent has at most {} at once",
    ("channels", "exclusive"): "goes with nothing on another channel: {}",
    ("channels", "interruptible"): "other work may come between: {}",
    ("channels", "offer"): "is offered so: {}",
    ("channels", "wrap_up"): "work after it: {}",
    ("labels", "at_most"): "an agent has at most {} of these at once",
    ("labels", "rest"): "who is done with one rests for {}",
    ("labels", "in_a_row"): "an agent gets at most {} of these in a row",
    ("teams", "partner"): "is of another company: {}",
    ("teams", "quota"): "has the quota {}",
    ("teams", "share"): "is given at most {} of all conversations",
    ("agents", "rest"): "who is done with a conversation rests for {}",
    ("agents", "occupancy_at_most"): "work takes at most {} of an agent's time",
    ("agents", "capacity"): "an agent whose profile says nothing holds {} units",
    ("agents", "lease"): "a desktop may be silent for {}",
    ("agents", "after_missed_offers"): "offers without an answer: {}",
    ("agents", "never_again_after_decline"): "who declined is not asked again for {}",
    ("agents", "lost"): "the conversations of an agent who is gone: {}",
    ("qualification", "when"): "matches when {}",
    ("qualification", "set"): "sets {}",
    ("qualification", "final"): "is the last one read: {}",
    ("queues", "takes"): "takes conversations with {}",
    ("queues", "requires"): "asks of agents {}",
    ("queues", "teams"): "is served by the teams {}",
    ("queues", "prefers"): "likes agents with {}",
    ("queues", "order"): "puts in order by {}",
    ("queues", "answer"): "is to answer {}",
    ("queues", "selects"): "selects agents by {}",
    ("queues", "preferred_agent"): "keeps for preferred agents {}",
    ("queues", "offer"): "is offered so, on every channel: {}",
    ("queues", "expands"): "widens in these steps: {}",
    ("queues", "deflects"): "offers instead of waiting: {}",
    ("surge", "on"): "begins when {}",
    ("surge", "off"): "ends when {}",
    ("surge", "at_least"): "lasts at least {}",
    ("surge", "expires"): "ends by itself after {}",
    ("surge", "sets"): "sets {}",
    ("queues", "status"): "tells how it stands {}",
    ("queues", "estimates"): "tells how long the wait will be; expected at first: {}",
    ("queues", "overflows"): "is helped by {}",
}
_NOTHING: Final[Mapping[tuple[str, str], str]] = {
    ("channels", "at_most"): "as many as there are units for",
    ("channels", "interruptible"): "no",
    ("labels", "rest"): "no time",
    ("labels", "in_a_row"): "any number",
    ("teams", "partner"): "no",
    ("teams", "quota"): "none",
    ("teams", "share"): "100%",
    ("agents", "rest"): "no time",
    ("agents", "occupancy_at_most"): "100%",
    ("qualification", "when"): "always",
    ("qualification", "set"): "nothing",
    ("qualification", "final"): "no",
    ("queues", "teams"): "own",
    ("queues", "prefers"): "nothing in particular",
    ("queues", "answer"): "no certain part",
    ("queues", "preferred_agent"): "nothing",
    ("queues", "offer"): "as its channel says",
    ("queues", "expands"): "in none",
    ("queues", "deflects"): "nothing",
    ("surge", "on"): "it is ordered",
    ("surge", "off"): "that is so no more",
    ("surge", "at_least"): "no time",
    ("queues", "status"): "never",
    ("queues", "estimates"): "nobody is told",
    ("queues", "overflows"): "nobody",
}
_WHOLE: Final = frozenset({"requires", "set", "on", "off", "sets", "quota"})
"""Values that are only understood as a whole."""
_ORDERED: Final = frozenset({"qualification", "queues", "surge"})
_SINGULAR: Final = {
    "calendars": "calendar", "skills": "skill", "topics": "topic", "labels": "label", "teams": "team",
    "sites": "site", "word_lists": "word list",
    "channels": "channel", "qualification": "rule", "queues": "queue",
    "surge": "stage",
}  # fmt: skip


def differences(old: Compiled, new: Compiled) -> Iterator[Difference]:
    """Give what changes from one rule set to the other, section by section.

    For which pools a set is, whoever sets them beside one another tells.
    """
    before, after = old.document, new.document
    for section in dict.fromkeys((*after, *before)):
        if section == "pools":
            continue
        was, becomes = before.get(section), after.get(section)
        reaches = list(effects(old, new)) if section == "queues" else []
        if was == becomes and list(_named(was)) == list(_named(becomes)) and not reaches:
            continue
        if section in {"version", "agents"} or not _is_group(was, becomes):
            pair = _as_keys(section, was), _as_keys(section, becomes)
            yield from _keys(section, "", pair=pair)
            continue
        found = list(_members(section, _named(was), _named(becomes)))
        for name, kind, words in reaches:
            found.append(_difference(section, name, kind, words=words))
        names = list(dict.fromkeys(each.about for each in found))
        yield from sorted(found, key=lambda each: names.index(each.about))


def _is_group(*values: Any) -> bool:
    return all(each is None or isinstance(each, dict | list) for each in values)


def _as_keys(section: str, value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {section: value}


def _named(value: Any) -> dict[str, Any]:
    """Give the members of a section by name, in their order."""
    match value:
        case dict():
            return value
        case list():
            return {
                str(each["name"]) if isinstance(each, dict) else str(each): (
                    {key: part for key, part in each.items() if key != "name"}
                    if isinstance(each, dict)
                    else None
                )
                for each in value
            }
        case _:
            return {}


def _members(
    section: str, was: Mapping[str, Any], becomes: Mapping[str, Any]
) -> Iterator[Difference]:
    what = _SINGULAR.get(section, section)
    for name in was:
        if name not in becomes:
            yield _difference(section, name, "removed", words=f"this {what} is gone", old=was[name])
    for name, value in becomes.items():
        if name not in was:
            place = _place(section, name, list(becomes))
            text = "" if value is None else f": {said(value)}"
            yield _difference(
                section, name, "added", words=f"this {what} is new{place}{text}", new=value
            )
        elif isinstance(value, dict) and isinstance(was[name], dict):
            yield from _keys(section, name, pair=(was[name], value))
        elif isinstance(value, list) and isinstance(was[name], list) and value != was[name]:
            words = _words(was[name], value)
            yield _difference(section, name, "changed", words=words, old=was[name], new=value)
        elif value != was[name]:
            words = f"is {said(value)} (was {said(was[name])})"
            yield _difference(section, name, "changed", words=words, old=was[name], new=value)
    if section in _ORDERED:
        yield from _moved(section, list(was), list(becomes))


def _words(was: Sequence[str], becomes: Sequence[str]) -> str:
    """Tell which words of a list come and go; their order means nothing."""
    new = [each for each in becomes if each not in was]
    gone = [each for each in was if each not in becomes]
    words = [f"hears {said(new)} too"] * bool(new) + [f"hears no more {said(gone)}"] * bool(gone)
    return ", ".join(words) or "names the same words in another order"


def _place(section: str, name: str, names: Sequence[str]) -> str:
    if section not in _ORDERED:
        return ""
    index = names.index(name)
    return ", the first" if index == 0 else f", after `{names[index - 1]}`"


def _moved(section: str, was: Sequence[str], becomes: Sequence[str]) -> Iterator[Difference]:
    """Tell which members stand elsewhere: those outside the longest run that kept its order."""
    common = [name for name in becomes if name in was]
    rank = {name: n for n, name in enumerate(name for name in was if name in becomes)}
    kept = set(_longest_run([rank[name] for name in common]))
    for index, name in enumerate(common):
        if rank[name] not in kept:
            where = "first" if index == 0 else f"after `{common[index - 1]}`"
            words = f"is read {where} now"
            yield _difference(section, name, "moved", words=words)


def _longest_run(ranks: Sequence[int]) -> list[int]:
    """Give a longest increasing part of a sequence. Cost: quadratic."""
    best: list[list[int]] = []
    for rank in ranks:
        before = max((run for run in best if run[-1] < rank), key=len, default=[])
        best.append([*before, rank])
    return max(best, key=len, default=[])


def _keys(
    section: str, about: str, *, pair: tuple[Mapping[str, Any], Mapping[str, Any]]
) -> Iterator[Difference]:
    was, becomes = pair
    if section == "queues":
        was, becomes = _answer_apart(was), _answer_apart(becomes)
    for key in dict.fromkeys((*was, *becomes)):
        old, new = was.get(key), becomes.get(key)
        if old == new:
            continue
        phrase = _PHRASES.get((section, key), f"`{key}` is {{}}")
        nothing = _NOTHING.get((section, key), "left out")
        if section == "queues" and key in ITEMS and old and new:
            for each in changed_items(key, old, new):
                yield _difference(section, about, "changed", **each._asdict())
            continue
        if key in _WHOLE or not (isinstance(old, dict) and isinstance(new, dict)):
            becomes_so = phrase.format(nothing if new is None else said(new))
            words = f"{becomes_so} (was: {nothing if old is None else said(old)})"
        else:
            words = phrase.format(changed_parts(old, new))
        yield _difference(section, about, "changed", words=words, old=old, new=new)


def _answer_apart(queue: Mapping[str, Any]) -> Mapping[str, Any]:
    """Set which part a queue is to answer in time apart from the order: it is something else."""
    target = queue["order"].get("target", {})
    if "answer" not in target:
        return queue
    within = {"within": target["within"]}
    answer = f"{target['answer']} within {target['within']}"
    return {**queue, "order": {**queue["order"], "target": within}, "answer": answer}


def _difference(
    section: str, about: str, kind: str, *, words: str, old: Any = None, new: Any = None
) -> Difference:
    return Difference(section=section, about=about, kind=kind, words=words, old=old, new=new)
