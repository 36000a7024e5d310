"""The agents' desktops: they log in, ring, open conversations, end them, wrap up, beat.

A desk answers what the router asks of its agent, as a person does: mostly soon, sometimes not at
all. A desk that froze says nothing and does nothing until it thaws. Nobody is told by anybody but
the router what to do.
"""

import random
from collections.abc import Callable
from enum import StrEnum
from typing import Final

from router.demo.agenda import Agenda
from router.demo.chance import LONGEST_HANDLE_S, around
from router.demo.day import Hours
from router.demo.events import Voice
from router.demo.pace import SHORTEST_LEASE_MS, played
from router.demo.staff import Person
from router.wire import instants

HEARTBEAT_S: Final = SHORTEST_LEASE_MS / 3_000
"""Three missed heartbeats and the desktop is gone."""

EARLY_S: Final = 150.0
"""People come up to so many seconds of the centre before their shift starts."""

LOOKS_S: Final = 0.25
"""How often somebody who goes home looks whether all is done; seconds of the demo."""

FROZEN_S: Final = 9.0
"""How long a desktop that froze says nothing; seconds of the demo, longer than the lease."""

ANSWERS_S: Final = {"voice": 4.0, "email": 25.0}
"""Mean time from an offer to its answer, by channel."""

WRAPS_UP_S: Final = {"voice": 15.0, "chat": 30.0, "message": 30.0, "email": 60.0}
"""Mean time of the work after a conversation, by channel."""

MISSES: Final = 0.02
DECLINES: Final = 0.03
HANDS_OVER: Final = 0.05
"""Shares of the offers that are not answered and declined, and of the conversations passed on."""


class Doing(StrEnum):
    """What an agent can be seen to do."""

    SERVING = "serving"
    WRAP_UP = "wrap_up"
    RINGING = "ringing"
    FREE = "free"
    BREAK = "break"
    SUSPENDED = "suspended"
    AWAY = "away"


