"""Who may have a conversation under one requirement and not under another, with an example; or at all.

Proves by trying: every agent who differs in a skill that either requirement speaks of, with every
level, speaking the language or not, against conversations of every level. Where that is too many
nothing is said.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import Final

import msgspec

from router.model.requirement import (
    SAME,
    AnySkill,
    LanguageTerm,
    Requirement,
    SkillTerm,
    met,
    resolve,
    single_terms,
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
    trials = _trials((old, new), tops, most=most)
    if trials is None:
        return None
    gains = loses = None
    for each in trials:
        before, after = each.meets(old), each.meets(new)
        if after and not before and gains is None:
            gains = str(each)
        if before and not after and loses is None:
            loses = str(each)
    return Reach(gains, loses)


def extent(asked: Requirement, tops: Mapping[str, int], *, most: int = MOST_TRIALS) -> str | None:
    """Tell whether ``nobody`` ever meets a template, or ``everybody`` always; None: neither, or unknown."""
    trials = _trials((asked,), tops, most=most)
    if trials is None:
        return None
    first = next(trials)
    meets = first.meets(asked)
    if all(each.meets(asked) is meets for each in trials):
        return "everybody" if meets else "nobody"
    return None


class _Trial(msgspec.Struct, frozen=True):
    """An agent, by the skills held and the languages spoken, and the level of a conversation."""

    held: Mapping[str, int]
    speaks: list[str]
    level: int

    def meets(self, asked: Requirement) -> bool:
        tags = frozenset(_TAG if each == _HERS else each for each in self.speaks)
        wanted = resolve(asked, level=self.level, language=_TAG, skills={})
        return met(wanted, skills=self.held, languages=tags)

    def __str__(self) -> str:
        """Say it in words."""
        return _example(self.held, self.speaks, level=self.level)


def _trials(
    asked: Sequence[Requirement], tops: Mapping[str, int], *, most: int
) -> Iterator[_Trial] | None:
    """Give every agent who matters, with conversations of every level; None: too many."""
    skills = sorted({name for each in asked for name in _skills(each)})
    languages = sorted({name for each in asked for name in _languages(each)})
    levels = range(1, max((tops.get(each, 1) for each in skills), default=1) + 1)
    highest = max(tops.values(), default=1) if _OTHER in skills else 1
    ranges = [range(tops.get(each, max(*levels, highest)) + 1) for each in skills]
    spoken = [(False, True)] * len(languages)
    if prod(len(each) for each in (*ranges, *spoken, levels)) > most:
        return None
    return (
        _Trial(
            {name: n for name, n in zip(skills, rest, strict=False) if n},
            [name for name, yes in zip(languages, rest[len(skills) :], strict=True) if yes],
            level,
        )
        for level, *rest in product(levels, *ranges, *spoken)
    )


def _example(skills: Mapping[str, int], speaks: list[str], *, level: int) -> str:
    has = [f"{name} {n}" for name, n in skills.items()] or ["no skill"]
    tongue = f" who speaks {' and '.join(speaks)}" if speaks else ""
    return f"an agent with {', '.join(has)}{tongue}, for level {level}"


def _skills(requirement: Requirement) -> Iterator[str]:
    for each in single_terms(requirement):
        if isinstance(each, SkillTerm):
            yield each.skill
        elif isinstance(each, AnySkill):
            yield _OTHER


def _languages(requirement: Requirement) -> Iterator[str]:
    for each in single_terms(requirement):
        if isinstance(each, LanguageTerm):
            yield _HERS if each.language == SAME else each.language.partition("-")[0].lower()
