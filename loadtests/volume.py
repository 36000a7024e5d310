"""How much a router writes for what it reads: what the null router must write to be comparable."""

from collections.abc import Iterable

import msgspec
import orjson

from loadtests.topics import ASSIGNMENTS, STATE, Topics

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


def measure(topics: Topics, *, inputs: int, since: dict[str, list[int]]) -> Volume:
    """Count what was written after the offsets given, topic by topic; `inputs`: how many were read."""
    decisions = _sizes(each.value for each in topics.read(ASSIGNMENTS, since=since[ASSIGNMENTS]))
    states = _sizes(each.value for each in topics.read(STATE, since=since[STATE]))
    return Volume(
        decisions_per_input=round(decisions[0] / inputs, 3),
        decision_bytes=decisions[1] // max(decisions[0], 1),
        states_per_input=round(states[0] / inputs, 3),
        state_bytes=states[1] // max(states[0], 1),
    )


def cause_of(value: bytes) -> str | None:
    """Read the id of the input that a decision answers; None where a timer or the router did it."""
    cause = orjson.loads(value)["data"]["cause"]
    found = cause.get("id")
    return found if isinstance(found, str) else None


def _sizes(values: Iterable[bytes | None]) -> tuple[int, int]:
    count = total = 0
    for value in values:
        count += 1
        total += len(value or b"")
    return count, total