class Desk:
    """One agent's desktop, and the person before it."""

    def __init__(
        self, person: Person, agenda: Agenda, *, voice: Voice, luck: random.Random
    ) -> None:
        self.person = person
        self.holding: dict[str, str] = {}
        """Conversations he has, {id: channel}."""
        self.is_suspended = False
        self._agenda = agenda
        self._voice = voice
        self._luck = luck
        self._is_there = False
        self._is_frozen = False
        self._back_at = 0.0
        self._ringing: set[str] = set()
        self._wrapping: dict[str, float] = {}
        self._shifts = 0

    @property
    def doing(self) -> Doing:
        """What he does now."""
        now = self._agenda.now
        if not self._is_there:
            return Doing.AWAY
        if self.is_suspended:
            return Doing.SUSPENDED
        if self.holding:
            return Doing.SERVING
        if self._ringing:
            return Doing.RINGING
        if any(until > now for until in self._wrapping.values()):
            return Doing.WRAP_UP
        return Doing.BREAK if self._back_at > now else Doing.FREE

    def work(self, hours: Hours, opening: float, *, stays: Callable[[], bool]) -> None:
        """Plan a day: come in time, pause, go when nobody `stays` any more."""
        person = self.person
        comes = hours.second(person.shift.starts) - played(self._luck.uniform(10, EARLY_S))
        self._agenda.at(opening + comes, self._log_in)
        self._agenda.at(opening + hours.second(person.break_at), self._take_break)
        leaves = opening + hours.second(person.shift.ends)
        self._agenda.at(leaves, lambda: self._pack_up(stays))
        if person.freezes_at is not None:
            self._agenda.at(opening + hours.second(person.freezes_at), self._freeze)

    def ring(self, conversation: str, offer: str, *, channel: str) -> None:
        """Show an offer."""
        self._ringing.add(conversation)
        chance = self._luck.random()
        if self._is_frozen or chance < MISSES:
            return
        says = "offer.declined" if chance < MISSES + DECLINES else "offer.accepted"
        reason = "not_my_field" if says == "offer.declined" else None
        seconds = played(around(self._luck, ANSWERS_S.get(channel, ANSWERS_S["voice"])))

        def answer() -> None:
            if conversation in self._ringing:
                self._about(says, conversation, offer=offer, reason=reason)

        self._agenda.later(seconds, answer)

    def stop_ringing(self, conversation: str) -> None:
        """Take an offer off the screen."""
        self._ringing.discard(conversation)

    def take(self, conversation: str, *, channel: str, work_s: float) -> None:
        """Begin a conversation."""
        self._ringing.discard(conversation)
        self.holding[conversation] = channel
        seconds = min(work_s * self.person.slowness, LONGEST_HANDLE_S)
        if self._luck.random() < HANDS_OVER:
            self._agenda.later(played(seconds / 3), lambda: self._hand_over(conversation))
        else:
            self._agenda.later(played(seconds), lambda: self._finish(conversation))

    def hang_up(self, conversation: str) -> None:
        """Notice that nobody is there to talk to."""
        self._agenda.later(played(around(self._luck, 5.0)), lambda: self._finish(conversation))

    def let_go(self, conversation: str) -> str | None:
        """Have a conversation no longer; give its channel, None where he did not have it."""
        return self.holding.pop(conversation, None)

    def wrap_up(self, conversation: str, *, channel: str, limit_s: float | None) -> None:
        """Do the work after a conversation; who reaches the limit (None: none) says nothing."""
        seconds = played(around(self._luck, WRAPS_UP_S[channel]))
        until = self._agenda.now + (seconds if limit_s is None else min(seconds, limit_s))
        self._wrapping[conversation] = until

        def done() -> None:
            self._wrapping.pop(conversation, None)
            if limit_s is None or seconds < limit_s:
                self._say("agent.wrapup_ended", conversation=conversation)

        self._agenda.at(until, done)

    def be_suspended(self, reason: str) -> None:
        """Learn of a suspension; who missed offers comes back when he notices."""
        self.is_suspended = True
        if reason == "no_answer":
            seconds = played(around(self._luck, 60.0))
            self._agenda.later(seconds, self._say_available)

    def _log_in(self) -> None:
        self._is_there = True
        self._shifts += 1
        shift = self._shifts
        self._say("agent.updated", **self.person.profile)
        self._say_available()
        self._agenda.later(HEARTBEAT_S * self._luck.random(), lambda: self._beat(shift))

    def _beat(self, shift: int) -> None:
        if not self._is_there or shift != self._shifts:
            return
        self._say("agent.heartbeat")
        self._agenda.later(HEARTBEAT_S, lambda: self._beat(shift))

    def _say_available(self) -> None:
        if self._is_there:
            self._say("agent.presence", presence="available")

    def _take_break(self) -> None:
        if not self._is_there or self._is_frozen:
            return
        # The router itself brings him back.
        self._back_at = self._agenda.now + played(self._luck.uniform(180, 360))
        until = instants.render(int(self._back_at * 1_000))
        self._say("agent.presence", presence="break", reason="coffee", until=until)

    def _pack_up(self, stays: Callable[[], bool]) -> None:
        if stays():
            self._agenda.later(LOOKS_S, lambda: self._pack_up(stays))
            return
        self._say("agent.presence", presence="draining", reason="end of shift")
        self._agenda.later(LOOKS_S, self._go_home)

    def _go_home(self) -> None:
        if self.holding or self._wrapping or self._is_frozen:
            self._agenda.later(LOOKS_S, self._go_home)
            return
        self._say("agent.presence", presence="offline")
        self._is_there = False

    def _freeze(self) -> None:
        self._is_frozen = self._is_there
        self._agenda.later(FROZEN_S, self._thaw)

    def _thaw(self) -> None:
        if self._is_frozen:
            self._is_frozen = False
            self._say("agent.heartbeat")
            for conversation in list(self.holding):
                self.hang_up(conversation)

    def _finish(self, conversation: str) -> None:
        if conversation in self.holding and not self._is_frozen:
            self._about("conversation.ended", conversation, outcome="resolved")

    def _hand_over(self, conversation: str) -> None:
        if conversation in self.holding and not self._is_frozen:
            to = {"level": self._luck.choice([2, 2, 3])}
            self._about("conversation.transferred", conversation, to=to, reason="too_hard")

    def _about(self, type_: str, conversation: str, **data: object) -> None:
        self._voice.say(type_, conversation, agent=self.person.id, **data)

    def _say(self, type_: str, **data: object) -> None:
        if not self._is_frozen:
            self._voice.say(type_, self.person.id, **data)
