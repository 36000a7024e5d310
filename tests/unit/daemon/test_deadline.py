"""A call that takes too long is given up, and the error names it."""

import asyncio

import pytest

from router.daemon.deadline import within
from router.daemon.errors import DeadlineError


async def test_a_call_that_never_comes_back_is_given_up_by_name() -> None:
    with pytest.raises(DeadlineError, match=r"starting the producer took longer than 0\.01 s"):
        await within(0.01, "starting the producer", asyncio.Event().wait())


async def test_the_result_of_a_call_in_time_is_given() -> None:
    async def answer() -> int:
        return 42

    assert await within(60, "asking", answer()) == 42


async def test_a_time_limit_of_the_call_itself_is_not_ours() -> None:
    async def gives_up() -> None:
        raise TimeoutError("its own")

    with pytest.raises(TimeoutError, match="its own"):
        await within(60, "asking", gives_up())
