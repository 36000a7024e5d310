"""Waits that ended lately, and how many of them went well: counted where a condition asks.

They are counted by minutes, in durable records, so a restart forgets none. A pool whose rules have
no such condition counts nothing.
"""

from bisect import bisect_right

from router.engine import status
from router.engine.deadlines import NEVER
from router.engine.pool import Pool
from router.engine.watch import Tallied
from router.model.conditions import Below, Share
from router.model.estimate import MINUTE_MS
from router.model.state import ConversationRecord, TallyRecord


def wait_ended(pool: Pool, record: ConversationRecord, *, waited_ms: int, answered: bool) -> None:
    """Count a wait that ended for the first time: by an agent, or because the customer left."""
    if pool.telling:
        status.wait_ended(pool, record, waited_ms=waited_ms, answered=answered)
    watches = pool.watches
    if watches is None:
        return
    for tallied in (*watches.tallied_of(record.queue), *watches.tallied_of("")):
        within_ms = tallied.window.within_ms
        _count(pool, tallied, well=answered and (within_ms is None or waited_ms <= within_ms))
        for watch in tallied.watches:
            watches.fresh[watch] = None


def _count(pool: Pool, tallied: Tallied, *, well: bool) -> None:
    window = tallied.window
    record = pool.tallies.get(tallied.id)
    if record is None:
        record = pool.tallies[tallied.id] = TallyRecord(
            queue=tallied.queue, over_ms=window.over_ms, within_ms=window.within_ms
        )
    minute = pool.now // MINUTE_MS
    if not record.minutes or record.minutes[-1][0] != minute:
        first = (pool.now - window.over_ms) // MINUTE_MS + 1
        record.minutes = [*(each for each in record.minutes if each[0] >= first), [minute, 0, 0]]
    record.minutes[-1][1] += 1
    record.minutes[-1][2] += int(well)
    tallied.sums = None
    pool.touch_tally(tallied.id)


def sums(pool: Pool, tallied: Tallied) -> list[tuple[int, int, int]]:
    """Give until when (ms) how many waits will have ended lately, and how many of them well.

    In the order of time, if no more end; after the last of these times none will have.
    """
    if tallied.sums is None:
        record = pool.tallies.get(tallied.id)
        ended = well = 0
        found: list[tuple[int, int, int]] = []
        for minute, more, more_well in reversed(record.minutes if record is not None else []):
            ended += more
            well += more_well
            found.append((minute * MINUTE_MS + tallied.window.over_ms, ended, well))
        found.reverse()
        tallied.sums = found
    return tallied.sums


def ended_lately(pool: Pool, tallied: Tallied, at: int) -> tuple[int, int]:
    """Give how many waits will have ended lately at a time (ms), and how many of them well."""
    known = sums(pool, tallied)
    index = bisect_right(known, at, key=_until)
    return known[index][1:] if index < len(known) else (0, 0)


def _until(each: tuple[int, int, int]) -> int:
    return each[0]


def share_holds(pool: Pool, tallied: Tallied, condition: Share, *, at: int) -> bool:
    """Tell whether a condition on a share will hold at a time (ms) if no more waits end."""
    return is_share(condition, *ended_lately(pool, tallied, at))


def is_share(condition: Share, ended: int, well: int) -> bool:
    """Tell whether a condition on a share holds of waits of which so many went well."""
    if isinstance(condition, Below):
        return well * 100 < condition.share * ended
    return well * 100 > condition.share * ended


def first_turn(
    pool: Pool, tallied: Tallied, shares: tuple[Share, Share | None], *, since: int | None
) -> int:
    """Give when the first of two conditions holds (ms), if no more waits end; `NEVER`: it will not.

    With ``since``, from which on that counts: when it holds no more, and the second does.
    """
    on, off = shares
    known = sums(pool, tallied)
    at = pool.now if since is None else max(since, pool.now)
    index = bisect_right(known, at, key=_until)
    for until, ended, well in (*known[index:], (NEVER, 0, 0)):
        holds = is_share(on, ended, well)
        if since is not None:
            holds = not holds and (off is None or is_share(off, ended, well))
        if holds:
            return at
        at = until
    return NEVER


def forget_tallies(pool: Pool) -> None:
    """Forget what no condition of the rules asks for any more."""
    asked = set() if pool.watches is None else pool.watches.tallied.keys()
    for name in list(pool.tallies) if pool.policy.queues else ():
        if name not in asked:
            del pool.tallies[name]
            pool.touch_tally(name)
