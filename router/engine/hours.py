"""Opening hours: while the calendar of a queue is closed nobody is matched from it.

A calendar is looked at when its pool is first heard of, under other rules, and whenever its timer
says that it changes; between two looks nothing is asked of it, so hours cost an input nothing. What
a calendar answers depends on the time alone: it is compiled from the rules and reads no clock.
"""

from router.engine.pool import Pool
from router.engine.waiting import set_paused


def look_at_calendars(pool: Pool) -> None:
    """See which of the calendars that queues follow are open now."""
    pool.record.hours = {}
    for name in pool.policy.calendars:
        look(pool, name)


def forget_calendars(pool: Pool) -> None:
    """Look at no calendar any more: other rules have others."""
    for name in pool.record.hours:
        pool.set_timer("hours_change", name, None)


def look(pool: Pool, calendar: str) -> None:
    """See whether a calendar is open now, and when to look again."""
    hours = pool.policy.calendars[calendar]
    due = hours.next_change(pool.now)
    pool.record.hours = {**pool.record.hours, calendar: due}
    pool.touch_pool()
    _follow(pool, calendar, due)


def go_on(pool: Pool) -> None:
    """Take up what the last looks saw, on a pool nobody waits in yet."""
    for calendar, due in pool.record.hours.items():
        _follow(pool, calendar, due)


def _follow(pool: Pool, calendar: str, due: int) -> None:
    pool.set_timer("hours_change", calendar, due)
    # Nothing changes between a look and the next, so the last moment tells what the look saw.
    closed = not pool.policy.calendars[calendar].is_open(due - 1)
    for line in pool.room.lines.values():
        if line.queue.hours == calendar:
            line.closed = closed
            if closed and line.deflects:
                pool.newcomers.update((record.id, record) for record in line.records())
            set_paused(pool, line, paused=closed or line.queue.name in pool.record.paused)
