"""Take a customer's text apart into words, and hear whether it mentions a word or a phrase.

Case, accents and punctuation do not matter, words are whole: ``réclamation`` is heard in
«RECLAMATION !» and not in «réclamations»; ``rembours*`` is any word that begins so; ``tiers
payant`` is the two words one after the other. A text is taken apart once, however many rules
listen. Nothing of it is kept.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

MAX_PHRASE: Final = 64
MAX_PHRASES: Final = 100
"""Phrases that a condition may write out; longer lists have a file of their own."""
_FEW: Final = 16
"""So many phrases are looked for one by one; more of them by what they begin with."""

_WORD = re.compile(r"[^\W_]+")
_MARKS = re.compile("[\u0300-\u036f]+")
_BEYOND_LATIN = re.compile("[^\x00-\x7f\u0300-\u036f]")
_INSTEAD: Final = {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "’": "'", "ʼ": "'"}
_SPACED: Final = bytes(each if chr(each).isalnum() and each < 128 else 32 for each in range(256))
"""ASCII with a space for everything that is no letter and no digit."""


def folded(text: str) -> list[str]:
    """Take a text apart into words without case and accents."""
    plain = _plain(text)
    if _BEYOND_LATIN.search(plain):
        return _WORD.findall(_MARKS.sub("", plain))
    # Nothing but ASCII and accents: the quick way, with the same result.
    return plain.encode("ascii", "ignore").translate(_SPACED).decode("ascii").split()


def unmarked(text: str) -> str:
    """Write a text without case and accents; whatever stands between its words stays."""
    return _MARKS.sub("", _plain(text))


def _plain(text: str) -> str:
    """Write a text without case, its accents beside their letters."""
    plain = text.casefold()
    if not plain.isascii():
        # `nº 2` is the sign of a number, not the word `no`.
        plain = unicodedata.normalize("NFKD", plain.replace("º", "°"))
        for written, read in _INSTEAD.items():
            plain = plain.replace(written, read)
    return plain


class Words:
    """A text taken apart: its words in order, each of them once, and all as `` one two three ``."""

    __slots__ = ("each", "line", "order", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.order = folded(text)
        self.each = frozenset(self.order)
        self.line = f" {' '.join(self.order)} "


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


Span = tuple[int, int]
"""Where a mention stands: the number of its first word, and of the word after its last."""


class Phrases:
    """Words and phrases to look for in any number of texts."""

    def __init__(self, phrases: Sequence[str]) -> None:
        alone: set[str] = set()
        beginnings: set[str] = set()
        parts: list[str] = []
        self._longer: dict[str, list[tuple[tuple[str, ...], bool]]] = {}
        for phrase in phrases:
            found, is_open = folded(phrase), phrase.endswith("*")
            parts.append(f" {' '.join(found)}" if is_open else f" {' '.join(found)} ")
            if len(found) > 1:
                self._longer.setdefault(found[0], []).append((tuple(found[1:]), is_open))
            elif is_open:
                beginnings.add(found[0])
            else:
                alone.add(found[0])
                parts.pop()
        self._alone = frozenset(alone)
        self._beginnings = frozenset(beginnings)
        self._lengths = sorted({len(each) for each in beginnings})
        self._parts = tuple(sorted(parts)) if len(parts) <= _FEW else None

    def heard(self, words: Words) -> bool:
        """Tell whether a text mentions any of the phrases."""
        if not self._alone.isdisjoint(words.each):
            return True
        if self._parts is None:
            return next(self.spans(words.order), None) is not None
        line = words.line
        for each in self._parts:  # noqa: SIM110  # any() would cost twice as much here
            if each in line:
                return True
        return False

    def spans(self, order: Sequence[str]) -> Iterator[Span]:
        """Give where the phrases are mentioned, from left to right."""
        for at, word in enumerate(order):
            if word in self._alone or self._begins(word):
                yield at, at + 1
            for rest, is_open in self._longer.get(word, ()):
                end = at + 1 + len(rest)
                if _follows(order[at + 1 : end], rest, is_open=is_open):
                    yield at, end

    def _begins(self, word: str) -> bool:
        return any(word[:length] in self._beginnings for length in self._lengths)


def _follows(words: Sequence[str], rest: Sequence[str], *, is_open: bool) -> bool:
    if len(words) != len(rest) or words[:-1] != list(rest[:-1]):
        return False
    return words[-1].startswith(rest[-1]) if is_open else words[-1] == rest[-1]


def within(distance: int, one: Sequence[Span], *, other: Sequence[Span]) -> bool:
    """Tell whether a mention of one stands at most so many words from one of the other.

    Neighbours are one word apart; mentions that share a word are not apart. Either may come first.
    """
    return _soon_after(one, other, distance) or _soon_after(other, one, distance)


def _soon_after(first: Sequence[Span], second: Sequence[Span], distance: int) -> bool:
    begins = frozenset(begin for begin, _ in second)
    return any(not begins.isdisjoint(range(end, end + distance)) for _, end in first)
