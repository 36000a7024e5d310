"""Judge the order of the decisions: numbers, positions, causes.

Per pool: `seq` without gap or repeat, a clock that never goes back, decisions of one cause side by
side and in the order the contract gives them, every cause once. Per partition: `read` never goes
back and stands on the cause. A cause that is an input exists, as it is named, in the same pool.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from tests.checker.decisions import Cause, Decision, Ledger
from tests.checker.events import Event
from tests.checker.report import Report, Rule
from tests.checker.topics import INPUTS

RANKS: Final = {
    "command.applied": 0,
    "policy.changed": 0,
    "offer.expired": 1,
    "offer.declined": 1,
    "offer.withdrawn": 1,
    "conversation.offered": 3,
    "queue.status": 4,
}
CHANGE: Final = 2
ANYWHERE: Final = frozenset({"conversation.deflected"})
SWITCHED: Final = "condition_changes"
"""A timer that other causes at the same moment may set once more: a switch turns on and off in it."""


def runs(decisions: Sequence[Decision]) -> Iterator[tuple[Cause, list[Decision]]]:
    """Give the runs of decisions of one pool that share a cause, in order."""
    for cause, run in groupby(decisions, key=lambda each: each.cause):
        yield cause, list(run)


def by_pool(decisions: Sequence[Decision]) -> dict[str, list[Decision]]:
    """Sort decisions into their pools, keeping the order."""
    pools: defaultdict[str, list[Decision]] = defaultdict(list)
    for decision in decisions:
        pools[decision.pool].append(decision)
    return dict(pools)


def check_order(ledger: Ledger, report: Report) -> None:
    """Report what is out of order."""
    for decisions in by_pool(ledger.decisions).values():
        _check_numbers(decisions, ledger=ledger, report=report)
        _check_causes(decisions, ledger=ledger, report=report)
    _check_positions(ledger, report)


def _check_numbers(decisions: list[Decision], *, ledger: Ledger, report: Report) -> None:
    first = decisions[0]
    is_whole = ("assignments", first.event.record.partition) not in ledger.topics.truncated
    due = 1 if is_whole else first.seq
    clock, policy = first.at, first.policy
    for decision in decisions:
        if decision.seq != due:
            kind = "repeated" if decision.seq < due else "after a gap"
            report.add(Rule.SEQUENCE, decision.where, f"{due} was due: {kind}")
        due = decision.seq + 1
        if decision.at < clock:
            report.add(Rule.SEQUENCE, decision.where, f"its time is {clock - decision.at} ms back")
        clock = max(clock, decision.at)
        if decision.type == "policy.changed":
            if decision.data.get("from") != policy or decision.data.get("to") != decision.policy:
                report.add(Rule.POLICY, decision.where, f"says not from {policy!r} to its own")
        elif decision.policy != policy:
            report.add(Rule.POLICY, decision.where, f"{policy!r} was in force, with no change said")
        policy = decision.policy


def _check_causes(decisions: list[Decision], *, ledger: Ledger, report: Report) -> None:
    ended: set[Cause] = set()
    for cause, run in runs(decisions):
        if cause in ended and not _may_return(cause):
            report.add(
                Rule.CONTIGUOUS, run[0].where, f"its cause had its decisions before: {cause}"
            )
        ended.add(cause)
        _check_run(run, report)
        if cause.due is not None and run[0].at < cause.due:
            report.add(Rule.CAUSE, run[0].where, f"{cause.name} fired before it was due")
        if cause.place is None:
            continue
        role = ledger.role(cause.place[0])
        event = ledger.inputs.get(cause.place)
        where = run[0].where
        if role not in INPUTS or cause.place[1] != run[0].event.record.partition:
            report.add(Rule.CAUSE, where, f"{cause.place} is no input of its partition")
        elif cause.place not in ledger.records:
            if (role, cause.place[1]) not in ledger.topics.truncated:
                report.add(Rule.CAUSE, where, f"nothing was ever written at {cause.place}")
        elif event is None:
            report.add(Rule.CAUSE, where, f"what lies at {cause.place} is no event")
        else:
            _check_cause_is(event, run=run, report=report)


def _may_return(cause: Cause) -> bool:
    """Say whether a cause may be named again: the router itself, or a switch that turned once more."""
    return cause.kind == "router" or cause.name == SWITCHED


def _check_cause_is(event: Event, *, run: list[Decision], report: Report) -> None:
    first = run[0]
    if event.id != first.cause.id:
        report.add(Rule.CAUSE, first.where, f"id {first.cause.id!r}, the event has {event.id!r}")
    if event.pool != first.pool and first.type != "conversation.queued":
        report.add(Rule.CAUSE, first.where, f"its cause is of pool {event.pool}")
    trace = _trace_id(event.traceparent)
    for decision in run:
        if trace is not None and _trace_id(decision.event.traceparent) != trace:
            report.add(Rule.CAUSE, decision.where, "the trace id of its cause is not kept")
        if decision.is_refusal and decision.type == "input.refused":
            said = decision.data.get("type"), decision.data.get("subject")
            if said[0] != event.type or said[1] not in _subjects(event):
                report.add(Rule.CAUSE, decision.where, f"refuses {said}, was {event.where}")


def _subjects(event: Event) -> set[object]:
    """Name whom an event is about: a command says so in its data."""
    if not event.type.startswith("command."):
        return {event.subject}
    return {event.data.get(name) for name in ("conversation", "agent", "queue", "stage")}


def _check_run(run: list[Decision], report: Report) -> None:
    if len(run) > 1 and any(each.is_refusal for each in run):
        report.add(Rule.CONTIGUOUS, run[0].where, "a refusal does not stand alone")
    if run[0].cause.name == "reload" and run[0].type != "policy.changed":
        report.add(Rule.CONTIGUOUS, run[0].where, "other rules are its cause, and none are said")
    reached = 0
    for decision in run:
        if decision.type in ANYWHERE:
            continue
        rank = RANKS.get(decision.type, CHANGE)
        if decision.type == "conversation.assigned":
            # An accepted offer is a change, a new assignment comes among the new offers.
            rank = max(rank, reached)
        if rank < reached and decision.cause.name == SWITCHED:
            # It fired once more, at once: another cause, which is named like the one before.
            reached = rank
        if decision.type == "policy.changed" and decision.cause.kind == "router":
            # Rules begin what follows from them; all changes of rules are named alike.
            reached = rank
        if rank < reached:
            report.add(Rule.CONTIGUOUS, decision.where, "comes too late among those of its cause")
        reached = max(reached, rank)


def _check_positions(ledger: Ledger, report: Report) -> None:
    reached: dict[tuple[int, str], int] = {}
    for decision in ledger.decisions:
        partition = decision.event.record.partition
        for name in INPUTS:
            offset = decision.read[name]
            if offset < reached.get((partition, name), -1):
                report.add(Rule.READ, decision.where, f"{name} went back to {offset}")
            reached[partition, name] = offset
        place = decision.cause.place
        if place is not None and decision.read.get(ledger.role(place[0])) != place[2]:
            report.add(Rule.READ, decision.where, f"its cause is {place}, it read {decision.read}")


def _trace_id(traceparent: object) -> str | None:
    if not isinstance(traceparent, str):
        return None
    parts = traceparent.split("-")
    is_trace = len(parts) >= 4 and len(parts[1]) == 32 and set(parts[1]) <= set("0123456789abcdef")
    return parts[1] if is_trace and set(parts[1]) != {"0"} else None
