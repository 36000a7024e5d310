"""Play the decisions again, each after the inputs it says it had read.

`read` orders decisions and inputs: before a decision is judged, every input it has read is applied,
those that passed in silence too. What an input changed beyond its decisions (a profile, a presence)
counts from its first decision on, unless it was refused. A partition whose beginning is no longer
kept is left out, and said to be.
"""

from collections import defaultdict
from collections.abc import Sequence

from tests.checker.centre import Centre
from tests.checker.decisions import Decision, Ledger
from tests.checker.events import Event
from tests.checker.pool import Pool
from tests.checker.report import Report
from tests.checker.topics import INPUTS


def replay(ledger: Ledger, *, report: Report, centre: Centre) -> dict[str, Pool]:
    """Play every partition that is wholly kept; give the pools as they stand at the end."""
    decisions: defaultdict[int, list[Decision]] = defaultdict(list)
    for decision in ledger.decisions:
        decisions[decision.event.record.partition].append(decision)
    inputs: defaultdict[tuple[int, str], list[Event]] = defaultdict(list)
    for (topic, partition, _), event in ledger.inputs.items():
        inputs[partition, ledger.role(topic)].append(event)
    pools: dict[str, Pool] = {}
    for partition in range(ledger.topics.partitions):
        if not ledger.is_complete(partition):
            report.notes.append(f"partition {partition}: its start is gone, lives are not judged")
            continue
        tape = Tape(ledger, inputs={name: inputs[partition, name] for name in INPUTS})
        for decision in decisions[partition]:
            for event in tape.advance(decision):
                _pool(pools, event.pool, report=report, centre=centre).silent(event)
            pool = _pool(pools, decision.pool, report=report, centre=centre)
            place = decision.cause.place
            caused_by = ledger.inputs.get(place) if place is not None else None
            is_first = place is not None and decision is ledger.answers[place][0]
            if caused_by is not None and is_first and not decision.is_refusal:
                pool.apply(caused_by, now=decision.at)
            pool.decide(decision, event=caused_by)
    for pool in pools.values():
        pool.cause_over()
    report.counts["pools"] = len(pools)
    return pools


class Tape:
    """The inputs of one partition, wound forward by the `read` of each decision."""

    def __init__(self, ledger: Ledger, *, inputs: dict[str, list[Event]]) -> None:
        self._ledger = ledger
        self._inputs = inputs
        self._next = dict.fromkeys(INPUTS, 0)

    def advance(self, decision: Decision) -> Sequence[Event]:
        """Give the inputs read since the last decision that nothing was said about."""
        silent = []
        for name in INPUTS:
            events, position = self._inputs[name], self._next[name]
            while position < len(events) and events[position].record.offset <= decision.read[name]:
                event = events[position]
                if event.place not in self._ledger.answers and event.place not in self._ledger.dead:
                    silent.append(event)
                position += 1
            self._next[name] = position
        return silent


def _pool(pools: dict[str, Pool], name: str, *, report: Report, centre: Centre) -> Pool:
    if name not in pools:
        pools[name] = Pool(report, centre=centre.of(name))
    return pools[name]
