"""Judge what customers are told of their wait, and what is said of it afterwards.

An estimate is two times, the second not below the first, in tenths of a second. What a conversation
was told last while it waited is said again at its next assignment, with the time that went by
since; a deflection or another queue makes it void. Whether an estimate was good is not judged here.
"""

from math import isclose, isfinite
from typing import Final

from tests.checker.decisions import Decision
from tests.checker.lives import WAITING, Life
from tests.checker.report import Report, Rule

SLACK_S: Final = 0.0025


def estimate_fault(said: object) -> str | None:
    """Say why this is no estimate, or None where it is one, or null."""
    if said is None:
        return None
    if not isinstance(said, dict):
        return f"the wait is {said!r}"
    times = said.get("p50"), said.get("p90")
    for each in times:
        if not isinstance(each, int | float) or isinstance(each, bool) or not isfinite(each):
            return f"the wait is {said}"
        if each < 0 or not isclose(each * 10, round(each * 10), abs_tol=1e-6):
            return f"{each} s is no number of tenths"
    return None if times[0] <= times[1] else f"p50 {times[0]} s is above p90 {times[1]} s"


def check_estimate(decision: Decision, life: Life, *, report: Report) -> None:
    """Judge one decision about a conversation, after it was applied, and keep what it tells."""
    if decision.type == "conversation.queued":
        said = decision.data.get("estimated_wait_s")
        fault = estimate_fault(said)
        if fault is not None:
            report.add(Rule.ESTIMATE, decision.where, fault)
        if life.state == WAITING:
            is_told = fault is None and said is not None
            life.told = (said["p50"], said["p90"], decision.at) if is_told else None
            life.is_told_known = fault is None
    elif decision.type == "conversation.assigned":
        _check_judged(decision, life, report=report)
        life.told, life.is_told_known = None, True
    elif decision.type == "conversation.deflected":
        life.told, life.is_told_known = None, True


def _check_judged(decision: Decision, life: Life, *, report: Report) -> None:
    said = decision.data.get("estimate_s")
    if not life.is_told_known:
        return
    if life.told is None or not isinstance(said, dict):
        if said is not None or life.told is not None:
            report.add(Rule.ESTIMATE, decision.where, f"says {said}, {life.told} was told")
        return
    report.counts["estimates that were answered"] += 1
    p50, p90, told_at = life.told
    if (said.get("p50"), said.get("p90")) != (p50, p90):
        report.add(Rule.ESTIMATE, decision.where, f"says {said}, told were {p50} and {p90} s")
    actual, due = said.get("actual"), (decision.at - told_at) / 1_000
    if not isinstance(actual, int | float) or abs(actual - due) > SLACK_S:
        report.add(Rule.ESTIMATE, decision.where, f"it took {due} s, said are {actual!r}")
