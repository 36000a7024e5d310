"""What a demo ends with: what became of everybody, how fast it was decided, and the proof.

Text for people and JSON for programs say the same. Whoever was answered was answered after the wait
the router published at the first assignment.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from router.demo.decisions import Decision
from router.demo.pace import PACE, lived
from router.demo.proof import Claim, Proof
from router.demo.script import Script
from router.demo.stopwatch import Crash, Stopwatch, percentile
from router.demo.words import clock, milliseconds, percent

FAULTS_SHOWN: Final = 20
LABEL: Final = 16


@dataclass(frozen=True, slots=True)
class Report:
    """A finished demo. `waits_s`: of everybody who was answered, in seconds of the demo."""

    script: Script
    proof: Proof
    waits_s: tuple[float, ...]
    service_level: float | None
    stopwatch: Stopwatch
    proven_in_s: float

    def text(self) -> str:
        """Write the report for people."""
        states = ", ".join(f"{count:,} {state}" for state, count in self._states())
        p50, p90 = (percentile(self.waits_s, share) or 0.0 for share in (0.5, 0.9))
        usual = self.stopwatch.usual
        title = (
            f"A day of the example centre in {self.script.seconds:g} s,"
            f" 1 s for {PACE // 60} min of its people; seed {self.script.seed}"
        )
        lines = [
            title,
            "",
            _said("conversations", states),
            _said(
                "waits",
                f"p50 {clock(lived(p50))}, p90 {clock(lived(p90))} in the centre"
                f" ({p50:.2f} s and {p90:.2f} s as played), of {len(self.waits_s):,} answered",
            ),
            _said("in time", f"{percent(self.service_level)} of all who were answered or left"),
            _said("decisions", f"{self.proof.decisions:,} for {self.proof.inputs:,} events"),
            _said(
                "decided in",
                f"{milliseconds(percentile(usual, 0.5))} p50,"
                f" {milliseconds(percentile(usual, 0.99))} p99, from event to committed decision",
            ),
        ]
        lines += [_said("crash", each) for each in map(_crash, self.stopwatch.crashes)]
        through = self.stopwatch.through
        if through:
            slowest = f"the last answered after {max(through):.1f} s"
            late = f"{len(through):,} events came through it, {slowest}"
            lines.append(_said("", late))
        lines += ["", f"The proof, from the topics alone ({self.proven_in_s:.1f} s)"]
        for claim in self.proof.claims:
            lines += _claimed(claim)
        return "\n".join(lines)

    def json(self) -> dict[str, Any]:
        """Give the report for programs; docs/demo.md has the keys."""
        watch = self.stopwatch
        return {
            "seed": self.script.seed,
            "seconds": self.script.seconds,
            "pace": PACE,
            "visits_per_second": self.script.visits_per_second,
            "inputs": self.proof.inputs,
            "decisions": self.proof.decisions,
            "dead_letters": self.proof.dead_letters,
            "repetitions": self.proof.repetitions,
            "conversations": dict(self._states()),
            "waits_s": {
                "answered": len(self.waits_s),
                "p50": percentile(self.waits_s, 0.5),
                "p90": percentile(self.waits_s, 0.9),
            },
            "service_level": {"share": self.service_level, "of": "answered or left"},
            "decision_latency_s": {
                "measured": len(watch.usual),
                "p50": percentile(watch.usual, 0.5),
                "p99": percentile(watch.usual, 0.99),
            },
            "through_crash_s": {
                "measured": len(watch.through),
                "p50": percentile(watch.through, 0.5),
                "max": max(watch.through, default=None),
            },
            "crashes": [
                {
                    "started_after_s": each.started_at - each.killed_at,
                    "ready_after_s": each.ready_at - each.killed_at,
                    "decided_after_s": each.decided_at - each.killed_at,
                }
                for each in watch.crashes
            ],
            "proof": {
                "holds": self.proof.holds,
                "claims": [
                    {
                        "name": each.name,
                        "holds": each.holds,
                        "says": each.says,
                        "faults": each.faults[:FAULTS_SHOWN],
                        "fault_count": len(each.faults),
                    }
                    for each in self.proof.claims
                ],
            },
        }

    def _states(self) -> list[tuple[str, int]]:
        created = sum(self.proof.states.values())
        states = sorted(self.proof.states.items(), key=lambda item: -item[1])
        return [("created", created), *((state, count) for state, count in states if count)]


def waits(decisions: Iterable[Decision]) -> tuple[float, ...]:
    """Give the wait of every conversation that was answered, in seconds of the demo."""
    first: dict[str, float] = {}
    for decision in decisions:
        if decision.type == "conversation.assigned":
            first.setdefault(decision.conversation, decision.data["waited_s"])
    return tuple(first.values())


def _said(label: str, what: str) -> str:
    return f"  {label:<{LABEL}}{what}"


def _crash(crash: Crash) -> str:
    started = crash.started_at - crash.killed_at
    decided = crash.decided_at - crash.killed_at
    return (
        f"SIGKILL; started again after {started:.1f} s, first decision {decided - started:.1f} s"
        f" after that"
    )


def _claimed(claim: Claim) -> list[str]:
    if claim.holds:
        return [f"  ✓ {claim.name:<{LABEL - 2}}{claim.says}"]
    lines = [f"  ✗ {claim.name:<{LABEL - 2}}{len(claim.faults)} faults"]
    lines += [f"      {fault}" for fault in claim.faults[:FAULTS_SHOWN]]
    if len(claim.faults) > FAULTS_SHOWN:
        lines.append(f"      and {len(claim.faults) - FAULTS_SHOWN} more")
    return lines
