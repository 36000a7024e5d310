"""Judge that no team is given more in its hour, day or other period than its quota, or its share of all.

Counted is every assignment; an open offer counts as if it were accepted, so nothing is offered
beyond the bound either (docs/engine.md, Quotas). A supervisor may give beyond it, and what he gives
counts. What a timer did that was due at the very end of a period is of either: it is not counted
for the team, and no share is judged then. Nothing is judged under other rules than the first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.checker.agents import Agents
from tests.checker.centre import Centre, QuotaRules
from tests.checker.decisions import Decision
from tests.checker.lives import OFFERED, Life
from tests.checker.report import Report, Rule

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
RENEWS = "quota_renews"


@dataclass(slots=True)
class Counted:
    """How many conversations a team was given, of how many, in the period that was looked at last."""

    period: int
    given: int = 0
    of: int = 0


class Quotas:
    """What the bounded teams of a pool were given."""

    def __init__(self, report: Report, *, centre: Centre, agents: Agents) -> None:
        self._report = report
        self._rules = centre.quotas
        self._in_a_surge = centre.partner_shares
        self._agents = agents
        self._counted: dict[str, Counted] = {}
        self.are_judged = True

    def asked(
        self,
        decision: Decision,
        lives: Iterable[Life],
        *,
        conversation: str,
        stage: str | None,
    ) -> None:
        """Judge that somebody is asked or given a conversation, of all that are open, unordered.

        ``stage``: of a surge, that is in force.
        """
        team = self._team(str(decision.data.get("agent")))
        rules = self._rules.get(team)
        if rules is None or not self.are_judged:
            return
        open_offers = sum(
            any(self._team(each) == team for each in life.addressees)
            for life in lives
            if life.state == OFFERED and life.id != conversation
        )
        counted = self._in_period(team, rules, decision)
        taken = counted.given + open_offers
        if rules.at_most is not None and taken >= rules.at_most:
            what = f"{team} has had {taken} in this period, at most {rules.at_most}"
            self._report.add(Rule.QUOTA, decision.where, what)
        if rules.share is None or _is_at_an_end(rules, decision):
            return
        share = self._in_a_surge.get(stage or "", rules.share)
        of = counted.of + open_offers + 1
        if 100 * (taken + 1) > share * of:
            what = f"{team} has {taken + 1} of {of} in this period, at most {share} %"
            self._report.add(Rule.SHARE, decision.where, what)

    def assigned(self, decision: Decision) -> None:
        """Count a conversation that an agent was given, by whomever."""
        own = self._team(str(decision.data.get("agent")))
        for team, rules in self._rules.items():
            counted = self._in_period(team, rules, decision)
            counted.of += 1
            counted.given += team == own and not _is_at_an_end(rules, decision)

    def _team(self, agent: str) -> str:
        return str((self._agents.of(agent).profile or {}).get("team"))

    def _in_period(self, team: str, rules: QuotaRules, decision: Decision) -> Counted:
        period = _period(rules, _moment(decision))
        counted = self._counted.setdefault(team, Counted(period))
        if period > counted.period:
            counted.period, counted.given, counted.of = period, 0, 0
        return counted


def _moment(decision: Decision) -> int:
    """Say when something was decided; a timer that fires late comes before what was due after it."""
    return decision.at if decision.cause.due is None else decision.cause.due


def _is_at_an_end(rules: QuotaRules, decision: Decision) -> bool:
    due = decision.cause.due
    if due is None or decision.cause.name == RENEWS:
        return False
    return _period(rules, due) != _period(rules, due - 1)


def _period(rules: QuotaRules, at: int) -> int:
    """Number the periods: days of a time zone by its calendar, others by their length."""
    if rules.timezone is None:
        return (at - rules.first_ms) // rules.every_ms
    local = (EPOCH + timedelta(milliseconds=at)).astimezone(ZoneInfo(rules.timezone))
    return local.toordinal()
