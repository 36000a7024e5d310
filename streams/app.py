"""The Faust app of the streams: its settings, its topics, and how it ends.

Keeps nothing on disk; makes its changelogs like the topic they follow, before it joins its group;
ends on any trouble, because what it had not committed is done again by whoever comes next. What is
done with the decisions is the worker's.
"""

import asyncio
import logging
import os
import threading
from collections.abc import Sequence
from typing import Any, Final, NoReturn, cast

import faust
from faust.types import AgentT
from mode.supervisors import CrashingSupervisor

from streams.driver import Producer, Transport
from streams.settings import Settings
from streams.tables import Changelog

NEVER_S: Final = 7 * 86_400.0
"""Faust's own commits, which come by the clock, are put off for so long; the worker commits."""

CREATE_ATTEMPTS: Final = 300
CREATE_PAUSE_S: Final = 0.1


EXIT_LOST: Final = 3
STOP_TIMEOUT_S: Final = 20.0

log = logging.getLogger("streams")


class StreamsError(Exception):
    """Tell why the worker cannot work; the text is for people."""


class SkippedError(Exception):
    """Tell that decisions were read and never handed to us; who starts again reads them."""


class App(faust.App):
    """A Faust app that keeps nothing on disk and makes its changelogs like the topic they follow."""

    changelogs: Sequence[Changelog] = ()
    source: str = ""

    def _create_directories(self) -> None:
        """Keep nothing on disk."""

    async def _on_agent_error(self, agent: AgentT[Any], exc: BaseException) -> None:
        # Faust would commit what it can and begin the agent anew, with half a batch behind it.
        await self.crash(exc)

    async def crash(self, reason: BaseException) -> None:
        """End because of a trouble, in bounded time."""
        end_in_time()
        await super().crash(reason)

    async def on_start(self) -> None:
        """Give the changelogs as many partitions as the topic they follow has."""
        await super().on_start()
        producer = cast(Producer, self.producer)
        await producer.maybe_start()
        # Rows wait here between two lines of ours, bounded by the batch; its alarm is for others.
        producer.buffer.max_messages = 1_000_000
        partitions = await producer.partitions_of(self.source)
        if partitions == 0:
            raise StreamsError(
                f"there is no topic {self.source}; create it: contact-router topics create"
            )
        for changelog in self.changelogs:
            await self._make(changelog, producer, partitions=partitions)

    async def _make(self, changelog: Changelog, producer: Producer, *, partitions: int) -> None:
        """Create a changelog that is not there, before the group is joined.

        Who joins with a topic that does not exist yet is dealt no partitions of it.
        """
        topic = changelog.changelog_topic
        topic.partitions = partitions
        name = topic.get_topic_name()
        existing = await producer.partitions_of(name)
        if existing == 0:
            await producer.create_topic(
                name, partitions, cast(int, topic.replicas), compacting=topic.compacting
            )
        for _ in range(CREATE_ATTEMPTS):
            if existing:
                break
            await asyncio.sleep(CREATE_PAUSE_S)
            existing = await producer.partitions_of(name)
        if existing != partitions:
            raise StreamsError(
                f"{name} has {existing} partitions and {self.source} has {partitions}; they must be"
                " equal: delete the former, it is made anew, and begin with a new group"
            )


def end_in_time() -> None:
    """Cut the process short if it has not ended in `STOP_TIMEOUT_S`.

    With its broker gone the Kafka client's own stop may never return.
    """
    hard_stop = threading.Timer(STOP_TIMEOUT_S, _end_now)
    hard_stop.daemon = True
    hard_stop.start()


def _end_now() -> NoReturn:
    log.critical("worker did not end in time and is cut short")
    logging.shutdown()
    os._exit(EXIT_LOST)


def build_app(settings: Settings) -> App:
    """Make the app; it does nothing before it is run."""
    streams, kafka = settings.streams, settings.kafka
    app = App(
        settings.streams_group,
        broker=kafka.urls,
        broker_credentials=kafka.credentials(),
        processing_guarantee="exactly_once",
        broker_session_timeout=streams.session_timeout_ms / 1000,
        broker_heartbeat_interval=streams.session_timeout_ms / 3000,
        broker_rebalance_timeout=max(10.0, streams.session_timeout_ms / 1000),
        broker_commit_interval=NEVER_S,
        broker_commit_every=2**62,
        broker_commit_livelock_soft_timeout=NEVER_S,
        consumer_auto_offset_reset="earliest",
        agent_supervisor=CrashingSupervisor,
        stream_wait_empty=False,
        store="memory://",
        table_standby_replicas=0,
        topic_disable_leader=True,
        web_enabled=False,
    )
    app.transport = Transport(app.conf.broker_consumer, app)
    app.producer_transport = Transport(app.conf.broker_producer, app)
    return app
