"""What all shards of a process share, made once at start."""

import asyncio
import time
from dataclasses import dataclass

from router.daemon.connection import Connection
from router.daemon.intake import Intake
from router.daemon.metrics import Metrics
from router.daemon.reload import RulesInForce
from router.daemon.settings import Settings
from router.daemon.topics import TopicNames
from router.wire.reader import Reader
from router.wire.writer import Writer


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Settings, connection, rules, reading and writing, and the turns that shards wait for.

    `turns` lets so many shards at once have a transaction open.
    """

    settings: Settings
    connection: Connection
    names: TopicNames
    shard_count: int
    dead_letter_partitions: int
    rules: RulesInForce
    reader: Reader
    writer: Writer
    intake: Intake
    turns: asyncio.Semaphore
    metrics: Metrics

    def now(self) -> int:
        """Tell the time that decisions are taken at: the wall clock, in milliseconds."""
        return time.time_ns() // 1_000_000
