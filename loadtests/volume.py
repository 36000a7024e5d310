"""How much a router writes for what it reads: what the null router must write to be comparable."""

from collections.abc import Callable

import msgspec
import orjson

from loadtests.topics import ASSIGNMENTS, STATE, Record, Topics

POSITIONS = b"positions"


class Volume(msgspec.Struct, frozen=True, kw_only=True):
    """Decisions and state records written for each input, and their mean sizes in bytes.

    Sizes are of values, keys left out. State records are those of a whole run divided by its
    inputs, tombstones included; a run that takes its inputs in larger batches writes fewer.
    """

    decisions_per_input: float
    decision_bytes: int
    states_per_input: float
    state_bytes: int


USUAL = Volume(decisions_per_input=1.5, decision_bytes=550, states_per_input=1.0, state_bytes=300)
"""Three decisions and two state records for two inputs, where no router has run beside."""


def measure(
    topics: Topics,
    *,
    inputs: int,
    since: dict[str, list[int]],
    note: Callable[[Record], None] = lambda record: None,
) -> Volume:
    """Count what was written after the offsets given, topic by topic; `inputs`: how many were read.

    `note` is shown every decision on the way.
    """
    decisions = _Sizes()
    for record in topics.read(ASSIGNMENTS, since=since[ASSIGNMENTS]):
        decisions.add(record)
        note(record)
    states = _Sizes()
    for record in topics.read(STATE, since=since[STATE]):
        states.add(record)
    return Volume(
        decisions_per_input=round(decisions.count / inputs, 3),
        decision_bytes=decisions.mean(),
        states_per_input=round(states.count / inputs, 3),
        state_bytes=states.mean(),
    )


def cause_of(value: bytes) -> str | None:
    """Read the id of the input that a decision answers; None where a timer or the router did it."""
    cause = orjson.loads(value)["data"]["cause"]
    found = cause.get("id")
    return found if isinstance(found, str) else None


class _Sizes:
    """Counts records and their bytes."""

    def __init__(self) -> None:
        self.count = 0
        self._bytes = 0

    def add(self, record: Record) -> None:
        self.count += 1
        self._bytes += len(record.value or b"")

    def mean(self) -> int:
        return self._bytes // max(self.count, 1)
