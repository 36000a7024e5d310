"""Judge that no overflow rule is taken twice by one conversation.

Decisions do not name the rule, so it is counted where a conversation went: from one queue to one
place no oftener than the queue has rules that lead there. A rule to a queue or pool is taken once
in a life; one that lends a team or a site, once in a stay in the queue.
"""

from tests.checker.centre import Centre
from tests.checker.decisions import Decision
from tests.checker.lives import LENT, Life
from tests.checker.report import Report, Rule


def check_overflow(decision: Decision, life: Life, *, centre: Centre, report: Report) -> None:
    """Report what no rule leads to, or led to before; the decision is applied already."""
    if decision.type != "conversation.overflowed":
        return
    report.counts["overflows"] += 1
    if centre.overflows is None:
        return
    left, to = str(decision.data.get("from")), str(decision.data.get("to"))
    taken = max(life.overflows[f"{left}>{to}"], life.overflows[f"{LENT}{left}>{to}"])
    rules = centre.overflows.get(left, ()).count(to)
    if taken > rules:
        what = f"{life.id} goes from {left} to {to} for the {taken}. time, by {rules} rules"
        report.add(Rule.OVERFLOW, decision.where, what)
