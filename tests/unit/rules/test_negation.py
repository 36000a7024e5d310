"""Words that a customer negates are told from those that are meant, as far as counting words goes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.rules.negation import USUAL_WINDOW, affirmed, clauses
from router.rules.words import Phrases, folded

LEAVING = Phrases(["résili*", "cancel*", "rembours*", "carte vitale"])


def means(text: str, window: int = USUAL_WINDOW) -> bool:
    return affirmed(text, LEAVING, window=window)


@pytest.mark.parametrize(
    "text",
    [
        "Je veux résilier mon contrat.",
        "Non, je veux résilier.",
        "Vous n'avez pas répondu. Je résilie.",
        "Je ne suis pas content mais je résilie",
        "Je ne veux que résilier",
        "si jamais je résilie, que se passe-t-il ?",
        "je voudrais plus de remboursements",
        "n° adhérent 12, remboursement attendu",
        "nº 4 : remboursement",
        "pas seulement le remboursement",
        "No, I want to cancel.",
        "not only cancel",
        "you did not answer, cancel it",
        "I don't like it but cancel it",
        "ma carte vitale est perdue",
        "je ne veux pas résilier ; enfin si : résiliez",
        "résilier, pas de problème",
        "it's about a cancellation",
    ],
)
def test_what_is_meant_counts(text: str) -> None:
    assert means(text)


@pytest.mark.parametrize(
    "text",
    [
        "Je ne veux pas résilier",
        "je veux pas resilier",
        "JE NE RÉSILIE PAS",
        "je résilie pas",
        "je ne veux plus résilier",
        "on n'a jamais remboursé",
        "on n’a toujours rien remboursé",
        "aucun remboursement",
        "ni remboursement ni réponse",
        "sans remboursement",
        "soins non remboursés",
        "remboursé jamais",
        "je ne veux pas que vous résiliiez",
        "I don't want to cancel",
        "please do not cancel",
        "I didn’t cancel",
        "no longer want to cancel",
        "no cancellation",
        "never cancel",
        "I cannot cancel",
        "je n'ai pas de carte vitale",
        "bonjour",
        "",
    ],
)
def test_what_is_negated_does_not(text: str) -> None:
    assert not means(text)


def test_a_rule_says_how_far_a_negation_reaches() -> None:
    text = "je ne veux surtout pas du tout avoir à résilier"
    assert means(text, 4)
    assert not means(text, 5)


def test_one_mention_that_is_meant_is_enough() -> None:
    assert means("je ne veux pas résilier. Si, résilier !")


@given(st.text(st.sampled_from("aéÉœ’'-_ .1½ßЖİ\u0301\nnt,!ʼº°"), max_size=30))
def test_clauses_have_the_words_of_the_text_in_their_order(text: str) -> None:
    found = clauses(text)
    assert [word for said, _ in found for word in said] == folded(text)
    assert all(len(said) == len(meant) for said, meant in found)
