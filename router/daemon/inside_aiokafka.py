"""The few looks inside aiokafka that its public face does not give.

All of them stand here, in `hazards` and in `hard_stop`, and each is held by a contract test on a
real broker, so that an upgrade of the pinned release has one short list to go through.
"""
# ruff: noqa: SLF001 - looking inside is what this module is for

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka import errors as kafka_errors
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.protocol.group import LeaveGroupRequest
from aiokafka.structs import OffsetAndMetadata

Append = Callable[[int, int, bytes | None, bytes | None, Any], object | None]
"""Offset in the page, timestamp (ms), key, value, headers; None where the page is full."""


class Member(NamedTuple):
    """A member of a group as the broker knows it: the name it gave, and where it comes from."""

    client_id: str
    address: str


def appender(page: BatchBuilder) -> Append:
    """Give the innermost way to add a record to a page: a third of the cost of the outer one."""
    append: Append = page._builder.append
    return append


def close_page(page: BatchBuilder, *, records: int) -> None:
    """Close a page that was filled by its `appender`."""
    page._relative_offset = records
    page.close()


def has_fetcher_ended(consumer: AIOKafkaConsumer) -> bool:
    """Tell whether a consumer reads no more; `getmany` would wait for ever and never say so."""
    return bool(consumer._fetcher._fetch_task.done())


def has_given_all(consumer: AIOKafkaConsumer, source: TopicPartition) -> bool:
    """Tell whether all that the last answer for an assigned partition told of was given out."""
    state = consumer._subscription.subscription.assignment.state_value(source)
    return state.lso is not None and state.has_valid_position and state.position >= state.lso


def position_of(consumer: AIOKafkaConsumer, source: TopicPartition) -> int:
    """Give the offset after all that was given out of an assigned partition, 0 where none is known.

    It lies behind what holds no record for us too: ends of transactions, and what they took back.
    """
    state = consumer._subscription.subscription.assignment.state_value(source)
    return int(state.position) if state is not None and state.has_valid_position else 0


def generation(member: AIOKafkaConsumer) -> int:
    """Give the generation of the group that this member belongs to; below 1: to none."""
    current: int = member._coordinator.generation
    return current


def must_rejoin(member: AIOKafkaConsumer) -> bool:
    """Tell whether the member knows that its assignment holds no longer."""
    subscription = member._subscription.subscription
    return bool(member._coordinator.need_rejoin(subscription))


async def heartbeat(member: AIOKafkaConsumer) -> bool:
    """Ask the group now whether it counts this member in; also notes a rebalance under way."""
    return bool(await member._coordinator._do_heartbeat())


def raise_failure(member: AIOKafkaConsumer) -> None:
    """Raise what has stopped the member's part in the group; until it is asked for, that waits."""
    member._coordinator.check_errors()


async def commit_offsets(
    member: AIOKafkaConsumer, offsets: Mapping[TopicPartition, OffsetAndMetadata]
) -> None:
    """Commit offsets as a member of the present generation, of any topics.

    The consumer's own `commit` takes only what the group assigned to it.
    """
    await member._coordinator._do_commit_offsets(None, dict(offsets))


async def members_of(admin: AIOKafkaAdminClient, group: str) -> dict[str, Member]:
    """Give who is in a group, by member id; raises `KafkaError` where that cannot be told.

    The client reads the latest answer it knows by the form of an earlier one, which is right as
    long as one group is asked for.
    """
    (answer,) = await admin.describe_consumer_groups([group])
    ((code, _, _, _, _, members, *_),) = answer.groups
    if code:
        raise kafka_errors.for_code(code)(f"the group {group} cannot be described")
    return {id_: Member(client_id, address) for id_, client_id, address, *_ in members}


async def leave_group(admin: AIOKafkaAdminClient, group: str, *, member: str) -> None:
    """Take a member out of a group; one that is not in it is out of it already."""
    coordinator = await admin.find_coordinator(group)
    answer = await admin._send_request(LeaveGroupRequest(group, member), coordinator)
    if answer.error_code not in {0, kafka_errors.UnknownMemberIdError.errno}:
        raise kafka_errors.for_code(answer.error_code)(f"{member} cannot leave the group {group}")
