"""Quotas: a partner gets so much in an hour, or of all, and no answer breaks the bound."""

import pytest

from router.engine.candidates import candidate
from router.engine.remedies import smallest_change
from router.model import inputs
from router.model.reasons import PassedOver
from tests.unit.engine.centre import POOL, Centre

QUOTA = """
version: 1
topics: [reimbursement]
channels:
  chat: {units: 10, offer: {mode: automatic}}
  voice: {units: 10, offer: {mode: manual, expires: 15s}}
teams:
  lyon: {partner: true, quota: {per: hour, at_most: 2}}
agents: {lease: 24h}
queues: {all: {takes: true, teams: any}}
surge:
  busy: {expires: 1h, sets: {offer_expires: 10s}}
"""
SHARE = QUOTA.replace("at_most: 2}", "at_most: 9}, share: 50%").replace(
    "offer_expires: 10s", "partner_share: 100%"
)
MEANS = {"chat": 9, "voice": 9}


@pytest.fixture
def centre() -> Centre:
    """A centre where lea of the partner is alone, who may be given two an hour."""
    made = Centre(QUOTA)
    made.works("lea", team="lyon", channels=MEANS)
    return made


def test_when_the_quota_is_used_up_the_next_waits_for_the_next_hour(centre: Centre) -> None:
    assert centre.asks("c1")[1:] == ["assigned c1 to lea"]
    assert centre.asks("c2")[1:] == ["assigned c2 to lea"]
    assert centre.asks("c3") == ["queued c3 in all at 1"]
    assert centre.wait(3_600) == ["assigned c3 to lea"]


def test_open_offers_count_as_if_they_were_accepted(centre: Centre) -> None:
    assert centre.asks("v1", "voice")[1:] == ["offered v1 to lea"]
    assert centre.asks("v2", "voice")[1:] == ["offered v2 to lea"]
    assert centre.asks("c3") == ["queued c3 in all at 1"]
    assert centre.answers("accepts", "v1") == ["assigned v1 to lea"]
    assert centre.answers("declines", "v2") == ["declined v2 from lea", "assigned c3 to lea"]


def test_what_they_have_goes_on_and_its_end_gives_nothing_back(centre: Centre) -> None:
    centre.asks("c1")
    centre.asks("c2")
    centre.asks("c3")
    assert centre.about(inputs.ConversationEnded, conversation="c1") == ["closed c1"]


def test_a_supervisor_is_not_bound_and_what_he_gives_counts(centre: Centre) -> None:
    centre.asks("c1")
    centre.asks("c2")
    centre.asks("c3")
    order = {"conversation": "c3", "agent": "lea", "by": "eve", "reason": "r"}
    assert centre.about(inputs.CommandAssign, **order) == ["command applied", "assigned c3 to lea"]
    assert centre.engine.pools[POOL].record.quotas["lyon"].given == 3


def test_the_count_outlives_a_restart_and_other_rules(centre: Centre) -> None:
    centre.asks("c1")
    centre.asks("c2")
    centre.asks("c3")
    assert centre.restarted() == []
    more = QUOTA.replace("at_most: 2", "at_most: 3")
    assert centre.swapped(more) == ["policy.changed", "assigned c3 to lea"]
    assert centre.asks("c4") == ["queued c4 in all at 1"]
    daily = more.replace("per: hour", "per: day, timezone: Europe/Paris")
    assert centre.swapped(daily) == ["policy.changed", "assigned c4 to lea"]


def test_a_share_is_kept_at_every_moment() -> None:
    centre = Centre(SHARE)
    centre.works("lea", team="lyon", channels=MEANS)
    assert centre.asks("c1") == ["queued c1 in all at 1"]
    assert centre.asks("c2") == ["queued c2 in all at 2"]
    # What bob is given lets lea have one, in the midst of the matching.
    assert centre.works("bob", channels={"chat": 1}) == ["assigned c1 to bob", "assigned c2 to lea"]
    assert centre.asks("c3") == ["queued c3 in all at 1"]


def test_a_surge_may_raise_the_share_of_partners() -> None:
    centre = Centre(SHARE)
    centre.works("lea", team="lyon", channels=MEANS)
    centre.asks("c1")
    order = {"stage": "busy", "by": "eve", "reason": "r"}
    assert centre.about(inputs.CommandSurge, **order)[-1] == "assigned c1 to lea"


def test_an_agent_who_changes_team_takes_the_open_offers_along(centre: Centre) -> None:
    centre.asks("v1", "voice")
    centre.asks("v2", "voice")
    centre.works("luc", team="lyon", channels=MEANS)
    assert centre.asks("c3") == ["queued c3 in all at 1"]
    profile = {"agent": "lea", "team": "home", "skills": {}, "channels": {"voice": 9}}
    assert centre.about(inputs.AgentUpdated, **profile) == ["assigned c3 to luc"]


def test_why_not_says_what_was_given_and_when_it_begins_anew(centre: Centre) -> None:
    centre.asks("c1")
    centre.asks("c2")
    centre.asks("c3")
    pool = centre.engine.pools[POOL]
    told = candidate(pool, pool.conversations["c3"], "lea")
    assert told.reason is PassedOver.QUOTA
    assert told.words == "the team lyon was given 2 of at most 2, and is asked for 0"
    assert told.until == pool.record.quotas["lyon"].until
    remedy = smallest_change(pool, pool.conversations["c3"])
    assert remedy is not None
    assert remedy.words == "once the quota of the team lyon begins anew, lea could have it"
