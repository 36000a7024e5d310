"""What a conversation asks of an agent: skills with levels, languages, teams, and/or/not.

A queue writes requirements as a template, whose terms may speak of the conversation (``level``,
``same`` language). ``resolve`` fills the template in; ``met`` says whether an agent fits. Both are
pure and rare: the engine joins each resolved requirement with each agent profile once.
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from functools import lru_cache

import msgspec

from router.model.outputs import Requirements


class Comparison(StrEnum):
    """The six comparisons of a level."""

    AT_LEAST = ">="
    ABOVE = ">"
    AT_MOST = "<="
    BELOW = "<"
    EQUAL = "=="
    NOT_EQUAL = "!="


_COMPARE: dict[Comparison, Callable[[int, int], bool]] = {
    Comparison.AT_LEAST: operator.ge,
    Comparison.ABOVE: operator.gt,
    Comparison.AT_MOST: operator.le,
    Comparison.BELOW: operator.lt,
    Comparison.EQUAL: operator.eq,
    Comparison.NOT_EQUAL: operator.ne,
}


class SkillTerm(msgspec.Struct, frozen=True, tag="skill", gc=False):
    """Agent's level in ``skill`` compared with ``level``; a skill that is missing has level 0.

    ``relative``: ``level`` is added to the conversation's level (``">= level - 1"`` is -1).
    """

    skill: str
    comparison: Comparison
    level: int
    relative: bool = False


class AnySkill(msgspec.Struct, frozen=True, tag="any_skill", gc=False):
    """At least ``level`` in any skill at all."""

    level: int


class LanguageTerm(msgspec.Struct, frozen=True, tag="language", gc=False):
    """The agent speaks this language; ``same`` is the conversation's, vacuous where it has none."""

    language: str


class TeamTerm(msgspec.Struct, frozen=True, tag="team", gc=False):
    """The agent is of this team."""

    team: str


class SiteTerm(msgspec.Struct, frozen=True, tag="site", gc=False):
    """The agent works at this site."""

    site: str


class AllOf(msgspec.Struct, frozen=True, tag="all_of", gc=False):
    """Every term holds; with no terms, always."""

    terms: tuple["Requirement", ...] = ()


class AnyOf(msgspec.Struct, frozen=True, tag="any_of", gc=False):
    """At least one term holds."""

    terms: tuple["Requirement", ...]


class NotOf(msgspec.Struct, frozen=True, tag="not", gc=False):
    """The term does not hold."""

    term: "Requirement"


Requirement = SkillTerm | AnySkill | LanguageTerm | TeamTerm | SiteTerm | AllOf | AnyOf | NotOf

_COMPOUND = (AllOf, AnyOf)

NOTHING = AllOf()
"""The requirement every agent meets."""

SAME = "same"


@lru_cache(maxsize=1_024)
def primary(language: str) -> str:
    """Give the primary subtag of a BCP 47 tag in lower case: ``fr-CA`` is ``fr``."""
    return language.partition("-")[0].lower()


def resolve(
    template: Requirement,
    *,
    level: int,
    language: str | None,
    skills: Mapping[str, int],
) -> AllOf:
    """Fill a template in for one conversation and add the skills it asks for itself.

    ``skills`` {skill: least level} come after the queue's own terms, in the order of their names.
    The result holds only absolute levels and named languages, as one flat conjunction on top.
    """
    own = tuple(SkillTerm(name, Comparison.AT_LEAST, skills[name]) for name in sorted(skills))
    return AllOf((*_flat(_filled(template, level=level, language=language)), *own))


def served_by(asked: AllOf, serves: Requirement) -> AllOf:
    """Add to a resolved requirement which teams and sites serve."""
    return asked if serves == NOTHING else AllOf((*asked.terms, *_flat(serves)))


def is_about_teams(requirement: Requirement) -> bool:
    """Tell whether a term speaks of teams and sites alone."""
    match requirement:
        case TeamTerm() | SiteTerm():
            return True
        case AllOf(terms) | AnyOf(terms):
            return bool(terms) and all(is_about_teams(each) for each in terms)
        case NotOf(term):
            return is_about_teams(term)
        case _:
            return False


def _flat(requirement: Requirement) -> tuple[Requirement, ...]:
    return requirement.terms if isinstance(requirement, AllOf) else (requirement,)


def _filled(template: Requirement, *, level: int, language: str | None) -> Requirement:
    match template:
        case SkillTerm(relative=True):
            return SkillTerm(template.skill, template.comparison, template.level + level)
        case LanguageTerm(language=name) if name == SAME:
            return NOTHING if language is None else LanguageTerm(primary(language))
        case AllOf(terms):
            parts: list[Requirement] = []
            for each in terms:
                parts += _flat(_filled(each, level=level, language=language))
            return AllOf(tuple(parts))
        case AnyOf(terms):
            return AnyOf(tuple(_filled(each, level=level, language=language) for each in terms))
        case NotOf(term):
            return NotOf(_filled(term, level=level, language=language))
        case _:
            return template


