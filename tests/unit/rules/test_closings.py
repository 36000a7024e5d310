"""A queue that closes on those who wait says so to them, or sends them where they are served."""

import pytest

from router.rules import loads

RULES = """\
version: 1
channels: {chat: {}, voice: {}, callback: {}, email: {interruptible: true}}
teams: {paris: {}, lyon: {partner: true}}
calendars:
  office: {timezone: Europe/Paris, weekly: {mon-fri: "09:00-18:00"}}
  early: {timezone: Europe/Paris, weekly: {mon-fri: "07:00-18:00"}}
  late: {timezone: Europe/Paris, weekly: {mon-fri: "10:00-20:00"}}
queues:
  day: {takes: 'TAKES', hours: office, teams: [paris]MORE}
  always: {takes: true}
  early: {takes: false, hours: early, overflows: [{to: {queue: always}, after: 20h}]}
  late: {takes: false, hours: late, deflects: [{offer: voicemail, on: {closed: true}, text: x}]}
"""
CALLBACK = "{offer: callback, on: {closed: true}, text: We ring you}"


def told(more: str = "", takes: str = "true") -> list[str]:
    """Give what is said of the queue of the day."""
    rules = RULES.replace("TAKES", takes).replace("MORE", more and f", {more}")
    return [each.message for each in loads(rules).warnings if "`day` closes" in each.message]


SILENT = "`day` closes and nobody on `chat` and `voice` is told: who waits there at 18:00 on Mon 2027-01-11 waits until"


def test_whom_nobody_tells_waits_until_it_opens() -> None:
    (only,) = told(takes='channel == "chat"')
    assert only.startswith("`day` closes and nobody is told: who waits there at 18:00")
    assert told() == [f"{SILENT} 09:00 on Tue 2027-01-12"]
    assert told(f"deflects: [{CALLBACK}]") == []


def test_a_letter_can_lie_till_the_morning_and_who_will_be_rung_is_not_on_the_line() -> None:
    assert told(takes='channel in ["email", "callback"]') == []
    assert told(takes='channel in ["email", "chat"]') != []


def test_what_is_offered_on_some_channels_tells_nobody_on_the_others() -> None:
    calls = CALLBACK.replace("text:", "channels: [voice], text:")
    (only,) = told(f"deflects: [{calls}]")
    assert only.startswith("`day` closes and nobody on `chat` is told: who waits there at 18:00")
    assert told(f"deflects: [{calls}]", takes='channel == "voice"') == []
    assert told(f"deflects: [{calls}, {calls.replace('voice', 'chat')}]") == []


@pytest.mark.parametrize(
    "overflow",
    [
        "{to: {queue: always}, after: 5m}",
        "{to: {pool: belgium}, after: 5m}",
        "{to: {queue: late}, after: 5m}",
        # Closed then, but it offers its voicemail.
        "{to: {queue: late}, after: 3h}",
        # It opens two hours earlier.
        "{to: {queue: early}, after: 5m}",
    ],
)
def test_whoever_is_sent_on_after_a_time_waits_no_longer(overflow: str) -> None:
    assert told(f"overflows: [{overflow}]") == []


@pytest.mark.parametrize(
    "overflow",
    [
        # Not before it opens again.
        "{to: {queue: always}, after: 15h}",
        # In its own queue, which is closed.
        "{to: {team: lyon}, after: 5m}",
        "{to: {queue: always}, on: {waiting: 9}, off: {waiting: 2}}",
        "{to: {queue: always}, after: 5m, share: 50%}",
    ],
)
def test_what_helps_some_or_nobody_in_time_is_silent_for_the_others(overflow: str) -> None:
    assert told(f"overflows: [{overflow}]") == [f"{SILENT} 09:00 on Tue 2027-01-12"]


def test_whoever_is_sent_on_by_channel_waits_no_longer_on_it() -> None:
    (only,) = told("overflows: [{to: {queue: always}, after: 5m, channels: [voice]}]")
    assert only.startswith("`day` closes and nobody on `chat` is told")


BUSY = "on: {waiting: 9}, off: {waiting: 2}"


@pytest.mark.parametrize(
    ("end", "instead"),
    [
        ("overflow", f"overflows: [{{to: {{queue: always}}, {BUSY}}}]"),
        ("deflect", f"deflects: [{{offer: callback, {BUSY}, text: x}}]"),
    ],
)
def test_a_ladder_that_ends_in_time_tells_everybody_or_sends_everybody_on(
    end: str, instead: str
) -> None:
    assert told(f"{instead}, expands: [{{after: 10m, then: {end}}}]") == []
    late = f"{instead}, expands: [{{after: 16h, then: {end}}}]"
    assert told(late) == [f"{SILENT} 09:00 on Tue 2027-01-12"]
