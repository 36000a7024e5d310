"""Between Kafka's bytes and the router's values: reading inputs, writing decisions and state.

The room knows what a record holds and nothing of where it comes from or goes to: no Kafka, no
engine, no clock.
"""

from router.wire.changelog import (
    BARRIER_KEY,
    POSITIONS_KEY,
    SHARDS_KEY,
    UnknownStateError,
    decode_barrier,
    decode_entity,
    decode_key,
    decode_positions,
    decode_shards,
    encode_barrier,
    encode_change,
    encode_positions,
    encode_shards,
)
from router.wire.dead_letters import DeadLetter, encode_dead_letter
from router.wire.partitions import murmur2, partition_of
from router.wire.reader import Reader
from router.wire.record import Headers, Record
from router.wire.writer import Writer

__all__ = [
    "BARRIER_KEY",
    "POSITIONS_KEY",
    "SHARDS_KEY",
    "DeadLetter",
    "Headers",
    "Reader",
    "Record",
    "UnknownStateError",
    "Writer",
    "decode_barrier",
    "decode_entity",
    "decode_key",
    "decode_positions",
    "decode_shards",
    "encode_barrier",
    "encode_change",
    "encode_dead_letter",
    "encode_positions",
    "encode_shards",
    "murmur2",
    "partition_of",
]
