"""Read a roster: the agents of a centre, for what can only be proven of rules and people together.

A file of YAML or JSON with ``agents:``, each with ``id``, ``skills``, ``languages``, ``channels``
and ``capacity`` as the platform sends them in ``agent.updated``. People who are alike are counted
together.
"""

from collections.abc import Iterable

import msgspec

from router.model.requirement import primary
from router.rules.problems import Place, Problems, RulesError
from router.rules.shape import fit, spot
from router.rules.source import Mapping, read_tree
from router.rules.written.roster import Member, Roster


class Profile(msgspec.Struct, frozen=True):
    """What agents have who are alike. ``channels`` None: every one; languages as primary subtags.

    ``capacity`` None: what the rules say for everybody.
    """

    skills: tuple[tuple[str, int], ...]
    languages: frozenset[str]
    channels: frozenset[str] | None
    team: str
    site: str | None
    capacity: int | None = None


class People(msgspec.Struct, frozen=True):
    """Agents by what they have: {profile: their ids}, how many they are, where it is written."""

    place: Place
    profiles: dict[Profile, list[str]]
    count: int


def people(text: str, name: str) -> People:
    """Read a roster from a text. Raises ``RulesError``."""
    problems = Problems()
    tree = read_tree(text, name, problems=problems)
    agents: list[Member] = []
    if isinstance(tree, Mapping):
        agents = fit(tree, Roster, problems=problems)[0].agents
        if not agents and not problems.errors:
            problems.error(
                tree.place, "a roster without agents", "`agents: [{id: ana, skills: {}}]`"
            )
        _once(agents, tree, problems=problems)
    elif tree is not None:
        problems.error(tree.place, "a roster is a group of keys", "`agents:` and a list")
    if tree is None or problems.errors:
        raise RulesError(problems)
    return _alike(agents, tree.place)


def _once(agents: Iterable[Member], tree: Mapping, *, problems: Problems) -> None:
    seen: set[str] = set()
    for index, each in enumerate(agents):
        if each.id in seen:
            place = spot(tree, "agents", index, "id")
            problems.error(place, f"agent `{each.id}` is there twice")
        seen.add(each.id)


def _alike(agents: Iterable[Member], place: Place) -> People:
    found: dict[Profile, list[str]] = {}
    for each in agents:
        channels = each.channels
        profile = Profile(
            tuple(sorted((skill, level) for skill, level in each.skills.items() if level)),
            frozenset(map(primary, each.languages)),
            None
            if channels is None
            else frozenset(name for name, most in channels.items() if most),
            team=each.team,
            site=each.site,
            capacity=each.capacity,
        )
        found.setdefault(profile, []).append(each.id)
    return People(place, found, sum(map(len, found.values())))
