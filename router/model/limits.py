"""Limits of the contract, in one place: the wire enforces them, the schemas publish them."""

from typing import Final

MAX_VALUE_BYTES: Final = 256 * 1024
MAX_DEPTH: Final = 16
"""Deepest nesting of a message; the outermost object is 1."""
MAX_SKILLS: Final = 64
MAX_ATTRIBUTES: Final = 32
MAX_PREFERRED_AGENTS: Final = 64
MAX_CHANNELS: Final = 64
MAX_LANGUAGES: Final = 64
MAX_HOPS: Final = 3
"""How often a conversation may overflow from pool to pool."""
MAX_STRING: Final = 256
"""Longest string or name, in code points."""
MAX_TEXT: Final = 4_000
MAX_SOURCE: Final = 256
MAX_INTEGER: Final = 2**53 - 1
MIN_PRIORITY: Final = 0
MAX_PRIORITY: Final = 1_000
MIN_LEVEL: Final = 1
MIN_SKILL_LEVEL: Final = 0
MAX_PREFERENCE: Final = 5
"""An agent's preference for a skill runs from minus this to plus this."""
ID_PATTERN: Final = r"[A-Za-z0-9_.:@-]{1,128}"
MAX_ID: Final = 128
