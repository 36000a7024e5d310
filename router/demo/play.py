"""Play the demo: the centre's day on a stage, the crash in its middle, the end, and the proof.

Nobody here decides anything about a conversation: the people act, the router decides, the displays
show. Ends by itself after the day, or never where the script is endless. What was started on the
stage is the stage's to end.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, Protocol

from aiokafka import TopicPartition

from router.daemon.topics import DEAD_LETTER_PARTITIONS, create
from router.demo.agenda import Agenda
from router.demo.clients import KAFKA_LOST, Post, Reader, delete_topics
from router.demo.day import Hours
from router.demo.decisions import read_decision
from router.demo.errors import LostError
from router.demo.events import Letter
from router.demo.evidence import DEAD_LETTERS, TOPICS, gather
from router.demo.floor import Floor, last_words
from router.demo.proof import prove
from router.demo.report import Report, waits
from router.demo.script import Script
from router.demo.stage import Stage
from router.demo.stopwatch import Stopwatch, percentile
from router.demo.wallboard import Picture, Wallboard

STEP_S: Final = 0.004
SHOW_S: Final = 0.2
READY_S: Final = 60.0
DOWN_S: Final = 0.5
"""How long the router stays down: what a supervisor of processes needs to notice."""
SILENCE_S: Final = 45.0
"""An event without an answer for so long: the broker or the router is lost."""
SETTLE_S: Final = 30.0
"""Longest time after closing until everybody has been served."""
LAST_WORDS_S: Final = 20.0
NIGHT_S: Final = 3.0
"""From one day to the next, and before the first: the early shift comes in."""
DECIDING: Final = "deciding"


class Display(Protocol):
    """Where a demo is shown; a context manager that gives back what it took."""

    def show(self, picture: Picture) -> None:
        """Show how things stand."""
        ...

    def say(self, line: str) -> None:
        """Say what happens."""
        ...

    def __enter__(self) -> object:
        """Begin to show."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Show nothing more."""
        ...


async def play(script: Script, *, stage: Stage, display: Display) -> Report:
    """Play a script, then prove what came of it.

    Raises `LostError`, or what `clients.KAFKA_LOST` names, where broker or router are lost.
    """
    return await _Play(script, stage=stage, display=display).run()


