"""Who has waited long enough for other agents: the steps of a queue's ladder.

A step counts from the customer's arrival, whatever happened since, and changes which agents may
serve, never the place. Whoever waits has a timer for the next step; who enters when a step is
already past takes it in the same cause, after the changes of state and before the matches.
"""

from router.engine.pool import Pool
from router.engine.waiting import leave, line_up, reachable
from router.model.outputs import ConversationExpanded
from router.model.policy import Expansion
from router.model.state import ConversationRecord


def take_past_steps(pool: Pool) -> None:
    """Let all who entered in this cause take every step that is past."""
    entered = [pool.conversations[name] for name in pool.overdue if name in pool.climbing]
    pool.overdue.clear()
    for record in sorted(entered, key=lambda each: (each.arrived_at, each.sequence)):
        steps = past(record, pool.room.lines[record.queue].ladder, pool.now) - record.step
        if steps > 0:
            take_steps(pool, record, steps)


def past(record: ConversationRecord, ladder: tuple[Expansion, ...], now: int) -> int:
    """Count the steps of a ladder whose time has come for a conversation."""
    return sum(record.arrived_at + each.after_ms <= now for each in ladder)


def take_next_step(pool: Pool, record: ConversationRecord) -> None:
    """Let a waiting conversation take the step whose time has come."""
    take_steps(pool, record, 1)


def take_steps(pool: Pool, record: ConversationRecord, steps: int) -> None:
    """Let a waiting conversation take so many steps: each is said, the place stays."""
    kept_until = record.kept_until
    leave(pool, record)
    for _ in range(steps):
        record.step += 1
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
        if kept_until is not None and not reachable(pool, record, signature):
            kept_until = None
    if kept_until is not None:
        record.kept_until = kept_until
        pool.set_timer("preferred_agent_wait", record.id, kept_until)
    line_up(pool, record)
    pool.newcomers.pop(record.id, None)


def take_past_in_silence(pool: Pool, record: ConversationRecord) -> None:
    """Let a conversation that keeps its queue under other rules have the steps that are past."""
    ladder = pool.room.lines[record.queue].ladder
    steps = past(record, ladder, pool.now) if ladder else 0
    if steps != record.step:
        record.step = steps
        pool.touch(record)
