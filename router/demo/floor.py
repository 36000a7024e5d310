"""The whole centre in play: customers, desks and supervisor, living off what the router decides.

Events go out through `send`, decisions come in through `hear`, time comes in through the agenda;
whether a real broker is in between, the floor cannot tell.
"""

from collections import Counter
from collections.abc import Callable
from typing import Final

from router.demo.agenda import Agenda
from router.demo.chance import stream
from router.demo.customers import Customers
from router.demo.day import CLOSES, Hours, Visit, visits
from router.demo.decisions import Decision
from router.demo.desks import Desk, Doing
from router.demo.events import Letter, Pen, Voice
from router.demo.mishaps import Mishaps
from router.demo.script import Script
from router.demo.staff import staff
from router.demo.supervisor import Supervisor
from router.wire import instants

POOL: Final = "france"

NOBODY: Final = "nobody"
GONE_S: Final = 5.0
"""How long an agent looks for a customer nobody knows any more; seconds of the centre."""


class Floor:
    """Everybody in the centre. Tell it the time by `agenda.advance`."""

    def __init__(self, script: Script, agenda: Agenda, send: Callable[[Letter], None]) -> None:
        self._script = script
        self._agenda = agenda
        self._mishaps = Mishaps(agenda, send, pool=POOL, luck=stream(script.seed, "mishaps"))
        send = self._mishaps.send
        self.customers = Customers(agenda, send, pool=POOL)
        desktop = Voice(Pen("/agent-desktop", pool=POOL), agenda, send)
        self.desks = {
            person.id: Desk(
                person, agenda, voice=desktop, luck=stream(script.seed, "desk", person.id)
            )
            for person in staff(script.seed, visits_per_second=script.visits_per_second)
        }
        wallboard = Voice(Pen("/supervision", pool=POOL), agenda, send)
        self._supervisor = Supervisor(agenda, wallboard, self.customers)
        self._holders: dict[str, Desk] = {}
        self._came = 0

    @property
    def came(self) -> int:
        """How many customers have come so far."""
        return self._came

    @property
    def is_empty(self) -> bool:
        """Whether no customer is left."""
        return not self.customers.visits

    def open(self, opening: float, hours: Hours) -> None:
        """Plan a whole day that begins at `opening` (seconds since the epoch)."""
        closing = opening + hours.seconds
        day = visits(
            self._script.seed,
            hours=hours,
            per_second=self._script.visits_per_second,
            first=self._came + 1,
        )

        def next_one() -> None:
            visit = next(day, None)
            if visit is not None:
                self._agenda.at(opening + visit.at, lambda: arrive(visit))

        def arrive(visit: Visit) -> None:
            self._came += 1
            self.customers.arrive(visit)
            next_one()

        next_one()
        for desk in self.desks.values():
            is_last = desk.person.shift.ends >= CLOSES
            desk.work(hours, opening, stays=self._is_needed if is_last else _goes)
        self._supervisor.watch(closing)
        self._mishaps.begin(closing)

    def hear(self, decision: Decision) -> None:
        """Let everybody concerned learn of a decision."""
        self.customers.hear(decision)
        id_ = decision.conversation
        desk = self.desks.get(decision.agent)
        match decision.type:
            case "conversation.offered" if desk is not None:
                desk.ring(id_, decision.data["offer"], channel=self._channel(id_))
            case "conversation.assigned" if desk is not None:
                self._assigned(decision, desk)
            case "offer.expired" | "offer.declined" | "offer.withdrawn" if desk is not None:
                desk.stop_ringing(id_)
            case "conversation.closed" | "conversation.requeued":
                self._taken_away(decision)
            case "agent.suspended" if desk is not None:
                desk.be_suspended(decision.reason)
            case "agent.released" if desk is not None:
                desk.is_suspended = False
            case "input.refused":
                self._refused(decision)

    def census(self) -> dict[str, Counter[Doing]]:
        """Count what the agents of each team do now."""
        teams: dict[str, Counter[Doing]] = {}
        for desk in self.desks.values():
            teams.setdefault(desk.person.team, Counter())[desk.doing] += 1
        return teams

    def _assigned(self, decision: Decision, desk: Desk) -> None:
        id_ = decision.conversation
        visit = self.customers.visits.get(id_)
        self._holders[id_] = desk
        work_s = GONE_S if visit is None else visit.work_s
        desk.take(id_, channel=self._channel(id_), work_s=work_s)

    def _taken_away(self, decision: Decision) -> None:
        id_ = decision.conversation
        desk = self._holders.pop(id_, None)
        channel = None if desk is None else desk.let_go(id_)
        if desk is None or channel is None or "wrapup_until" not in decision.data:
            return
        until = decision.data["wrapup_until"]
        ends = None if until is None else instants.parse(until)
        limit_s = None if ends is None else max(0.0, (ends - decision.at) / 1_000)
        desk.wrap_up(id_, channel=channel, limit_s=limit_s)

    def _refused(self, decision: Decision) -> None:
        """Tell the agent that the customer he was just given has left."""
        desk = self._holders.get(decision.conversation)
        has_left = decision.data["type"] == "conversation.abandoned"
        if desk is not None and has_left and decision.reason == "not_waiting":
            desk.hang_up(decision.conversation)

    def _channel(self, conversation: str) -> str:
        visit = self.customers.visits.get(conversation)
        return "voice" if visit is None else visit.channel

    def _is_needed(self) -> bool:
        return not self.is_empty


def _goes() -> bool:
    return False


def last_words(at: float) -> list[Letter]:
    """Write an event about nobody for each input; the router must refuse each of them."""
    pen = Pen("/demo", pool=POOL)
    return [
        pen.write("conversation.abandoned", NOBODY, at=at),
        pen.write("agent.presence", NOBODY, at=at, presence="offline"),
        pen.write("command.close", NOBODY, at=at, by="demo", reason="the end", conversation=NOBODY),
    ]
