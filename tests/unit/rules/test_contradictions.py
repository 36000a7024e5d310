"""A condition that no conversation meets is proven so, and no other."""

from typing import Any

import pytest
from hypothesis import assume, given, settings

from router.rules import loads
from router.rules.cel.evaluation import compiled
from router.rules.cel.parser import parse
from router.rules.cel.syntax import Expression
from router.rules.contradictions import never
from tests.unit.rules.cel.test_against_cel import cases as conversations
from tests.unit.rules.cel.test_against_cel import conditions

CHANNELS = ("chat", "voice")


@pytest.mark.parametrize(
    "condition",
    [
        "false",
        "level > 3 && level < 2",
        "level > 2 && level < 3",
        "level < 1",
        "priority > 1000",
        "priority < 0",
        'channel == "fax"',
        'channel != "chat" && channel != "voice"',
        'topic == "a" && topic == "b"',
        'topic == "a" && topic == null',
        "attributes.x > 3.5 && attributes.x < 3.4",
        'level < 1 || (topic == "a" && topic != "a")',
    ],
)
def test_what_can_never_be_is_proven(condition: str) -> None:
    assert never(parse(condition), CHANNELS)


@pytest.mark.parametrize(
    "condition",
    [
        "true",
        "level > 1 && level < 3",
        "level <= 1",
        "priority >= 1000",
        'channel != "chat"',
        'topic != "a" && topic != "b"',
        "attributes.x > 3 && attributes.x < 4",
        'attributes.x != "a" && attributes.x > 3',
        'topic == "a" || level < 1',
        'topic >= "a" && topic < "b"',
    ],
)
def test_what_may_be_is_not(condition: str) -> None:
    assert not never(parse(condition), CHANNELS)


@settings(max_examples=500, deadline=None)
@given(conditions, conversations)
def test_what_never_holds_holds_for_no_conversation(
    condition: Expression, case: dict[str, Any]
) -> None:
    assume(case["level"] >= 1 and 0 <= case["priority"] <= 1_000)
    if never(condition, {"a", "chat"}):
        assert compiled(condition)(case) is not True


RULES = """\
version: 1
channels: {chat: {}, voice: {}}
topics: [x, y]
qualification: [{name: all else, set: {topic: x}}]
queues:
"""


def told(*queues: str) -> list[str]:
    rules = RULES + "".join(f"  q{n}: {{takes: '{each}'}}\n" for n, each in enumerate(queues))
    found = [each.message for each in loads(rules).warnings]
    return [each for each in found if "nothing comes" in each]


def test_all_the_channels_there_are_leave_nothing() -> None:
    assert told('channel in ["chat", "voice"]', 'topic == "x"') == [
        "nothing comes to `q1`: what it takes, `q0` takes before it"
    ]
    assert told('channel == "chat"', "level > 1", "level > 2 && has(customer.id)") != []
    (only,) = told('channel == "chat"', 'channel == "voice" && level > 1', "level > 2")
    assert only == (
        'nothing comes to `q2`: before it `q0` takes channel == "chat" && level > 2'
        ' and `q1` takes channel == "voice" && level > 2'
    )
    assert told('channel == "chat"', "level > 1") == []
