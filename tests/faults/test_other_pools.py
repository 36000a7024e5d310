"""Conversations go from pool to pool over Kafka, in one transaction with what is said of them."""

import time
from pathlib import Path
from typing import Final

import pytest

from tests.checker.story import pool_of_partition
from tests.faults.events import Pen
from tests.faults.site import Site

RULES: Final = """
version: 1
skills: {}
channels: {chat: {units: 34, at_most: 3, offer: {mode: automatic}}}
queues:
  all:
    takes: true
    requires: {}
    overflows: [{to: {pool: THERE}, after: 1s}]
"""
CUSTOMERS: Final = 200
AGENTS: Final = 120
KILLS: Final = 4


@pytest.mark.timeout(180)
def test_whoever_is_sent_to_another_pool_comes_there_once_through_crashes(
    site: Site, tmp_path: Path
) -> None:
    here, there = pool_of_partition(0, site.partitions), pool_of_partition(1, site.partitions)
    rules = tmp_path / "rules.yaml"
    rules.write_text(RULES.replace("THERE", there), encoding="utf-8")
    router = site.router(CONTACT_ROUTER_RULES__PATH=str(rules), CONTACT_ROUTER_INSTANCE="desk")
    router.start()
    router.wait_ready()
    pen, post = Pen("/platform"), site.post()
    profile = {"team": "t", "skills": {}, "channels": {"chat": 2}, "capacity": 100}
    for number in range(AGENTS):
        for type_, data in (("updated", profile), ("presence", {"presence": "available"})):
            post.send(
                pen.write(f"agent.{type_}", pool=there, subject=f"a{number}", at=site.now(), **data)
            )
    kills = {(each + 1) * CUSTOMERS // (KILLS + 1) for each in range(KILLS)}
    for number in range(CUSTOMERS):
        event = "conversation.created"
        post.send(pen.write(event, pool=here, subject=f"c{number}", at=site.now(), channel="chat"))
        time.sleep(0.02)  # fifty customers a second
        if number in kills:
            router.kill()
            router.start()
            router.wait_ready()
    post.flush()
    # Each is queued here, sent, queued there and assigned there; nobody here may have anybody.
    decisions = site.decisions(4 * CUSTOMERS, timeout_s=60)
    assigned = [
        (each["data"]["pool"], each["data"]["conversation"])
        for each in decisions
        if each["type"] == "conversation.assigned"
    ]
    assert sorted(assigned) == sorted((there, f"c{number}") for number in range(CUSTOMERS))
    report = site.judge()
    assert report.is_clean, report.text()
    assert report.counts["conversations sent to another pool"] == CUSTOMERS
    assert router.stop() == 0
