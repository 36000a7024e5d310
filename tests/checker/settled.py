"""Judge how a pool stands at the end: no offer to who is away, no pair left that should be matched.

The topics do not say everything (bars, preferred agents, requirements no map can say), so a pair is
reported only where nothing they leave open could have kept it apart. With `now`, a moment by which
the router has had its time, offers and wrap-ups whose time is up are judged too.
"""

from tests.checker.agents import Agent
from tests.checker.claims import Claim, holds
from tests.checker.lives import ASSIGNED, DEFLECTED, OFFERED, WAITING, Life
from tests.checker.pool import Pool
from tests.checker.report import Report, Rule


def check_settled(pools: dict[str, Pool], *, report: Report, now: int | None) -> None:
    """Report open offers that should have ended and waiting conversations left unmatched."""
    for name, pool in pools.items():
        for life in pool.lives.open.values():
            report.counts[f"conversations {life.state} at the end"] += 1
            where = f"end of {name}: {life.id}"
            if life.state == OFFERED:
                _check_offer(life, pool=pool, report=report, now=now)
            is_late = now is not None and life.thinks_until is not None and life.thinks_until <= now
            if life.state == DEFLECTED and is_late:
                report.add(Rule.LIVENESS, where, f"{life.deflection} should have expired")
            if life.state == ASSIGNED and life.holder is None:
                report.add(Rule.LIFE, where, "assigned to nobody")
            if life.state == WAITING and (agent := _match(life, pool=pool, now=now)) is not None:
                report.add(Rule.MATCH, where, f"waits in {life.queue}, {agent.id} has room for it")


def _check_offer(life: Life, *, pool: Pool, report: Report, now: int | None) -> None:
    where = f"end of the pool: {life.id}"
    for id_ in life.addressees:
        agent = pool.agents.of(id_)
        if agent.is_suspended or not agent.present(pool.clock):
            report.add(Rule.PRESENCE, where, f"{life.offer} is open to {id_}, who is away")
    if now is not None and life.expires_at is not None and life.expires_at <= now:
        report.add(Rule.LIVENESS, where, f"{life.offer} should have expired")


def _match(life: Life, *, pool: Pool, now: int | None) -> Agent | None:
    if life.requirements is None or "expression" in life.requirements or life.is_kept:
        return None
    if pool.agents.may_rest:
        return None
    if life.queue in pool.paused | pool.closing:
        return None
    for agent in pool.agents.known.values():
        if agent.id not in life.barred and _fits(agent, life=life, pool=pool, now=now):
            return agent
    return None


def _fits(agent: Agent, *, life: Life, pool: Pool, now: int | None) -> bool:
    profile = agent.profile
    if profile is None or agent.is_suspended or agent.presence != "available":
        return False
    clock = pool.clock if now is None else now
    if now is None and any(holds(each, pool.clock) for each in agent.wrap_ups.values()):
        return False
    languages = {_primary(each) for each in profile.get("languages") or ()}
    if life.language is not None and _primary(life.language) not in languages:
        return False
    skills = profile.get("skills") or {}
    if any(skills.get(name, 0) < level for name, level in (life.requirements or {}).items()):
        return False
    units = pool.agents.units_of(life.channel)
    if (
        not pool.agents.knows_labels(life.labels)
        or units is None
        or (profile.get("capacity") is None and not pool.agents.knows_capacity)
    ):
        return False
    rules = pool.agents.rules_of(life.channel)
    # Of a channel nobody tells of it is taken for granted that all he has is in its way.
    is_soft = rules is None or rules.interruptible
    claim = Claim(life.channel, units, labels=life.labels, interruptible=is_soft)
    return pool.agents.room_fault(agent, claim=claim, now=clock) is None


def _primary(language: str) -> str:
    return language.partition("-")[0].lower()
