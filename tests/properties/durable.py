"""The durable records of an engine as bytes, the way a changelog would keep them.

Records given out by an engine are live; here they are written at once and read back when needed,
so whatever does not survive a round trip is missed.
"""

import msgspec

from router.engine import Engine
from router.model.state import KINDS, Change, Entity, Key

RECORDS = {kind: record for record, kind in KINDS.items()}


def write(entity: Entity) -> bytes:
    """Write a record, in one way only: equal records give equal bytes."""
    return msgspec.json.encode(entity, order="deterministic")


def read(key: Key, record: bytes) -> Entity:
    """Read a record of this key's kind."""
    return msgspec.json.decode(record, type=RECORDS[key.kind])


class Changelog:
    """All changes an engine ever gave, folded: the last record of a key holds."""

    def __init__(self) -> None:
        self._records: dict[Key, bytes] = {}

    def fold(self, changes: list[Change]) -> None:
        """Enter what changed since the last time."""
        for change in changes:
            if change.entity is None:
                self._records.pop(change.key, None)
            else:
                self._records[change.key] = write(change.entity)

    def entities(self) -> list[tuple[Key, Entity]]:
        """Give what is left."""
        return [(key, read(key, record)) for key, record in self._records.items()]

    def records(self) -> dict[Key, bytes]:
        """Give what is left as it was written."""
        return dict(self._records)


def records_of(engine: Engine) -> dict[Key, bytes]:
    """Write the engine's whole snapshot."""
    return {key: write(entity) for key, entity in engine.snapshot()}


def entities_of(engine: Engine) -> list[tuple[Key, Entity]]:
    """Give the engine's snapshot as read back from what was written."""
    return [(key, read(key, record)) for key, record in records_of(engine).items()]
