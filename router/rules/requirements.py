"""Read ``requires`` and ``prefers``: what a queue asks of an agent, and what it would like.

Every skill must be declared and every level one that somebody can have; what nobody could ever
meet, or everybody always meets, one comparison or all of them together, is an error, since it would
read as something it is not. ``{}`` asks for nothing, and says so. ``requirement_value`` writes a
requirement back as a rule file would.
"""

import re
from typing import Any, Final

from router.model.requirement import (
    NOTHING,
    SAME,
    AllOf,
    AnyOf,
    AnySkill,
    Comparison,
    LanguageTerm,
    NotOf,
    Requirement,
    SiteTerm,
    SkillTerm,
    TeamTerm,
)
from router.rules.problems import Place, Problems, nearest, shown
from router.rules.reach import extent
from router.rules.source import Entry, Mapping, Node, Sequence, plain
from router.rules.units import MAX_SKILL_LEVEL, NotationError, skill_term, skill_term_value
from router.rules.vocabulary import Vocabulary
from router.rules.written.fields import LANGUAGE

WORDS: Final = ("all_of", "any_of", "not", "any_skill", "language")
"""Keys of ``requires`` that are no skills; no skill may have such a name."""
_MOST_AGENTS: Final = 5_000
"""So many agents and conversations are tried to prove that nobody meets something, or everybody."""


