"""The first queue that takes a conversation is found as if every queue had been asked in turn."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from router.rules.cel.evaluation import compiled
from router.rules.cel.parser import parse
from router.rules.dispatch import Dispatch, needs
from router.rules.unanswered import Tally

VALUES = st.sampled_from(["a", "b", "c"])
FACTS = st.sampled_from(
    ["topic", "channel", "customer.tier", "attributes.region", 'attributes["a b"]']
)

terms = (
    st.builds('{} == "{}"'.format, FACTS, VALUES)
    | st.builds('"{1}" == {0}'.format, FACTS, VALUES)
    | st.builds('{} != "{}"'.format, FACTS, VALUES)
    | st.builds('{} in ["{}", "{}"]'.format, FACTS, VALUES, VALUES)
    | st.builds("level == {}".format, st.integers(1, 3))
    | st.builds("level > {}".format, st.integers(1, 2))
    | st.just("true")
)
conditions = st.recursive(
    terms,
    lambda inner: (
        st.builds("({} && {})".format, inner, inner)
        | st.builds("({} || {})".format, inner, inner)
        | st.builds("!{}".format, inner.map("({})".format))
    ),
    max_leaves=5,
)
parts = st.sampled_from(["a", "b", "c", 1, True, None])
cases = st.fixed_dictionaries(
    {
        "topic": st.none() | VALUES,
        "channel": VALUES,
        "level": st.integers(1, 3),
        "language": st.none(),
        "customer": st.dictionaries(st.just("tier"), VALUES),
        "attributes": st.dictionaries(st.sampled_from(["region", "a b"]), parts),
        "heard": st.just(frozenset[str]()),
    }
)


@settings(max_examples=300, deadline=None)
@given(st.lists(conditions, max_size=25), st.lists(cases, min_size=1, max_size=8))
def test_the_first_queue_that_takes_it_is_found(
    written: list[str], several: list[dict[str, Any]]
) -> None:
    trees = [parse(each) for each in written]
    dispatch = Dispatch((str(rank), tree) for rank, tree in enumerate(trees))
    for case in several:
        takers = (str(rank) for rank, tree in enumerate(trees) if compiled(tree)(case) is True)
        assert dispatch.first(case, Tally()) == next(takers, None)


def test_what_a_condition_cannot_do_without_is_known() -> None:
    def needed(written: str) -> dict[str, frozenset[str | int]]:
        return dict(needs(parse(written)))

    assert needed('topic == "a" && level == 2') == {
        "topic": frozenset({"a"}),
        "level": frozenset({2}),
    }
    assert needed('topic == "a" || topic in ["b"]') == {"topic": frozenset({"a", "b"})}
    assert needed('topic == "a" || level == 2') == {}
    assert needed('attributes.x == "1" && attributes.x != "2"') == {
        "attributes.x": frozenset({"1"})
    }
    assert needed("attributes.x == 1") == {}
    assert needed('!(topic == "a")') == {}
    assert needed('topic == "a" && topic == "b"') == {"topic": frozenset()}


class Counting(dict[str, Any]):
    """A case that counts how often a fact is looked at."""

    looks = 0

    def __getitem__(self, name: str) -> Any:
        self.looks += 1
        return super().__getitem__(name)


def test_two_thousand_queues_are_not_tried_one_by_one() -> None:
    written = (
        f'topic == "t{number % 4}" && attributes.region == "r{number}"' for number in range(2000)
    )
    dispatch = Dispatch((f"q{rank}", parse(each)) for rank, each in enumerate(written))
    case = Counting(topic="t3", attributes={"region": "r1999"})

    assert dispatch.first(case, Tally()) == "q1999"
    assert case.looks < 10
