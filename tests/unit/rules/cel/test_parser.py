"""Conditions are read with the grammar of CEL, and what is not offered is answered in words."""

import pytest

from router.rules.cel.parser import MAX_NESTING, parse
from router.rules.cel.scanner import MAX_LENGTH, ConditionError
from router.rules.cel.syntax import canonical


@pytest.mark.parametrize(
    ("written", "one_form"),
    [
        ("a||b&&c", "a || b && c"),
        ("(a||b)&&c", "(a || b) && c"),
        ("a && (b && c)", "a && b && c"),
        ("(a || b) || c", "a || b || c"),
        ("1+2*3-4", "1 + 2 * 3 - 4"),
        ("(1+2)*3", "(1 + 2) * 3"),
        ("1-(2-3)", "1 - (2 - 3)"),
        ("!(a==b)", "!(a == b)"),
        ("!a.b", "!a.b"),
        ("a?b:c?d:e", "a ? b : c ? d : e"),
        ("(a?b:c)?d:e", "(a ? b : c) ? d : e"),
        ("a['b c']", 'a["b c"]'),
        ("a['b']", "a.b"),
        ('a["if"]', 'a["if"]'),
        ("'it\\'s'", '"it\'s"'),
        ("r'a\\b'", '"a\\\\b"'),
        ("'\\u00e9\\n'", '"é\\n"'),
        ("x in [1,2]", "x in [1, 2]"),
        ("-1", "-1"),
        ("-(1)", "-1"),
        ("--x", "-(-x)"),
        ("3--1", "3 - -1"),
        ("1.50", "1.5"),
        (".5", "0.5"),
        ("1e3", "1000.0"),
        ("has( a.b )", "has(a.b)"),
        ("a.size( )", "a.size()"),
        ("a // why\n && b", "a && b"),
        ("a\n&&\tb", "a && b"),
    ],
)
def test_an_expression_has_one_form(written: str, one_form: str) -> None:
    assert canonical(parse(written)) == one_form
    assert canonical(parse(one_form)) == one_form


@pytest.mark.parametrize(
    ("written", "at", "suggestion"),
    [
        ("a = b", 2, "compare with `==`"),
        ("a & b", 2, "write `&&`"),
        ("a | b", 2, "write `||`"),
        ("a and b", 2, "write `&&`"),
        ("a or b", 2, "write `||`"),
        ("not a", 0, "write `!`"),
        ("a is b", 2, "write `==`"),
        ("a / b", 2, "division is not part of the rules"),
        ("a % b", 2, "`%` is not part of the rules"),
        ("{1: 2}", 0, "maps are not part of the rules; a list is `[...]`"),
        ('a == "b', 5, "close the quotes on the same line"),
        ("a == “b”", 5, 'quotes are straight: "'),
        ("a == 90s", 7, "numbers have no unit here"),
        ("a == 1u", 6, "numbers have no unit here"),
        ('b"x"', 0, "put a space or an operator between"),
        ('"\\d"', 1, "a backslash is written `\\\\`"),
        ("has(a)", 0, "such as `has(attributes.amount)`"),
    ],
)
def test_habits_of_other_languages_are_answered(written: str, at: int, suggestion: str) -> None:
    with pytest.raises(ConditionError) as refused:
        parse(written)
    assert (refused.value.at, refused.value.suggestion) == (at, suggestion)


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("", 0),
        ("   ", 0),
        ("a &&", 4),
        ("(a", 2),
        ("a)", 1),
        ("[1, 2", 5),
        ("a ? b", 5),
        ("a.", 2),
        ("a.if", 2),
        ("a b", 2),
        ("for", 0),
        ("1..2", 2),
        ("9223372036854775808", 0),
        ("1e999", 0),
    ],
)
def test_what_is_no_expression_is_told_where(written: str, at: int) -> None:
    with pytest.raises(ConditionError) as refused:
        parse(written)
    assert refused.value.at == at


@pytest.mark.parametrize(
    "written",
    [
        "a" * (MAX_LENGTH + 1),
        "(" * (MAX_NESTING + 1) + "a" + ")" * (MAX_NESTING + 1),
        "!" * 1_000 + "a",
        "-" * 1_000 + "a",
        "[" * 1_000,
        "a ? b : " * 100 + "c",
        " && ".join(["a"] * 300),
        "+".join(["1"] * 300),
        "a" + ".b" * 300,
        "[" + ",".join(["1"] * 1_500) + "]",
        "a" + "[0]" * 300,
    ],
)
def test_no_expression_is_large_enough_to_hurt(written: str) -> None:
    with pytest.raises(ConditionError):
        parse(written)
