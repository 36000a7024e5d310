"""What teams may be given: the section "Quotas" of docs/engine.md."""

from typing import Any

from router.model.policy import Policies
from tests.reference.room import Room


class Quotas(Room):
    """One pool whose rules may bound what a team is given.

    ``gave`` {team: (when its period ends, the teams of all that was assigned in it)}.
    """

    def __init__(self, name: str, policies: Policies) -> None:
        super().__init__(name, policies)
        self.gave: dict[str, tuple[int, list[str]]] = {}

    def bounded(self) -> Any:
        return self.policy.quotas if self.policy else {}

    def look_at_quotas(self) -> None:
        before, self.gave = self.gave, {}
        for team, quota in self.bounded().items():
            until = quota.periods.ends(self.now)
            same = team in before and before[team][0] == until
            self.gave[team] = before[team] if same else (until, [])

    def quota_renews(self, of: str, due: int) -> None:
        self.gave[of] = self.bounded()[of].periods.ends(self.now), []

    def count_assigned(self, agent: str) -> None:
        for _, teams in self.gave.values():
            teams.append(self.profiles[agent].team)

    def asked_for(self, team: str, but: Any) -> int:
        """Count what is offered to a team, once however many of it are asked."""
        others = [c for c in self.conversations.values() if c.stage == "offered" and c is not but]
        asked = [c.offer.agents for c in others if c.offer]
        return sum(any(self.profiles[a].team == team for a in agents) for agents in asked)

    def within_quota(self, team: str, but: Any) -> bool:
        quota = self.bounded().get(team)
        if not quota or quota.at_most is None:
            return True
        return self.gave[team][1].count(team) + self.asked_for(team, but) < quota.at_most

    def within_share(self, team: str, but: Any) -> bool:
        quota, stage = self.bounded().get(team), self.stage()
        if not quota or quota.share is None:
            return True
        share = quota.share if not stage or stage.partner_share is None else stage.partner_share
        asked, given = self.asked_for(team, but), self.gave[team][1]
        return 100 * (given.count(team) + asked + 1) <= share * (len(given) + asked + 1)

    def eligible(self, c: Any) -> list[str]:
        team = {agent: self.profiles[agent].team for agent in super().eligible(c)}
        return [a for a in team if self.within_quota(team[a], c) and self.within_share(team[a], c)]
