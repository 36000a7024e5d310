"""A decision of the router as its readers see it: a JSON event from the assignments topic."""

from dataclasses import dataclass
from typing import Any

import orjson

from router.wire import instants


@dataclass(frozen=True, slots=True)
class Decision:
    """One event of the assignments topic; `data` is what it says, `at` its time (ms)."""

    type: str
    at: int
    data: dict[str, Any]

    @property
    def conversation(self) -> str:
        """The conversation it is about, empty where it is about none."""
        return str(self.data.get("conversation", ""))

    @property
    def agent(self) -> str:
        """The agent it is about, empty where it is about none."""
        return str(self.data.get("agent", ""))

    @property
    def reason(self) -> str:
        """The reason it gives, empty where it gives none."""
        return str(self.data.get("reason") or "")

    @property
    def answers(self) -> str | None:
        """The id of the event it answers; None where a timer or the router itself is its cause."""
        id_ = self.data["cause"].get("id")
        return None if id_ is None else str(id_)


def read_decision(value: bytes) -> Decision:
    """Read the value of a record of the assignments topic."""
    event = orjson.loads(value)
    at = instants.parse(event["time"])
    if at is None:
        raise ValueError("a decision without a readable time")
    return Decision(type=event["type"], at=at, data=event["data"])
