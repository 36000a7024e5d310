"""Surge: a stage of other measures in force, by load or by command, and its end.

At most one stage is in force. A command wins over the load until it is taken back or expires; what
ended so does not begin again by load before the load has gone. Each change is said, with its
reason.
"""

from msgspec import UNSET

from router.engine.pool import Pool
from router.engine.quotas import follow_quotas
from router.engine.waiting import climb
from router.model.outputs import SurgeChanged
from router.model.reasons import SurgeChange
from router.model.state import StageInForce
from router.model.surge import OFF, Stage

EXPIRES = "surge_expires"


def knows_stage(pool: Pool, name: str) -> bool:
    """Tell whether a command may name it: a stage of the rules, or off."""
    return name == OFF or _stage(pool, name) is not None


def order_stage(pool: Pool, name: str) -> None:
    """Let a stage be in force by command, or none."""
    if name == OFF:
        end_surge(pool, SurgeChange.COMMAND)
        return
    _change(pool, StageInForce(stage=name, since=pool.now, commanded=True), SurgeChange.COMMAND)


def end_surge(pool: Pool, reason: SurgeChange) -> None:
    """End what is in force; no stage begins by the load that there is now."""
    record = pool.record
    record.spent = tuple(each.name for each in _by_load(pool))
    pool.touch_pool()
    if record.surge is not None:
        _change(pool, None, reason)


def follow_load(pool: Pool, stage: str) -> None:
    """See which stage is in force now that the switch of one has turned."""
    record = pool.record
    if stage in record.spent and stage not in record.switches:
        record.spent = tuple(each for each in record.spent if each != stage)
    _settle(pool, SurgeChange.LOAD)


def forget_surge_timer(pool: Pool) -> None:
    """Let nothing expire any more under the rules that were."""
    if pool.record.surge is not None:
        pool.set_timer(EXPIRES, pool.record.surge.stage, None)


def resume_surge(pool: Pool, *, changed: bool) -> None:
    """Go on with the stage in force, where nobody waits yet; under other rules see whether it stays."""
    record = pool.record
    if changed:
        record.spent = tuple(each for each in record.spent if each in record.switches)
    surge = record.surge
    if surge is not None:
        _stand_under(pool, surge)
    if changed:
        _settle(pool, SurgeChange.POLICY)


def _by_load(pool: Pool) -> list[Stage]:
    """Give the stages whose switch is on, the strongest last."""
    on = pool.record.switches
    stages = pool.policy.stages
    return [each for each in stages if each.switch is not None and each.switch.name in on]


def _settle(pool: Pool, reason: SurgeChange) -> None:
    """Let that stage be in force which the load calls for, unless one is by command."""
    surge, spent = pool.record.surge, pool.record.spent
    if surge is not None and surge.commanded and _stage(pool, surge.stage) is not None:
        return
    called = [each.name for each in _by_load(pool) if each.name not in spent]
    now = called[-1] if called else None
    before = None if surge is None or surge.commanded else surge.stage
    if now != before or (surge is not None and surge.commanded):
        _change(pool, None if now is None else StageInForce(stage=now, since=pool.now), reason)


def _change(pool: Pool, after: StageInForce | None, reason: SurgeChange) -> None:
    record = pool.record
    before = record.surge
    forget_surge_timer(pool)
    record.surge = after
    pool.touch_pool()
    expires_at = None if after is None else _stand_under(pool, after)
    if after is None:
        pool.stand_under_stage(None)
    turned = None if after is None or after.commanded else record.switches.get(after.stage)
    pool.say(
        SurgeChanged(
            from_=None if before is None else before.stage,
            to=None if after is None else after.stage,
            reason=reason.value,
            trigger=UNSET if turned is None else turned.trigger,
            expires_at=UNSET if expires_at is None else expires_at,
        )
    )
    follow_quotas(pool)
    for name in list(pool.climbing):
        waiting = pool.conversations[name]
        climb(pool, waiting, pool.room.lines[waiting.queue])
    for queue in pool.stage.deflects if pool.stage is not None else ():
        line = pool.room.lines[queue]
        pool.newcomers.update((each.id, each) for each in line.records())


def _stand_under(pool: Pool, surge: StageInForce) -> int | None:
    """Let a stage's measures hold, and set its end; None where the rules do not have it."""
    stage = _stage(pool, surge.stage)
    pool.stand_under_stage(stage)
    if stage is None:
        return None
    expires_at = surge.since + stage.expires_ms
    pool.set_timer(EXPIRES, stage.name, expires_at)
    return expires_at


def _stage(pool: Pool, name: str) -> Stage | None:
    return next((each for each in pool.policy.stages if each.name == name), None)
