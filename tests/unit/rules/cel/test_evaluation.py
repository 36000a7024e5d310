"""Conditions mean what the CEL specification says, also where a fact is missing."""

import pytest

from router.rules.cel.answers import FAILED
from router.rules.cel.evaluation import compiled
from router.rules.cel.parser import parse

CASE = {
    "channel": "chat",
    "topic": None,
    "level": 2,
    "language": "fr-CA",
    "priority": 300,
    "skills": {"calm": 2},
    "customer": {"tier": "gold"},
    "attributes": {"amount": 120, "rate": 1.5, "vip": True, "menu": "1", "gone": None, "a b": "x"},
    "heard": frozenset({'text.mentions(["facture"])'}),
}


def answer(condition: str) -> object:
    return compiled(parse(condition))(CASE)


@pytest.mark.parametrize(
    "condition",
    [
        'channel == "chat" && level >= 2',
        "topic == null",
        'topic != "billing"',
        'language.startsWith("fr")',
        "attributes.amount > 100",
        "attributes.amount >= 120.0",
        "attributes.rate < 2",
        "attributes.vip",
        "attributes.vip != 1",
        'attributes.menu != 1 && attributes.menu == "1"',
        'attributes["a b"] == "x"',
        "attributes.gone == null && has(attributes.gone)",
        "!has(attributes.nothing) && has(customer.tier) && !has(customer.id)",
        '"calm" in skills && !("sales" in skills)',
        "level in [1, 2.0]",
        'customer.tier in ["gold", "silver"]',
        "[1, 2] == [1.0, 2] && [1] != [1, 2]",
        'size("été") == 3 && "été".size() == 3 && size([1]) == 1 && size(skills) == 1',
        "double(attributes.menu) == 1.0 && double(attributes.amount) * 1.5 == 180.0",
        "false < true",
        '"a" < "b" && "a" + "b" == "ab"',
        "level > 1 ? attributes.vip : attributes.nothing",
        "priority - 100 * level == 100",
        'text.mentions([ "facture" ])',
        '!text.mentions(["avocat"])',
        "-level == -2",
        "[5, 6][1] == 6",
    ],
)
def test_it_holds(condition: str) -> None:
    assert answer(condition) is True


@pytest.mark.parametrize(
    "condition",
    [
        "attributes.nothing == 1",
        "attributes.nothing != 1",
        "customer.id == null",
        "!attributes.nothing",
        "attributes.amount > 'x'",
        "attributes.menu > 1",
        "attributes.vip > 0",
        "topic > 'a'",
        "topic.startsWith('a')",
        "attributes.amount + 1.5 > 0",
        "attributes.amount && true",
        "attributes.amount ? true : false",
        "9223372036854775807 + 1 > 0",
        "-(-9223372036854775807 - 1) > 0",
        "[1][1] == 1",
        "size(attributes.amount) == 3",
        "double(attributes.vip) > 0.0",
        "double('12 EUR') > 0.0",
        "attributes.nothing in [1]",
        "attributes[level] == 1",
        "true && attributes.nothing",
        "false || attributes.nothing",
    ],
)
def test_it_cannot_be_answered(condition: str) -> None:
    assert answer(condition) is FAILED


@pytest.mark.parametrize("gap", ["attributes.nothing", "attributes.amount"])
def test_what_cannot_be_answered_does_not_spoil_what_is_sure(gap: str) -> None:
    assert answer(f"{gap} || true") is True
    assert answer(f"true || {gap}") is True
    assert answer(f"{gap} && false") is False
    assert answer(f"false && {gap}") is False
    assert answer(f"{gap} || false || true") is True
    assert answer(f"true && {gap} && false") is False
    assert answer(f"{gap} || {gap} || false") is FAILED
