"""How far the clocks of a time zone are ahead, and when they change."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


def offsets(zone: ZoneInfo, since: int, until: int) -> Iterator[tuple[int, int, int]]:
    """Cut a span (ms, UTC; a day at most) where clocks change: (from, to, how far they are ahead)."""
    before, after = offset(zone, since), offset(zone, until - 1)
    if before == after:
        yield since, until, before
        return
    low, high = since // 1_000, until // 1_000
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if offset(zone, middle * 1_000) == before else (low, middle)
    yield since, high * 1_000, before
    yield high * 1_000, until, after


def offset(zone: ZoneInfo, at: int) -> int:
    """Give how far the clocks are ahead of UTC at a time, in ms."""
    ahead = datetime.fromtimestamp(at // 1_000, tz=UTC).astimezone(zone).utcoffset()
    return (ahead or timedelta()) // timedelta(milliseconds=1)
