"""From records back to a pool: what was durable is put in place; the rest is derived from it."""

from collections.abc import Iterable

from router.engine.pool import Pool
from router.engine.watch import tally_id
from router.model.conditions import Window
from router.model.state import (
    AgentRecord,
    ConversationRecord,
    Entity,
    MeasuresRecord,
    PoolRecord,
    ProfileRecord,
    SeenRecord,
    StatusRecord,
    StrangerRecord,
    TallyRecord,
)


def take_up(pool: Pool, entities: Iterable[Entity]) -> None:
    """Put the records of a pool in place; nobody waits in a lane and no timer runs yet."""
    agents: dict[str, AgentRecord] = {}
    profiles: list[ProfileRecord] = []
    for entity in entities:
        match entity:
            case PoolRecord():
                pool.record = entity
            case ConversationRecord():
                pool.conversations[entity.id] = entity
            case AgentRecord():
                agents[entity.id] = entity
            case ProfileRecord():
                profiles.append(entity)
            case StrangerRecord():
                pool.strangers[entity.id] = entity
            case MeasuresRecord():
                pool.measures[entity.queue] = entity
            case StatusRecord():
                pool.reports[entity.queue] = entity
            case TallyRecord():
                window = Window(entity.over_ms, entity.within_ms)
                pool.tallies[tally_id(entity.queue, window)] = entity
            case SeenRecord():
                pool.seen.restore(entity)
    for described in sorted(profiles, key=lambda each: each.id):
        pool.describe(None, agents[described.id], described.profile)
