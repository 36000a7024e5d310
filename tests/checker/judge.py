"""Put all judges to work on one reading of the topics."""

from tests.checker.accounts import check_accounts, check_dead_letters, check_repetition, check_text
from tests.checker.centre import Centre
from tests.checker.decisions import open_ledger
from tests.checker.order import check_order
from tests.checker.replay import replay
from tests.checker.report import Report
from tests.checker.sendings import check_sendings
from tests.checker.settled import check_settled
from tests.checker.topics import Topics

NOTHING_TOLD = Centre()


def check(
    topics: Topics,
    *,
    centre: Centre = NOTHING_TOLD,
    canary: str | None = None,
    settled_at: int | None = None,
) -> Report:
    """Judge everything the topics hold.

    `centre` is what the topics do not say, `canary` a word that every customer's text holds.
    `settled_at` (ms) is a moment up to which the router has had time to answer every input and to
    fire every timer; without it, what is not answered yet is counted but no fault.
    """
    report = Report()
    ledger = open_ledger(topics, report)
    check_order(ledger, report)
    check_accounts(ledger, report=report, settled_at=settled_at)
    check_dead_letters(ledger, report)
    check_repetition(ledger, report)
    pools = replay(ledger, report=report, centre=centre)
    check_sendings(ledger, pools, report=report)
    check_settled(pools, report=report, now=settled_at)
    if canary is not None:
        check_text(topics, canary=canary, report=report)
    return report
