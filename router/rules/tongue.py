"""Guess whether a text is French or English, by the small words that only one of the two has.

Counts them: the language is the one with two of its words at least, and twice as many as the other
has. Anything else is neither, and a rule that asks does not match; so a short text, a mixed one, a
third language are mostly left alone. Exact, the same everywhere, some microseconds for a message.
"""

from collections.abc import Sequence
from typing import Final

TONGUES: Final = ("fr", "en")
LEAST_WORDS: Final = 2
TIMES_MORE: Final = 2

# Without accents and apostrophes, as words are compared; none that the other language has too.
_FRENCH: Final = frozenset(
    (
        *("je", "j", "tu", "il", "elle", "nous", "vous", "ils", "elles", "moi", "qui", "que", "qu"),
        *("le", "la", "l", "les", "un", "une", "des", "du", "de", "au", "aux", "et", "ou", "ce"),
        *("cette", "ces", "mon", "ma", "mes", "votre", "vos", "notre", "nos", "leur", "leurs"),
        *("est", "sont", "suis", "sommes", "etes", "ai", "avez", "avons", "ont", "etait", "ete"),
        *("ne", "pas", "jamais", "pour", "avec", "sans", "dans", "chez", "depuis", "quand"),
        *("pourquoi", "alors", "donc", "car", "si", "mais", "tres", "toujours", "encore", "oui"),
        *("bonjour", "bonsoir", "merci", "svp", "cordialement", "veux", "voudrais", "peux"),
        *("pouvez", "faire", "fait", "avoir", "etre", "quel", "quelle", "quels", "quelles", "y"),
    )
)
_ENGLISH: Final = frozenset(
    (
        *("i", "you", "he", "she", "it", "we", "they", "my", "your", "his", "her", "our", "their"),
        *("the", "of", "and", "is", "was", "were", "am", "been", "be", "this", "that", "these"),
        *("those", "for", "with", "without", "from", "at", "by", "about", "into", "not", "never"),
        *("have", "has", "had", "does", "did", "can", "could", "will", "would", "should", "what"),
        *("when", "where", "who", "why", "how", "which", "there", "here", "if", "because", "than"),
        *("hello", "hi", "hey", "thanks", "thank", "please", "yes", "sorry", "regards", "want"),
        *("need", "get", "got", "still", "any", "some", "all", "just", "know", "help", "to"),
    )
)


def tongue(words: Sequence[str]) -> str | None:
    """Give ``fr`` or ``en``, or None where it is not clear."""
    french = sum(map(_FRENCH.__contains__, words))
    english = sum(map(_ENGLISH.__contains__, words))
    most, least = (french, english) if french >= english else (english, french)
    if most < LEAST_WORDS or most < TIMES_MORE * least:
        return None
    return "fr" if french > english else "en"
