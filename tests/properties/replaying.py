"""Decide a recorded day again, in a process of its own, and print what came of it.

``python -m tests.properties.replaying SEED < RECORDING`` prints digest, decisions and records as
hashes, byte for byte; the seed makes the world's rules, the recording has the events.
"""

import hashlib
import json
import sys
from typing import Any

import msgspec

from router.engine import Engine
from router.model.inputs import INPUT_TYPES, Input
from router.model.outputs import Decision
from tests.properties.chance import Dice
from tests.properties.durable import Changelog, records_of
from tests.properties.worlds import a_world


def record(now: int, event: Input) -> str:
    """Write one line of a recording."""
    return msgspec.json.encode((now, event.type, event)).decode()


def recorded(line: str) -> tuple[int, Input]:
    """Read one line of a recording."""
    now, kind, event = msgspec.json.decode(line)
    return now, msgspec.convert(event, type=INPUT_TYPES[kind])


def written(decision: Decision) -> bytes:
    """Write a decision with the type of its body, fields in the order they come."""
    return msgspec.json.encode((decision.body.type, type(decision.cause).__name__, decision))


def replay(seed: int, lines: list[str]) -> dict[str, Any]:
    """Decide a recording anew."""
    world = a_world(Dice(seed))
    engine, changelog = Engine(world, window_ms=world.window_ms), Changelog()
    decisions, number = hashlib.sha256(), 0
    for line in lines:
        now, event = recorded(line)
        for decision in engine.apply(event, now):
            decisions.update(written(decision))
            number += 1
        changelog.fold(engine.changes())
    records = records_of(engine)
    return {
        "digest": engine.digest(),
        "decisions": decisions.hexdigest(),
        "number": number,
        "records": hashlib.sha256(b"".join(records.values())).hexdigest(),
        "folded": changelog.records() == records,
        "audit": engine.audit(),
    }


if __name__ == "__main__":
    print(json.dumps(replay(int(sys.argv[1]), sys.stdin.read().splitlines())))  # noqa: T201 - its answer
