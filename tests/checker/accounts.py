"""Judge that every input is accounted for exactly once.

A record of an input topic was answered by decisions of one cause, or has one dead letter, or is of
a kind that may pass in silence; never two of these, never none. What no decision's `read` has
passed yet may still be answered: it counts as pending, or as lost where the caller says that the
router has had its time. Repetitions are refused once each, and only repetitions are. Nothing of a
customer's text is in any topic but the one it came in.
"""

import hashlib
import re
from typing import Final

from tests.checker.decisions import Ledger, Place
from tests.checker.events import Event
from tests.checker.report import Report, Rule
from tests.checker.topics import INPUTS, OUTPUTS, Record, Topics

WINDOW_MS: Final = 24 * 3_600 * 1_000
SILENT: Final = frozenset(
    {
        "agent.updated",
        "agent.presence",
        "agent.heartbeat",
        "agent.wrapup_ended",
        "conversation.updated",
    }
)
"""Types that may change something, or nothing, without a decision; the replay judges when."""

REASONS: Final = (
    "no_key",
    "invalid_key",
    "wrong_partition",
    "no_value",
    "too_large",
    "not_json",
    "too_deep",
    "not_cloudevent",
    "unknown_type",
    "wrong_topic",
    "invalid_attribute",
    "missing_field",
    "invalid_field",
    "limit_exceeded",
)
ID: Final = re.compile(rb"[A-Za-z0-9_.:@-]{1,128}")


def check_accounts(ledger: Ledger, *, report: Report, settled_at: int | None) -> None:
    """Report inputs without an account, and with more than one; count the others.

    `settled_at` (ms): what was written until then has been answered, if it ever will be.
    """
    passed = _passed(ledger)
    letters_gone = any(topic == "dead-letters" for topic, _ in ledger.topics.truncated)
    for place, record in ledger.records.items():
        role = ledger.role(record.topic)
        answers, letters = ledger.answers.get(place, []), ledger.dead.get(place, [])
        event = ledger.inputs.get(place)
        report.counts["inputs"] += 1
        if answers and letters:
            report.add(Rule.ACCOUNTED, record.where, "both decided upon and a dead letter")
        if len(letters) > 1:
            report.add(Rule.ACCOUNTED, record.where, f"{len(letters)} dead letters")
        if answers or letters:
            continue
        is_due = settled_at is not None and record.timestamp <= settled_at
        is_passed = place[2] <= passed.get((role, place[1]), -1)
        if is_passed and not _may_be_silent(record, event=event):
            if ledger.is_complete(place[1]) and not letters_gone:
                what = "no event" if event is None else event.type
                report.add(Rule.ACCOUNTED, record.where, f"lost: passed without a word ({what})")
        elif not is_passed and is_due and not _may_be_silent(record, event=event):
            report.add(Rule.LIVENESS, record.where, "never answered")
        elif not is_passed:
            report.counts["inputs pending or silent at the end"] += 1
        else:
            report.counts["inputs silent"] += 1
    report.counts["dead letters"] = sum(map(len, ledger.dead.values()))
    report.counts["decisions"] = len(ledger.decisions)
    report.counts["refusals"] = sum(each.is_refusal for each in ledger.decisions)


def check_dead_letters(ledger: Ledger, report: Report) -> None:
    """Report notices that do not fit the record they are about."""
    for place, letters in ledger.dead.items():
        original = ledger.records.get(place)
        for letter in letters:
            for fault in _letter_faults(letter, original=original, ledger=ledger, place=place):
                report.add(Rule.DEAD_LETTER, letter.where, fault)


def check_repetition(ledger: Ledger, report: Report) -> None:
    """Report repetitions that had an effect, and first ones that were refused as repetitions."""
    seen: dict[tuple[str, str, str, str], int] = {}
    passed = _passed(ledger)
    for place, event in ledger.inputs.items():
        answers = ledger.answers.get(place, [])
        is_refused = any(
            "duplicate" in (each.data.get("reason"), each.data.get("code"))
            for each in answers
            if each.is_refusal
        )
        if is_refused:
            report.counts["repetitions"] += 1
        if place in ledger.dead or not event.id or not ledger.is_complete(place[1]):
            continue
        key = (event.record.topic, event.pool, event.source, event.id)
        before, seen[key] = seen.get(key), event.record.timestamp
        if before is None:
            if is_refused:
                report.add(Rule.REPETITION, event.where, "refused as a repetition, was the first")
            continue
        is_applied = bool(answers) or place[2] <= passed.get((ledger.role(place[0]), place[1]), -1)
        if is_applied and not is_refused and abs(event.record.timestamp - before) <= WINDOW_MS:
            report.add(Rule.REPETITION, event.where, f"repeats {event.id!r} and was not refused")


def check_text(topics: Topics, *, canary: str, report: Report) -> None:
    """Report every record the router wrote that holds `canary`, which customers' texts hold."""
    needle = canary.encode()
    for name in OUTPUTS:
        for record in topics.of(name):
            held = (record.key, record.value, *(value for _, value in record.headers))
            if any(needle in each for each in held if each is not None):
                report.add(Rule.TEXT, record.where, "holds a customer's words")
    report.counts["inputs with the canary"] = sum(
        needle in (record.value or b"") for name in INPUTS for record in topics.of(name)
    )


def _passed(ledger: Ledger) -> dict[tuple[str, int], int]:
    passed: dict[tuple[str, int], int] = {}
    for decision in ledger.decisions:
        partition = decision.event.record.partition
        for name in INPUTS:
            key = name, partition
            passed[key] = max(passed.get(key, -1), decision.read[name])
    return passed


def _may_be_silent(record: Record, *, event: Event | None) -> bool:
    return (
        event is not None and event.type in SILENT and ID.fullmatch(record.key or b"") is not None
    )


def _letter_faults(
    letter: Event, *, original: Record | None, ledger: Ledger, place: Place
) -> list[str]:
    data, faults = letter.data, []
    if data.get("reason") not in REASONS:
        faults.append(f"reason {data.get('reason')!r} is not of the contract")
    if not isinstance(data.get("explanation"), str) or not data["explanation"]:
        faults.append("no explanation")
    if original is None:
        if (ledger.role(place[0]), place[1]) not in ledger.topics.truncated:
            faults.append(f"nothing was ever written at {place}")
        return faults
    value = original.value or b""
    if data.get("bytes") != len(value):
        faults.append(f"{data.get('bytes')} bytes, the record has {len(value)}")
    if data.get("sha256") != hashlib.sha256(value).hexdigest():
        faults.append("its digest is not the record's")
    if letter.record.key != original.key:
        faults.append("its key is not the record's")
    if data.get("reason") == "no_value" and value:
        faults.append(f"says no value, the record has {len(value)} bytes")
    return faults
