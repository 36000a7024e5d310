"""Rules that change while the router runs: taken when right and at rest, refused whole when not."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from router.daemon.metrics import Metrics
from router.daemon.reload import Reload, RulesInForce, footprint_of, read_rules
from router.rules import RulesError
from tests.unit.daemon.centre import POOL, RULES

OTHER = RULES.replace("lease: 60s", "lease: 90s")
WRONG = RULES.replace("topic: claims", "topic: clams").replace("day: {}", "day: {partner: 7}")
EVERY_S = 0.02
SOON_S = 10.0


class Office:
    """Where the rules lie, and what the router knows of them."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "rules.yaml"
        self.file.write_text(RULES)
        self.metrics = Metrics()
        read = read_rules(folder)
        self.in_force = RulesInForce(read.rules)
        self.swaps: asyncio.Queue[str] = asyncio.Queue()
        self.reload = Reload(
            self.in_force,
            read,
            every_s=EVERY_S,
            metrics=self.metrics,
            on_swap=lambda: self.swaps.put_nowait(self.version),
        )

    @property
    def version(self) -> str:
        """The version of the pool's rules in force."""
        policy = self.in_force.policies.for_pool(POOL)
        assert policy is not None
        return policy.version

    def figure(self, name: str) -> float:
        """Read a figure without labels."""
        value = self.metrics.registry.get_sample_value(f"contact_router_rules_{name}")
        assert value is not None
        return value

    def readings(self) -> float:
        """Count how often the rules were read since the start."""
        name = "contact_router_rules_reloads_total"
        results = ("taken", "refused")
        values = [self.metrics.registry.get_sample_value(name, {"result": r}) for r in results]
        return sum(value or 0 for value in values)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds."""
        async with asyncio.timeout(SOON_S):
            while not holds():  # noqa: ASYNC110 - a figure cannot be awaited
                await asyncio.sleep(EVERY_S)

    async def swapped(self) -> str:
        """Wait for the next swap, and give the version in force."""
        async with asyncio.timeout(SOON_S):
            return await self.swaps.get()


@asynccontextmanager
async def watching(office: Office) -> AsyncIterator[None]:
    task = asyncio.create_task(office.reload.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


async def test_a_file_that_changed_is_taken_by_itself(office: Office) -> None:
    before = office.version
    async with watching(office):
        office.file.write_text(OTHER)
        assert await office.swapped() != before
    assert office.figure("last_reload_successful") == 1


async def test_a_mistake_leaves_the_rules_before_it_in_force_and_is_seen(office: Office) -> None:
    before, began = office.version, office.in_force.standing.succeeded_at
    async with watching(office):
        office.file.write_text(WRONG)
        await office.until(lambda: bool(office.in_force.standing.problems))
        assert office.version == before
        assert office.figure("last_reload_successful") == 0
        assert office.figure("last_success_timestamp_seconds") == began
        assert office.in_force.standing.tried_at > began
        topic, partner = office.in_force.standing.problems
        assert "clams" in topic + partner
        assert all(str(office.file) in each for each in (topic, partner))

        office.file.write_text(OTHER)
        assert await office.swapped() != before
    assert office.in_force.standing.problems == ()
    assert office.figure("last_reload_successful") == 1
    assert office.figure("last_success_timestamp_seconds") > began


async def test_a_file_that_is_gone_is_a_mistake_too(office: Office) -> None:
    before = office.version
    async with watching(office):
        office.file.unlink()
        await office.until(lambda: bool(office.in_force.standing.problems))
        assert office.version == before
        office.file.write_text(RULES)
        assert await office.swapped() == before


async def test_a_second_file_that_contradicts_the_first_is_refused(office: Office) -> None:
    before = office.version
    async with watching(office):
        (office.file.parent / "second.yaml").write_text(OTHER)
        await office.until(lambda: bool(office.in_force.standing.problems))
    assert office.version == before


async def test_a_new_file_in_the_place_of_the_old_is_taken_whatever_its_time(
    office: Office,
) -> None:
    before = office.version
    written = office.file.stat().st_mtime_ns
    async with watching(office):
        new = office.file.with_suffix(".new")
        new.write_text(OTHER)
        os.utime(new, ns=(written, written))
        new.replace(office.file)
        assert await office.swapped() != before


async def test_a_link_that_is_turned_is_followed(tmp_path: Path) -> None:
    for version, text in (("one", RULES), ("two", OTHER)):
        (tmp_path / version).mkdir()
        (tmp_path / version / "rules.yaml").write_text(text)
    folder = tmp_path / "mounted"
    folder.mkdir()
    (folder / "..data").symlink_to(tmp_path / "one")
    (folder / "rules.yaml").symlink_to(Path("..data") / "rules.yaml")
    before = footprint_of(folder)
    (folder / "..new").symlink_to(tmp_path / "two")
    (folder / "..new").rename(folder / "..data")
    assert before != footprint_of(folder) == footprint_of(folder)


async def test_rules_are_read_when_asked_for_though_nothing_changed(office: Office) -> None:
    before, began = office.version, office.in_force.standing.succeeded_at
    async with watching(office):
        office.reload.ask()
        assert await office.swapped() == before
    assert office.in_force.standing.succeeded_at > began


async def test_a_word_list_that_changes_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "words").mkdir()
    (tmp_path / "rules.yaml").write_text(RULES)
    words = tmp_path / "words" / "anger.txt"
    words.write_text("avocat\n")
    for path in (tmp_path, tmp_path / "rules.yaml"):
        before = footprint_of(path)
        words.write_text(f"{words.read_text()}scandale\n")
        assert before != footprint_of(path) == footprint_of(path)


async def test_what_is_no_rule_file_is_not_looked_at(office: Office) -> None:
    seen = footprint_of(office.file.parent)
    (office.file.parent / "notes.txt").write_text("call Ana")
    (office.file.parent / "deeper").mkdir()
    assert footprint_of(office.file.parent) == seen
    async with watching(office):
        office.file.write_text(OTHER)
        await office.swapped()
        office.reload.ask()
        await office.swapped()
    assert office.readings() == 2


def test_at_start_a_mistake_is_raised_with_every_problem(office: Office) -> None:
    office.file.write_text(WRONG)
    with pytest.raises(RulesError) as raised:
        read_rules(office.file)
    assert len(tuple(raised.value.problems)) == 2
