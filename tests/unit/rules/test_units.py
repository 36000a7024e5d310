"""The notations of a rule file are exact, and written back as they were read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.model.requirement import Comparison, SkillTerm
from router.rules.units import (
    MAX_AGEING,
    MAX_DURATION_MS,
    NotationError,
    Priority,
    duration,
    duration_text,
    levels,
    priority,
    rate,
    rate_text,
    skill_term,
    skill_term_value,
)


@pytest.mark.parametrize(
    ("written", "ms"),
    [
        *(("90s", 90_000), ("10m", 600_000), ("2h", 7_200_000), ("1d", 86_400_000)),
        *(("250ms", 250), ("0s", 0)),
    ],
)
def test_durations_are_whole_and_have_a_unit(written: str, ms: int) -> None:
    assert duration(written) == ms


@pytest.mark.parametrize(
    "written", [90, 1.5, "90", "90 s", "1.5m", "-1s", "soon", "400d", None, True]
)
def test_what_is_no_duration_is_refused(written: object) -> None:
    with pytest.raises(NotationError):
        duration(written)


def test_a_bare_number_is_answered_with_its_unit() -> None:
    with pytest.raises(NotationError) as refused:
        duration(90)
    assert refused.value.suggestion == "write the unit: `90s`"


@given(st.integers(0, MAX_DURATION_MS))
def test_every_duration_reads_as_it_is_written(ms: int) -> None:
    assert duration(duration_text(ms)) == ms


@given(st.integers(0, MAX_AGEING))
def test_every_ageing_reads_as_it_is_written(ageing: int) -> None:
    assert rate(rate_text(ageing)) == ageing


@pytest.mark.parametrize(
    ("written", "thousandths"),
    [("1/s", 1000), ("0.5/s", 500), ("6/m", 100), ("3.6/h", 1), ("0/s", 0), ("0.001/s", 1)],
)
def test_ageing_is_points_over_time(written: str, thousandths: int) -> None:
    assert rate(written) == thousandths


@pytest.mark.parametrize("written", [1, "1", "1/d", "1 /s", "1/m", "0.0001/s", "-1/s", "2000/s"])
def test_what_is_no_ageing_is_refused(written: object) -> None:
    with pytest.raises(NotationError):
        rate(written)


@pytest.mark.parametrize("written", ["3", "1..", "0..3", "3..1", "1..9999", 3, "1-3"])
def test_what_is_no_range_of_levels_is_refused(written: object) -> None:
    with pytest.raises(NotationError):
        levels(written)


@pytest.mark.parametrize(
    ("written", "comparison", "level", "relative"),
    [
        (2, Comparison.AT_LEAST, 2, False),
        ("< 3", Comparison.BELOW, 3, False),
        ("==1", Comparison.EQUAL, 1, False),
        ("!= 2", Comparison.NOT_EQUAL, 2, False),
        (">= level", Comparison.AT_LEAST, 0, True),
        (">= level - 1", Comparison.AT_LEAST, -1, True),
        ("<= level+2", Comparison.AT_MOST, 2, True),
        ("> level", Comparison.ABOVE, 0, True),
    ],
)
def test_six_comparisons_with_a_number_or_the_conversations_level(
    written: object, comparison: Comparison, level: int, relative: bool
) -> None:
    assert skill_term("calm", written) == SkillTerm("calm", comparison, level, relative=relative)


@given(st.sampled_from(Comparison), st.integers(-99, 99), st.booleans())
def test_every_comparison_reads_as_it_is_written(
    comparison: Comparison, level: int, relative: bool
) -> None:
    term = SkillTerm("calm", comparison, level if relative else abs(level), relative=relative)
    assert skill_term("calm", skill_term_value(term)) == term


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (0, Priority(0)),
        (1000, Priority(1000)),
        ("+200", Priority(200, relative=True)),
        (-100, Priority(-100, relative=True)),
        ("-100", Priority(-100, relative=True)),
    ],
)
def test_a_priority_is_set_or_added_to(written: object, expected: Priority) -> None:
    assert priority(written) == expected
    assert priority(expected.written()) == expected


@pytest.mark.parametrize("written", [1001, "+0", "+1001", "high", 1.5, None])
def test_what_is_no_priority_is_refused(written: object) -> None:
    with pytest.raises(NotationError):
        priority(written)
