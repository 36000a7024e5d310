"""The rows that the decisions are folded into, and their form in a topic.

`Figures` is one queue in one minute, published for all who want figures; `OpenConversation` is what
the fold must remember of a conversation until its end. Both are keyed, so that a compacted topic
holds the last word on each. Whole numbers only: sums do not depend on the order of additions.
"""

from bisect import bisect_left
from datetime import UTC, datetime
from typing import Final

import msgspec
from msgspec import Struct, field

MINUTE_MS: Final = 60_000

BOUNDS_S: Final = (5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1_200, 3_600)
"""Upper bounds of the wait buckets, in seconds; a service level can be read off at each of them."""


class Minute(Struct, frozen=True, order=True):
    """Which figures: a queue of a pool in the minute that begins at `minute` (ms, UTC)."""

    pool: str
    queue: str
    minute: int


class Waits(Struct):
    """How long some conversations had waited: how many, the sum, and a histogram.

    `buckets_s` counts by upper bound (of `BOUNDS_S`, inclusive); bounds nobody fell under are left
    out, and what the buckets do not hold waited longer than the last bound.
    """

    count: int = 0
    wait_ms: int = 0
    buckets_s: dict[int, int] = field(default_factory=dict)

    def add(self, wait_ms: int) -> None:
        """Count one wait."""
        self.count += 1
        self.wait_ms += wait_ms
        place = bisect_left(BOUNDS_S, wait_ms / 1000)
        if place < len(BOUNDS_S):
            bound = BOUNDS_S[place]
            self.buckets_s[bound] = self.buckets_s.get(bound, 0) + 1

    def within(self, seconds: int) -> int:
        """Count the waits of at most so many seconds.

        `seconds` is one of `BOUNDS_S`; anything else raises `ValueError`, since the buckets cannot
        tell.
        """
        if seconds not in BOUNDS_S:
            raise ValueError(f"{seconds} is not among the bounds {BOUNDS_S}")
        return sum(count for bound, count in self.buckets_s.items() if bound <= seconds)


class Figures(Struct):
    """What was decided about one queue in one minute, by the time of the decisions.

    `seq` is the pool's last decision in it. `queued` counts lives begun, `requalified` every
    further `conversation.queued` of a life; `assigned` every assignment, `answered` the first of
    each life with its wait; `left` the waits of those who abandoned before any. `refused` and
    `other` are decisions about no queue. `missing` decisions were never seen here: the pool's
    numbering jumped.
    """

    seq: int = 0
    queued: int = 0
    requalified: int = 0
    offered: int = 0
    assigned: int = 0
    declined: int = 0
    expired: int = 0
    withdrawn: int = 0
    requeued: int = 0
    overflowed: int = 0
    deflected: int = 0
    abandoned: int = 0
    closed: int = 0
    refused: int = 0
    other: int = 0
    missing: int = 0
    handled: int = 0
    handled_ms: int = 0
    answered: Waits = field(default_factory=Waits)
    left: Waits = field(default_factory=Waits)


class ConversationKey(Struct, frozen=True, order=True):
    """Which conversation: ids are unique in a pool."""

    pool: str
    conversation: str


class OpenConversation(Struct):
    """What an open conversation's next decisions need: where it is, and whether it was answered.

    `since` is the minute (ms) in which it was first seen.
    """

    queue: str
    since: int
    answered: bool = False


Key = Minute | ConversationKey
Row = Figures | OpenConversation


class _PublishedMinute(Struct):
    # As people and sinks read it: the minute as a time.
    pool: str
    queue: str
    minute: datetime


_ENCODER: Final = msgspec.json.Encoder()
_MINUTE: Final = msgspec.json.Decoder(_PublishedMinute)
_CONVERSATION: Final = msgspec.json.Decoder(ConversationKey)
_FIGURES: Final = msgspec.json.Decoder(Figures)
_OPEN: Final = msgspec.json.Decoder(OpenConversation)


def minute_of(at: int) -> int:
    """Give the minute (ms) that a moment (ms) lies in."""
    return at - at % MINUTE_MS


def encode_key(key: Key) -> bytes:
    """Write a key; the same key always gives the same bytes, as compaction needs."""
    if isinstance(key, Minute):
        moment = datetime.fromtimestamp(key.minute / 1000, UTC)
        return _ENCODER.encode(_PublishedMinute(key.pool, key.queue, moment))
    return _ENCODER.encode(key)


def encode_row(row: Row) -> bytes:
    """Write a row."""
    return _ENCODER.encode(row)


def decode_minute(key: bytes, value: bytes) -> tuple[Minute, Figures]:
    """Read a record of the figures' topic; raises `msgspec.MsgspecError` where it is none."""
    found = _MINUTE.decode(key)
    minute = Minute(found.pool, found.queue, round(found.minute.timestamp() * 1000))
    return minute, _FIGURES.decode(value)


def decode_conversation(key: bytes, value: bytes) -> tuple[ConversationKey, OpenConversation]:
    """Read a record of the open conversations; raises `msgspec.MsgspecError` where it is none."""
    return _CONVERSATION.decode(key), _OPEN.decode(value)
