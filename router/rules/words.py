"""Hear whether a customer's text mentions a word or a phrase: ``text.mentions([...])``.

Case, accents and punctuation do not matter, words are whole: ``réclamation`` is heard in «RECLAMATION !»
and not in «réclamations»; ``rembours*`` is any word that begins so; ``tiers payant`` is the two words
one after the other. A text is taken apart once, however many rules listen. Nothing of it is kept.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

MAX_PHRASE: Final = 64
MAX_PHRASES: Final = 100

_WORD = re.compile(r"[^\W_]+")
_MARKS = re.compile("[\u0300-\u036f]+")
_LIGATURES: Final = {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d"}


class Words(msgspec.Struct, frozen=True, gc=False):
    """A text taken apart: its words, and all of it as `` one two three ``."""

    each: frozenset[str]
    line: str


def folded(text: str) -> list[str]:
    """Take a text apart into words without case and accents."""
    plain = text.casefold()
    if not plain.isascii():
        plain = _MARKS.sub("", unicodedata.normalize("NFKD", plain))
        for joined, apart in _LIGATURES.items():
            plain = plain.replace(joined, apart)
    return _WORD.findall(plain)


def words(text: str) -> Words:
    """Take a text apart for any number of questions."""
    found = folded(text)
    return Words(frozenset(found), f" {' '.join(found)} ")


def phrase_trouble(phrase: str) -> str:
    """Say why a phrase cannot be looked for; nothing where it can."""
    if len(phrase) > MAX_PHRASE:
        return f"longer than {MAX_PHRASE} characters"
    if "*" in phrase[:-1]:
        return "`*` stands at the end only"
    if not folded(phrase):
        return "no letter and no digit"
    if phrase.endswith("*") and not phrase[-2].isalnum():
        return "`*` follows the beginning of a word"
    return ""


def mentions(phrases: Sequence[str]) -> Callable[[Words], bool]:
    """Build the question whether a text mentions any of these phrases."""
    alone: set[str] = set()
    parts: list[str] = []
    for phrase in phrases:
        found = folded(phrase)
        if phrase.endswith("*"):
            parts.append(f" {' '.join(found)}")
        elif len(found) == 1:
            alone.add(found[0])
        else:
            parts.append(f" {' '.join(found)} ")
    single, longer = frozenset(alone), tuple(sorted(parts))

    def heard(text: Words) -> bool:
        return not single.isdisjoint(text.each) or any(each in text.line for each in longer)

    return heard
