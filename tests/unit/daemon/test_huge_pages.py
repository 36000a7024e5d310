"""What lives for long is put together in huge pages, where the system has any."""

import asyncio
import mmap

from router.daemon import huge_pages

MIB = 1 << 20


def system_can() -> bool:
    """Ask the system itself, about memory that is ours alone."""
    probe = mmap.mmap(-1, 8 * MIB, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    probe.write(b"x" * (8 * MIB))
    try:
        probe.madvise(huge_pages.MADV_COLLAPSE)
    except OSError:
        return False
    finally:
        probe.close()
    return True


def test_what_has_come_to_memory_is_put_together() -> None:
    expected = system_can()
    before = huge_pages.held()
    state = [(str(number), number) for number in range(400_000)]

    huge_pages.collapse()

    assert (huge_pages.held() - before > 32 * MIB) == expected
    assert state[-1] == ("399999", 399_999)


async def test_it_is_done_by_the_side_and_ends_when_it_is_asked_to() -> None:
    keeping = asyncio.create_task(huge_pages.keep(every_s=0.01))
    await asyncio.wait({keeping}, timeout=0.2)

    assert not keeping.done()

    keeping.cancel()
    await asyncio.wait({keeping})
    assert keeping.cancelled()
