"""A customer's words are heard as people mean them: whole words, whatever case and accents."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.rules.words import Phrases, Words, folded, phrase_trouble


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("réclamation", "Une RECLAMATION!"),
        ("reclamation", "ma réclamation"),
        ("avocat", "j'appelle l'avocat."),
        ("tiers payant", "le tiers-payant ne marche pas"),
        ("tiers payant", "TIERS\n  PAYANT"),
        ("rembours*", "mes remboursements"),
        ("rembours*", "rembours"),
        ("soins dent*", "des soins dentaires"),
        ("œuvre", "une oeuvre"),
        ("straße", "STRASSE"),
        ("n°2", "le n° 2"),
        ("cafe\u0301", "un café"),
        ("привет", "Привет!"),
        ("36 15", "le 36.15"),
    ],
)
def test_a_phrase_is_heard(phrase: str, text: str) -> None:
    assert Phrases([phrase]).heard(Words(text))


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("réclamation", "des réclamations"),
        ("avocat", "avocatier"),
        ("tiers payant", "payant, le tiers"),
        ("tiers payant", "tiers non payant"),
        ("rembours*", "préremboursé"),
        ("soins dent*", "soins des dents"),
        ("or", "encore"),
        ("36 15", "36 150"),
        ("anything", ""),
    ],
)
def test_a_phrase_is_not_heard(phrase: str, text: str) -> None:
    assert not Phrases([phrase]).heard(Words(text))


def test_one_of_several_is_enough() -> None:
    heard = Phrases(["avocat", "tiers payant", "résili*"]).heard
    assert heard(Words("je veux résilier"))
    assert not heard(Words("bonjour"))


@given(st.text(st.sampled_from("aéÉœ’'-_ .1½ßЖİ\u0301\n…"), max_size=30))
def test_the_quick_way_through_latin_text_hears_the_same(text: str) -> None:
    slow = folded(f"{text} ж")
    assert [*folded(text), "ж"] == slow


@pytest.mark.parametrize("phrase", ["", "!?", "a*b", "**", "! *", "x" * 65])
def test_a_phrase_that_could_never_be_heard_is_told(phrase: str) -> None:
    assert phrase_trouble(phrase)


@pytest.mark.parametrize("phrase", ["a", "36", "l'avocat", "a b*", "ça"])
def test_any_word_can_be_listened_for(phrase: str) -> None:
    assert not phrase_trouble(phrase)