class RequirementReader:
    """Read requirements against the declared skills, reporting what is wrong."""

    def __init__(self, vocabulary: Vocabulary, problems: Problems) -> None:
        self._skills = vocabulary.skills
        self._tops = {name: each.top for name, each in self._skills.items() if each is not None}
        self._problems = problems

    def requirement(self, node: Node) -> Requirement:
        """Read what is asked of an agent; what is wrong in it is left out."""
        before = self._problems.errors
        asked = self._group_of_terms(node)
        if self._problems.errors == before and asked != NOTHING:
            found = self._extent(asked)
            if found is not None:
                hint = "`requires: {}` asks for nothing" if found == "everybody" else ""
                self._problems.error(node.place, f"{found} meets this", hint)
        return asked

    def _group_of_terms(self, node: Node) -> Requirement:
        """Read a group of terms that must all hold."""
        if not isinstance(node, Mapping):
            self._problems.error(node.place, "a requirement is a group of keys", "`{calm: 2}`")
            return NOTHING
        read = (self._term(entry) for entry in node.entries.values())
        terms = tuple(each for each in read if each is not None)
        return terms[0] if len(terms) == 1 else AllOf(terms)

    def preference(self, node: Node) -> tuple[SkillTerm, ...]:
        """Read the skills that make an agent fit better."""
        terms: list[SkillTerm] = []
        for entry in node.entries.values() if isinstance(node, Mapping) else ():
            if entry.name in WORDS and entry.name not in self._skills:
                self._problems.error(
                    entry.place,
                    f"`{entry.name}` cannot be preferred: `prefers` names skills",
                    "ask for it in `requires`, or in a step of `expands`",
                )
                continue
            term = self._skill(entry)
            if term is not None and term.relative:
                self._problems.error(
                    entry.value.place,
                    "`prefers` compares with a number, not with the conversation's level",
                    'such as `2` or `"< 3"`',
                )
            elif term is not None:
                terms.append(term)
        return tuple(terms)

    def _term(self, entry: Entry) -> Requirement | None:
        match entry.name:
            case "all_of":
                return AllOf(self._group(entry))
            case "any_of":
                return AnyOf(self._group(entry))
            case "not":
                return NotOf(self._group_of_terms(entry.value))
            case "any_skill":
                return self._any_skill(entry)
            case "language":
                return self._language(entry)
            case _:
                return self._skill(entry)

    def _group(self, entry: Entry) -> tuple[Requirement, ...]:
        if not isinstance(entry.value, Sequence) or not entry.value.items:
            self._problems.error(
                entry.value.place, f"`{entry.name}` takes a list", "`[{calm: 2}, {contracts: 1}]`"
            )
            return (NOTHING,)
        return tuple(self._group_of_terms(each) for each in entry.value.items)

    def _any_skill(self, entry: Entry) -> AnySkill | None:
        level = plain(entry.value)
        if type(level) is int and 1 <= level <= MAX_SKILL_LEVEL:
            if level > (top := max(self._tops.values(), default=MAX_SKILL_LEVEL)):
                self._problems.error(
                    entry.value.place, f"no skill has a level {level}", f"{top} is the highest"
                )
            return AnySkill(level)
        self._problems.error(
            entry.value.place, f"{shown(level)} is not a least level", "such as `any_skill: 1`"
        )
        return None

    def _language(self, entry: Entry) -> LanguageTerm | None:
        language = plain(entry.value)
        if isinstance(language, str) and (language == SAME or re.fullmatch(LANGUAGE, language)):
            return LanguageTerm(language)
        self._problems.error(
            entry.value.place, f"{shown(language)} is not a language", "`same`, or such as `fr`"
        )
        return None

    def _skill(self, entry: Entry) -> SkillTerm | None:
        if entry.name not in self._skills:
            self._problems.error(
                entry.place, f"unknown skill `{entry.name}`", self._suggestion(entry.name)
            )
            return None
        try:
            term = skill_term(entry.name, plain(entry.value))
        except NotationError as error:
            self._problems.error(entry.value.place, error.message, error.suggestion)
            return None
        if term.relative:
            found = self._extent(term)
            if found is not None:
                what = skill_term_value(term)
                hint = f"the levels of `{term.skill}` are {self._skills[term.skill]}"
                verb = "ever" if found == "nobody" else "always"
                self._problems.error(entry.value.place, f"{found} is {verb} `{what}`", hint)
        else:
            self._within(term, entry.value.place)
        return term

    def _extent(self, asked: Requirement) -> str | None:
        """Tell whether nobody meets it or everybody; None also where the levels of a skill are wrong."""
        if len(self._tops) < len(self._skills):
            return None
        return extent(asked, self._tops, most=_MOST_AGENTS)

    def _suggestion(self, name: str) -> str:
        hint = nearest(name, (*WORDS, *self._skills))
        return hint if hint.startswith("did") else nearest(name, self._skills)

    def _within(self, term: SkillTerm, place: Place) -> None:
        """Refuse a level outside the declared ones, and what is always or never so."""
        levels = self._skills[term.skill]
        if levels is None:
            return
        lowest, top = levels.lowest, levels.top
        if term.level > top or 0 < term.level < lowest:
            self._problems.error(
                place,
                f"level {term.level} of `{term.skill}` does not exist",
                f"its levels are {levels}, and 0 is not having it",
            )
        elif (term.comparison, term.level) in {(Comparison.ABOVE, top), (Comparison.BELOW, 0)}:
            self._problems.error(place, f"nobody is ever `{term.comparison} {term.level}`")
        elif (term.comparison, term.level) in {(Comparison.AT_LEAST, 0), (Comparison.AT_MOST, top)}:
            self._problems.error(place, f"everybody is `{term.comparison} {term.level}`")


def requirement_value(requirement: Requirement) -> dict[str, Any]:
    """Write a requirement as the value of ``requires``."""
    terms = requirement.terms if isinstance(requirement, AllOf) else (requirement,)
    pairs = [_pair(each) for each in terms]
    if len({name for name, _ in pairs}) == len(pairs):
        return dict(pairs)
    return {"all_of": [requirement_value(each) for each in terms]}


def _pair(term: Requirement) -> tuple[str, Any]:
    match term:
        case SkillTerm():
            return term.skill, skill_term_value(term)
        case AnySkill(level):
            return "any_skill", level
        case LanguageTerm(language):
            return "language", language
        case AllOf(terms):
            return "all_of", [requirement_value(each) for each in terms]
        case AnyOf(terms):
            return "any_of", [requirement_value(each) for each in terms]
        case NotOf(inner):
            return "not", requirement_value(inner)
        case TeamTerm() | SiteTerm():
            raise AssertionError("no `requires` speaks of teams")
