"""The supervisor: looks at who has waited longest, and puts some of them first.

Commands are inputs like any other. She is not a part of the router; she sees what a wallboard
shows.
"""

from typing import Final

from router.demo.agenda import Agenda
from router.demo.customers import Customers
from router.demo.events import Voice
from router.demo.pace import played

LOOKS_S: Final = 100.0
TOO_LONG_S: Final = 240.0
"""How often she looks, and what she finds too long; seconds of the centre."""

PRIORITY: Final = 600
NAME: Final = "helene"


class Supervisor:
    """Puts the longest waiting customer first, once."""

    def __init__(self, agenda: Agenda, voice: Voice, customers: Customers) -> None:
        self._agenda = agenda
        self._voice = voice
        self._customers = customers
        self._helped = ""

    def watch(self, until: float) -> None:
        """Look at the wallboard every now and then until a moment."""
        if self._agenda.now < until:
            self._agenda.later(played(LOOKS_S), lambda: self._look(until))

    def _look(self, until: float) -> None:
        calls = {
            id_: since
            for id_, since in self._customers.waiting.items()
            if self._customers.visits[id_].patience_s is not None
        }
        longest = min(calls, key=calls.__getitem__, default="")
        waited = self._agenda.now - calls.get(longest, self._agenda.now)
        if waited > played(TOO_LONG_S) and longest != self._helped:
            self._helped = longest
            self._voice.say(
                "command.prioritise",
                longest,
                by=NAME,
                reason="waits too long",
                conversation=longest,
                priority=PRIORITY,
            )
        self.watch(until)
