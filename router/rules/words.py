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
_BEYOND_LATIN = re.compile("[^\x00-\x7f\u0300-\u036f]")
_INSTEAD: Final = {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "’": " "}
_SPACED: Final = bytes(each if chr(each).isalnum() and each < 128 else 32 for each in range(256))
"""ASCII with a space for everything that is no letter and no digit."""


class Words(msgspec.Struct, frozen=True, gc=False):
    """A text taken apart: its words, and all of it as `` one two three ``."""

    each: frozenset[str]
    line: str


def folded(text: str) -> list[str]:
    """Take a text apart into words without case and accents."""
    plain = text.casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain)
        for written, read in _INSTEAD.items():
            plain = plain.replace(written, read)
        if _BEYOND_LATIN.search(plain):
            return _WORD.findall(_MARKS.sub("", plain))
    # Nothing but ASCII and accents: the quick way, with the same result.
    return plain.encode("ascii", "ignore").translate(_SPACED).decode("ascii").split()


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
        if not single.isdisjoint(text.each):
            return True
        line = text.line
        for each in longer:  # noqa: SIM110  # any() would cost twice as much here
            if each in line:
                return True
        return False

    return heard