def met(
    requirement: Requirement,
    *,
    skills: Mapping[str, int],
    languages: frozenset[str],
    team: str = "",
    site: str | None = None,
) -> bool:
    """Tell whether an agent with these skills and (primary) languages, of this team, fits."""
    # By type, not by pattern: a new kind of conversation asks this of every profile there is.
    if isinstance(requirement, SkillTerm):
        return _COMPARE[requirement.comparison](skills.get(requirement.skill, 0), requirement.level)
    if isinstance(requirement, LanguageTerm):
        return primary(requirement.language) in languages
    if isinstance(requirement, _COMPOUND):
        # Of all one that is not met decides, of any one that is.
        is_any = isinstance(requirement, AnyOf)
        for each in requirement.terms:
            if met(each, skills=skills, languages=languages, team=team, site=site) is is_any:
                return is_any
        return not is_any
    if isinstance(requirement, NotOf):
        return not met(requirement.term, skills=skills, languages=languages, team=team, site=site)
    if isinstance(requirement, TeamTerm):
        return team == requirement.team
    if isinstance(requirement, SiteTerm):
        return site == requirement.site
    return any(level >= requirement.level for level in skills.values())


def last_levels(template: Requirement, skills: Mapping[str, int]) -> set[int]:
    """Give the levels of a conversation up to which a template asks the same of these skills.

    Between two neighbours of them no term of the template is met at one level and not at another.
    """
    match template:
        case SkillTerm(relative=True):
            equal = skills.get(template.skill, 0) - template.level
            return {equal - 1, equal}
        case AllOf(terms) | AnyOf(terms):
            return {level for each in terms for level in last_levels(each, skills)}
        case NotOf(term):
            return last_levels(term, skills)
        case _:
            return set()


def single_terms(requirement: Requirement) -> Iterator[Requirement]:
    """Give every term that is not made of others, those that must not hold too."""
    match requirement:
        case AllOf(terms) | AnyOf(terms):
            for each in terms:
                yield from single_terms(each)
        case NotOf(term):
            yield from single_terms(term)
        case _:
            yield requirement


def levels_to_learn(
    requirement: Requirement, skills: Mapping[str, int], tops: Mapping[str, int]
) -> dict[str, set[int]]:
    """Give, by skill, the levels above the present at which a requirement may be met first.

    Between two neighbours of them no term is met at one level and not at another. ``tops`` {skill:
    highest declared level}: nobody has more. Of any skill at all only those count that are there
    already.
    """
    found: dict[str, set[int]] = {}
    for term in single_terms(requirement):
        if isinstance(term, SkillTerm):
            found.setdefault(term.skill, set()).update((term.level, term.level + 1))
        elif isinstance(term, AnySkill):
            for skill in skills:
                found.setdefault(skill, set()).add(term.level)
    return {
        skill: {each for each in levels if skills.get(skill, 0) < each <= tops.get(skill, each)}
        for skill, levels in found.items()
    }


def least_level(requirement: Requirement) -> tuple[str, int] | None:
    """Give skill and least level of a term that only asks for that, else None."""
    if not isinstance(requirement, SkillTerm) or requirement.relative:
        return None
    if requirement.comparison is Comparison.AT_LEAST:
        return requirement.skill, requirement.level
    if requirement.comparison is Comparison.ABOVE:
        return requirement.skill, requirement.level + 1
    return None


def simplest(asked: AllOf) -> AllOf:
    """Leave out what others of these terms imply, so that what asks for the same is the same.

    Every agent meets both or neither. Least levels come first, in the order of their skills.
    """
    least: dict[str, int] = {}
    others: dict[Requirement, None] = {}
    for term in asked.terms:
        pair = least_level(term)
        if pair is None:
            others[term] = None
        elif pair[1] > least.get(pair[0], 0):
            least[pair[0]] = pair[1]
    skills = [SkillTerm(skill, Comparison.AT_LEAST, least[skill]) for skill in sorted(least)]
    return AllOf((*skills, *others))


def published(requirement: AllOf, *, language: str | None) -> Requirements:
    """Say a resolved requirement as the contract does: a map where one can say it.

    The conversation's own ``language`` is published beside it and left out here, and so are the
    teams that serve, which are the queue's affair. A skill asked for twice has the higher level.
    """
    own = None if language is None else LanguageTerm(primary(language))
    least: dict[str, int] = {}
    asked = tuple(each for each in requirement.terms if not is_about_teams(each))
    for term in asked:
        if term == own:
            continue
        pair = least_level(term)
        if pair is None:
            return {"expression": expression(AllOf(asked))}
        skill, level = pair
        least[skill] = max(level, least.get(skill, level))
    return least


def expression(requirement: Requirement) -> str:
    """Write a requirement so that it can be read aloud."""
    match requirement:
        case SkillTerm(skill, comparison, level, relative):
            if not relative:
                return f"{skill} {comparison} {level}"
            offset = f" {'+' if level > 0 else '-'} {abs(level)}" if level else ""
            return f"{skill} {comparison} level{offset}"
        case AnySkill(level):
            return f"any skill >= {level}"
        case LanguageTerm(language):
            return f"language == {language}"
        case TeamTerm(name) | SiteTerm(name):
            return f"{'team' if isinstance(requirement, TeamTerm) else 'site'} {name}"
        case AllOf(terms):
            return " and ".join(_grouped(each) for each in terms) or "anyone"
        case AnyOf(terms):
            return " or ".join(_grouped(each) for each in terms) or "no one"
        case NotOf(term):
            return f"not {_grouped(term)}"


def _grouped(requirement: Requirement) -> str:
    text = expression(requirement)
    return f"({text})" if isinstance(requirement, AllOf | AnyOf) else text
