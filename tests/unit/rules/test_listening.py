"""Rules listen to the customer's words: near one another, meant or not, from lists, in a language."""

import pytest

from router.model.policy import Facts, Verdict
from router.rules import loads
from router.rules.words import Phrases, Words

HEAD = """\
version: 1
channels: {chat: {}}
topics: [leaving]
word_lists:
  leaving: ["résili*", "partir", "quitter la mutuelle"]
  things: [contrat*, mutuelle]
"""


def verdict(condition: str, text: str | None = None, **facts: object) -> Verdict:
    rules = loads(
        f"{HEAD}qualification:\n  - {{name: heard, when: '{condition}', set: {{topic: leaving}}}}\n"
        "queues: {all: {takes: true}}\n"
    )
    given = Facts(**{"channel": "chat", "text": text, **facts})  # type: ignore[arg-type]  # facts by name
    return rules.policies[0].qualifier.qualify(given)


def heard(condition: str, text: str) -> bool:
    first = verdict(condition, text)
    again = verdict(condition, text_rules=first.text_rules)
    assert again.rules == first.rules, "it holds later as it held at first"
    return first.rules == ("heard",)


NEAR = 'text.mentionsNear(["résili*", "ne plus payer"], ["contrat*", "ma mutuelle"], 3)'


@pytest.mark.parametrize(
    "text",
    [
        "résilier contrat",
        "résilier mon contrat",
        "résilier tout mon contrat",
        "mon contrat, je le résilie",
        "je résilie. Ma mutuelle ?",
        "ne plus payer pour ma mutuelle",
        "contrats à résilier, dit-il, et la suite n'importe pas",
    ],
)
def test_words_are_near_whichever_comes_first(text: str) -> None:
    assert heard(NEAR, text)


@pytest.mark.parametrize(
    "text",
    [
        "résilier pas tout mon contrat",
        "mon contrat que je veux bien résilier",
        "résilier",
        "contrat",
        "ne plus la payer, ma mutuelle",
        "",
    ],
)
def test_words_that_stand_too_far_apart_are_not_near(text: str) -> None:
    assert not heard(NEAR, text)


def test_a_word_is_not_near_itself() -> None:
    both = 'text.mentionsNear(["contrat"], ["contrat*"], 5)'
    assert not heard(both, "mon contrat")
    assert heard(both, "mon contrat et vos contrats")


def test_a_list_has_a_name() -> None:
    for text, so in (("je pars", False), ("je veux partir", True), ("quitter la mutuelle", True)):
        assert heard("text.mentions(word_lists.leaving)", text) is so


def test_lists_are_joined_with_one_another_and_with_more_words() -> None:
    joined = 'text.mentions(word_lists.leaving + ["adieu"] + word_lists.things)'
    assert all(heard(joined, each) for each in ("adieu", "résiliation", "mutuelle"))
    assert not heard(joined, "bonjour")


def test_what_is_negated_is_mentioned_and_not_affirmed() -> None:
    text = "je ne veux pas résilier"
    assert heard("text.mentions(word_lists.leaving)", text)
    assert not heard("text.affirms(word_lists.leaving)", text)
    assert heard("text.affirms(word_lists.leaving, 1)", text) is False
    assert heard("text.affirms(word_lists.leaving, 1)", "je ne voudrais pas pour rien résilier")


def test_the_language_is_guessed_and_remembered() -> None:
    assert heard('text.writtenIn("en")', "where is my refund please")
    assert heard('text.writtenIn("fr")', "où est mon remboursement")
    assert not heard('text.writtenIn("fr")', "refund")


def test_a_guess_sets_what_is_not_said_and_nothing_else() -> None:
    rules = loads(
        "version: 1\nchannels: {chat: {}}\nqueues: {all: {takes: true}}\nqualification:\n"
        "  - {name: English, when: 'text.writtenIn(\"en\")', set: {language: en}}\n"
    )
    qualify = rules.policies[0].qualifier.qualify
    text = "where is my refund please"
    assert qualify(Facts(channel="chat", text=text)).language == "en"
    assert qualify(Facts(channel="chat", text=text, language="fr")).language == "fr"
    assert qualify(Facts(channel="chat", text="bonjour")).language is None


def test_several_questions_of_a_rule_are_remembered_apart() -> None:
    both = 'text.affirms(word_lists.leaving) && !text.mentionsNear(["a"], ["b"], 1)'
    assert heard(both, "je veux partir")
    assert not heard(both, "je veux partir a b")


def test_a_long_list_hears_what_a_short_one_does() -> None:
    few = ["tiers payant", "rembours*", "soins dent*", "avocat"]
    many = [*few, *(f"mot{n} suivi" for n in range(50)), *(f"début{n}*" for n in range(50))]
    for text in (
        "tiers payant",
        "remboursement",
        "soins dentaires",
        "AVOCAT",
        "mot7 suivi",
        "debut49x",
    ):
        assert Phrases(many).heard(Words(text))
        assert Phrases(few).heard(Words(text)) is not any(each.isdigit() for each in text)
    for text in ("tiers, puis payant", "soins", "mot7", "mot7 suivie", "debut", ""):
        assert not Phrases(many).heard(Words(text))


def test_a_list_with_other_words_is_another_policy() -> None:
    rules = HEAD + (
        "qualification: [{name: x, when: 'text.mentions(word_lists.leaving)', set: {topic: leaving}}]\n"
        "queues: {all: {takes: true}}\n"
    )
    one, same, other = (
        loads(each).policies[0].version
        for each in (rules, rules.replace(", ", ",  "), rules.replace("partir", "filer"))
    )
    assert one == same != other