class _Play:
    def __init__(self, script: Script, *, stage: Stage, display: Display) -> None:
        self._script = script
        self._stage = stage
        self._display = display
        self._hours = Hours(script.seconds)
        self._agenda = Agenda(time.time())
        self._stopwatch = Stopwatch()
        self._wallboard = Wallboard(stage.policy)
        self._post = Post(stage.connection, stage.names)
        self._floor = Floor(script, self._agenda, self._send)
        self._opening = self._agenda.now
        self._day = 0
        self._says = "starting"
        self._notice = ""
        self._shows_at = 0.0
        self._is_over = False
        self._last_words: set[str] = set()

    async def run(self) -> Report:
        stage = self._stage
        await create(stage.connection, stage.settings)
        try:
            await self._start_router()
            listener = Reader(stage.connection, self._partitions("assignments"))
            try:
                await listener.start()
                await self._post.start()
                with self._display:
                    await _guarded(self._days(), listener.follow(self._hear), self._post.run())
            finally:
                await self._post.stop()
                await listener.stop()
            left = len(self._floor.customers.visits)
            served = f"{left} customers are still there" if left else "everybody is served"
            self._display.say(f"{served}; the router drains, and the topics are read")
            await asyncio.to_thread(stage.router.stop)
            return await self._report()
        finally:
            stage.router.kill()
            if not stage.has_own_broker:
                await self._leave_topics()
            elif self._script.keeps_topics:
                self._display.say(
                    "the demo's own Kafka ends with its topics: only those on yours are kept"
                )

    async def _leave_topics(self) -> None:
        stage = self._stage
        if self._script.keeps_topics:
            prefix = stage.settings.topics.prefix
            self._display.say(f"the topics {prefix}* are left as they are; to look into one:")
            self._display.say(
                f"CONTACT_ROUTER_TOPICS__PREFIX={prefix} contact-router topics read assignments"
            )
            return
        # Where the broker is gone, so is the reason to tidy it up.
        with suppress(*KAFKA_LOST):
            await delete_topics(stage.connection, stage.names)

    # --- the day ----------------------------------------------------------------------------

    async def _days(self) -> None:
        while True:
            self._day += 1
            self._opening = time.time() + NIGHT_S
            closing = self._opening + self._script.seconds
            self._floor.open(self._opening, self._hours)
            self._agenda.at(self._opening + self._script.seconds / 2, self._kill)
            await self._live(self._is_served_after(closing))
            if not self._script.is_endless:
                break
        await self._say_last_words()

    def _is_served_after(self, closing: float) -> Callable[[float], bool]:
        """Make the question whether the day is over: nobody is left, or it is too late to wait."""

        def is_over(now: float) -> bool:
            return now >= closing and (self._floor.is_empty or now >= closing + SETTLE_S)

        return is_over

    async def _live(self, is_over: Callable[[float], bool]) -> None:
        """Let time pass, and everybody act in it, until something is over."""
        while not is_over(now := time.time()):
            self._agenda.advance(now)
            self._look(now)
            await asyncio.sleep(STEP_S)

    async def _say_last_words(self) -> None:
        """End each input with an event that must be refused: once it is, all before it is decided.

        Nobody acts any more, so nothing comes after them.
        """
        self._is_over = True
        for letter in last_words(time.time()):
            self._last_words.add(letter.id)
            self._post.send(letter)
        await self._post.flush()
        until = time.time() + LAST_WORDS_S
        while self._last_words and (now := time.time()) < until:
            self._look(now)
            await asyncio.sleep(STEP_S)

    def _send(self, letter: Letter) -> None:
        self._stopwatch.send(letter, time.time())
        self._post.send(letter)

    def _hear(self, value: bytes, now: float) -> None:
        decision = read_decision(value)
        if not self._is_over:
            self._agenda.advance(now)
        self._stopwatch.hear(decision, now)
        visit = self._floor.customers.visits.get(decision.conversation)
        self._wallboard.hear(
            decision,
            channel="" if visit is None else visit.channel,
            clock=self._hours.clock(now - self._opening),
        )
        self._floor.hear(decision)
        self._last_words.discard(decision.answers or "")

    # --- the router -------------------------------------------------------------------------

    async def _start_router(self) -> None:
        router = self._stage.router
        self._display.say("starting the router")
        router.start()
        until = time.time() + READY_S
        while not router.ready_at:
            router.check()
            if time.time() > until:
                raise LostError(f"the router was not ready within {READY_S:.0f} s")
            await asyncio.sleep(STEP_S)
        self._says = DECIDING

    def _kill(self) -> None:
        self._stage.router.kill()
        self._stopwatch.killed(time.time())
        self._says = "killed with SIGKILL"
        self._tell("the router is killed with SIGKILL")
        self._agenda.later(DOWN_S, self._start_again)

    def _start_again(self) -> None:
        self._stage.router.start()
        self._stopwatch.started(time.time())
        self._says = "starting again"

    def _look(self, now: float) -> None:
        """Look after the router, and show how things stand now and then."""
        self._watch(now)
        if now >= self._shows_at:
            self._shows_at = now + SHOW_S
            self._display.show(self._picture(now))

    def _watch(self, now: float) -> None:
        """Notice what became of the router."""
        router = self._stage.router
        router.check()
        if router.ready_at:
            self._stopwatch.ready(router.ready_at)
        crash = self._stopwatch.crashes[-1] if self._stopwatch.crashes else None
        if crash is not None and crash.decided_at and self._says != DECIDING:
            self._says = DECIDING
            seconds = crash.decided_at - crash.killed_at
            self._tell(f"started again; first decision {seconds:.1f} s after the kill")
        silence = self._stopwatch.longest_unanswered(now)
        if silence > SILENCE_S:
            raise LostError(f"an event has had no answer for {silence:.0f} s")

    def _tell(self, line: str) -> None:
        self._notice = f"{self._hours.clock(time.time() - self._opening)}  {line}"
        self._display.say(self._notice)

    # --- what is shown ----------------------------------------------------------------------

    def _picture(self, now: float) -> Picture:
        second = min(max(0.0, now - self._opening), self._script.seconds)
        waiting = self._floor.customers.waiting
        recent = self._stopwatch.recent
        return Picture(
            clock=self._hours.clock(now - self._opening),
            day=self._day,
            share=second / self._script.seconds,
            queues=self._wallboard.rows(waiting, now),
            total=self._wallboard.total(),
            unread=self._wallboard.unread(waiting),
            teams=self._floor.census(),
            matches=tuple(self._wallboard.matches),
            router=self._says,
            is_deciding=self._says == DECIDING,
            policy=self._stage.policy.version,
            latency_p50=percentile(recent, 0.5),
            latency_p99=percentile(recent, 0.99),
            notice=self._notice,
        )

    async def _report(self) -> Report:
        began = time.monotonic()
        reader = Reader(self._stage.connection, self._partitions(*TOPICS))
        try:
            await reader.start()
            records = await reader.read_all()
        finally:
            await reader.stop()
        evidence = gather(records, prefix=self._stage.settings.topics.prefix)
        return Report(
            script=self._script,
            proof=prove(evidence),
            waits_s=waits(evidence.decisions),
            service_level=self._wallboard.total().service_level,
            stopwatch=self._stopwatch,
            proven_in_s=time.monotonic() - began,
        )

    def _partitions(self, *topics: str) -> list[TopicPartition]:
        settings = self._stage.settings.topics
        return [
            TopicPartition(settings.prefix + topic, number)
            for topic in topics
            for number in range(
                DEAD_LETTER_PARTITIONS if topic == DEAD_LETTERS else settings.partitions
            )
        ]


async def _guarded(work: Coroutine[Any, Any, None], *beside: Coroutine[Any, Any, None]) -> None:
    """Do the work; what runs beside it ends with it, and ends it where it fails."""
    tasks = [asyncio.create_task(each) for each in (work, *beside)]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
