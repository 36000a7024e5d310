"""Judge that a conversation sent to another pool arrives there exactly once, as it was.

Each decision that sends one on has one event on the conversations topic, in the name of the pool it
came from, whose id is made of the decision; no such event is there without its decision.
"""

from collections import defaultdict
from typing import Final

from tests.checker.decisions import Decision, Ledger
from tests.checker.events import Event, partition_of, time_of
from tests.checker.lives import Life
from tests.checker.pool import Pool
from tests.checker.report import Report, Rule

PREFIX: Final = "sent-"
MOST_HOPS: Final = 3


def check_sendings(ledger: Ledger, pools: dict[str, Pool], *, report: Report) -> None:
    """Report conversations that were sent and did not come, came twice, otherwise or unsent."""
    routers = {decision.event.source for decision in ledger.decisions}
    came: defaultdict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in ledger.inputs.values():
        if event.source in routers and event.id.startswith(PREFIX):
            came[event.source, event.id].append(event)
    for pool in pools.values():
        for decision, life in pool.lives.sent:
            report.counts["conversations sent to another pool"] += 1
            events = came.pop((decision.event.source, f"{PREFIX}{decision.seq}"), [])
            _check_one(decision, life, events, ledger=ledger, report=report)
    for events in came.values() if not ledger.topics.truncated else ():
        report.add(Rule.SENT, events[0].where, "no decision has sent it")


def _check_one(
    decision: Decision, life: Life, events: list[Event], *, ledger: Ledger, report: Report
) -> None:
    to = str(decision.data.get("to"))
    if not events:
        partition = partition_of(to.encode(), ledger.topics.partitions)
        if ("conversations", partition) not in ledger.topics.truncated:
            report.add(Rule.SENT, decision.where, f"{life.id} never came to {to}")
        return
    if len(events) > 1:
        report.add(Rule.SENT, events[1].where, f"{life.id} came to {to} {len(events)} times")
    (event, *_), hops = events, events[0].data.get("hops")
    said = event.type, event.pool, event.subject, event.data.get("channel")
    if said != ("conversation.created", to, life.id, life.channel):
        report.add(Rule.SENT, event.where, f"{life.id} on {life.channel} was sent to {to}")
    if time_of(event.data.get("arrived_at")) != life.arrived_at:
        report.add(Rule.SENT, event.where, f"its customer waits since {life.arrived_at}")
    if not isinstance(hops, int) or not life.hops < hops <= MOST_HOPS:
        report.add(Rule.SENT, event.where, f"hops {hops!r} after {life.hops}")
    if event.data.get("text") is not None:
        report.add(Rule.TEXT, event.where, "sent on with the customer's words")
