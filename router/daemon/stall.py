"""Notice that the process stood still: stopped, swapped out, or in a machine that was paused.

While it stood, others may have taken its shards over and gone on. Fencing keeps what it does then
without effect; starting over at once keeps it from trying.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Final

STEP_S: Final = 0.25


async def watch(*, limit_s: float, on_stall: Callable[[float], None]) -> None:
    """Call `on_stall` with the length of each standstill longer than `limit_s`, until cancelled.

    The wall clock counts too: the other one stands still with the machine. So a clock that is set
    forward by more than the limit looks like a standstill, which costs a restart of the shards.
    """
    while True:
        ran, wall = time.monotonic(), time.time()
        await asyncio.sleep(STEP_S)
        stood_s = max(time.monotonic() - ran, time.time() - wall) - STEP_S
        if stood_s > limit_s:
            on_stall(stood_s)
