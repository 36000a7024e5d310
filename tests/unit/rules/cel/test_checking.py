"""Conditions are held against the declared names before anything runs, all troubles at once."""

import pytest

from router.rules.cel.checking import Finding, check
from router.rules.cel.parser import parse
from router.rules.problems import Severity
from router.rules.units import Levels
from router.rules.vocabulary import FACTS, LASTING_FACTS, Vocabulary

CENTRE = Vocabulary(
    topics=frozenset({"billing", "contracts"}),
    skills={"calm": Levels(1, 3)},
    channels=frozenset({"chat", "voice"}),
)


def findings(condition: str) -> tuple[Finding, ...]:
    return check(parse(condition), CENTRE, facts=FACTS)


@pytest.mark.parametrize(
    "condition",
    [
        'topic == "billing"',
        "topic != null",
        '"billing" == topic',
        'topic in ["billing", "contracts"] && channel == "chat"',
        "level >= 2 || priority > 300",
        "level in [1, 2]",
        "level == 1.5",
        'language == "fr" || language.startsWith("fr-")',
        'skills.calm >= 2 && "calm" in skills && has(skills.calm)',
        'customer.tier == "gold" && has(customer.id)',
        'attributes.vip && attributes["a b"] != 3',
        "attributes.a > attributes.b",
        "attributes.x == null",
        "double(attributes.amount) * 1.2 > 500.0",
        'size(attributes.name) > 3 && "abc".contains(attributes.name)',
        'text.mentions(["facture", "tiers payant", "rembours*"])',
        '(level > 1 ? "billing" : "contracts") == topic',
        "attributes[topic] == 1",
        "[1, 2][0] == level",
        "true",
        "!(level > 2)",
        "-level < 0 && level + 1 > 2 && level * 2 - 1 > 0",
        '"a" + "b" == "ab"',
        "size(skills) > 2",
        "1.5 + 1.0 > 2.0",
    ],
)
def test_a_condition_that_means_something_passes(condition: str) -> None:
    assert findings(condition) == ()


@pytest.mark.parametrize(
    ("condition", "at", "message", "suggestion"),
    [
        ('topic == "biling"', 9, "unknown topic `biling`", "did you mean `billing`?"),
        ('"Billing" != topic', 0, "unknown topic `Billing`", "did you mean `billing`?"),
        ('channel in ["chat", "fax"]', 20, "unknown channel `fax`", "one of `chat`, `voice`"),
        ("skills.clam > 1", 7, "unknown skill `clam`", "did you mean `calm`?"),
        ('"clam" in skills', 0, "unknown skill `clam`", "did you mean `calm`?"),
        ("topic == billing", 9, "unknown fact `billing`", 'a text is in quotes: "billing"'),
        ("chanel == 1", 0, "unknown fact `chanel`", "did you mean `channel`?"),
        ("age > 3", 0, "unknown fact `age`", "an attribute is written `attributes.age`"),
        ('customer.name == "x"', 9, "a customer has no `name`", "one of `id`, `tier`"),
        ("attributes.a.b", 13, "`attributes.a` has no parts: attributes are flat", ""),
        ("topic.x", 6, "`topic` has no parts: it is a text", ""),
        (
            'level == "2"',
            6,
            'a whole number is never equal to a text: `level == "2"` says nothing',
            "",
        ),
        ('level in ["2"]', 10, "a whole number is never equal to a text", ""),
        ("topic > 3", 6, "`>` between a text and a whole number", ""),
        ("level == null", 6, "`level` is never null", ""),
        (
            "customer.tier == null",
            14,
            "`customer.tier` is never null",
            "ask whether it is there: `has(customer.tier)`",
        ),
        ("level && true", 0, "`level` is a whole number, not true or false", ""),
        ("!topic", 1, "`topic` is a text, not true or false", ""),
        ("level ? true : false", 0, "`level` is a whole number, not true or false", ""),
        ("priority", 0, "this is a whole number; a condition is true or false", ""),
        ('topic + "x"', 6, "this is a text; a condition is true or false", ""),
        ("true + true == 2", 5, "`+` with true or false", ""),
        (
            "level + 1.5 > 2.0",
            6,
            "`+` between a whole number and a decimal number",
            "write `2.0` for 2, or `double(...)`",
        ),
        ("-topic == 1", 0, "`-` before a text", ""),
        (
            "skills == attributes",
            7,
            "a group of facts cannot be compared; name one of its parts",
            "",
        ),
        ('"a" in topic', 4, "`in` looks into a list, not into a text", 'such as `["a", "b"]`'),
        ('"a" in attributes.x', 4, "`in` looks into a list; an attribute holds one value", ""),
        (
            'topic.matches("b.*")',
            6,
            "no function `matches` is offered",
            "patterns are not offered: name the words with `text.mentions([...])`",
        ),
        (
            'topic.startWith("b")',
            6,
            "no function `startWith` is offered",
            "did you mean `startsWith`?",
        ),
        ("level.contains(1)", 0, "`contains` is for texts; `level` is none", ""),
        ("size(level) > 1", 5, "`level` has no size: it is a whole number", ""),
        ("double(true) > 1.0", 7, "`true` is true or false, not a number", ""),
        (
            'text == "x"',
            0,
            "of the customer's words only this can be asked",
            "`text.mentions([...])`",
        ),
        (
            'topic.mentions(["x"])',
            6,
            "`mentions` is asked of the customer's words",
            '`text.mentions(["one", "two words"])`',
        ),
        ('text.mentions(["!"])', 15, '`"!"` cannot be looked for: no letter and no digit', ""),
    ],
)
def test_a_condition_that_means_nothing_is_told_why(
    condition: str, at: int, message: str, suggestion: str
) -> None:
    assert findings(condition)[0] == Finding(at, message, suggestion)


def test_all_troubles_of_a_condition_are_told_together() -> None:
    found = findings('topic == "biling" && skills.clam > 1 || age > 3')
    assert [each.at for each in found] == [9, 28, 40]


def test_a_queue_cannot_read_words_that_are_gone() -> None:
    found = check(parse('text.mentions(["x"])'), CENTRE, facts=LASTING_FACTS)
    assert [each.message for each in found] == [
        "a queue cannot read the text: it is gone once qualification has read it"
    ]


def test_a_sum_with_an_attribute_is_doubtful_not_wrong() -> None:
    (found,) = findings("attributes.amount * 2 > 500")
    assert found.severity is Severity.WARNING
    assert found.suggestion == (
        "write `double(attributes.amount)` and decimal numbers such as `2.0`"
    )
