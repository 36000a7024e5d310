"""What a conversation asks of an agent: filled in, compared, published, read aloud."""

import pytest

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
    SkillTerm,
    expression,
    least_level,
    met,
    primary,
    published,
    resolve,
)


def at_least(skill: str, level: int) -> SkillTerm:
    return SkillTerm(skill, Comparison.AT_LEAST, level)


def fits(requirement: Requirement, languages: str = "", **skills: int) -> bool:
    return met(requirement, skills=skills, languages=frozenset(languages.split()))


def filled_in(
    template: Requirement,
    *,
    level: int = 1,
    language: str | None = None,
    skills: dict[str, int] | None = None,
) -> AllOf:
    return resolve(template, level=level, language=language, skills=skills or {})


@pytest.mark.parametrize(
    ("comparison", "below", "same", "above"),
    [
        (Comparison.AT_LEAST, False, True, True),
        (Comparison.ABOVE, False, False, True),
        (Comparison.AT_MOST, True, True, False),
        (Comparison.BELOW, True, False, False),
        (Comparison.EQUAL, False, True, False),
        (Comparison.NOT_EQUAL, True, False, True),
    ],
)
def test_six_comparisons_of_a_level(
    comparison: Comparison, *, below: bool, same: bool, above: bool
) -> None:
    term = SkillTerm("sales", comparison, 2)
    assert [fits(term, sales=level) for level in (1, 2, 3)] == [below, same, above]


def test_a_skill_that_an_agent_lacks_is_at_level_zero() -> None:
    assert fits(at_least("sales", 0))
    assert fits(SkillTerm("sales", Comparison.BELOW, 1))
    assert not fits(at_least("sales", 1), tech=3)


def test_anyone_meets_nothing() -> None:
    assert fits(NOTHING)
    assert filled_in(NOTHING) == NOTHING


def test_any_skill_is_one_good_skill_whichever() -> None:
    assert fits(AnySkill(2), sales=1, tech=2)
    assert not fits(AnySkill(2), sales=1, tech=1)
    assert not fits(AnySkill(0))


def test_and_or_and_not() -> None:
    either = AnyOf((at_least("sales", 2), at_least("tech", 1)))
    assert fits(either, tech=1)
    assert not fits(either, sales=1)
    assert fits(NotOf(either), sales=1)
    assert fits(AllOf((either, NotOf(at_least("calm", 1)))), sales=2)
    assert not fits(AllOf((either, NotOf(at_least("calm", 1)))), sales=2, calm=1)
    assert not fits(AnyOf(()), sales=9)


def test_languages_are_compared_by_their_first_part() -> None:
    assert primary("fr-CA") == "fr"
    assert primary("EN") == "en"
    assert fits(LanguageTerm("fr-CA"), "fr en")
    assert not fits(LanguageTerm("de"), "fr en")


def test_a_relative_level_counts_from_the_level_of_the_conversation() -> None:
    template = SkillTerm("sales", Comparison.AT_LEAST, -1, relative=True)
    assert filled_in(template, level=3) == AllOf((at_least("sales", 2),))
    assert filled_in(template, level=1) == AllOf((at_least("sales", 0),))


def test_the_same_language_is_the_conversations_and_asks_nothing_where_it_has_none() -> None:
    template = LanguageTerm(SAME)
    assert filled_in(template, language="fr-CA") == AllOf((LanguageTerm("fr"),))
    assert filled_in(template) == NOTHING


def test_the_conversations_own_skills_come_after_the_queues_in_the_order_of_their_names() -> None:
    asked = filled_in(at_least("sales", 1), skills={"tech": 2, "calm": 1})
    assert asked.terms == (at_least("sales", 1), at_least("calm", 1), at_least("tech", 2))


def test_what_all_have_to_meet_becomes_one_flat_list() -> None:
    nested = AllOf((AllOf((at_least("a", 1), AllOf((at_least("b", 1),)))), at_least("c", 1)))
    assert filled_in(nested).terms == (at_least("a", 1), at_least("b", 1), at_least("c", 1))


def test_relative_levels_and_languages_are_filled_in_however_deep() -> None:
    relative = SkillTerm("sales", Comparison.EQUAL, 1, relative=True)
    template = AnyOf((NotOf(relative), AllOf((LanguageTerm(SAME), AnySkill(1)))))
    asked = filled_in(template, level=2, language="en-GB")
    absolute = SkillTerm("sales", Comparison.EQUAL, 3)
    inside = AllOf((LanguageTerm("en"), AnySkill(1)))
    assert asked == AllOf((AnyOf((NotOf(absolute), inside)),))


@pytest.mark.parametrize(
    ("term", "pair"),
    [
        (at_least("sales", 2), ("sales", 2)),
        (SkillTerm("sales", Comparison.ABOVE, 2), ("sales", 3)),
        (SkillTerm("sales", Comparison.EQUAL, 2), None),
        (SkillTerm("sales", Comparison.AT_MOST, 2), None),
        (SkillTerm("sales", Comparison.AT_LEAST, 2, relative=True), None),
        (AnySkill(2), None),
        (LanguageTerm("fr"), None),
        (NotOf(at_least("sales", 2)), None),
    ],
)
def test_only_a_term_that_asks_for_a_least_level_has_one(
    term: Requirement, pair: tuple[str, int] | None
) -> None:
    assert least_level(term) == pair


def test_skills_with_least_levels_are_published_as_a_map() -> None:
    asked = AllOf((at_least("sales", 2), SkillTerm("tech", Comparison.ABOVE, 0)))
    assert published(asked, language=None) == {"sales": 2, "tech": 1}
    assert published(NOTHING, language=None) == {}


def test_a_skill_asked_for_twice_is_published_with_the_higher_level() -> None:
    asked = AllOf((at_least("sales", 3), at_least("sales", 1)))
    assert published(asked, language=None) == {"sales": 3}


def test_the_conversations_own_language_is_not_published_as_a_requirement() -> None:
    asked = AllOf((at_least("sales", 1), LanguageTerm("fr")))
    assert published(asked, language="fr-CA") == {"sales": 1}
    assert published(asked, language="en") == {"expression": "sales >= 1 and language == fr"}


@pytest.mark.parametrize(
    ("requirement", "aloud"),
    [
        (NOTHING, "anyone"),
        (AnyOf(()), "no one"),
        (at_least("sales", 2), "sales >= 2"),
        (SkillTerm("sales", Comparison.NOT_EQUAL, 0), "sales != 0"),
        (SkillTerm("sales", Comparison.AT_LEAST, 0, relative=True), "sales >= level"),
        (SkillTerm("sales", Comparison.AT_LEAST, -1, relative=True), "sales >= level - 1"),
        (SkillTerm("sales", Comparison.BELOW, 2, relative=True), "sales < level + 2"),
        (AnySkill(1), "any skill >= 1"),
        (LanguageTerm("fr"), "language == fr"),
        (NotOf(at_least("a", 1)), "not a >= 1"),
        (
            AllOf((at_least("a", 1), AnyOf((at_least("b", 2), NotOf(AllOf((AnySkill(3),))))))),
            "a >= 1 and (b >= 2 or not (any skill >= 3))",
        ),
    ],
)
def test_a_requirement_can_be_read_aloud(requirement: Requirement, aloud: str) -> None:
    assert expression(requirement) == aloud


def test_what_is_not_a_map_is_published_in_words() -> None:
    asked = AllOf((at_least("sales", 1), SkillTerm("tech", Comparison.AT_MOST, 2)))
    assert published(asked, language=None) == {"expression": "sales >= 1 and tech <= 2"}
