"""Which partition a pool lives on: the same answer as every Java and aiokafka producer gives.

A record of a pool on another partition would be decided by another owner, so the wire checks each
one. Promises Java's murmur2 to the bit. Does not know how many partitions a topic really has: it is
told.
"""

import re
from typing import Final

from router.model import limits

POOLS_REMEMBERED: Final = 10_000
"""Pools whose partition is kept; a process sees few, and forgets all when there are more."""

_SEED: Final = 0x9747B28C
_MULTIPLIER: Final = 0x5BD1E995
_WORD: Final = 0xFFFFFFFF
_pool = re.compile(limits.ID_PATTERN.encode("ascii"))


def murmur2(key: bytes) -> int:
    """Hash a key as Kafka's default partitioner does; 32 bits, unsigned.

    Source: ``org.apache.kafka.common.utils.Utils.murmur2``. About 0.2 us a byte: remember results.
    """
    mixed = _SEED ^ len(key)
    whole = len(key) & ~3
    for start in range(0, whole, 4):
        word = int.from_bytes(key[start : start + 4], "little")
        word = (word * _MULTIPLIER) & _WORD
        word ^= word >> 24
        word = (word * _MULTIPLIER) & _WORD
        mixed = ((mixed * _MULTIPLIER) & _WORD) ^ word
    if whole < len(key):
        mixed ^= int.from_bytes(key[whole:], "little")
        mixed = (mixed * _MULTIPLIER) & _WORD
    mixed ^= mixed >> 13
    mixed = (mixed * _MULTIPLIER) & _WORD
    return mixed ^ (mixed >> 15)


def partition_of(key: bytes, *, partitions: int) -> int:
    """Give the partition of a key: the positive part of its murmur2, modulo ``partitions``."""
    return (murmur2(key) & 0x7FFFFFFF) % partitions


class Homes:
    """Remember the pool that a record's key names, and the partition it belongs to."""

    __slots__ = ("_known", "_partitions")

    def __init__(self, *, partitions: int) -> None:
        """Take the number of partitions that the input topics have, at least 1."""
        if partitions < 1:
            raise ValueError("a topic has at least one partition")
        self._partitions = partitions
        self._known: dict[bytes, tuple[str, int]] = {}

    def of(self, key: bytes) -> tuple[str, int] | None:
        """Give pool and partition of a key, or None where the key names no pool."""
        home = self._known.get(key)
        if home is None and _pool.fullmatch(key):
            if len(self._known) >= POOLS_REMEMBERED:
                self._known.clear()
            home = (key.decode("ascii"), partition_of(key, partitions=self._partitions))
            self._known[key] = home
        return home
