"""Rules that offer a customer something better than waiting, compiled.

A deflection has a condition on its queue, and may be meant for some channels and for a share of the
conversations only.
"""

import hashlib
from enum import StrEnum
from typing import Final

import msgspec

from router.model.conditions import Switch


class DeflectionKind(StrEnum):
    """What is offered instead of waiting."""

    CALLBACK = "callback"
    CHANNEL = "channel"
    SELF_SERVICE = "self_service"
    VOICEMAIL = "voicemail"
    PARTNER = "partner"
    MESSAGE = "message"


class First(StrEnum):
    """Who is rung first when a callback is due: an agent, who rings then, or the customer at once."""

    AGENT = "agent"
    CUSTOMER = "customer"


NO_ANSWER: Final = "no_answer"
"""Outcome of a conversation whose customer did not pick up, or the reason why it was abandoned."""


class Closed(msgspec.Struct, frozen=True):
    """Holds while the queue's calendar is closed."""


class Deflection(msgspec.Struct, frozen=True, kw_only=True):
    """One rule. ``name`` is unique in its pool; ``on`` None: always, a switch: while that is on.

    ``channels``: for conversations on these (none: on any); ``share``: for so many in a hundred of
    them. ``to``: the channel or the partner's team that is offered. ``expires_ms``: how long the
    customer may think. A callback nobody picks up is rung again ``retry_ms`` later, ``attempts``
    times in all; ``first``: who is rung first.
    """

    name: str
    kind: DeflectionKind
    text: str
    on: Closed | Switch | None = None
    channels: tuple[str, ...] = ()
    share: int = 100
    to: str | None = None
    expires_ms: int = 60_000
    attempts: int = 1
    retry_ms: int = 600_000
    first: First = First.AGENT


def meant_for(rule: Deflection, conversation: str, *, channel: str) -> bool:
    """Tell whether a rule is for a conversation, by its channel and its share.

    A conversation is in or out of a rule's share for good, by a hash of both names: no chance is
    taken, and a restart changes nothing.
    """
    if rule.channels and channel not in rule.channels:
        return False
    if rule.share >= 100:
        return True
    digest = hashlib.sha256(f"{rule.name} {conversation}".encode()).digest()
    return int.from_bytes(digest[:8]) % 100 < rule.share
