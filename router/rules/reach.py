"""Who may have a conversation under one requirement and not under another, with an example.

Proves by trying: every agent who differs in a skill that either requirement speaks of, with every
level, speaking the language or not, against conversations of every level. Where that is too many
nothing is said.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from math import prod
from typing import Final

import msgspec

from router.model.requirement import (
    SAME,
    AllOf,
    AnyOf,
    AnySkill,
    LanguageTerm,
    NotOf,
    Requirement,
    SkillTerm,
    met,
    resolve,
)

MOST_TRIALS: Final = 50_000
_OTHER: Final = "another skill"
_HERS: Final = "the customer's language"
_TAG: Final = "qaa"
"""A language that no rule names stands for the customer's."""


class Reach(msgspec.Struct, frozen=True):
    """An agent who gains, and one who loses, each with the level of a conversation; or None."""

    gains: str | None
    loses: str | None


def reach(
    old: Requirement, new: Requirement, tops: Mapping[str, int], *, most: int = MOST_TRIALS
) -> Reach | None:
    """Compare whom two templates let have conversations; None where there is too much to try."""
    skills = sorted({*_skills(old), *_skills(new)})
    languages = sorted({*_languages(old), *_languages(new)})
    levels = range(1, max((tops.get(each, 1) for each in skills), default=1) + 1)
    ranges = [range(tops.get(each, max(levels)) + 1) for each in skills]
    spoken = [(False, True)] * len(languages)
    if prod(len(each) for each in (*ranges, *spoken, levels)) > most:
        return None
    gains = loses = None
    for level, *rest in product(levels, *ranges, *spoken):
        held = {name: n for name, n in zip(skills, rest, strict=False) if n}
        speaks = [name for name, yes in zip(languages, rest[len(skills) :], strict=True) if yes]
        tags = frozenset(_TAG if each == _HERS else each for each in speaks)
        before, after = (
            met(resolve(each, level=level, language=_TAG, skills={}), skills=held, languages=tags)
            for each in (old, new)
        )
        if after and not before and gains is None:
            gains = _example(held, speaks, level=level)
        if before and not after and loses is None:
            loses = _example(held, speaks, level=level)
    return Reach(gains, loses)


def _example(skills: Mapping[str, int], speaks: list[str], *, level: int) -> str:
    has = [f"{name} {n}" for name, n in skills.items()] or ["no skill"]
    tongue = f" who speaks {' and '.join(speaks)}" if speaks else ""
    return f"an agent with {', '.join(has)}{tongue}, for level {level}"


def parts(requirement: Requirement) -> Iterator[Requirement]:
    """Give a requirement and everything it is made of."""
    yield requirement
    match requirement:
        case AllOf(terms) | AnyOf(terms):
            for each in terms:
                yield from parts(each)
        case NotOf(term):
            yield from parts(term)
        case _:
            pass


def _skills(requirement: Requirement) -> Iterator[str]:
    for each in parts(requirement):
        if isinstance(each, SkillTerm):
            yield each.skill
        elif isinstance(each, AnySkill):
            yield _OTHER


def _languages(requirement: Requirement) -> Iterator[str]:
    for each in parts(requirement):
        if isinstance(each, LanguageTerm):
            yield _HERS if each.language == SAME else each.language.partition("-")[0].lower()
