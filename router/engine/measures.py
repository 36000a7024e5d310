"""What a pool learns of its queues while it works: how long conversations take, who gives up.

Measured where waits are estimated in the pool, and then in all of its queues, because agents are
shared. Each measure is taken at the end of what it measures, so it costs nothing while nothing
ends.
"""

from router.engine.groups import Agent
from router.engine.pool import Pool
from router.engine.slots import Slot
from router.model.estimate import (
    MINUTE_MS,
    SERVED_LATELY,
    WAITED_LATELY,
    nothing_yet,
)
from router.model.state import ConversationRecord, MeasuresRecord, SaidEstimate


def measured(pool: Pool, queue: str) -> MeasuresRecord | None:
    """Give the measures of a queue, to be added to; None where nothing is measured.

    What was foreseen from them holds no more, and the switches of the queue are looked at.
    """
    if not pool.measuring or queue not in pool.policy.queues:
        return None
    record = pool.measures.get(queue)
    if record is None:
        record = pool.measures[queue] = MeasuresRecord(
            queue=queue, served=nothing_yet(2), answered=nothing_yet(2), waited=nothing_yet(4)
        )
    pool.touch_measures(queue)
    line = pool.room.lines[queue]
    line.foreseen = None
    if line.watched:
        pool.room.moved[line] = None
    return record


def agents_time(agent: Agent, slot: Slot, ms: int) -> int:
    """Give how much of an agent a conversation took: a part, where he may have several."""
    most = agent.group.caps.get(slot, 1)
    if slot.units:
        most = min(most, agent.group.capacity // slot.units)
    return ms // max(1, most)


def worked(pool: Pool, queue: str, ms: int, *, conversations: int = 0) -> None:
    """Add agents' time that a queue took, and the conversations that are done with it."""
    record = measured(pool, queue)
    if record is None:
        return
    record.served.add((conversations, ms), SERVED_LATELY)
    minute = pool.now // MINUTE_MS
    if minute != record.minute:
        record.before = record.worked_before(minute)
        record.minute, record.worked = minute, 0
    record.worked += ms


def accepted(pool: Pool, queue: str, ms: int) -> None:
    """Add how long it took an agent to accept an offer."""
    record = measured(pool, queue)
    if record is not None:
        record.answered.add((1, ms), SERVED_LATELY)


def line_over(pool: Pool, record: ConversationRecord, said: SaidEstimate, *, left: bool) -> None:
    """Compare a wait in line that has ended with the one that was to be expected."""
    if not said.wait_ms:
        return
    measures = measured(pool, record.queue)
    if measures is not None:
        waited = max(0, pool.now - said.at)
        measures.waited.add((1, waited, int(left), said.wait_ms), WAITED_LATELY)
    record.estimate = SaidEstimate(at=said.at, p50=said.p50, p90=said.p90)
