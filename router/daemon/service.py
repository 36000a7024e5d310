"""The process: start everything, say when it is ready, and end well.

Promises: nothing is decided before the broker was reached and the topics are sound; once running,
no failure of Kafka ends the process; asked to end, it finishes what is open, leaves the group so
that others take over at once, and returns.
"""

import asyncio
import signal
import time
from collections.abc import Callable, Coroutine
from typing import Any, Final

import structlog
from aiokafka import TopicPartition

import router.engine
from router import __version__
from router.daemon import hazards, huge_pages, memory, stall, topics
from router.daemon.connection import Connection
from router.daemon.errors import (
    BrokerUnreachableError,
    SettingRefusedError,
    StalledError,
    TopicsWrongError,
)
from router.daemon.http import HttpServer
from router.daemon.intake import Intake
from router.daemon.metrics import Metrics
from router.daemon.ownership import Ownership
from router.daemon.reload import Reload, RulesInForce, RulesRead
from router.daemon.settings import Settings
from router.daemon.shards import Shards
from router.daemon.surroundings import Surroundings
from router.daemon.topics import Found, TopicNames
from router.daemon.unanswered import UnansweredConditions
from router.daemon.unreached import not_reached
from router.wire.reader import Reader
from router.wire.writer import Writer

log = structlog.get_logger(__name__)

RETRY_S: Final = 0.5
SOURCE: Final = "/contact-router"


