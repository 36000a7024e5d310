"""Customers: they arrive, wait, say something more, lose patience and leave.

A customer knows only what a customer does: that nobody has answered yet, or that somebody has. So
it happens that one leaves in the very moment in which an agent is found, as it does in life; the
router refuses that, and the agent talks to nobody.
"""

from collections.abc import Callable
from typing import Final

from router.demo.agenda import Agenda
from router.demo.day import Visit
from router.demo.decisions import Decision
from router.demo.events import Letter, Pen, Voice
from router.demo.pace import played

SOURCES: Final = {
    "voice": ("/telephone", False),
    "chat": ("/website-chat", True),
    "message": ("/messaging", False),
    "email": ("/mailbox", False),
}
"""Which platform a channel comes from, and whether it writes events in binary mode."""


class Customers:
    """Everybody who is in contact with the centre; `waiting` {id: when he arrived}, in seconds."""

    def __init__(self, agenda: Agenda, send: Callable[[Letter], None], *, pool: str) -> None:
        self.visits: dict[str, Visit] = {}
        """Everybody whose conversation is not over, by its id."""
        self.waiting: dict[str, float] = {}
        self._arrived: dict[str, float] = {}
        self._agenda = agenda
        self._voices = {
            channel: Voice(Pen(source, pool=pool, binary=binary), agenda, send)
            for channel, (source, binary) in SOURCES.items()
        }

    def arrive(self, visit: Visit) -> None:
        """Let a customer in."""
        now = self._agenda.now
        self.visits[visit.id] = visit
        self.waiting[visit.id] = self._arrived[visit.id] = now
        self._say("conversation.created", visit, **visit.facts)
        if visit.patience_s is not None:
            self._agenda.later(played(visit.patience_s), lambda: self._leave(visit))
        if visit.grumbles_s is not None:
            self._agenda.later(played(visit.grumbles_s), lambda: self._grumble(visit))

    def hear(self, decision: Decision) -> None:
        """Notice what became of a conversation."""
        id_ = decision.conversation
        match decision.type:
            case "conversation.assigned":
                self.waiting.pop(id_, None)
            case "conversation.requeued":
                if id_ in self.visits:
                    self.waiting[id_] = self._arrived[id_]
            case "conversation.closed" | "conversation.abandoned":
                self._forget(id_)
            case "input.refused":
                self._refused(decision)

    def _refused(self, decision: Decision) -> None:
        # A repetition is refused too: the first of the two events is what counts.
        if decision.reason == "duplicate":
            return
        if decision.data["type"] == "conversation.created":
            self._forget(decision.conversation)

    def _leave(self, visit: Visit) -> None:
        if visit.id in self.waiting:
            self._say("conversation.abandoned", visit, reason="hung_up")

    def _grumble(self, visit: Visit) -> None:
        if visit.id in self.waiting:
            words = "C'est inadmissible, j'attends depuis longtemps !"
            text = f"{visit.facts['text']} {words}"
            self._say("conversation.updated", visit, text=text)

    def _forget(self, id_: str) -> None:
        for known in (self.waiting, self.visits, self._arrived):
            known.pop(id_, None)

    def _say(self, type_: str, visit: Visit, **data: object) -> None:
        self._voices[visit.channel].say(type_, visit.id, **data)
