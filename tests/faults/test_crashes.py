"""A router that is killed again and again keeps every promise."""

import random
import time

import pytest

from tests.faults.scene import Scene
from tests.faults.site import Site, prove

KILLS = 22
SEED = 20_260_302
NAMED = {
    "CONTACT_ROUTER_INSTANCE": "desk",
    "CONTACT_ROUTER_MEMBERSHIP__SESSION_TIMEOUT_MS": "25000",
}
"""It takes its former members out of the group; who waited for each of them would be too late."""


@pytest.mark.timeout(420)
def test_a_router_killed_over_twenty_times_under_load_breaks_no_promise(site: Site) -> None:
    chance = random.Random(SEED)
    router = site.router(**NAMED)
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
            time.sleep(chance.uniform(0.2, 1.5))
        else:
            time.sleep(chance.uniform(0.1, 1.5))
        router.kill()
        router.start()
        if number % 5 != 3:
            router.wait_ready()
    router.wait_ready()
    platform.calm_down()
    platform.wait_until_served(60)
    report = prove(site)
    assert report.counts["inputs"] > 2_000
    assert report.counts["dead letters"] > 5
    assert report.counts["repetitions"] > 5
    assert router.stop() == 0
