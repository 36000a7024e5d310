"""Judge what is said of how a queue stands: who waits, since when, how well waits ended lately.

Who waits, the oldest wait and the waits that ended follow from the decisions; of the available
agents only that there are no more than are about. Period and service level are judged where the
centre tells them, and there it is also found when nothing was said although the queue stood
otherwise.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from tests.checker.centre import Centre
from tests.checker.decisions import Cause, Decision
from tests.checker.estimates import estimate_fault
from tests.checker.lives import OFFERED, SLACK_S, WAITING, Life
from tests.checker.report import Report, Rule

MINUTE_MS: Final = 60_000
LAST: Final = frozenset({"conversation.assigned", "conversation.abandoned"})


@dataclass(slots=True)
class Queue:
    """What was said of a queue last, when (ms), and the waits that ended: when, and how well."""

    said: tuple[int, int, int] = (0, 0, 0)
    said_at: int = 0
    ended: list[tuple[int, int | None]] = field(default_factory=list)


class Statuses:
    """How the queues of a pool stand, and what was said of it."""

    def __init__(self, report: Report, *, centre: Centre) -> None:
        self._report = report
        self._rules = centre.status
        self._queues: defaultdict[str, Queue] = defaultdict(Queue)
        self.is_first_policy = True

    def decide(self, decision: Decision, *, life: Life | None, is_first: bool) -> None:
        """Note a wait that ended: the first assignment of a life, or the customer's leaving it."""
        if life is None or not is_first or decision.type not in LAST:
            return
        is_answered = decision.type == "conversation.assigned"
        queue = str(decision.data.get("queue")) if is_answered else life.queue
        waited = decision.data.get("waited_s")
        waited_ms = round(waited * 1_000) if isinstance(waited, int | float) else 0
        self._queues[queue].ended.append((decision.at, waited_ms if is_answered else None))

    def check(self, decision: Decision, lives: Iterable[Life], *, agents: int) -> None:
        """Judge a status; `lives` are all that are open, `agents` how many are available."""
        self._report.counts["statuses"] += 1
        name, said = str(decision.data.get("queue")), decision.data
        known = self._queues[name]
        waiting = [each for each in lives if each.state == WAITING]
        here = [each for each in waiting if each.is_placed and each.queue == name]
        maybe = sum(not each.is_placed for each in waiting)
        if not len(here) <= _number(said.get("waiting")) <= len(here) + maybe:
            self._wrong(decision, f"{said.get('waiting')!r} wait, it should be {len(here)}")
        arrivals = [each.arrived_at for each in here if each.arrived_at is not None]
        oldest = max(0, decision.at - min(arrivals)) / 1_000 if arrivals else 0.0
        told = said.get("oldest_wait_s")
        is_number = isinstance(told, int | float)
        if not is_number or (not maybe and abs(told - oldest) > SLACK_S):
            self._wrong(decision, f"the oldest wait is {told!r} s, it should be {oldest} s")
        if not 0 <= _number(said.get("available_agents")) <= agents:
            count = said.get("available_agents")
            self._wrong(decision, f"{count!r} agents are available, {agents} are about")
        if (fault := estimate_fault(said.get("estimated_wait_s"))) is not None:
            self._report.add(Rule.ESTIMATE, decision.where, fault)
        self._check_level(decision, known)
        self._check_target(decision)
        stands = len(here), _number(said.get("available_agents")), len(known.ended)
        if self.is_first_policy:
            self._check_change(decision, known, stands=stands)
        known.said, known.said_at = stands, decision.at

    def cause_over(self, cause: Cause, *, at: int, said: set[str], lives: Iterable[Life]) -> None:
        """Report queues that stand otherwise than was said of them, and might have said so."""
        moment = at if cause.kind == "input" else (cause.due or 0) - 1
        if not self.is_first_policy or cause.kind == "router":
            return
        for name, rules in self._rules.items():
            known = self._queues[name]
            if name in said or moment < known.said_at + rules.every_ms:
                continue
            here = sum(each.state == WAITING and each.queue == name for each in lives)
            if (here, len(known.ended)) != (known.said[0], known.said[2]):
                where = f"at {at}, after {cause.name} {cause.of or cause.place}"
                self._report.add(
                    Rule.STATUS, where, f"nothing is said of {name}, where {here} wait"
                )

    def _check_level(self, decision: Decision, known: Queue) -> None:
        said = decision.data.get("service_level")
        rules = self._rules.get(str(decision.data.get("queue")))
        if said is not None and (not isinstance(said, int | float) or not 0 <= said <= 1):
            self._wrong(decision, f"the service level is {said!r}")
        elif rules is not None and self.is_first_policy:
            first = (decision.at - rules.over_ms) // MINUTE_MS + 1
            lately = [waited for at, waited in known.ended if at // MINUTE_MS >= first]
            good = sum(waited is not None and waited <= rules.within_ms for waited in lately)
            due = good / len(lately) if lately else None
            if (said is None) != (due is None) or abs((said or 0.0) - (due or 0.0)) > 1e-9:
                self._wrong(decision, f"the service level is {said}, it should be {due}")
        elif said is not None and not known.ended:
            self._wrong(decision, f"the service level is {said}, and no wait has ended")

    def _check_target(self, decision: Decision) -> None:
        said = decision.data.get("service_target")
        rules = self._rules.get(str(decision.data.get("queue")))
        if rules is None or not self.is_first_policy:
            return
        due = None
        if rules.answer is not None:
            due = {"answer": rules.answer / 100, "within_s": rules.within_ms / 1_000}
        if said != due:
            self._wrong(decision, f"its target is {said}, it should be {due}")

    def _check_change(
        self, decision: Decision, known: Queue, *, stands: tuple[int, int, int]
    ) -> None:
        rules = self._rules.get(str(decision.data.get("queue")))
        if stands == known.said:
            self._wrong(decision, "it stands as was said last")
        if rules is not None and known.said_at and decision.at < known.said_at + rules.every_ms:
            self._wrong(decision, f"{decision.at - known.said_at} ms after the last one")

    def _wrong(self, decision: Decision, what: str) -> None:
        self._report.add(Rule.STATUS, decision.where, what)


def is_first_end(decision: Decision, before: Life | None) -> bool:
    """Tell whether a decision ends the first wait of a life, as it was before."""
    if before is None or before.waited_s is not None:
        return False
    return decision.type != "conversation.abandoned" or before.state in {WAITING, OFFERED}


def _number(said: object) -> int:
    return said if isinstance(said, int) else -1
