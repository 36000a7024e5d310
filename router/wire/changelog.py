"""The records of `routing.state`: how what an engine must not forget is written and found again.

One record an entity, by a key of pool, kind and id; a null value deletes it. Three more keys belong
to the shard and can be no entity's, since no id holds an exclamation mark or a bar: the positions
of its inputs, the barrier of its owner, and how many shards there are. Promises that what is
decoded equals what was encoded. Nobody else reads these records: their form may change with a new
version of the router.
"""

from typing import Any, Final

import msgspec

from router.model.state import (
    KINDS,
    BarrierRecord,
    Change,
    Entity,
    Key,
    Kind,
    PositionsRecord,
    ShardsRecord,
)
from router.wire.record import Record

POSITIONS_KEY: Final = b"!positions"
BARRIER_KEY: Final = b"!barrier"
SHARDS_KEY: Final = b"!shards"
OF_THE_SHARD: Final = frozenset({POSITIONS_KEY, BARRIER_KEY, SHARDS_KEY})
"""Keys that are no entity's."""

_SEPARATOR: Final = "|"
_encode = msgspec.json.Encoder().encode
_DECODERS: Final[dict[str, tuple[Kind, msgspec.json.Decoder[Any]]]] = {
    kind: (kind, msgspec.json.Decoder(entity)) for entity, kind in KINDS.items()
}
_positions = msgspec.json.Decoder(PositionsRecord)
_barrier = msgspec.json.Decoder(BarrierRecord)
_shards = msgspec.json.Decoder(ShardsRecord)


class UnknownStateError(ValueError):
    """Tell that a record of the state topic is none that this version of the router writes."""


def encode_change(change: Change) -> Record:
    """Write the new value of an entity; a value of None where the entity is gone."""
    key = change.key
    entity = change.entity
    return Record(
        f"{key.pool}{_SEPARATOR}{key.kind}{_SEPARATOR}{key.id}".encode("ascii"),
        None if entity is None else _encode(entity),
    )


def decode_key(key: bytes) -> Key:
    """Read the key of an entity; UnknownStateError where it is none."""
    parts = key.decode("latin-1").split(_SEPARATOR)
    if not key.isascii() or len(parts) != 3 or parts[1] not in _DECODERS:
        raise UnknownStateError("a key of the state topic names no entity")
    pool, kind, entity_id = parts
    return Key(pool, _DECODERS[kind][0], entity_id)


def decode_entity(key: bytes, value: bytes) -> tuple[Key, Entity]:
    """Read the record of an entity that is there; UnknownStateError where it is none."""
    named = decode_key(key)
    try:
        entity: Entity = _DECODERS[named.kind][1].decode(value)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        # The error of the decoder may quote what a platform said: it is not passed on.
        raise UnknownStateError(f"a {named.kind} of the state topic cannot be read") from None
    return named, entity


def encode_positions(positions: PositionsRecord) -> Record:
    """Write the next offsets to read of a shard's inputs."""
    return Record(POSITIONS_KEY, _encode(positions))


def decode_positions(value: bytes) -> PositionsRecord:
    """Read what `encode_positions` wrote; UnknownStateError where it is something else."""
    try:
        return _positions.decode(value)
    except msgspec.MsgspecError:
        raise UnknownStateError("the positions of the state topic cannot be read") from None


def encode_barrier(barrier: BarrierRecord) -> Record:
    """Write the mark of a new owner, up to which it folds the state topic."""
    return Record(BARRIER_KEY, _encode(barrier))


def decode_barrier(value: bytes) -> BarrierRecord:
    """Read what `encode_barrier` wrote; UnknownStateError where it is something else."""
    try:
        return _barrier.decode(value)
    except msgspec.MsgspecError:
        raise UnknownStateError("a barrier of the state topic cannot be read") from None


def encode_shards(shards: ShardsRecord) -> Record:
    """Write down how many shards there are."""
    return Record(SHARDS_KEY, _encode(shards))


def decode_shards(value: bytes) -> ShardsRecord:
    """Read what `encode_shards` wrote; UnknownStateError where it is something else."""
    try:
        return _shards.decode(value)
    except msgspec.MsgspecError:
        raise UnknownStateError("the number of shards in the state topic cannot be read") from None
