"""A router that is killed again and again keeps every promise."""

import random
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.checker.centre import StatusRules
from tests.faults.scene import Scene
from tests.faults.site import CENTRE, RULES, Site, prove

KILLS = 22
SEED = 20_260_302
NAMED = {
    "CONTACT_ROUTER_INSTANCE": "desk",
    "CONTACT_ROUTER_MEMBERSHIP__SESSION_TIMEOUT_MS": "25000",
}
"""It takes its former members out of the group; who waited for each of them would be too late."""
TALKATIVE = """
    estimates: {handling: 1s, patience: 10s}
    status: {every: 1s, answered_within: 500ms, over: 1m}
    overflows:
      - {to: {queue: other}, after: 2s}
"""
"""What one queue says of itself, and does, besides."""
KNOWN = replace(
    CENTRE,
    rest_ms=200,
    status={"contracts": StatusRules(every_ms=1_000, within_ms=500, over_ms=60_000)},
    overflows={"contracts": ("other",)},
)


def talkative_rules(folder: Path) -> Path:
    """Write rules in which a queue tells how it stands and what a wait is, and everybody rests."""
    rules = (RULES / "centre.yaml").read_text()
    head, contracts, rest = rules.partition("    requires: {contracts")
    rules = f"{head}{TALKATIVE.lstrip(chr(10))}{contracts}{rest}"
    rules = rules.replace("agents:\n", "agents:\n  rest: 200ms\n", 1)
    file = folder / "talkative.yaml"
    file.write_text(rules)
    return file


@pytest.mark.timeout(420)
def test_a_router_killed_over_twenty_times_under_load_breaks_no_promise(
    site: Site, tmp_path: Path
) -> None:
    chance = random.Random(SEED)
    rules = str(talkative_rules(tmp_path))
    router = site.router(**NAMED, CONTACT_ROUTER_RULES__PATH=rules)
    router.start()
    router.wait_ready()
    platform = site.platform(Scene(seed=SEED))
    platform.start()
    platform.wait_for(lambda: platform.seen["conversation.closed"] > 20, timeout_s=30)
    for number in range(KILLS):
        if number % 5 == 4:
            # In the middle of coming back, before it owns its shards.
            router.kill()
            router.start()
            time.sleep(chance.uniform(0.2, 1.5))  # killed at a random moment
        else:
            time.sleep(chance.uniform(0.1, 1.5))  # killed at a random moment
        router.kill()
        router.start()
        if number % 5 != 3:
            router.wait_ready()
    router.wait_ready()
    platform.calm_down()
    platform.wait_until_served(60)
    report = prove(site, KNOWN)
    assert report.counts["statuses"] > 10
    assert report.counts["estimates that were answered"] > 10
    assert report.counts["overflows"] > 0
    assert report.counts["inputs"] > 2_000
    assert report.counts["dead letters"] > 5
    assert report.counts["repetitions"] > 5
    assert router.stop() == 0
