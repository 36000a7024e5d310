"""For whom other agents may serve too: the steps of a queue's ladder.

A step counts from the customer's arrival, whatever happened since, or holds while a switch is on;
it changes which agents may serve, never the place. Whoever waits has a timer for the next step with
a time; who enters when a step is already open takes it in the same cause, after the changes of
state and before the matches. The last one may open the queue's overflows or deflections to whoever
takes it.
"""

from collections.abc import Iterator, Sequence

from router.engine.pool import Pool
from router.engine.waiting import end_of_ladder, next_with_time, wait_for_others
from router.model.outputs import ConversationExpanded
from router.model.policy import Expansion, LadderEnd
from router.model.state import ConversationRecord


def take_past_steps(pool: Pool) -> None:
    """Let all who entered in this cause take every step that is open, the first first."""
    entered = [pool.conversations[name] for name in pool.overdue if name in pool.climbing]
    pool.overdue.clear()
    for record in sorted(entered, key=lambda each: (each.arrived_at, each.sequence)):
        ladder = pool.room.lines[record.queue].ladder
        _take(pool, record, [each for each in _open(pool, record, ladder) if each > record.step])


def _open(pool: Pool, record: ConversationRecord, ladder: tuple[Expansion, ...]) -> Iterator[int]:
    """Give the steps of a ladder whose time has come for a conversation, or whose switch is on."""
    since, speed = pool.now - record.arrived_at, pool.speed
    for number, step in enumerate(ladder, start=1):
        after_ms, when = step.after_ms, step.when
        if (
            when.name in pool.record.switches
            if when is not None
            else (after_ms or 0) // speed <= since
        ):
            yield number


def take_next_step(pool: Pool, record: ConversationRecord) -> None:
    """Let a waiting conversation take the step whose time has come, and all of the same time."""
    line = pool.room.lines[record.queue]
    step = next_with_time(pool, record, line)
    assert step is not None  # noqa: S101 - the timer was set for it
    numbers = []
    due = step[1]
    while step is not None and step[1] == due:
        numbers.append(step[0])
        step = next_with_time(pool, record, line, after=step[0])
    _take(pool, record, numbers)


def take_step(pool: Pool, record: ConversationRecord, number: int) -> None:
    """Let a waiting conversation take a step that it has not passed."""
    _take(pool, record, [number])


def _take(pool: Pool, record: ConversationRecord, numbers: Sequence[int]) -> None:
    """Let a waiting conversation take steps: each is said, the place stays."""
    if not numbers:
        return
    signature = None
    for number in numbers:
        record.step = number
        signature = pool.signature(record)
        assert signature is not None  # noqa: S101 - who climbs waits in a lane
        pool.say(
            ConversationExpanded(
                conversation=record.id,
                queue=record.queue,
                step=record.step,
                requirements=signature.published,
            )
        )
    assert signature is not None  # noqa: S101 - some step was taken
    wait_for_others(pool, record, signature)
    end = end_of_ladder(record, signature.line)
    if end is LadderEnd.OVERFLOW:
        pool.overdue.add(record.id)
    elif end is LadderEnd.DEFLECT:
        pool.newcomers[record.id] = record


def take_past_in_silence(pool: Pool, record: ConversationRecord) -> None:
    """Let a conversation that keeps its queue under other rules have the steps that are open."""
    step = max(_open(pool, record, pool.room.lines[record.queue].ladder), default=0)
    if step != record.step:
        record.step = step
        pool.touch(record)
