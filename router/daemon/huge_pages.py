"""Keep what lives for long in huge pages of memory, where the system can.

Deciding touches a shard's state, hundreds of megabytes, here and there. In pages of 4 KiB the
processor has to look up nearly every time where such a page is; in pages of 2 MiB it hardly ever
does. Linux puts the small ones of a range together when asked (`MADV_COLLAPSE`, since 6.1),
whatever its own setting for huge pages is. Elsewhere, and where it has none to give, nothing
changes.
"""

import asyncio
import ctypes
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Final

import structlog

MADV_COLLAPSE: Final = 25
MAPS: Final = Path("/proc/self/maps")
ROLLUP: Final = Path("/proc/self/smaps_rollup")
SIZE: Final = Path("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size")

log = structlog.get_logger(__name__)


async def keep(*, every_s: float) -> None:
    """Put what has come to memory together every so often (s), in a thread."""
    told = False
    while True:
        before = perf_counter()
        try:
            await asyncio.to_thread(collapse)
            if not told:
                took_s = round(perf_counter() - before, 3)
                huge_mib = await asyncio.to_thread(held) >> 20
                log.info("memory put together", huge_mib=huge_mib, took_s=took_s)
        except (OSError, ValueError) as error:
            # Nothing hangs on it: a system that does not let us look leaves its memory as it is.
            if not told:
                log.warning("memory stays in small pages", error=repr(error))
        told = True
        await asyncio.sleep(every_s)


def collapse() -> None:
    """Put the memory that this process has now together in huge pages, as far as there are any.

    Cost: copies what is in small pages, about 2.5 s a GiB, for which others wait 2 MiB at a time;
    where all is together already, 0.1 s a GiB. Python goes on meanwhile.
    """
    if not (MAPS.exists() and SIZE.exists()):
        return
    madvise = ctypes.CDLL(None).madvise
    madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    for start, end in _ranges(int(SIZE.read_text())):
        # That it cannot is no trouble: a range that is gone by now, or no huge page to be had.
        madvise(start, end - start, MADV_COLLAPSE)


def held() -> int:
    """Give how much of this process's memory is in huge pages (bytes)."""
    lines = ROLLUP.read_text().splitlines() if ROLLUP.exists() else []
    return sum(int(each.split()[1]) * 1024 for each in lines if each.startswith("AnonHugePages:"))


def _ranges(size: int) -> Iterator[tuple[int, int]]:
    """Give the private anonymous ranges of addresses, cut to whole huge pages."""
    for line in MAPS.read_text().splitlines():
        addresses, rights, _, _, inode, *name = line.split()
        if rights != "rw-p" or inode != "0" or name not in ([], ["[heap]"]):
            continue
        first, last = (int(each, 16) for each in addresses.split("-"))
        start, end = -(-first // size) * size, last // size * size
        if start < end:
            yield start, end
