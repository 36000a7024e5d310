"""What an agent holds of a conversation: an offer, an assignment, the work after it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Claim:
    """What one conversation takes of an agent; `until` only of a wrap-up, None: open.

    ``interruptible``: it leaves room for other channels; also where new rules may have made it so.
    """

    channel: str
    units: int
    until: int | None = None
    labels: tuple[str, ...] = ()
    interruptible: bool = False


def holds(wrap_up: Claim, now: int) -> bool:
    """Whether a wrap-up still holds capacity at `now`."""
    return wrap_up.until is None or wrap_up.until > now


def labels_of(data: dict[str, Any]) -> tuple[str, ...]:
    """Give the labels that a decision, or what qualification found, tells of."""
    labels = data.get("labels")
    return tuple(map(str, labels)) if isinstance(labels, list) else ()
