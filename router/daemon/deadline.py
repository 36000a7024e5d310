"""Own deadlines: no call to Kafka is trusted to come back.

With its broker gone this client's calls may wait for ever. Promises: what takes too long is
cancelled, and the error says what it was.
"""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from router.daemon.errors import DeadlineError

Result = TypeVar("Result")


async def within(seconds: float, what: str, call: Awaitable[Result]) -> Result:
    """Await a call, but not longer than so many seconds; then raise `DeadlineError` naming it."""
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            return await call
    except TimeoutError:
        if limit.expired():
            raise DeadlineError(f"{what} took longer than {seconds:g} s") from None
        raise
