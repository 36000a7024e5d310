"""The proof, from the topics alone, that the router kept its promises through the crash.

Four claims, each with the faults found against it: the decisions are numbered without a gap, every
input has its one answer, no conversation was ever with two agents, and none was lost. What a claim
cannot be sure of it does not say. The project's tests judge with a larger and independent checker.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from router.demo.decisions import Decision
from router.demo.evidence import Evidence, Place, Written
from router.demo.lives import Lives

MAY_BE_SILENT: Final = frozenset(
    {
        "agent.updated",
        "agent.presence",
        "agent.heartbeat",
        "agent.wrapup_ended",
        "conversation.updated",
    }
)
"""Inputs that may be applied without anything to be said."""

ANSWERS: Final = {
    "conversation.created": {"conversation.queued", "conversation.deflected"},
    "conversation.abandoned": {"conversation.abandoned", "offer.withdrawn"},
    "conversation.ended": {"conversation.closed"},
    "conversation.transferred": {"conversation.requeued"},
    "offer.accepted": {"conversation.assigned", "offer.withdrawn"},
    "offer.declined": {"offer.declined"},
}
"""What the first decision about an input of a type may be, besides a refusal."""

REFUSALS: Final = frozenset({"input.refused", "command.refused"})


@dataclass(slots=True)
class Claim:
    """Something that must be so; `says` it with its figures."""

    name: str
    says: str = ""
    faults: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing was found against it."""
        return not self.faults


@dataclass(frozen=True, slots=True)
class Proof:
    """The claims, and in which state conversations ended; `dead_letters` counts the notices."""

    claims: tuple[Claim, ...]
    states: dict[str, int]
    inputs: int
    decisions: int
    dead_letters: int
    repetitions: int

    @property
    def holds(self) -> bool:
        """Whether every claim holds."""
        return all(each.holds for each in self.claims)


def prove(evidence: Evidence) -> Proof:
    """Judge everything the topics hold, of a router that has had its time to answer it all."""
    order = Claim("order")
    answers = Claim("answers")
    agents = Claim("agents")
    nobody_lost = Claim("nothing lost")
    by_pool: dict[str, list[Decision]] = {}
    for decision in evidence.decisions:
        by_pool.setdefault(decision.data["pool"], []).append(decision)
    states: Counter[str] = Counter()
    begun = assigned = 0
    for pool, decisions in by_pool.items():
        order.faults += _numbering(pool, decisions)
        answers.faults += _blocks(decisions)
        lives = Lives()
        for decision in decisions:
            lives.hear(decision)
        agents.faults += lives.faults
        begun += lives.begun
        assigned += lives.assigned
        states.update({state.value: count for state, count in lives.states().items()})
    accounts = _Accounts(evidence)
    answers.faults += accounts.faults
    nobody_lost.faults += accounts.lost
    states["refused"] = accounts.turned_away
    if not accounts.created:
        nobody_lost.faults.append("nobody came, so nothing is proven")
    if begun + accounts.turned_away != accounts.created:
        nobody_lost.faults.append(
            f"{accounts.created} created, but {begun} begun and {accounts.turned_away} refused"
        )
    decided = len(evidence.decisions)
    order.says = f"seq 1 to {decided:,} without a gap or a repeat" + (
        f", in {len(by_pool)} pools" if len(by_pool) > 1 else ""
    )
    answers.says = (
        f"{len(evidence.inputs):,} events: {accounts.answered:,} answered once,"
        f" {len(evidence.dead)} dead letters, {accounts.silent:,} need no answer"
    )
    agents.says = f"{assigned:,} assignments, never to two agents, never after the end"
    ends = " + ".join(f"{count:,} {state}" for state, count in sorted(states.items()) if count)
    nobody_lost.says = f"{accounts.created:,} conversations created = {ends}"
    return Proof(
        claims=(order, answers, agents, nobody_lost),
        states=dict(states),
        inputs=len(evidence.inputs),
        decisions=decided,
        dead_letters=len(evidence.dead),
        repetitions=accounts.repetitions,
    )


