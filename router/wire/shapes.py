"""Shapes of the texts in an event: ids, sources, languages, trace contexts.

One definition for both readings and for the published schemas. Says only whether a text has the
shape; never what it means, and never keeps it longer than a bounded memory of names that come
again.
"""

import re
from functools import lru_cache
from typing import Final

from router.model import limits

ID_SHAPE: Final = f"^{limits.ID_PATTERN}$"
"""The contract's ids, as a schema writes it."""

LANGUAGE_SHAPE: Final = (
    "^(?:"
    "(?:[A-Za-z]{2,3}(?:-[A-Za-z]{3}){0,3}|[A-Za-z]{4,8})"
    "(?:-[A-Za-z]{4})?"
    "(?:-(?:[A-Za-z]{2}|[0-9]{3}))?"
    "(?:-(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*"
    "(?:-[A-WY-Za-wy-z0-9](?:-[A-Za-z0-9]{2,8})+)*"
    "(?:-[Xx](?:-[A-Za-z0-9]{1,8})+)?"
    "|[Xx](?:-[A-Za-z0-9]{1,8})+"
    ")$"
)
"""A well-formed language tag (BCP 47, RFC 5646 section 2.1), grandfathered irregular ones aside."""

SOURCE_SHAPE: Final = (
    r"^(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})" f"{{1,{limits.MAX_SOURCE}}}$"
)
"""The characters of a URI reference (RFC 3986)."""

TRACEPARENT_SHAPE: Final = "^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$"
"""A W3C trace context of version 00, the only one there is."""

DECLARED_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
"""A key that looks like a name somebody declared, and not like a customer's words."""

ID_IN_WORDS: Final = f"must be 1 to {limits.MAX_ID} of the characters A-Z a-z 0-9 _ . : @ -"

is_id = re.compile(limits.ID_PATTERN).fullmatch
is_traceparent = re.compile(TRACEPARENT_SHAPE).fullmatch

are_two_ids = re.compile(" ".join([limits.ID_PATTERN] * 2)).fullmatch
are_three_ids = re.compile(" ".join([limits.ID_PATTERN] * 3)).fullmatch
are_four_ids = re.compile(" ".join([limits.ID_PATTERN] * 4)).fullmatch
"""Ids with one space between them, checked by one call. An id has no space, so the count tells
whether one of them had."""

_language = re.compile(LANGUAGE_SHAPE)
_source = re.compile(SOURCE_SHAPE)


@lru_cache(maxsize=1024)
def is_language(text: str) -> bool:
    """Tell whether a text is a well-formed BCP 47 tag; the text is kept, so it has to be short."""
    return is_long_language(text)


def is_long_language(text: str) -> bool:
    """Tell whether a text of any length is a well-formed BCP 47 tag."""
    return _language.fullmatch(text) is not None


@lru_cache(maxsize=1024)
def is_source(text: str) -> bool:
    """Tell whether a text is a URI reference; the text is kept, so it has to be short."""
    return _source.fullmatch(text) is not None
