"""Let the group know that whoever had this instance's name before us is dead.

A process that is killed stays a member until its session has run out, and until then the group
deals nothing anew. The process that takes its name knows better, and says so. Promises: that is
done once, at the first membership of a process; only of members that have its name; and only when
it is counted in itself, so that the group goes on with it at once. Where it cannot be done, the
group waits as it always did. Safety never depends on it: a member that was taken for dead and is
not joins again, and what it writes meanwhile is fencing's business.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final, NamedTuple

import structlog
from aiokafka import errors as kafka_errors
from aiokafka.admin import AIOKafkaAdminClient

from router.daemon import inside_aiokafka
from router.daemon.connection import Connection
from router.daemon.deadline import within
from router.daemon.hard_stop import stop_admin
from router.daemon.inside_aiokafka import Member
from router.daemon.settings import Settings
from router.daemon.topics import LOST

log = structlog.get_logger(__name__)

CLIENT_ID: Final = "contact-router"
AGAIN_S: Final = 0.05
NAMELESS: Final = frozenset({"", "localhost", "localhost.localdomain"})
"""What machines are called that nobody gave a name."""


class Instance(NamedTuple):
    """The name of an instance, which only one process has at a time.

    `is_told`: an operator gave it. A name we found ourselves is trusted only where the broker sees
    both processes come from one address: machines may have the same name.
    """

    name: str
    is_told: bool

    @property
    def client_id(self) -> str:
        """What the group knows its member by."""
        return f"{CLIENT_ID}/{self.name}"


def instance_of(settings: Settings, *, host: str) -> Instance | None:
    """Name this instance; None where it has no name.

    No other process of the machine can have its HTTP address, and it is listened on before the
    group is joined.
    """
    if settings.instance is not None:
        return Instance(settings.instance, is_told=True) if settings.instance else None
    if host in NAMELESS or settings.http.port == 0:
        return None
    return Instance(f"{host}/{settings.http.host}:{settings.http.port}", is_told=False)


class FormerMembers:
    """The members of the group that had our name before us.

    `look` before joining, `leave` while joining; both give up rather than stand in the way.
    """

    def __init__(self, connection: Connection, settings: Settings) -> None:
        self._connection = connection
        self._settings = settings
        self._instance = instance_of(settings, host=socket.gethostname())
        self._has_looked = False
        self._found: frozenset[str] = frozenset()

    @property
    def client_id(self) -> str:
        """What this process is to be known by in the group."""
        return CLIENT_ID if self._instance is None else self._instance.client_id

    async def look(self) -> None:
        """Note who has our name before we have joined; the first time only."""
        if self._instance is None or self._has_looked:
            return
        self._has_looked = True
        seconds = self._settings.kafka.call_timeout_s
        try:
            members = await within(seconds, "asking who is in the group", self._ask())
        except LOST as error:
            log.warning("the group did not say who is in it", error=repr(error))
            return
        self._found = frozenset(
            id_ for id_, member in members.items() if member.client_id == self._instance.client_id
        )

    async def leave(self) -> None:
        """Take those who were found out of the group, as soon as we are counted in."""
        instance, found = self._instance, self._found
        if instance is None or not found:
            return
        seconds = self._settings.membership.session_timeout_ms / 1_000
        try:
            left = await within(seconds, "leaving the group", self._leave(instance, found))
            log.info("former members have left the group", instance=instance.name, members=left)
        except LOST as error:
            log.warning("the group waits for former members of our name", error=repr(error))
        self._found = frozenset()

    async def _leave(self, instance: Instance, found: frozenset[str]) -> int:
        group, left = self._settings.group, 0
        async with _asking(self._connection, self._settings) as admin:
            members = await self._members(admin)
            while not (ours := _named(instance, members, but=found)):
                await asyncio.sleep(AGAIN_S)
                members = await self._members(admin)
            addresses = {members[id_].address for id_ in ours}
            for id_ in found & members.keys():
                if instance.is_told or members[id_].address in addresses:
                    await inside_aiokafka.leave_group(admin, group, member=id_)
                    left += 1
        return left

    async def _ask(self) -> Mapping[str, Member]:
        async with _asking(self._connection, self._settings) as admin:
            return await self._members(admin)

    async def _members(self, admin: AIOKafkaAdminClient) -> Mapping[str, Member]:
        """Ask until there is somebody to ask: a broker that starts first finds its groups."""
        while True:
            try:
                return await inside_aiokafka.members_of(admin, self._settings.group)
            except kafka_errors.KafkaError as error:
                if not error.retriable:
                    raise
            await asyncio.sleep(AGAIN_S)


@asynccontextmanager
async def _asking(connection: Connection, settings: Settings) -> AsyncIterator[AIOKafkaAdminClient]:
    """Make a client that asks, for a while."""
    admin = connection.admin()
    try:
        await admin.start()
        yield admin
    finally:
        await stop_admin(admin, timeout_s=settings.stop.close_timeout_s)


def _named(instance: Instance, members: Mapping[str, Member], *, but: frozenset[str]) -> list[str]:
    """Find who has our name and has come since: that is this process."""
    return [
        id_
        for id_, member in members.items()
        if member.client_id == instance.client_id and id_ not in but
    ]
