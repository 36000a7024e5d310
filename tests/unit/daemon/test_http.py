"""What the HTTP side answers where something goes wrong in it."""

import re
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest

from router.daemon.errors import AddressError
from router.daemon.http import HttpServer
from router.daemon.ownership import Ownership
from router.daemon.settings import HttpSettings
from router.daemon.shards import Shards
from tests.unit.daemon.centre import surroundings

OPERATIONS = Path(__file__).parents[3] / "docs/operations.md"


def idle_server(*, before_figures: Callable[[], None] = lambda: None) -> HttpServer:
    """Make a server that has no shard."""
    around = surroundings()
    ownership = Ownership(around.connection, around.settings, topic=around.names.conversations)
    return HttpServer(around, Shards(around, ownership), before_figures=before_figures)


async def answer(path: str, *, before_figures: Callable[[], None]) -> tuple[int, str, object]:
    """Ask a server that has no shard; give status, content type and body."""
    server = idle_server(before_figures=before_figures)
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


async def test_whoever_asks_for_nothing_is_told_what_there_is_and_the_page_has_the_same() -> None:
    for path in ("/", "/api"):
        status, kind, said = await answer(path, before_figures=lambda: None)

        assert (status, kind) == (200, "application/json")
        assert isinstance(said, dict)
        table = OPERATIONS.read_text("utf-8").partition("| `GET` | shows |")[2].partition("\n\n")[0]
        paths = re.findall(
            r"`(/[^`]*)`", "".join(row.split("|")[1] for row in table.split("\n")[2:])
        )
        assert sorted(said["paths"]) == sorted(paths)


async def test_a_second_router_on_a_machine_is_told_how_to_have_a_port_of_its_own() -> None:
    first, second = idle_server(), idle_server()
    address = await first.start(HttpSettings(port=0))
    try:
        with pytest.raises(AddressError, match="CONTACT_ROUTER_HTTP__PORT"):
            await second.start(HttpSettings(port=int(address.rpartition(":")[2])))
    finally:
        await second.stop()
        await first.stop()
