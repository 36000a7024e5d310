"""What the ledger has of a conversation and of an agent, as far as it was said."""

from dataclasses import dataclass, field

import router.model.inputs as told
import router.model.outputs as said


@dataclass
class Conversation:
    """One life of a conversation, as far as it was said."""

    id: str
    channel: str
    arrival: int
    sequence: int
    queue: str
    priority: int
    stage: str = "waiting"
    attempt: int = 0
    offer: str = ""
    agent: str = ""
    asked: list[str] = field(default_factory=list)
    asked_by: said.Cause | None = None
    units: int = 0
    labels: tuple[str, ...] = ()
    assigned_at: int = 0
    waited_s: float | None = None
    deflection: str = ""
    accepted: bool = False
    hops: int = 0
    texts: list[str] = field(default_factory=list)


@dataclass
class Person:
    """An agent, as far as it was said."""

    profile: told.AgentUpdated | None = None
    suspended: bool = False
    wrap_ups: dict[str, tuple[str, int, int | None, tuple[str, ...]]] = field(default_factory=dict)
