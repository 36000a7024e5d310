"""The teams that may be given only so much: their agents, what they are asked, who has had it.

What is known here follows from the durable records and is built anew with a pool. A pool whose
rules bound no team has none of it.
"""

from collections.abc import Mapping

from router.engine.groups import Group
from router.model.policy import Policy
from router.model.quota import Quota


class Teams:
    """The bounded teams of a pool under one policy.

    ``asked``: by team and conversation, how many of the team are asked for it; ``shut``: the teams
    that may be given nothing now. ``reopened``: whether one may again, since the matching looked.
    """

    __slots__ = ("_groups", "asked", "quotas", "reopened", "shut")

    def __init__(self, quotas: Mapping[str, Quota]) -> None:
        self.quotas = quotas
        self.asked: dict[str, dict[str, int]] = {team: {} for team in quotas}
        self.shut: set[str] = set()
        self.reopened = False
        self._groups: dict[str, dict[Group, None]] = {team: {} for team in quotas}

    def join(self, group: Group) -> None:
        """Let a new group be shut and opened with its team."""
        team = group.profile.team
        if team in self._groups:
            self._groups[team][group] = None
            group.shut = team in self.shut

    def groups(self, team: str) -> list[Group]:
        """Give the groups of a team that somebody is in."""
        known = self._groups[team]
        for group in [each for each in known if not each.members]:
            del known[group]
        return list(known)

    def asks(self, team: str, conversation: str, more: int) -> bool:
        """Count that one more of a team is asked for a conversation, or (-1) one less.

        Tell whether it is asked for another number of conversations now.
        """
        asked = self.asked.get(team)
        if asked is None:
            return False
        before = len(asked)
        number = asked.get(conversation, 0) + more
        if number:
            asked[conversation] = number
        else:
            del asked[conversation]
        return len(asked) != before


def bounded_teams(policy: Policy) -> Teams | None:
    """Give the teams that a policy bounds, with nobody in them yet; None: it bounds none."""
    return Teams(policy.quotas) if policy.quotas else None
