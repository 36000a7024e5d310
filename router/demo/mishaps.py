"""What goes wrong around a router: events sent twice, and messages nobody can read.

A platform that is not sure whether its event arrived sends it again; a program that was never
tested sends what it likes. Both are rare, and the proof counts that each has its one answer: a
refusal or a dead letter.
"""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import orjson

from router.demo.agenda import Agenda
from router.demo.events import STRUCTURED, Letter
from router.model.inputs import Topic
from router.wire import instants

REPEATS: Final = 0.004
"""Share of the events that are sent a second time."""

EVERY_S: Final = 1.5
"""Mean time between two messages that nobody can read; seconds of the demo."""

SOURCE: Final = "/untested"


class Mishaps:
    """Stands between everybody and the topics; `send` is what everybody calls."""

    def __init__(
        self, agenda: Agenda, send: Callable[[Letter], None], *, pool: str, luck: random.Random
    ) -> None:
        self._agenda = agenda
        self._send = send
        self._pool = pool
        self._luck = luck
        self._count = 0

    def send(self, letter: Letter) -> None:
        """Send a letter, and now and then once more a moment later."""
        self._send(letter)
        if self._luck.random() < REPEATS:
            again = replace(letter, is_repetition=True)
            self._agenda.later(self._luck.uniform(0.1, 1.0), lambda: self._send(again))

    def begin(self, until: float) -> None:
        """Send rubbish now and then until a moment."""
        if self._agenda.now < until:
            self._agenda.later(self._luck.expovariate(1 / EVERY_S), lambda: self._go_on(until))

    def _go_on(self, until: float) -> None:
        self._send(self._rubbish())
        self.begin(until)

    def _rubbish(self) -> Letter:
        self._count += 1
        event: dict[str, Any] = {
            "specversion": "1.0",
            "id": f"untested-{self._count}",
            "source": SOURCE,
            "type": "conversation.created",
            "subject": f"untested-{self._count}",
            "time": instants.render(int(self._agenda.now * 1_000)),
            "data": {"channel": "chat", "text": "Bonjour !"},
        }
        whole = Letter(
            topic=Topic.CONVERSATIONS,
            type="",
            id="",
            source=SOURCE,
            key=self._pool.encode("ascii"),
            value=orjson.dumps(event),
            headers=STRUCTURED,
        )
        spoilt = (
            lambda: replace(whole, value=whole.value[: len(whole.value) // 2]),
            lambda: replace(whole, key=None),
            lambda: replace(whole, value=orjson.dumps({**event, "time": "this morning"})),
            lambda: replace(whole, value=orjson.dumps({**event, "type": "conversation.lost"})),
            lambda: replace(whole, value=orjson.dumps({**event, "data": {"channel": 7}})),
            lambda: replace(whole, value=b"<conversation channel='chat'/>"),
        )
        return self._luck.choice(spoilt)()