def _numbering(pool: str, decisions: Iterable[Decision]) -> list[str]:
    faults = []
    for expected, decision in enumerate(decisions, 1):
        seq = decision.data["seq"]
        if seq != expected:
            faults.append(f"{pool}: seq {seq} where {expected} should be")
            break
    return faults


def _blocks(decisions: Iterable[Decision]) -> list[str]:
    """Find causes whose decisions do not stand together: what had its effect twice."""
    faults = []
    over: set[tuple[object, ...]] = set()
    current: tuple[object, ...] = ()
    for decision in decisions:
        cause = decision.data["cause"]
        key = tuple(cause.items())
        if key == current:
            continue
        over.add(current)
        if key in over and "router" not in cause:
            faults.append(f"seq {decision.data['seq']}: decided a second time for {cause}")
        current = key
    return faults


class _Accounts:
    """One entry for each input: answered, silent or a dead letter, and only one of these."""

    def __init__(self, evidence: Evidence) -> None:
        self.faults: list[str] = []
        self.lost: list[str] = []
        self.answered = self.silent = self.repetitions = 0
        self.created = self.turned_away = 0
        self._seen: set[tuple[str, str, str, str]] = set()
        first = self._first_answers(evidence)
        dead = Counter(evidence.dead)
        for place, count in dead.items():
            if place not in evidence.inputs:
                self.faults.append(f"a dead letter about {_at(place)}, where nothing is")
            elif count > 1:
                self.faults.append(f"{count} dead letters about {_at(place)}")
        for place, written in sorted(evidence.inputs.items()):
            if place in dead and place in first:
                self.faults.append(f"{_at(place)} was decided, and has a dead letter")
            elif place in first:
                self._answered(place, written, first[place])
            elif place not in dead:
                self._silent(place, written)

    def _first_answers(self, evidence: Evidence) -> dict[Place, Decision]:
        first: dict[Place, Decision] = {}
        for decision in evidence.decisions:
            cause = decision.data["cause"]
            if "offset" not in cause:
                continue
            place = (cause["topic"], cause["partition"], cause["offset"])
            written = evidence.inputs.get(place)
            if written is None or written.id != cause["id"]:
                self.faults.append(f"a decision about {_at(place)}, where no {cause['id']} is")
            first.setdefault(place, decision)
        return first

    def _answered(self, place: Place, written: Written, answer: Decision) -> None:
        self.answered += 1
        event = (place[0], written.pool, written.source, written.id)
        is_repeated = event in self._seen
        self._seen.add(event)
        is_refused = answer.type in REFUSALS
        says_repeated = is_refused and answer.reason == "duplicate"
        self.repetitions += is_repeated
        if is_repeated != says_repeated:
            self.faults.append(
                f"{written.type} at {_at(place)} is {'a' if is_repeated else 'no'} repetition,"
                f" and was answered with {answer.type}"
            )
        if written.type == "conversation.created" and not is_repeated:
            self.created += 1
            self.turned_away += is_refused
        right = ANSWERS.get(written.type)
        if right is None or is_refused:
            return
        if answer.type not in right or answer.conversation != written.subject:
            self.faults.append(
                f"{written.type} of {written.subject} at {_at(place)} was answered with"
                f" {answer.type} of {answer.conversation}"
            )

    def _silent(self, place: Place, written: Written) -> None:
        event = (place[0], written.pool, written.source, written.id)
        if written.type in MAY_BE_SILENT and event not in self._seen:
            self.silent += 1
            self._seen.add(event)
        else:
            self.lost.append(f"{written.type or 'something unreadable'} at {_at(place)}: no answer")


def _at(place: Place) -> str:
    topic, partition, offset = place
    return f"{topic}-{partition}@{offset}"
