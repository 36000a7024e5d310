"""Tell mentions that are meant from those that are negated: «je ne veux pas résilier», "don't cancel".

A mention is negated if a word of negation stands among the few words before it, in the same clause,
or in French as the very next word («je résilie pas»). A clause ends at ``. , ; : ! ? ( )``, at the
end of a line, and before *mais* and *but*. Words of negation are *pas, jamais, sans, aucun, ni,
nul*; *not, never, without, neither, nor, cannot, no longer, no more* and whatever ends in *n't*;
*ne*, *n'*; and, as the very word before, *non* and *no*. Four things that look like it are none:
*ne … que* (only), *plus* without a *ne* (more), *si jamais* (if), and *pas seulement*, *not only*.
This is counting words, not understanding: it is exact, and it can be wrong.
"""

import re
from collections.abc import Sequence
from typing import Final

from router.rules.words import Phrases, Span, unmarked

USUAL_WINDOW: Final = 4
"""Words before a mention in which a negation counts, where the rule does not say."""
_REACH_OF_NE: Final = 4
"""``plus`` is a negation with a ``ne`` among so many words before it."""

_SIGN = re.compile(r"[^\W_]+|['.,;:!?()\n]")
_ENDS: Final = frozenset(".,;:!?()\n")
_BEGINS: Final = frozenset({"mais", "but"})
_NO: Final = frozenset(
    (
        *("pas", "jamais", "sans", "aucun", "aucune", "ni", "nul", "nulle"),
        *("not", "never", "without", "neither", "nor", "cannot"),
    )
)
_JUST_BEFORE: Final = frozenset({"non", "no"})
_NO_MORE: Final = frozenset({("no", "longer"), ("no", "more")})
_AFTER: Final = frozenset({"pas", "jamais"})
_ONLY: Final = frozenset({"que", "qu"})
_MERELY: Final = frozenset({("pas", "seulement"), ("not", "only")})
_NE: Final = "ne"
_NOT: Final = "not"


def affirmed(text: str, phrases: Phrases, *, window: int) -> bool:
    """Tell whether any of the phrases is mentioned in a clause that does not negate it."""
    return any(
        any(not _is_negated(meant, span, window=window) for span in phrases.spans(said))
        for said, meant in clauses(text)
    )


def clauses(text: str) -> list[tuple[list[str], list[str]]]:
    """Cut a text into clauses: the words as said, and with *n'* and *n't* read as *ne* and *not*."""
    signs = _SIGN.findall(unmarked(text))
    found: list[tuple[list[str], list[str]]] = [([], [])]
    for at, sign in enumerate(signs):
        if sign in _ENDS:
            found.append(([], []))
            continue
        if sign == "'":
            continue
        if sign in _BEGINS:
            found.append(([], []))
        said, meant = found[-1]
        after = signs[at + 1] if at + 1 < len(signs) else ""
        before = signs[at - 1] if at else ""
        if sign == "n" and after == "'":
            meant.append(_NE)
        elif sign == "t" and before == "'" and at > 1 and signs[at - 2].endswith("n"):
            meant.append(_NOT)
        else:
            meant.append(sign)
        said.append(sign)
    return [each for each in found if each[0]]


def _is_negated(words: Sequence[str], span: Span, *, window: int) -> bool:
    begin, end = span
    if end < len(words) and words[end] in _AFTER and not _is_merely(words, end):
        return True
    return any(_negates(words, at, begin=begin) for at in range(max(0, begin - window), begin))


def _negates(words: Sequence[str], at: int, *, begin: int) -> bool:
    word = words[at]
    if word in _JUST_BEFORE:
        return at == begin - 1 or tuple(words[at : at + 2]) in _NO_MORE
    if word in _NO:
        return not _is_merely(words, at) and words[max(0, at - 1) : at + 1] != ["si", "jamais"]
    if word == _NE:
        return _ONLY.isdisjoint(words[at + 1 : begin])
    return word == "plus" and _NE in words[max(0, at - _REACH_OF_NE) : at]


def _is_merely(words: Sequence[str], at: int) -> bool:
    return tuple(words[at : at + 2]) in _MERELY
