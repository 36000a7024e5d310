"""End a Kafka client for certain, whatever state it is in.

With its broker gone, or after an error, this client's own `stop` may never return and its tasks go
on trying. Promises: returns in bounded time, with the client's connections closed and its tasks
cancelled. Does not abort a transaction: the next owner's first call does that.
"""
# ruff: noqa: SLF001 - the client's tasks and connections are nowhere to be had but inside it

import asyncio
import contextlib
from collections.abc import Awaitable, Iterable, Iterator
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.client import AIOKafkaClient

LAST_WAIT_S = 1.0


async def stop_consumer(consumer: AIOKafkaConsumer, *, timeout_s: float) -> None:
    """Stop a consumer, leaving its group if it can be told in time."""
    await _stop(
        consumer.stop(),
        client=consumer._client,
        owners=(consumer, consumer._fetcher, consumer._coordinator, consumer._client),
        timeout_s=timeout_s,
    )


async def stop_producer(producer: AIOKafkaProducer, *, timeout_s: float) -> None:
    """Stop a producer once what it holds is delivered, or after `timeout_s` (0: at once)."""
    await _stop(
        producer.stop(),
        client=producer.client,
        owners=(
            producer,
            producer._sender,
            producer._sender._txn_manager,
            producer._message_accumulator,
            producer.client,
        ),
        timeout_s=timeout_s,
    )
    _look_at(_left_futures(producer))


async def stop_admin(admin: AIOKafkaAdminClient, *, timeout_s: float) -> None:
    """Close an admin client."""
    await _stop(
        admin.close(), client=admin._client, owners=(admin, admin._client), timeout_s=timeout_s
    )


async def _stop(
    stopping: Awaitable[None],
    *,
    client: AIOKafkaClient,
    owners: tuple[object, ...],
    timeout_s: float,
) -> None:
    task = asyncio.ensure_future(stopping)
    # Even with no time to spare it is let begin: the client then knows that it is closed.
    await asyncio.wait({task}, timeout=timeout_s)
    if not task.done():
        # Its connections first: what waits for an answer then fails, and what fails then ends.
        _cut(client)
    left = {task, *_tasks_of(owners)} - {asyncio.current_task()}
    for each in left:
        each.cancel()
    await asyncio.wait(left, timeout=LAST_WAIT_S)
    _cut(client)
    _look_at(left)


def _cut(client: AIOKafkaClient) -> None:
    for connection in list(client._conns.values()):
        # A transport that is dead already may say so in ways of its own.
        with contextlib.suppress(OSError, RuntimeError):
            connection.close()


def _look_at(futures: Iterable["asyncio.Future[Any]"]) -> None:
    """Ask each for its error, so that nobody warns of one that was never looked at."""
    for each in futures:
        if each.done() and not each.cancelled():
            each.exception()


def _left_futures(producer: AIOKafkaProducer) -> Iterator["asyncio.Future[Any]"]:
    """Give what a failed producer fails and nobody waits for: its transaction and its batches."""
    manager = producer._sender._txn_manager  # None: a producer without transactions
    if manager is not None and manager._transaction_waiter is not None:
        yield manager._transaction_waiter
    accumulator = producer._message_accumulator
    waiting = (batch for batches in accumulator._batches.values() for batch in batches)
    for batch in (*waiting, *accumulator._pending_batches):
        yield batch.future
        yield batch._drain_waiter


def _tasks_of(owners: tuple[object, ...]) -> Iterator["asyncio.Task[Any]"]:
    """Find the tasks that run a method of one of the owners; the client keeps no list of them."""
    for task in asyncio.all_tasks():
        frame = getattr(task.get_coro(), "cr_frame", None)
        if frame is None:
            continue
        owner = frame.f_locals.get("self")
        if owner is not None and any(owner is each for each in owners):
            yield task
