"""The life of each conversation, told by the decisions alone.

A conversation is in exactly one state, and a decision takes it from one to the next. A decision
that does not fit the state it finds is a fault: an assignment of somebody who is with an agent
already, an answer to an offer that is not open.
"""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from router.demo.decisions import Decision


class State(StrEnum):
    """Where a conversation is; the contract names these."""

    WAITING = "waiting"
    OFFERED = "offered"
    ASSIGNED = "assigned"
    DEFLECTED = "deflected"
    CLOSED = "closed"
    ABANDONED = "abandoned"
    SENT = "sent to another pool"


ENDED: Final = frozenset({State.CLOSED, State.ABANDONED, State.SENT})

STEPS: Final[dict[str, tuple[frozenset[State], State | None]]] = {
    "conversation.queued": (frozenset({State.WAITING, State.OFFERED}), None),
    "conversation.offered": (frozenset({State.WAITING, State.OFFERED}), State.OFFERED),
    "conversation.assigned": (frozenset({State.WAITING, State.OFFERED}), State.ASSIGNED),
    "offer.expired": (frozenset({State.OFFERED}), State.WAITING),
    "offer.declined": (frozenset({State.OFFERED}), State.WAITING),
    "offer.withdrawn": (frozenset({State.OFFERED}), State.WAITING),
    "conversation.requeued": (
        frozenset({State.WAITING, State.ASSIGNED, State.DEFLECTED}),
        State.WAITING,
    ),
    "conversation.expanded": (frozenset({State.WAITING}), None),
    "conversation.overflowed": (frozenset({State.WAITING}), None),
    "conversation.deflected": (frozenset({State.WAITING}), State.DEFLECTED),
    "deflection.accepted": (frozenset({State.DEFLECTED}), None),
    "deflection.expired": (frozenset({State.DEFLECTED}), None),
    "conversation.abandoned": (frozenset({State.WAITING, State.DEFLECTED}), State.ABANDONED),
    "conversation.closed": (
        frozenset({State.WAITING, State.ASSIGNED, State.DEFLECTED}),
        State.CLOSED,
    ),
}
"""For each decision, in which states it may find a conversation and where it takes it (None: it
stays). What begins a life is `conversation.queued`, or `conversation.deflected`."""

BEGINS: Final = {
    "conversation.queued": State.WAITING,
    "conversation.deflected": State.DEFLECTED,
}
OF_THE_OFFER: Final = frozenset({"offer.expired", "offer.declined", "offer.withdrawn"})


@dataclass(slots=True)
class Life:
    """A conversation now: its state, and the offer and agent it is or was with.

    ``asked``: to whom the offer is open; several where several are asked at once.
    """

    state: State
    offer: str = ""
    agent: str = ""
    asked: set[str] = field(default_factory=set)


class Lives:
    """All conversations of a pool; `faults` are in the order of the decisions."""

    def __init__(self) -> None:
        self.begun = 0
        self.assigned = 0
        self.faults: list[str] = []
        self._lives: dict[str, Life] = {}
        self._ended: Counter[State] = Counter()
        self._offers: set[str] = set()

    def hear(self, decision: Decision) -> None:
        """Apply a decision, whatever it is about."""
        if decision.type not in STEPS:
            return
        life = self._lives.get(decision.conversation)
        if life is None:
            self._begin(decision)
            return
        wrong = self._wrong(decision, life)
        if wrong:
            self._fault(decision, wrong)
        to = STEPS[decision.type][1]
        if (decision.type, decision.data.get("kind")) == ("conversation.overflowed", "pool"):
            to = State.SENT
        if to is State.OFFERED:
            life.offer = decision.data["offer"]
            life.asked.add(decision.agent)
            self._offers.add(life.offer)
        elif to is State.ASSIGNED:
            life.agent = decision.agent
            life.asked.clear()
            self.assigned += 1
        elif decision.type in OF_THE_OFFER:
            life.asked.discard(decision.agent)
            to = State.OFFERED if life.asked else to
        life.state = to or life.state
        if life.state in ENDED:
            self._ended[life.state] += 1
            del self._lives[decision.conversation]

    def states(self) -> dict[State, int]:
        """Count the conversations by the state they are in at last."""
        return dict(self._ended + Counter(life.state for life in self._lives.values()))

    def _begin(self, decision: Decision) -> None:
        state = BEGINS.get(decision.type)
        if state is None:
            self._fault(decision, "it is not in the centre")
            return
        self.begun += 1
        self._lives[decision.conversation] = Life(state)

    def _wrong(self, decision: Decision, life: Life) -> str | None:
        """Say what is wrong with a decision, where anything is."""
        if life.state not in STEPS[decision.type][0]:
            holder = f" with {life.agent}" if life.state is State.ASSIGNED else ""
            return f"it is {life.state.value}{holder}"
        offer, agent = decision.data.get("offer"), decision.agent
        asked = " and ".join(sorted(life.asked))
        if decision.type == "conversation.offered":
            is_open = life.state is State.OFFERED
            if offer in self._offers and not (is_open and offer == life.offer):
                return f"offer {offer} was made before"
            if is_open and (offer != life.offer or agent in life.asked):
                return f"{life.offer} to {asked} is open"
        takes_offer = decision.type == "conversation.assigned" and life.state is State.OFFERED
        is_another = offer != life.offer or agent not in life.asked
        if is_another and (takes_offer or decision.type in OF_THE_OFFER):
            return f"{life.offer} to {asked} is open, not {offer} to {agent}"
        if takes_offer and len(life.asked) > 1:
            return f"{life.offer} is open to {asked} still"
        return None

    def _fault(self, decision: Decision, why: str) -> None:
        who = f" ({decision.agent})" if decision.agent else ""
        self.faults.append(
            f"seq {decision.data.get('seq')}: {decision.type}{who} of"
            f" {decision.conversation}, but {why}"
        )
