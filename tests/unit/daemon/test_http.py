"""What the HTTP side answers where something goes wrong in it."""

from collections.abc import Callable

import aiohttp

from router.daemon.http import HttpServer
from router.daemon.ownership import Ownership
from router.daemon.settings import HttpSettings
from router.daemon.shards import Shards
from tests.unit.daemon.centre import surroundings


async def answer(path: str, *, before_figures: Callable[[], None]) -> tuple[int, str, object]:
    """Ask a server that has no shard; give status, content type and body."""
    around = surroundings()
    ownership = Ownership(around.connection, around.settings, topic=around.names.conversations)
    server = HttpServer(around, Shards(around, ownership), before_figures=before_figures)
    address = await server.start(HttpSettings(port=0))
    try:
        async with aiohttp.ClientSession() as asking, asking.get(f"{address}{path}") as said:
            return said.status, said.content_type, await said.json(content_type=None)
    finally:
        await server.stop()


async def test_a_bug_behind_a_view_is_answered_with_problem_details_that_give_nothing_away() -> (
    None
):
    def fail() -> None:
        raise KeyError("c1 of the customer k7")

    status, kind, problem = await answer("/metrics", before_figures=fail)

    assert (status, kind) == (500, "application/problem+json")
    assert isinstance(problem, dict)
    assert (problem["status"], problem["title"]) == (500, "Internal Server Error")
    assert problem["detail"] == "this could not be shown: KeyError; the log says more"
