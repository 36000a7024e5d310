"""How queues stand, said on `routing.assignments` where the rules ask for it.

After the matches of a cause each of these queues is looked at: where it stands otherwise than was
said last, that is said at once, or at the end of its period by a timer. Queues that do not ask cost
nothing, a pool without such queues one look at an empty tuple.
"""

from msgspec import UNSET

from router.engine.estimates import estimate_newcomer
from router.engine.lanes import Line
from router.engine.pool import Pool
from router.model.estimate import MINUTE_MS
from router.model.outputs import QueueStatus, ServiceTarget
from router.model.policy import Status
from router.model.state import ConversationRecord, StatusRecord

TIMER = "status_due"


def tell(pool: Pool) -> None:
    """Say how the queues stand that have changed and may be said, after the matches of a cause."""
    if pool.staff.moved:
        pool.staff.moved = False
        for line in pool.telling:
            available = pool.staff.asked(line.queue.name).available or 0
            if available != line.available:
                line.available = available
                line.stirred = True
    for line in pool.telling:
        if line.stirred:
            line.stirred = False
            _tell(pool, line)


def _tell(pool: Pool, line: Line) -> None:
    """Say how a queue stands, now or at the end of its period, if it stands otherwise than was said."""
    known = pool.reports.get(line.queue.name)
    stands = (len(line), line.available, 0 if known is None else known.ended)
    if stands == ((0, 0, 0) if known is None else known.said):
        return
    record = known or _new(pool, line)
    rules = line.queue.status
    assert rules is not None  # noqa: S101 - such are the queues that tell
    if record.due is not None:
        return
    pool.touch_report(record.queue)
    due = record.at + rules.every_ms
    if pool.now < due:
        record.due = due
        pool.set_timer(TIMER, record.queue, due)
        return
    record.at, record.said = pool.now, stands
    _say(pool, line, record)


def _new(pool: Pool, line: Line) -> StatusRecord:
    name = line.queue.name
    record = pool.reports[name] = StatusRecord(queue=name)
    return record


def _say(pool: Pool, line: Line, record: StatusRecord) -> None:
    oldest = line.oldest()
    foreseen = estimate_newcomer(pool, line)
    rules = line.queue.status
    assert rules is not None  # noqa: S101 - such are the queues that tell
    target = service_target(rules)
    in_time, ended = lately(pool, record.queue, rules, now=pool.now)
    pool.say(
        QueueStatus(
            queue=record.queue,
            waiting=len(line),
            oldest_wait_s=0.0 if oldest is None else max(0, pool.now - oldest) / 1000,
            available_agents=line.available,
            estimated_wait_s=None if foreseen is None else foreseen.told,
            service_level=in_time / ended if ended else None,
            service_target=UNSET if target is None else target,
        )
    )


def lately(pool: Pool, queue: str, rules: Status, *, now: int) -> tuple[int, int]:
    """Count the waits of a queue that ended lately, as at `now` (ms): those answered in time, and all."""
    report = pool.reports.get(queue)
    first = (now - rules.over_ms) // MINUTE_MS + 1
    minutes = [] if report is None else [each for each in report.minutes if each[0] >= first]
    return sum(each[2] for each in minutes), sum(each[1] for each in minutes)


def service_target(rules: Status) -> ServiceTarget | None:
    """Give the service level a queue is to have; None where the rules say none."""
    if rules.answer is None:
        return None
    return ServiceTarget(answer=rules.answer / 100, within_s=rules.within_ms / 1000)


def wait_ended(pool: Pool, record: ConversationRecord, *, waited_ms: int, answered: bool) -> None:
    """Count a wait that ended for the first time: by an agent, or because the customer left."""
    line = pool.room.lines.get(record.queue)
    rules = None if line is None else line.queue.status
    if line is None or rules is None:
        return
    report = pool.reports.get(record.queue) or _new(pool, line)
    minute = pool.now // MINUTE_MS
    first = (pool.now - rules.over_ms) // MINUTE_MS + 1
    if report.minutes and report.minutes[0][0] < first:
        report.minutes = [each for each in report.minutes if each[0] >= first]
    if not report.minutes or report.minutes[-1][0] != minute:
        report.minutes = [*report.minutes, [minute, 0, 0]]
    report.minutes[-1][1] += 1
    report.minutes[-1][2] += int(answered and waited_ms <= rules.within_ms)
    report.ended += 1
    line.stirred = True
    pool.touch_report(record.queue)


def period_over(pool: Pool, queue: str) -> None:
    """Let a queue be said again; whether it still stands otherwise is looked at after the matches."""
    pool.reports[queue].due = None
    pool.room.lines[queue].stirred = True
    pool.touch_report(queue)


def forget_reports(pool: Pool) -> None:
    """Forget what was said of queues that are gone, or not asked for any more."""
    queues = pool.policy.queues
    for name in list(pool.reports) if queues else ():
        if name not in queues or queues[name].status is None:
            pool.set_timer(TIMER, name, None)
            del pool.reports[name]
            pool.touch_report(name)


def resume_reports(pool: Pool) -> None:
    """Set the timers of what is held back anew."""
    for name, report in pool.reports.items():
        pool.set_timer(TIMER, name, report.due)
