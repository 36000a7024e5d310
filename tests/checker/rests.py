"""Judge that those who should rest are given nothing, and nobody more in a row than he bears.

A rest begins when the work on a conversation is over, or when somebody comes free after too much
work (docs/engine.md, Agents). Ends of wrap-ups are not published, so every rest is taken as
beginning at the first moment it may have begun at: what is reported is surely too early. A
supervisor may give anybody anything. Nothing is judged under other rules than the first.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.checker.centre import Centre
from tests.checker.claims import Claim
from tests.checker.decisions import Decision
from tests.checker.report import Report, Rule


@dataclass(slots=True)
class Strain:
    """What an agent has behind him: a rest until then, work since then, runs of labels."""

    rests_until: int = 0
    strain: int = 0
    strained_at: int = 0
    busy_since: int | None = None
    runs: dict[str, int] = field(default_factory=dict)


class Rests:
    """What every agent of a pool has behind him, as far as the rules that are told count it."""

    def __init__(self, report: Report, *, centre: Centre) -> None:
        self._report = report
        self._centre = centre
        self._of: dict[str, Strain] = {}
        self.are_judged = True

    def given(self, decision: Decision, claim: Claim, *, by_command: bool) -> None:
        """Judge what an agent is given, by the matching or by a supervisor, and let him work."""
        agent = str(decision.data.get("agent"))
        state = self._state(agent)
        if self.are_judged and not by_command:
            if state.rests_until > decision.at:
                over = state.rests_until - decision.at
                self._report.add(Rule.REST, decision.where, f"{agent} rests for {over} ms more")
            for label in claim.labels:
                most = self._centre.in_a_row.get(label)
                if most is not None and state.runs.get(label, 0) >= most:
                    self._report.add(
                        Rule.RUN, decision.where, f"{agent} had {most} that are {label}"
                    )
        if self._centre.occupancy is not None and state.busy_since is None:
            share, _ = self._centre.occupancy
            state.strain = max(0, state.strain - share * (decision.at - state.strained_at))
            state.busy_since = decision.at

    def assigned(self, agent: str, labels: Iterable[str]) -> None:
        """Count a conversation that is an agent's from now on."""
        state = self._state(agent)
        state.runs = {
            label: state.runs.get(label, 0) + 1
            for label in labels
            if label in self._centre.in_a_row
        }

    def went_offline(self, agent: str) -> None:
        """End every run of an agent."""
        self._state(agent).runs = {}

    def work_over(self, agent: str, claim: Claim, *, at: int) -> None:
        """Let an agent rest who is done with a conversation, wrap-up included."""
        longest = [self._centre.label_rests.get(label, 0) for label in claim.labels]
        rest = max(self._centre.rest_ms, *longest, 0)
        state = self._state(agent)
        if rest:
            state.rests_until = max(state.rests_until, at + rest)

    def came_free(self, agent: str, *, at: int) -> None:
        """Let an agent who holds nothing any more rest off what work has taken too much of him."""
        state = self._state(agent)
        if self._centre.occupancy is None or state.busy_since is None:
            return
        share, over_ms = self._centre.occupancy
        bears = share * (100 - share) * over_ms // 100
        worked = max(0, at - state.busy_since)
        state.strain = min(2 * bears, state.strain + (100 - share) * worked)
        state.strained_at, state.busy_since = at, None
        if state.strain > bears:
            state.rests_until = max(state.rests_until, at + (state.strain - bears) // share)

    def _state(self, agent: str) -> Strain:
        return self._of.setdefault(agent, Strain())
