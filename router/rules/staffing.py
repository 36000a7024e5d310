"""Warn of conversations for which nobody works, or one person only: rules held against a roster.

Every kind of conversation that a queue may take (its level, language, channel) is tried on everybody, with
all that the queue's ladder would allow in the end. A proof, with the kind of conversation that shows it;
it says who could, not who is there today.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product

import msgspec

from router.model.policy import Queue
from router.model.requirement import (
    NOTHING,
    SAME,
    AllOf,
    LanguageTerm,
    Requirement,
    SkillTerm,
    expression,
    met,
    primary,
    resolve,
)
from router.rules.cel.syntax import Binary, Expression, Literal, Name, constant
from router.rules.compilation import Compiled
from router.rules.implication import implies
from router.rules.problems import Problems, nearest
from router.rules.reach import parts
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
    for name, queue in compiled.policy.queues.items():
        kinds = tuple(_kinds(compiled, queue))
        who = {kind: _who(kind, queue, people) for kind in kinds}
        nobody = [kind for kind, ids in who.items() if not ids]
        alone = [kind for kind, ids in who.items() if len(ids) == 1]
        place = key_spot(compiled.tree, "queues", name)
        if nobody:
            is_held = bool(queue.expands) and [*_allowed(queue)][-1] != NOTHING
            held = ", and its ladder ends in hold: it waits for nobody" if is_held else ""
            problems.warning(
                place,
                f"of {people.count} agents nobody may have {nobody[0]} from `{name}`{held}"
                f"{_more(nobody)}",
                f"it asks for {_asked(nobody[0], queue)}",
            )
        if alone:
            (only,) = who[alone[0]]
            problems.warning(
                place,
                f"only `{only}` may have {alone[0]} from `{name}`: without `{only}` it waits"
                f"{_more(alone)}",
                f"it asks for {_asked(alone[0], queue)}",
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
    terms = [term for each in _allowed(queue) for term in parts(each)]
    relative = [each.skill for each in terms if isinstance(each, SkillTerm) and each.relative]
    top = max((policy.top_levels.get(each, 1) for each in relative), default=0)
    levels: list[int | None] = [*range(1, top + 1)] or [None]
    speaks = any(isinstance(each, LanguageTerm) and each.language == SAME for each in terms)
    found = sorted({primary(each.language) for each in compiled.steps if each.language is not None})
    languages: list[str | None] = [*found] if speaks and found else [None]
    for level, language, channel in product(levels, languages, policy.channels):
        if not _excludes(takes, {"level": level, "language": language, "channel": channel}):
            yield Kind(level, language, channel)


def _excludes(takes: Expression, facts: Mapping[str, str | int | None]) -> bool:
    """Tell whether a queue is proven to take no conversation with these facts."""
    if constant(takes) is False:
        return False  # only transferred to, with whatever facts
    return any(
        implies(takes, Binary("!=", Name(fact), Literal(value)))
        for fact, value in facts.items()
        if value is not None
    )


def _allowed(queue: Queue) -> Iterator[Requirement]:
    """Give what is asked of agents in the queue, and on each step of its ladder; teams included."""
    steps = ((each.requires, each.serves) for each in queue.expands)
    for requires, serves in ((queue.requires, queue.serves), *steps):
        yield requires if serves == NOTHING else AllOf((requires, serves))


def _who(kind: Kind, queue: Queue, people: People) -> list[str]:
    """Name those who may have such a conversation now or at the end of the ladder; two are enough."""
    wanted = [_resolved(each, kind) for each in _allowed(queue)]
    found: list[str] = []
    for profile, ids in people.profiles.items():
        if _serves(profile, wanted, channel=kind.channel):
            found += ids
        if len(found) > 1:
            break
    return found


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


def _asked(kind: Kind, queue: Queue) -> str:
    *_, last = _allowed(queue)
    return expression(_resolved(last, kind))
