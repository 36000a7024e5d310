"""Judge the life of each conversation as the decisions tell it.

Queued before anything else; waiting, offered or assigned, and one of these at a time; an offer ends
before another begins; only its addressee takes it; attempts count from one; the wait is what the
arrival says it is. The facts that no decision repeats (channel, arrival) come from the inputs.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from tests.checker.claims import labels_of
from tests.checker.decisions import Cause, Decision
from tests.checker.events import Event, time_of
from tests.checker.report import Report, Rule

SLACK_S: Final = 0.0025
"""Times are cut to milliseconds on both sides."""

WAITING: Final = "waiting"
OFFERED: Final = "offered"
ASSIGNED: Final = "assigned"
DEFLECTED: Final = "deflected"

BEFORE: Final[dict[str, frozenset[str]]] = {
    "conversation.queued": frozenset({WAITING, OFFERED}),
    "conversation.offered": frozenset({WAITING, OFFERED}),
    "conversation.assigned": frozenset({WAITING, OFFERED}),
    "offer.expired": frozenset({OFFERED}),
    "offer.declined": frozenset({OFFERED}),
    "offer.withdrawn": frozenset({OFFERED}),
    "conversation.requeued": frozenset({WAITING, ASSIGNED, DEFLECTED}),
    "conversation.expanded": frozenset({WAITING}),
    "conversation.overflowed": frozenset({WAITING}),
    "conversation.deflected": frozenset({WAITING}),
    "deflection.accepted": frozenset({DEFLECTED}),
    "deflection.expired": frozenset({DEFLECTED}),
    "conversation.abandoned": frozenset({WAITING, DEFLECTED}),
    "conversation.closed": frozenset({WAITING, ASSIGNED, DEFLECTED}),
}
"""In which state a conversation may be for a decision. Offered while offered: parallel offers,
which are one offer with several addressees."""


LENT: Final = "lent "


@dataclass(slots=True)
class Life:
    """A conversation that has been queued (or deflected) and has not ended."""

    id: str
    channel: str
    arrived_at: int | None
    state: str = WAITING
    queue: str = ""
    offer: str = ""
    offered_by: Cause | None = None
    addressees: set[str] = field(default_factory=set)
    expires_at: int | None = None
    units: int = 0
    attempt: int = 0
    holder: str | None = None
    assigned_at: int = 0
    waited_s: float | None = None
    requirements: dict[str, Any] | None = None
    language: str | None = None
    labels: tuple[str, ...] = ()
    barred: set[str] = field(default_factory=set)
    step: int = 0
    ladder: str = ""
    is_kept: bool = False
    deflection: str = ""
    thinks_until: int | None = None
    accepted: bool = False
    is_over: bool = False
    hops: int = 0
    told: tuple[float, float, int] | None = None
    """The wait it was told last, p50 and p90 in s, and when (ms)."""
    is_told_known: bool = True
    is_placed: bool = True
    """Whether it is known in which queue it is: other rules move what an agent has without a word."""
    overflows: Counter[str] = field(default_factory=Counter)
    """Where it went, and who was lent since it came to its queue: "from>to"."""

    def enter(self, queue: str, *, policy: str) -> None:
        """Let it be in a queue; in another than before ladder and help begin anew, told is nothing."""
        if queue != self.queue:
            self.queue, self.step, self.ladder = queue, 0, policy
            self.told, self.is_told_known = None, self.is_placed
            for name in [each for each in self.overflows if each.startswith(LENT)]:
                del self.overflows[name]
        self.is_placed = True

    def may_have_moved(self) -> None:
        """Other rules came: what they did in silence is not known."""
        self.requirements, self.is_told_known = None, False
        self.is_placed = self.is_placed and self.state == WAITING


class Lives:
    """All conversations of a pool; `open` by id, `sent` those that went to another pool."""

    def __init__(self, report: Report) -> None:
        self.open: dict[str, Life] = {}
        self.sent: list[tuple[Decision, Life]] = []
        self._report = report
        self._apply = {
            "conversation.queued": self._queued,
            "conversation.offered": self._offered,
            "conversation.assigned": self._assigned,
            "offer.expired": self._offer_ended,
            "offer.declined": self._offer_ended,
            "offer.withdrawn": self._offer_ended,
            "conversation.requeued": self._requeued,
            "conversation.expanded": self._expanded,
            "conversation.overflowed": self._overflowed,
            "conversation.deflected": self._deflected,
            "deflection.accepted": self._deflection_answered,
            "deflection.expired": self._deflection_answered,
            "conversation.abandoned": self._ended,
            "conversation.closed": self._ended,
        }

    def decide(self, decision: Decision, *, event: Event | None) -> None:
        """Apply a decision about a conversation; `event` is the input that caused it, if one did."""
        life = self._life(decision, event=event)
        if life is None:
            return
        if life.state not in BEFORE[decision.type]:
            self._wrong(decision, f"{life.id} was {life.state}")
        if (apply := self._apply.get(decision.type)) is not None:
            apply(decision, life)

    def update(self, event: Event) -> None:
        """Take over the facts of an update that was applied, before its decisions."""
        life = self.open.get(event.subject)
        if life is None:
            return
        if life.state == WAITING and isinstance(event.data.get("channel"), str):
            life.channel = event.data["channel"]
        if event.data.get("preferred_agents"):
            life.is_kept = True

    def offered_to(self, agent: str) -> list[str]:
        """Name the conversations that are offered to an agent."""
        lives = self.open.values()
        return [each.id for each in lives if each.state == OFFERED and agent in each.addressees]

    def _life(self, decision: Decision, *, event: Event | None) -> Life | None:
        id_ = str(decision.data.get("conversation"))
        life = self.open.get(id_)
        is_entry = decision.type in {"conversation.queued", "conversation.deflected"}
        is_created = event is not None and event.type == "conversation.created"
        if is_entry and event is not None and is_created and event.subject == id_:
            if life is not None and decision.type == "conversation.queued":
                self._wrong(decision, f"{id_} is {life.state} and was created again")
            if life is None or decision.type == "conversation.queued":
                life = self.open[id_] = _begin(event)
        if life is None:
            self._wrong(decision, f"{id_} is not open: never queued, or ended before")
        return life

    def _queued(self, decision: Decision, life: Life) -> None:
        qualified = decision.data.get("qualified") or {}
        requirements = qualified.get("requirements")
        life.requirements = requirements if isinstance(requirements, dict) else None
        life.language = qualified.get("language")
        life.labels = labels_of(qualified)
        life.enter(str(decision.data.get("queue")), policy=decision.policy)
        if not isinstance(decision.data.get("place"), int) or decision.data["place"] < 1:
            self._wrong(decision, f"place {decision.data.get('place')!r}")

    def _offered(self, decision: Decision, life: Life) -> None:
        agent = str(decision.data.get("agent"))
        if life.state == OFFERED:
            if (decision.data.get("offer"), decision.cause) != (life.offer, life.offered_by):
                self._wrong(decision, f"{life.id} is offered to {sorted(life.addressees)}")
            same = decision.data.get("units"), time_of(decision.data.get("expires_at"))
            if same != (life.units, life.expires_at) or agent in life.addressees:
                self._wrong(decision, f"{life.offer} is not the same for {agent}")
            if decision.data.get("attempt") != life.attempt:
                self._report.add(Rule.ATTEMPT, decision.where, f"it is attempt {life.attempt}")
            life.addressees.add(agent)
            return
        self._begin_offer(decision, life)
        life.state, life.offered_by = OFFERED, decision.cause
        life.expires_at = time_of(decision.data.get("expires_at"))
        if life.expires_at is None or life.expires_at < decision.at:
            self._wrong(decision, f"the offer expires at {decision.data.get('expires_at')!r}")

    def _assigned(self, decision: Decision, life: Life) -> None:
        agent, offer = str(decision.data.get("agent")), str(decision.data.get("offer"))
        if life.state == OFFERED:
            if offer != life.offer or agent not in life.addressees:
                self._wrong(decision, f"{life.offer} is open, to {sorted(life.addressees)}")
            if decision.data.get("units") != life.units:
                self._wrong(decision, f"{life.units} units were offered")
            if decision.data.get("attempt") != life.attempt:
                self._report.add(Rule.ATTEMPT, decision.where, f"{life.attempt} was offered")
            # Parallel offers: those of the others were withdrawn just before, in the same cause.
            life.addressees.discard(agent)
            if life.addressees:
                self._wrong(decision, f"{life.offer} is open to {sorted(life.addressees)} still")
            life.addressees.clear()
            self._check_wait(decision, life)
        else:
            self._begin_offer(decision, life)
            life.addressees.clear()
        life.state, life.holder, life.assigned_at = ASSIGNED, agent, decision.at
        if life.waited_s is None:
            life.waited_s = decision.data.get("waited_s")

    def _begin_offer(self, decision: Decision, life: Life) -> None:
        offer, agent = str(decision.data.get("offer")), str(decision.data.get("agent"))
        life.attempt += 1
        if decision.data.get("attempt") != life.attempt:
            said = decision.data.get("attempt")
            self._report.add(
                Rule.ATTEMPT, decision.where, f"attempt {said}, {life.attempt} was due"
            )
        life.offer, life.addressees = offer, {agent}
        if life.is_placed and decision.data.get("queue") != life.queue:
            self._wrong(decision, f"{life.id} waits in {life.queue}")
        life.enter(str(decision.data.get("queue")), policy=decision.policy)
        units = decision.data.get("units")
        life.units = units if isinstance(units, int) else 0
        self._check_wait(decision, life)

    def _offer_ended(self, decision: Decision, life: Life) -> None:
        agent, offer = str(decision.data.get("agent")), str(decision.data.get("offer"))
        if offer != life.offer or agent not in life.addressees:
            self._wrong(decision, f"{life.offer} is open, to {sorted(life.addressees)}")
        life.addressees.discard(agent)
        if decision.type == "offer.declined":
            life.barred.add(agent)
        if not life.addressees and life.state == OFFERED:
            life.state = WAITING

    def _requeued(self, decision: Decision, life: Life) -> None:
        self._check_way_back(decision, life)
        holder = decision.data.get("agent")
        if holder is not None and holder != life.holder:
            self._wrong(decision, f"{life.holder} has it, not {holder}")
        if decision.data.get("reason") == "queue_removed" and life.state != WAITING:
            self._wrong(decision, "only what waits changes its queue aloud")
        if life.holder is not None:
            life.barred.add(life.holder)
        # What is asked for now is published no more until it is queued again.
        life.requirements = None
        life.enter(str(decision.data.get("queue")), policy=decision.policy)
        life.state, life.holder = WAITING, None

    def _overflowed(self, decision: Decision, life: Life) -> None:
        # A team or a site helps where it waits; another queue has a ladder of its own; in another
        # pool it begins anew.
        left, to = decision.data.get("from"), decision.data.get("to")
        if life.is_placed and left != life.queue:
            self._wrong(decision, f"{life.id} waits in {life.queue}")
        is_lent = decision.data.get("kind") in {"team", "site"}
        life.overflows[f"{LENT if is_lent else ''}{left}>{to}"] += 1
        if decision.data.get("kind") == "queue":
            life.enter(str(decision.data.get("to")), policy=decision.policy)
            life.requirements = None
        if decision.data.get("kind") == "pool":
            self.sent.append((decision, life))
            del self.open[life.id]

    def _expanded(self, decision: Decision, life: Life) -> None:
        requirements = decision.data.get("requirements")
        life.requirements = requirements if isinstance(requirements, dict) else None
        step, queue = decision.data.get("step"), str(decision.data.get("queue"))
        # Other rules may move it and let it take steps without a word; the same ones never do, but
        # a step on a condition may come before those that have a time.
        is_told = life.ladder == decision.policy
        if is_told and queue != life.queue:
            self._wrong(decision, f"{life.id} waits in {life.queue}")
        if not isinstance(step, int) or step < 1 or (is_told and step <= life.step):
            self._wrong(decision, f"step {step!r} of the ladder after {life.step}")
        life.queue, life.ladder = queue, decision.policy
        life.step = step if isinstance(step, int) else life.step + 1

    def _deflected(self, decision: Decision, life: Life) -> None:
        trigger = decision.data.get("trigger") or {}
        if life.accepted and trigger.get("name") != "no_answer":
            self._wrong(decision, f"{life.id} was promised a callback and is deflected again")
        life.state, life.is_over = DEFLECTED, False
        life.deflection = str(decision.data.get("deflection"))
        life.thinks_until = time_of(decision.data.get("expires_at"))
        if life.thinks_until is None or life.thinks_until < decision.at:
            said = decision.data.get("expires_at")
            self._wrong(decision, f"the deflection expires at {said!r}")

    def _deflection_answered(self, decision: Decision, life: Life) -> None:
        is_open = life.thinks_until is not None
        if decision.data.get("deflection") != life.deflection or not is_open:
            self._wrong(decision, f"{life.deflection} is {'open' if is_open else 'answered'}")
        life.thinks_until = None
        life.accepted = life.accepted or decision.type == "deflection.accepted"
        life.is_over = decision.type == "deflection.expired"

    def _check_way_back(self, decision: Decision, life: Life) -> None:
        is_true = {
            "deflection_declined": life.state == DEFLECTED and life.thinks_until is not None,
            "deflection_expired": life.state == DEFLECTED and life.is_over,
            "callback_due": life.state == DEFLECTED and life.accepted,
        }
        if not is_true.get(str(decision.data.get("reason")), True):
            self._wrong(decision, f"{life.id} was {life.state}, with {life.deflection!r}")
        life.thinks_until = None

    def _ended(self, decision: Decision, life: Life) -> None:
        holder = decision.data.get("agent")
        if holder != life.holder:
            self._wrong(decision, f"{life.holder} has it, not {holder}")
        if decision.data.get("reason") == "deflected" and not life.accepted:
            self._wrong(decision, f"{life.deflection!r} was not accepted")
        handled = decision.data.get("handled_s")
        if life.holder is not None and handled is not None:
            due = (decision.at - life.assigned_at) / 1_000
            if abs(handled - due) > SLACK_S:
                self._report.add(Rule.WAITED, decision.where, f"handled {handled} s, was {due} s")
        self._check_wait(decision, life)
        del self.open[life.id]

    def _check_wait(self, decision: Decision, life: Life) -> None:
        said = decision.data.get("waited_s")
        if not isinstance(said, int | float) or said < 0:
            self._report.add(Rule.WAITED, decision.where, f"waited {said!r} s")
            return
        due = life.waited_s
        if due is None and life.arrived_at is not None:
            due = max(0, decision.at - life.arrived_at) / 1_000
        if due is not None and abs(said - due) > SLACK_S:
            self._report.add(Rule.WAITED, decision.where, f"waited {said} s, should be {due} s")

    def _wrong(self, decision: Decision, what: str) -> None:
        self._report.add(Rule.LIFE, decision.where, what)


def _begin(event: Event) -> Life:
    arrived = time_of(event.data.get("arrived_at"))
    if event.time is not None and arrived is not None:
        arrived = min(arrived, event.time)
    return Life(
        id=event.subject,
        channel=str(event.data.get("channel")),
        arrived_at=arrived if arrived is not None else event.time,
        is_kept=bool(event.data.get("preferred_agents")),
        hops=int(event.data.get("hops") or 0),
    )
