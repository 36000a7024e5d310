"""Know which shards are ours: be a member of the consumer group, and hold no data in it.

The member subscribes to one input and pauses what it is given; a partition number it is given is a
shard that is ours. Membership says who should act, never who may: that is fencing's business.
Promises: a shard that stays ours through a rebalance is never taken away in between; a failed
member is replaced, and what was ours stays so until the group says otherwise.
"""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any, Final

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka import errors as kafka_errors
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from aiokafka.structs import OffsetAndMetadata

from router.daemon import inside_aiokafka
from router.daemon.connection import Connection
from router.daemon.deadline import within
from router.daemon.errors import SettingRefusedError
from router.daemon.former_members import FormerMembers
from router.daemon.hard_stop import stop_consumer
from router.daemon.settings import Settings
from router.daemon.topics import LOST

log = structlog.get_logger(__name__)

RESTART_S: Final = 0.5
NEVER_MS: Final = 100 * 365 * 86_400_000
"""A member that never polls would be thought dead by its own client; this is longer than any life."""
IDLE_MS: Final = 60_000


class Ownership:
    """Membership of the group. `run` is its task; `changed` is set at every new assignment."""

    def __init__(self, connection: Connection, settings: Settings, *, topic: str) -> None:
        self._connection = connection
        self._settings = settings
        self._topic = topic
        self._member: AIOKafkaConsumer | None = None
        self._former = FormerMembers(connection, settings)
        # Of this member alone: the client keeps an assignor's memory in its class.
        self._assignor = type("Sticky", (StickyPartitionAssignor,), {})
        self.owned: frozenset[int] | None = None
        """The shards that are ours; None until the group has said so for the first time."""
        self.changed = asyncio.Event()

    async def run(self) -> None:
        """Be a member until cancelled; leave the group then, so that others need not wait.

        Raises `SettingRefusedError` where the broker would never take us, before it ever did.
        """
        while True:
            try:
                await self._belong()
            except kafka_errors.InvalidSessionTimeoutError as error:
                if self.owned is None:
                    given = self._settings.membership.session_timeout_ms
                    raise SettingRefusedError(
                        f"membership.session_timeout_ms: the broker does not take {given}: its"
                        " group.min.session.timeout.ms and group.max.session.timeout.ms are the bounds"
                    ) from error
                log.warning("membership of the group starts over", error=repr(error))
            # The task guard: a member that failed is replaced; its shards live on meanwhile.
            except Exception as error:  # noqa: BLE001 - the task guard
                log.warning("membership of the group starts over", error=repr(error))
            await asyncio.sleep(RESTART_S)

    async def confirm(self, shard: int) -> bool:
        """Ask the group now whether this shard is ours; False also where it cannot be asked."""
        member = self._member
        if member is None or self.owned is None or shard not in self.owned:
            return False
        generation = inside_aiokafka.generation(member)
        if inside_aiokafka.must_rejoin(member):
            return False
        try:
            is_counted_in = await within(
                self._settings.kafka.call_timeout_s,
                "a heartbeat",
                inside_aiokafka.heartbeat(member),
            )
        except LOST:
            return False
        return (
            is_counted_in
            and inside_aiokafka.generation(member) == generation
            and not inside_aiokafka.must_rejoin(member)
            and shard in self.owned
        )

    async def commit_courtesy(self, positions: Mapping[TopicPartition, int]) -> None:
        """Commit positions to the group for lag tools; whether that works matters to nobody else.

        Only this generation's members can, and nothing here ever reads them.
        """
        member = self._member
        if member is None or not positions:
            return
        offsets = {source: OffsetAndMetadata(at, "") for source, at in positions.items()}
        await within(
            self._settings.kafka.call_timeout_s,
            "committing group offsets",
            inside_aiokafka.commit_offsets(member, offsets),
        )

    async def _belong(self) -> None:
        timing = self._settings.membership
        await self._former.look()
        member = self._connection.consumer(
            client_id=self._former.client_id,
            group_id=self._settings.group,
            session_timeout_ms=timing.session_timeout_ms,
            rebalance_timeout_ms=timing.session_timeout_ms,
            heartbeat_interval_ms=timing.heartbeat_ms,
            max_poll_interval_ms=NEVER_MS,
            consumer_timeout_ms=IDLE_MS,
            partition_assignment_strategy=(self._assignor,),
        )
        member.subscribe([self._topic], listener=_Listener(self, member))
        leaving = asyncio.create_task(self._former.leave(), name="former members")
        try:
            # Joins, and waits for the first assignment: as long as the others' rebalance takes.
            await member.start()
            while True:
                await asyncio.sleep(timing.heartbeat_ms / 1_000)
                inside_aiokafka.raise_failure(member)
                if leaving.done():
                    leaving.result()
        finally:
            self._member = None
            leaving.cancel()
            await asyncio.gather(leaving, return_exceptions=True)
            await stop_consumer(member, timeout_s=self._settings.stop.close_timeout_s)

    def given(self, shards: Iterable[int], *, member: AIOKafkaConsumer) -> None:
        """Take note of a new assignment, and of the member it was made to."""
        self._member = member
        self.owned = frozenset(shards)
        self.changed.set()


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """Pauses what the member is given, and passes the partition numbers on; nothing that waits.

    While a listener runs no heartbeat is sent, and what it raises is swallowed.
    """

    def __init__(self, ownership: Ownership, member: AIOKafkaConsumer) -> None:
        self._ownership = ownership
        self._member = member

    def on_partitions_revoked(self, revoked: Iterable[Any]) -> None:
        # Every rebalance revokes everything; what really changes is told by the assignment.
        pass

    def on_partitions_assigned(self, assigned: Iterable[Any]) -> None:
        sources = list(assigned)
        self._member.pause(*sources)
        self._ownership.given((source.partition for source in sources), member=self._member)