class Service:
    """One router process. `run` returns when the process was asked to end and has ended well."""

    def __init__(self, settings: Settings, rules: RulesRead) -> None:
        self._settings = settings
        self._rules = rules
        self._reload: Reload | None = None
        self._is_asked_for_rules = False
        self._is_asked_to_end = asyncio.Event()

    def ask_to_end(self) -> None:
        """Begin to drain; `run` returns when that is done."""
        self._is_asked_to_end.set()

    def ask_for_rules(self) -> None:
        """Read the rules again, and put them in force if nothing is wrong with them."""
        if self._reload is None:
            self._is_asked_for_rules = True
        else:
            self._reload.ask()

    async def run(self, announce: Callable[[str], None]) -> None:
        """Route until asked to end; `announce` is told once when all owned shards decide.

        Raises `BrokerUnreachableError`, `TopicsWrongError`, `CertificateError`, `AddressError`,
        `SettingRefusedError` or `hazards.UnsafeRuntimeError`.
        """
        log.info("contact-router starts", version=__version__, engine=_kind_of_engine())
        hazards.mend(backoff_ms=self._settings.producer.backoff_ms)
        memory.tune()
        connection = Connection(self._settings.kafka)
        found = await self._unless_asked(reach(connection, self._settings))
        if found is None:
            return
        around = self._surroundings(connection, found)
        ownership = Ownership(connection, self._settings, topic=around.names.conversations)
        shards = Shards(around, ownership)
        reload = self._reload = Reload(
            around.rules,
            self._rules,
            every_s=self._settings.rules.watch_every_s,
            metrics=around.metrics,
            on_swap=shards.change_rules,
        )
        if self._is_asked_for_rules:
            reload.ask()
        unanswered = UnansweredConditions(around.rules, around.metrics)
        server = HttpServer(around, shards, before_figures=unanswered.look)
        address = await server.start(self._settings.http)
        work = [
            _named("intake", around.intake.run()),
            _named("shards", shards.run()),
            _named("stall watch", self._watch_stalls(around, shards)),
            _named("rules", reload.run()),
            _named("unanswered conditions", unanswered.run()),
            *self._now_and_then(around, ownership, shards),
        ]
        announcement = _named(
            "announcement", _announce_when_ready(shards, announce, address=address)
        )
        membership = _named("membership", ownership.run())
        try:
            await self._until_asked([*work, membership])
        finally:
            await shards.drain()
            # After the last commit, so that who takes a shard over finds it at rest.
            await _cancel([membership, announcement, *work])
            await server.stop()

    async def _unless_asked(
        self, work: Coroutine[Any, Any, dict[str, Found]]
    ) -> dict[str, Found] | None:
        """Do what comes before the start; None where we are asked to end before it is done."""
        asked, task = _named("end", self._is_asked_to_end.wait()), _named("start", work)
        await asyncio.wait({asked, task}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            await _cancel([task])
            return None
        asked.cancel()
        found: dict[str, Found] = task.result()
        return found

    async def _until_asked(self, work: "list[asyncio.Task[None]]") -> None:
        asked = _named("end", self._is_asked_to_end.wait())
        done, _ = await asyncio.wait({asked, *work}, return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        for task in done - {asked}:
            if isinstance(task.exception(), SettingRefusedError):
                task.result()
            # These end only by a bug: better no router than half of one.
            raise RuntimeError(f"task {task.get_name()} has ended") from task.exception()

    def _surroundings(self, connection: Connection, found: dict[str, Found]) -> Surroundings:
        settings = self._settings
        names = TopicNames.with_prefix(settings.topics.prefix)
        count = topics.shard_count(found, settings)
        return Surroundings(
            settings=settings,
            connection=connection,
            names=names,
            shard_count=count,
            dead_letter_partitions=found[names.dead_letters].partitions,
            rules=RulesInForce(self._rules.rules),
            reader=Reader(topics=names.by_input(), partitions=count),
            writer=Writer(source=SOURCE),
            intake=Intake(connection, settings, inputs=names.inputs),
            turns=asyncio.Semaphore(settings.shards.transactions_at_once),
            metrics=Metrics(),
        )

    def _now_and_then(
        self, around: Surroundings, ownership: Ownership, shards: Shards
    ) -> "list[asyncio.Task[None]]":
        """Begin what is done once a period; where that is 0 it is never done."""
        begun = []
        if pages_s := self._settings.shards.huge_pages_every_s:
            begun.append(_named("huge pages", huge_pages.keep(every_s=pages_s)))
        if offsets_s := self._settings.membership.offsets_every_s:
            courtesy = _commit_courtesy(around, ownership, shards, every_s=offsets_s)
            begun.append(_named("group offsets", courtesy))
        return begun

    async def _watch_stalls(self, around: Surroundings, shards: Shards) -> None:
        def start_over(seconds: float) -> None:
            log.warning("the process stood still", seconds=round(seconds, 1))
            around.metrics.stalled()
            shards.start_over(StalledError(f"the process stood still for {seconds:.1f} s"))

        limit_s = self._settings.membership.stall_ms / 1_000
        await stall.watch(limit_s=limit_s, on_stall=start_over)


async def _commit_courtesy(
    around: Surroundings, ownership: Ownership, shards: Shards, *, every_s: float
) -> None:
    """Tell the group now and then how far the shards are, for tools that show lag."""
    told: dict[TopicPartition, int] = {}
    while True:
        await asyncio.sleep(every_s)
        positions = {
            TopicPartition(topic, shard): offset
            for shard, offsets in shards.positions().items()
            for topic, offset in zip(around.names.inputs, offsets, strict=True)
        }
        news = dict(positions.items() - told.items())
        if not news:
            continue
        try:
            await ownership.commit_courtesy(news)
            told |= news
        # A courtesy: whatever goes wrong with it, decisions go on.
        except Exception as error:  # noqa: BLE001 - a courtesy
            log.debug("group offsets not committed", error=repr(error))


async def reach(connection: Connection, settings: Settings) -> dict[str, Found]:
    """Wait for a broker, and give the topics once they are known to be sound.

    Raises `BrokerUnreachableError` after the time of the settings, `TopicsWrongError` at once.
    """
    until = time.monotonic() + settings.kafka.start_timeout_s
    found = await _found(connection, settings, until=until)
    while found is None:
        await asyncio.sleep(RETRY_S)
        found = await _found(connection, settings, until=until)
    wrong = topics.problems(found, settings)
    if wrong:
        raise TopicsWrongError(wrong)
    return found


async def _found(
    connection: Connection, settings: Settings, *, until: float
) -> dict[str, Found] | None:
    """Ask for the topics; None where no broker answered and there is time left."""
    try:
        return await topics.describe(connection, settings)
    except topics.LOST as error:
        if time.monotonic() < until:
            return None
        raise BrokerUnreachableError(
            not_reached(settings.kafka, error, within_s=settings.kafka.start_timeout_s)
        ) from error


async def serve(settings: Settings, rules: RulesRead, announce: Callable[[str], None]) -> None:
    """Run a router until SIGTERM or SIGINT; a second one ends the process at once.

    SIGHUP has it read its rules again; one that was held back until now does, too.
    """
    service = Service(settings, rules)
    loop = asyncio.get_running_loop()

    def end(number: signal.Signals) -> None:
        log.info("asked to end", signal=number.name)
        loop.remove_signal_handler(number)
        service.ask_to_end()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end, number)
    loop.add_signal_handler(signal.SIGHUP, service.ask_for_rules)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})
    await service.run(announce)


async def _announce_when_ready(shards: Shards, say: Callable[[str], None], *, address: str) -> None:
    while not shards.are_ready:
        await shards.changed.wait()
        shards.changed.clear()
    owned = len(shards.owned)
    say(f"ready {owned} {'shard' if owned == 1 else 'shards'} of {shards.count} {address}")
    log.info("ready", address=address, shards=sorted(shards.owned), of=shards.count)


def _kind_of_engine() -> str:
    """Say whether the engine is the one that `make compiled` builds, or its sources."""
    return "compiled" if str(router.engine.__file__).endswith(".so") else "plain"


def _named(name: str, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
    return asyncio.create_task(work, name=name)


async def _cancel(tasks: "list[asyncio.Task[None]]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
