"""Warn of conversations for which nobody works, or one person only: rules held against a roster.

Every kind of conversation that a queue may take (its level, language, channel) is tried on
everybody who has room for one, with all that the queue's ladder would allow in the end, and whoever
its overflows bring. What may go to another pool is left to the rules there. A proof, with the kind
of conversation that shows it; it says who could, not who is there today.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

import msgspec

from router.model.overflow import Overflow, Target
from router.model.policy import Policy, Queue
from router.model.requirement import (
    NOTHING,
    SAME,
    AllOf,
    AnyOf,
    LanguageTerm,
    Requirement,
    SkillTerm,
    expression,
    met,
    primary,
    resolve,
    single_terms,
)
from router.rules.compilation import Compiled
from router.rules.implication import excludes
from router.rules.problems import Problems, nearest
from router.rules.roster import People, Profile
from router.rules.shape import key_spot, spot


class Kind(msgspec.Struct, frozen=True):
    """A kind of conversation, as far as who may have it depends on it."""

    level: int | None
    language: str | None
    channel: str

    def __str__(self) -> str:
        """Say it in words."""
        level = "" if self.level is None else f" of level {self.level}"
        language = "" if self.language is None else f" in `{self.language}`"
        return f"a conversation{level}{language} on `{self.channel}`"


def warn_of_staffing(compiled: Compiled, people: People, *, problems: Problems) -> None:
    """Note the queues and rules for which a roster has nobody, or one person only."""
    policy = compiled.policy
    for name, queue in policy.queues.items():
        who = {
            kind: _who(kind, queue, people, policy=policy)
            for kind in _kinds(compiled, queue)
            if not _leaves(policy, queue, kind.channel)
        }
        nobody = [kind for kind, ids in who.items() if not ids]
        alone = [kind for kind, ids in who.items() if len(ids) == 1]
        place = key_spot(compiled.tree, "queues", name)
        if nobody:
            asked = [*_allowed(queue, nobody[0].channel)]
            is_held = bool(queue.expands) and asked[-1] != NOTHING
            held = ", and its ladder ends in hold: it waits for nobody" if is_held else ""
            problems.warning(
                place,
                f"of {people.count} agents nobody may have {nobody[0]} from `{name}`{held}"
                f"{_more(nobody)}",
                _asked(nobody[0], queue, people, policy=policy),
            )
        if alone:
            (only,) = who[alone[0]]
            problems.warning(
                place,
                f"only `{only}` may have {alone[0]} from `{name}`: without `{only}` it waits"
                f"{_more(alone)}",
                _asked(alone[0], queue, people, policy=policy),
            )
    for index, step in enumerate(compiled.steps):
        for skill, level in step.skills.items():
            ids = [
                each
                for profile, some in people.profiles.items()
                if dict(profile.skills).get(skill, 0) >= level
                for each in some
            ]
            if len(ids) <= 1:
                whom = f"only `{ids[0]}` has" if ids else f"of {people.count} agents nobody has"
                problems.warning(
                    spot(compiled.tree, "qualification", index, "set", "skills", skill),
                    f"{whom} `{skill}` {level}, which rule `{step.name}` asks for",
                    "train somebody, or ask for less",
                )


def warn_of_skills(sets: Iterable[Compiled], people: People, *, problems: Problems) -> None:
    """Note the skills of a roster that no rules declare: whoever has them might as well not."""
    declared = frozenset(skill for each in sets for skill in each.policy.top_levels)
    for skill, who in _unknown_skills(declared, people):
        problems.warning(
            people.place,
            f"`{who}` has the skill `{skill}`, which no rules declare",
            nearest(skill, declared),
        )


def _unknown_skills(declared: frozenset[str], people: People) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for profile, ids in people.profiles.items():
        for skill, _ in profile.skills:
            if skill not in declared and skill not in seen:
                seen.add(skill)
                yield skill, ids[0]


def _more(kinds: Sequence[Kind]) -> str:
    more = len(kinds) - 1
    return f" (and {more} more kind{'s' * (more > 1)} of conversation)" if more > 0 else ""


def _kinds(compiled: Compiled, queue: Queue) -> Iterator[Kind]:
    """Give the kinds of conversation that a queue may take and that ask for different agents."""
    takes, policy = compiled.takes[queue.name], compiled.policy
    terms = [
        term
        for channel in policy.channels
        for helping in _reached(policy, queue, channel)
        for each in _allowed(helping, channel)
        for term in single_terms(each)
    ]
    relative = [each.skill for each in terms if isinstance(each, SkillTerm) and each.relative]
    top = max((policy.top_levels.get(each, 1) for each in relative), default=0)
    levels: list[int | None] = [*range(1, top + 1)] or [None]
    speaks = any(isinstance(each, LanguageTerm) and each.language == SAME for each in terms)
    found = sorted({primary(each.language) for each in compiled.steps if each.language is not None})
    languages: list[str | None] = [*found] if speaks and found else [None]
    for level, language, channel in product(levels, languages, policy.channels):
        if not excludes(takes, {"level": level, "language": language, "channel": channel}):
            yield Kind(level, language, channel)


def _overflows(queue: Queue, channel: str) -> Iterator[Overflow]:
    """Give the overflows of a queue that may be for a conversation on a channel, sooner or later."""
    return (each for each in queue.overflows if not each.channels or channel in each.channels)


def _reached(policy: Policy, queue: Queue, channel: str) -> Sequence[Queue]:
    """Give a queue and all those in which its conversation may come to wait by overflowing."""
    found = {queue.name: queue}
    ways = [queue]
    for each in ways:
        for rule in _overflows(each, channel):
            if rule.kind is Target.QUEUE and rule.to not in found:
                found[rule.to] = policy.queues[rule.to]
                ways.append(found[rule.to])
    return ways


def _leaves(policy: Policy, queue: Queue, channel: str) -> bool:
    """Tell whether a conversation may go to another pool, whose agents are not known here."""
    return any(
        rule.kind is Target.POOL
        for each in _reached(policy, queue, channel)
        for rule in _overflows(each, channel)
    )


def _allowed(queue: Queue, channel: str) -> Iterator[Requirement]:
    """Give what is asked of agents in the queue, and on each step of its ladder; teams included.

    Teams and sites that an overflow lends serve beside those that serve it anyway.
    """
    lent = [each.lends for each in _overflows(queue, channel) if each.lends is not None]
    steps = ((each.requires, each.serves) for each in queue.expands)
    for requires, serves in ((queue.requires, queue.serves), *steps):
        served = AnyOf((serves, *lent)) if lent else serves
        yield requires if serves == NOTHING else AllOf((requires, served))


def _who(kind: Kind, queue: Queue, people: People, *, policy: Policy) -> list[str]:
    """Name those who may have such a conversation now or in the end; two are enough."""
    found: list[str] = []
    for profile, ids in _eligible(kind, queue, people, policy=policy):
        if _has_room(profile, kind.channel, policy=policy):
            found += ids
        if len(found) > 1:
            break
    return found


def _eligible(
    kind: Kind, queue: Queue, people: People, *, policy: Policy
) -> Iterator[tuple[Profile, list[str]]]:
    """Give those who have the channel and meet what is asked, here or where it overflows to."""
    wanted = [
        _resolved(each, kind)
        for reached in _reached(policy, queue, kind.channel)
        for each in _allowed(reached, kind.channel)
    ]
    for profile, ids in people.profiles.items():
        if _serves(profile, wanted, channel=kind.channel):
            yield profile, ids


def _has_room(profile: Profile, channel: str, *, policy: Policy) -> bool:
    """Tell whether an agent who has nothing can hold one conversation of a channel."""
    return policy.channels[channel].units <= _capacity(profile, policy)


def _capacity(profile: Profile, policy: Policy) -> int:
    return policy.agents.capacity if profile.capacity is None else profile.capacity


def _serves(profile: Profile, wanted: Sequence[AllOf], *, channel: str) -> bool:
    if profile.channels is not None and channel not in profile.channels:
        return False
    skills = dict(profile.skills)
    return any(
        met(
            each,
            skills=skills,
            languages=profile.languages,
            team=profile.team,
            site=profile.site,
        )
        for each in wanted
    )


def _resolved(requirement: Requirement, kind: Kind) -> AllOf:
    return resolve(requirement, level=kind.level or 1, language=kind.language, skills={})


def _asked(kind: Kind, queue: Queue, people: People, *, policy: Policy) -> str:
    """Say what is asked in the end; and who would do and has no room, if there is such a one."""
    *_, last = _allowed(queue, kind.channel)
    asked = f"it asks for {expression(_resolved(last, kind))}"
    for profile, (who, *_) in _eligible(kind, queue, people, policy=policy):
        if not _has_room(profile, kind.channel, policy=policy):
            units = policy.channels[kind.channel].units
            return f"{asked}; it takes {units} units, and `{who}` has {_capacity(profile, policy)}"
    return asked
