"""Our reading of CEL agrees with another implementation, on expressions nobody thought of.

The other one is the Rust implementation, by its Python bindings. Generated expressions are of every
form that is offered, with and without sense; both must give the same value, or both fail. Left out
is where the other one departs from the specification: it counts bytes in ``size``, takes ``-``
before true or false for ``!``, and knows ``double`` of other texts. So sizes are asked of plain
ASCII, and ``-`` and ``double`` stand before numbers.
"""

from typing import Any

import cel
from hypothesis import given, settings
from hypothesis import strategies as st

from router.rules.cel.answers import FAILED
from router.rules.cel.evaluation import compiled
from router.rules.cel.parser import parse
from router.rules.cel.syntax import (
    Binary,
    Call,
    Choice,
    Every,
    Expression,
    Has,
    Items,
    Literal,
    Member,
    Name,
    Some,
    Unary,
    canonical,
)

TEXTS = ("", "a", "b", "ab", "é")
NUMBERS = (0, 1, 2, -1, 2**53, 2**62, 0.0, 1.0, 1.5, -2.5, 1e300)
PARTS = ("t", "u", "i", "f", "b", "n", "missing", "a b")

literals = st.sampled_from([*TEXTS, *NUMBERS, True, False, None]).map(Literal)
facts = st.sampled_from(["channel", "topic", "level", "priority"]).map(Name)
parts = st.builds(
    Member,
    st.sampled_from(["attributes", "skills", "customer"]).map(Name),
    st.sampled_from(PARTS).map(Literal),
)
presence = st.builds(
    lambda fact, part: Has(Member(Name(fact), Literal(part))),
    st.sampled_from(["attributes", "skills", "customer"]),
    st.sampled_from([each for each in PARTS if each != "a b"]),
)
sizes = st.builds(
    lambda text: Call("size", None, (Literal(text),)), st.sampled_from(["", "a", "abc"])
)
doubles = st.builds(
    lambda number: Call("double", None, (number,)),
    st.sampled_from([0, 1, -3, 1.5]).map(Literal)
    | st.sampled_from(["level", "priority"]).map(Name),
)
counts = st.sampled_from(NUMBERS).map(Literal) | facts.filter(lambda fact: fact.name != "channel")
sums = counts | sizes | doubles | st.builds(Binary, st.sampled_from("+-*"), counts, counts)
leaves = literals | facts | parts | presence | sizes | doubles


def grown(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    several = st.lists(inner, min_size=2, max_size=4).map(tuple)
    lists = st.lists(inner, max_size=3).map(lambda items: Items(tuple(items)))
    return st.one_of(
        st.builds(Every, several),
        st.builds(Some, several),
        st.builds(Unary, st.just("!"), inner),
        st.builds(Unary, st.just("-"), sums),
        st.builds(
            Binary, st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "+", "-", "*"]), inner, inner
        ),
        st.builds(lambda item, whole: Binary("in", item, whole), inner, lists),
        st.builds(
            lambda item: Binary("in", item, Name("attributes")), st.sampled_from(PARTS).map(Literal)
        ),
        st.builds(Choice, inner, inner, inner),
        st.builds(
            lambda name, target, argument: Call(name, target, (argument,)),
            st.sampled_from(["startsWith", "endsWith", "contains"]),
            inner,
            inner,
        ),
        st.builds(lambda whole, index: Member(whole, Literal(index)), lists, st.integers(0, 2)),
        lists,
    )


expressions = st.recursive(leaves, grown, max_leaves=12)

comparisons = (
    st.builds(
        Binary,
        st.sampled_from(["==", "!="]),
        st.sampled_from(["channel", "topic"]).map(Name) | parts,
        st.sampled_from(TEXTS).map(Literal),
    )
    | st.builds(
        Binary,
        st.sampled_from(["<", "<=", ">", ">=", "=="]),
        sums | parts,
        st.sampled_from(NUMBERS).map(Literal),
    )
    | st.builds(
        lambda item, texts: Binary("in", item, Items(tuple(map(Literal, texts)))),
        st.sampled_from(["channel", "topic"]).map(Name) | parts,
        st.lists(st.sampled_from(TEXTS), max_size=3),
    )
    | presence
)
conditions = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        st.builds(Every, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Some, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Unary, st.just("!"), inner),
        st.builds(Choice, inner, inner, inner),
    ),
    max_leaves=10,
)

values = st.sampled_from([*TEXTS, *NUMBERS, True, False, None])
cases = st.fixed_dictionaries(
    {
        "channel": st.sampled_from(["a", "chat"]),
        "topic": st.none() | st.sampled_from(TEXTS),
        "level": st.integers(1, 3),
        "priority": st.integers(0, 1000),
        "skills": st.dictionaries(st.sampled_from(PARTS[:3]), st.integers(0, 3)),
        "customer": st.dictionaries(st.sampled_from(PARTS[:3]), st.sampled_from(TEXTS)),
        "attributes": st.dictionaries(st.sampled_from([*PARTS[:6], "a b"]), values),
    }
)


def other(text: str, case: dict[str, Any]) -> object:
    try:
        return cel.compile(text).execute(case)
    except (TypeError, KeyError, IndexError, OverflowError, RuntimeError, ValueError):
        return FAILED


def same(one: object, another: object) -> bool:
    if isinstance(one, list) and isinstance(another, list):
        return len(one) == len(another) and all(map(same, one, another))
    return type(one) is type(another) and (one == another or (one != one and another != another))


def agree(tree: Expression, case: dict[str, Any]) -> None:
    text = canonical(parse(canonical(tree)))
    assert canonical(parse(text)) == text
    ours = compiled(parse(text))(case)
    theirs = other(text, case)
    assert same(ours, theirs), (text, case, ours, theirs)


@settings(max_examples=250, deadline=None)
@given(expressions, cases)
def test_any_expression_has_the_value_that_another_cel_gives(
    tree: Expression, case: dict[str, Any]
) -> None:
    agree(tree, case)


@settings(max_examples=250, deadline=None)
@given(conditions, cases)
def test_a_sensible_condition_holds_exactly_where_another_cel_says_so(
    tree: Expression, case: dict[str, Any]
) -> None:
    agree(tree, case)
