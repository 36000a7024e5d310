"""Rules that operators change while the router runs: noticed, read, checked, put in force.

All that can fail comes before the swap, in a thread beside the event loop. Promises: rules with a
mistake change nothing, and that is seen (figures, log, `/health/ready`); what is still being
written is not read; the shards change over between two batches of theirs, each when it comes to it.
The files are looked at again and again rather than watched by the system's means: two hundred files
cost a millisecond, and it holds on network folders, for mounted configuration whose links are
turned, and for editors that put a new file in the old one's place.
"""

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

import structlog

from router.daemon.metrics import Metrics
from router.model.policy import Policies
from router.rules import RulesError, RuleSet, load
from router.rules.word_lists import list_files

log = structlog.get_logger(__name__)

AGAIN_S: Final = 0.1
"""Wait before files that changed while they were read are read again."""

_READ: Final = frozenset({".yaml", ".yml"})

Footprint = tuple[tuple[str, int, int, int], ...]
"""Of each file its name, when it was written (ns), its size and its inode; sorted."""


class RulesRead(NamedTuple):
    """Rules without a mistake, where they were read, and how the files stood just before."""

    path: Path
    rules: RuleSet
    footprint: Footprint


class Standing(NamedTuple):
    """How the last reading of the rules ended; times in seconds since the epoch.

    `problems` is empty where it succeeded.
    """

    tried_at: float
    succeeded_at: float
    problems: tuple[str, ...]


class RulesInForce:
    """What every shard of the process is to decide under."""

    def __init__(self, policies: Policies) -> None:
        now = time.time()
        self.policies = policies
        self.standing = Standing(tried_at=now, succeeded_at=now, problems=())


class Reload:
    """Follows the files of the rules. `run` is its task; `on_swap` is called after each swap.

    `every_s`: how often to look at the files (0: never, only when asked).
    """

    def __init__(
        self,
        in_force: RulesInForce,
        read: RulesRead,
        *,
        every_s: float,
        metrics: Metrics,
        on_swap: Callable[[], None],
    ) -> None:
        self._in_force = in_force
        self._path = read.path
        self._read = read.footprint
        self._every_s = every_s
        self._metrics = metrics
        self._on_swap = on_swap
        self._asked = asyncio.Event()
        metrics.show_rules(in_force.standing.succeeded_at, successful=True)

    def ask(self) -> None:
        """Have the rules read soon, whether the files have changed or not."""
        self._asked.set()

    async def run(self) -> None:
        """Follow the files until cancelled."""
        before = self._read
        while True:
            is_asked = await self._is_asked_in_time()
            seen = await asyncio.to_thread(footprint_of, self._path)
            # What differs from the last look is perhaps still being written.
            if is_asked or (seen != self._read and seen == before):
                await self._take()
            before = seen

    async def _is_asked_in_time(self) -> bool:
        try:
            await asyncio.wait_for(self._asked.wait(), self._every_s or None)
        except TimeoutError:
            return False
        self._asked.clear()
        return True

    async def _take(self) -> None:
        """Read the rules, and put them in force if nothing is wrong with them."""
        began = time.time()
        found = await asyncio.to_thread(_attempt, self._path)
        if found.footprint != await asyncio.to_thread(footprint_of, self._path):
            # They changed meanwhile: what was read is neither the old nor the new.
            await asyncio.sleep(AGAIN_S)
            self.ask()
            return
        self._read = found.footprint
        if found.rules is None:
            self._refuse(found.problems, at=began)
            return
        self._in_force.policies = found.rules
        self._in_force.standing = Standing(tried_at=began, succeeded_at=began, problems=())
        self._metrics.show_rules(began, successful=True)
        self._metrics.reloaded(successful=True)
        log.info(
            "rules taken",
            path=str(self._path),
            versions=sorted(each.version for each in found.rules.policies),
            warnings=[str(each) for each in found.rules.warnings],
            seconds=round(time.time() - began, 3),
        )
        self._on_swap()

    def _refuse(self, problems: tuple[str, ...], *, at: float) -> None:
        before = self._in_force.standing
        self._in_force.standing = before._replace(tried_at=at, problems=problems)
        self._metrics.show_rules(before.succeeded_at, successful=False)
        self._metrics.reloaded(successful=False)
        log.error(
            "rules not taken, those before them stay in force",
            path=str(self._path),
            problems=list(problems),
        )


class _Attempt(NamedTuple):
    footprint: Footprint
    rules: RuleSet | None
    problems: tuple[str, ...]


def read_rules(path: Path) -> RulesRead:
    """Read and check the rules. Raises `RulesError` with every problem, or `OSError`."""
    footprint = footprint_of(path)
    return RulesRead(path, load(path), footprint)


def footprint_of(path: Path) -> Footprint:
    """Tell how the files of rules and of their words stand; what cannot be looked at is left out."""
    try:
        is_folder = path.is_dir()
        files = [each for each in path.iterdir() if each.suffix in _READ] if is_folder else [path]
        files += list_files(path if is_folder else path.parent)
    except OSError:
        return ()
    found = []
    for each in files:
        try:
            state = os.stat(each)
        except OSError:
            continue
        found.append((str(each), state.st_mtime_ns, state.st_size, state.st_ino))
    return tuple(sorted(found))


def _attempt(path: Path) -> _Attempt:
    footprint = footprint_of(path)
    try:
        return _Attempt(footprint, load(path), ())
    except RulesError as error:
        problems = tuple(str(each) for each in error.problems)
    except OSError as error:
        problems = (f"{path}: it cannot be read: {error.strerror or error}",)
    # The task guard: a bug in reading rules must not end a process that decides by others.
    except Exception as error:
        log.exception("reading the rules failed", path=str(path))
        problems = (f"{path}: it cannot be read: {type(error).__name__}: {error}",)
    return _Attempt(footprint, None, problems)
