"""What is proven of two conditions is so for every conversation."""

from typing import Any

import pytest
from hypothesis import given, settings

from router.rules.cel.evaluation import compiled
from router.rules.cel.parser import parse
from router.rules.cel.syntax import Expression
from router.rules.implication import cases, implies
from tests.unit.rules.cel.test_against_cel import cases as conversations
from tests.unit.rules.cel.test_against_cel import conditions


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('topic == "a"', "true"),
        ('topic == "a" && level > 2', 'topic == "a"'),
        ('topic == "a"', 'topic in ["a", "b"]'),
        ('topic in ["a"]', '"a" == topic || level == 1'),
        ("level >= 3", "level >= 2"),
        ("level > 2", "level >= 2"),
        ("level > 2", "level > 2"),
        ("2 < level", "level > 1"),
        ("level >= 3", "level > 2"),
        ("level == 3", "level >= 2"),
        ("level < 2", "level != 2"),
        ("level <= 2", "level < 3"),
        ('topic == "a"', 'topic != "b"'),
        ('topic == "a"', "topic != null"),
        ("attributes.x > 500", "has(attributes.x)"),
        ("attributes.x > 500", "attributes.x > 300"),
        ('attributes.x == "1"', "has(attributes.x)"),
        ('level > 2 && (topic == "a" || topic == "b")', 'topic in ["a", "b"] && level != 1'),
    ],
)
def test_what_is_so_is_proven(one: str, other: str) -> None:
    assert implies(parse(one), parse(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("true", 'topic == "a"'),
        ('topic in ["a", "c"]', 'topic in ["a", "b"]'),
        ("level >= 2", "level > 2"),
        ("level > 1", "level < 3"),
        ("level < 3", "level != 2"),
        ("has(attributes.x)", "attributes.x > 3"),
        ("attributes.x > 300", "attributes.y > 300"),
        ("attributes.x > 1", 'attributes.x > "1"'),
        ('topic == "a" || level == 2', 'topic == "a"'),
        ('!(topic == "a")', 'topic == "a"'),
    ],
)
def test_what_is_not_so_is_not(one: str, other: str) -> None:
    assert not implies(parse(one), parse(other))


@settings(max_examples=1_000, deadline=None)
@given(conditions, conditions, conversations)
def test_a_proof_holds_for_every_conversation(
    one: Expression, other: Expression, case: dict[str, Any]
) -> None:
    for first, second in ((one, other), (other, one)):
        if implies(first, second) and compiled(first)(case) is True:
            assert compiled(second)(case) is True


@settings(max_examples=300, deadline=None)
@given(conditions, conversations)
def test_one_of_its_cases_holds_where_a_condition_does(
    condition: Expression, case: dict[str, Any]
) -> None:
    holds = [compiled(each)(case) is True for each in cases(condition)]
    assert any(holds) or compiled(condition)(case) is not True
