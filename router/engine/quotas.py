"""Quotas: in a period a team is given so many conversations, or so large a share, and no more.

Counted is what is assigned; an open offer counts as if it were accepted, so that answers can never
break a bound. A team that may be given nothing is shut as a whole: its groups of agents are passed
over, which costs a decision nothing where no team is bounded. It is looked at again when a count
changes and when its period ends, to the millisecond.
"""

from router.engine.groups import Agent
from router.engine.pool import Pool
from router.engine.teams import Teams
from router.model.quota import Quota
from router.model.reasons import PassedOver
from router.model.state import ConversationRecord, Spent

RENEWS = "quota_renews"


def look_at_quotas(pool: Pool) -> None:
    """Count for the quotas that the rules have now; a period that both have goes on."""
    forget_quota_timers(pool)
    if not pool.policy.queues:
        return
    record = pool.record
    before, record.quotas = record.quotas, {}
    for team, quota in pool.policy.quotas.items():
        until = quota.periods.ends(pool.now)
        known = before.get(team)
        goes_on = known is not None and known.until == until
        record.quotas[team] = known if known is not None and goes_on else Spent(until=until)
    if before != record.quotas:
        pool.touch_pool()
    resume_quotas(pool)
    follow_quotas(pool)


def resume_quotas(pool: Pool) -> None:
    """Go on counting where the records stopped."""
    for team in pool.policy.quotas:
        pool.set_timer(RENEWS, team, pool.record.quotas[team].until)


def forget_quota_timers(pool: Pool) -> None:
    """Let no period end any more: other rules have others."""
    for team in pool.record.quotas:
        pool.set_timer(RENEWS, team, None)


def renew(pool: Pool, team: str) -> None:
    """Begin a team's next period, with nothing given."""
    until = pool.policy.quotas[team].periods.ends(pool.now)
    pool.record.quotas = {**pool.record.quotas, team: Spent(until=until)}
    pool.touch_pool()
    pool.set_timer(RENEWS, team, until)
    follow_quotas(pool)


def count_assigned(pool: Pool, teams: Teams, agent: Agent) -> None:
    """Count a conversation that an agent was just given."""
    counted, own = pool.record.quotas, agent.profile.team
    pool.record.quotas = {
        team: Spent(until=each.until, given=each.given + (team == own), of=each.of + 1)
        for team, each in counted.items()
    }
    follow_quotas(pool)


def count_asked(pool: Pool, agent: Agent, record: ConversationRecord, *, more: int) -> None:
    """Count that an agent is asked for a conversation (1), or no longer (-1)."""
    teams, team = pool.teams, agent.profile.team
    if teams is not None and teams.asks(team, record.id, more):
        _follow(pool, teams, team)


def follow_quotas(pool: Pool) -> None:
    """See which teams may be given another conversation now."""
    teams = pool.teams
    if teams is not None:
        for team in teams.quotas:
            _follow(pool, teams, team)


def _follow(pool: Pool, teams: Teams, team: str) -> None:
    shut = bool(spent(pool, team))
    if shut == (team in teams.shut):
        return
    if shut:
        teams.shut.add(team)
        for group in teams.groups(team):
            group.shut = True
    else:
        teams.shut.discard(team)
        _reopen(pool, teams, team)


def _reopen(pool: Pool, teams: Teams, team: str) -> None:
    """Let a team be given work again: the matching looks at all that it may take."""
    room, lanes = pool.room, pool.fresh_lanes
    teams.reopened = True
    for group in teams.groups(team):
        group.shut = False
        for slot, shared in group.lanes.items():
            lanes.update(dict.fromkeys(shared))
            apart = room.own.get(slot, {})
            for anchor in group.anchors if apart else ():
                for ranks in apart.get(anchor, {}).values():
                    lanes.update((room.place_of[each.id][0], None) for each in ranks.records())
    for name, kept in room.kept.items():
        if name in pool.agents and pool.agents[name].profile.team == team:
            lanes.update(kept)


def spent(pool: Pool, team: str, *, but: str = "") -> list[PassedOver]:
    """Tell why a team may not be given another conversation now: quota, share or both; else it may.

    ``but``: its offers of this conversation do not count.
    """
    teams = pool.teams
    quota = None if teams is None else teams.quotas.get(team)
    if teams is None or quota is None:
        return []
    asked = asked_for(pool, team, but=but)
    counted = pool.record.quotas[team]
    taken = counted.given + asked
    found: list[PassedOver] = []
    if quota.at_most is not None and taken >= quota.at_most:
        found.append(PassedOver.QUOTA)
    share = share_in_force(pool, quota)
    if share is not None and 100 * (taken + 1) > share * (counted.of + asked + 1):
        found.append(PassedOver.SHARE)
    return found


def asked_for(pool: Pool, team: str, *, but: str = "") -> int:
    """Tell how many conversations a bounded team is asked for."""
    asked = {} if pool.teams is None else pool.teams.asked[team]
    return len(asked) - (but in asked)


def share_in_force(pool: Pool, quota: Quota) -> int | None:
    """Give the share that a team may be given now, in percent; None: any."""
    stage = pool.stage
    if quota.share is None or stage is None or stage.partner_share is None:
        return quota.share
    return stage.partner_share
