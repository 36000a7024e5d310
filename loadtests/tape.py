"""A stretch of a world's life, recorded: the engine's state at its beginning and every input since.

The people of a world need the engine's decisions to go on, so a life is lived once with nothing
measured, and then replayed in a tight loop into an engine restored from the recorded state. That
engine must decide the same: their numbers of decisions and their last states are compared.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec
import orjson

from loadtests.people import People
from loadtests.worlds import START_MS, OnePolicy, Size, World
from router.engine import Engine
from router.model.inputs import INPUT_TYPES, ConversationInput, Input
from router.model.state import KINDS, Entity, Key

RECORDS: Final = {kind: record for record, kind in KINDS.items()}
ENVELOPE: Final = ("pool", "id", "source", "at", "traceparent", "origin", "hops")
_pack = msgspec.msgpack.Encoder().encode


class Tape(msgspec.Struct, frozen=True, kw_only=True):
    """State, inputs with the times they were applied at, and what the recorded engine came to."""

    size: Size
    seed: int
    state: list[tuple[Key, msgspec.Raw]]
    begins_at: int
    inputs: list[tuple[int, str, msgspec.Raw]]
    warm_up: int
    """So many of the inputs come before those that are measured."""
    decisions: int
    digest: str
    seconds: float
    """Virtual time that the measured inputs take."""

    def entities(self) -> Iterable[tuple[Key, Entity]]:
        """Decode the state."""
        for key, raw in self.state:
            yield key, msgspec.msgpack.decode(raw, type=RECORDS[key.kind])

    def events(self) -> list[tuple[int, Input]]:
        """Decode the inputs with their times (ms)."""
        return [
            (now, msgspec.msgpack.decode(raw, type=INPUT_TYPES[name]))
            for now, name, raw in self.inputs
        ]

    def save(self, path: Path) -> None:
        """Write the tape to a file."""
        path.write_bytes(_pack(self))

    @classmethod
    def load(cls, path: Path) -> "Tape":
        """Read a tape from a file."""
        return msgspec.msgpack.decode(path.read_bytes(), type=cls)


def record(world: World, *, warm_up_s: int, warm_up: int, inputs: int) -> Tape:
    """Let a world live: everybody in, some virtual time that is not recorded, then the inputs.

    The first `warm_up` inputs are recorded and not measured: an engine that was just restored meets
    most kinds of conversation for the first time in them.
    """
    engine = Engine(OnePolicy(world.policy()))
    people = People(world)
    for event in world.people():
        engine.apply(event, START_MS)
    for event in people.backlog():
        people.react(engine.apply(event, START_MS))
    lives = people.inputs()
    now = START_MS
    while now < START_MS + warm_up_s * 1_000:
        now, event = next(lives)
        people.react(engine.apply(event, now))
    engine.changes()
    state = [(key, msgspec.Raw(_pack(entity))) for key, entity in engine.snapshot()]
    begins_at = now
    lived: list[tuple[int, str, msgspec.Raw]] = []
    decided = 0
    measured_from = now
    for number in range(warm_up + inputs):
        if number == warm_up:
            measured_from = now
        now, event = next(lives)
        said = engine.apply(event, now)
        people.react(said)
        decided += len(said)
        lived.append((now, event.type, msgspec.Raw(_pack(event))))
    return Tape(
        size=world.size,
        seed=world.seed,
        state=state,
        begins_at=begins_at,
        inputs=lived,
        warm_up=warm_up,
        decisions=decided,
        digest=engine.digest(),
        seconds=(now - measured_from) / 1000,
    )


def as_cloud_event(event: Input) -> bytes:
    """Write an input as the structured CloudEvent that a platform would send."""
    fields: dict[str, Any] = msgspec.to_builtins(event)
    subject = "conversation" if isinstance(event, ConversationInput) else "agent"
    left_out = (*ENVELOPE, subject)
    own = {
        name: value for name, value in fields.items() if name not in left_out and value is not None
    }
    if "arrived_at" in own:
        own["arrived_at"] = _instant(own["arrived_at"])
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": event.id,
            "source": event.source,
            "type": event.type,
            "time": _instant(event.at),
            "subject": fields[subject],
            "datacontenttype": "application/json",
            "data": own,
        }
    )


def _instant(ms: int) -> str:
    at = datetime.fromtimestamp(ms / 1000, tz=UTC).isoformat(timespec="milliseconds")
    return at.replace("+00:00", "Z")
