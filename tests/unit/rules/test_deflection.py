"""What a queue offers instead of waiting, from the file to the policy and back."""

import pytest

from router.model.deflection import Closed, Deflection, DeflectionKind, meant_for
from router.rules import loads
from router.rules.writing import yaml_text

RULES = """\
version: 1
channels: {voice: {}, message: {}, chat: {}}
teams: {lyon: {partner: true}}
calendars:
  office: {timezone: Europe/Paris, weekly: {mon-fri: "09:00-18:00"}, holidays: FR}
queues:
  contracts:
    takes: true
    hours: office
    deflects:
      - {offer: callback, on: {closed: true}, channels: [voice], text: Ring back?, expires: 30s,
         attempts: 3, retry: 5m}
      - {offer: channel, channel: message, on: {closed: true}, channels: [chat], text: Write?}
      - {offer: partner, team: lyon, share: 10%, text: Lyon?}
      - {offer: partner, team: lyon, share: 5%, text: Lyon again?}
"""


def test_rules_are_compiled_in_their_order_and_named_by_queue_and_offer() -> None:
    (policy,) = loads(RULES).policies
    assert policy.queues["contracts"].deflects == (
        Deflection(
            name="contracts: callback",
            kind=DeflectionKind.CALLBACK,
            text="Ring back?",
            on=Closed(),
            channels=("voice",),
            expires_ms=30_000,
            attempts=3,
            retry_ms=300_000,
        ),
        Deflection(
            name="contracts: channel",
            kind=DeflectionKind.CHANNEL,
            text="Write?",
            on=Closed(),
            channels=("chat",),
            to="message",
        ),
        Deflection(
            name="contracts: partner",
            kind=DeflectionKind.PARTNER,
            text="Lyon?",
            share=10,
            to="lyon",
        ),
        Deflection(
            name="contracts: partner 2",
            kind=DeflectionKind.PARTNER,
            text="Lyon again?",
            share=5,
            to="lyon",
        ),
    )


def test_written_in_full_they_mean_the_same() -> None:
    (compiled,) = loads(RULES).sets
    again = loads(yaml_text(compiled.document)).policies[0]
    assert again.version == compiled.policy.version
    assert again.queues == compiled.policy.queues


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("share: 10%", "share: 11%"),
        ("Ring back?", "May we?"),
        ("expires: 30s", "expires: 31s"),
        ("attempts: 3", "attempts: 2"),
        ("retry: 5m", "retry: 6m"),
        ("hours: office", "hours: office\n    prefers: {}"),
        ("09:00-18:00", "09:00-18:30"),
        ("holidays: FR", "holidays: DE"),
    ],
)
def test_hours_and_offers_are_part_of_the_meaning(old: str, new: str) -> None:
    one, other = (loads(each).policies[0] for each in (RULES, RULES.replace(old, new)))
    assert (one.version == other.version) is ("prefers" in new)


def test_a_calendar_that_nobody_follows_is_no_part_of_it() -> None:
    more = RULES.replace("calendars:\n", "calendars:\n  night: {timezone: UTC, weekly: {}}\n")
    assert loads(more).policies[0].version == loads(RULES).policies[0].version
    assert set(loads(more).policies[0].calendars) == {"office"}


@pytest.mark.parametrize("share", [1, 25, 50, 99])
def test_a_share_takes_so_many_in_a_hundred_and_always_the_same(share: int) -> None:
    rule = Deflection(name="q: message", kind=DeflectionKind.MESSAGE, text="Hm?", share=share)
    taken = [n for n in range(20_000) if meant_for(rule, f"c{n}", channel="chat")]
    assert abs(len(taken) / 200 - share) < 1.5
    assert taken == [n for n in range(20_000) if meant_for(rule, f"c{n}", channel="chat")]
