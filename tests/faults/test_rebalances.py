"""Shards move from one router to another and back, and no decision is lost or doubled on the way."""

import pytest

from tests.faults.scene import Scene
from tests.faults.site import Site, prove


@pytest.mark.timeout(240)
def test_routers_that_join_leave_and_die_hand_their_shards_over_whole(site: Site) -> None:
    first, second = site.router("first"), site.router("second")
    first.start()
    first.wait_ready()
    platform = site.platform(Scene(seed=2))
    platform.start()
    platform.wait_for_all_shards(20)
    second.start()
    second.wait_ready()
    platform.wait_for_all_shards(20)
    assert first.stop() == 0
    platform.wait_for_all_shards(20)
    first.start()
    first.wait_ready()
    platform.wait_for_all_shards(20)
    second.kill()
    platform.wait_for_all_shards(30)
    platform.calm_down()
    platform.wait_until_served(60)
    prove(site)


@pytest.mark.timeout(240)
def test_a_router_that_wakes_up_after_its_shards_moved_changes_nothing(site: Site) -> None:
    sleeper, heir = site.router("sleeper"), site.router("heir")
    sleeper.start()
    sleeper.wait_ready()
    platform = site.platform(Scene(seed=3))
    platform.start()
    platform.wait_for_all_shards(20)
    heir.start()
    heir.wait_ready()
    platform.wait_for_all_shards(20)
    sleeper.pause()
    platform.wait_for_all_shards(40)
    sleeper.resume()
    # It finds out, comes back into the group, and takes its share again.
    platform.wait_for_all_shards(20)
    heir.stop()
    platform.wait_for_all_shards(30)
    platform.calm_down()
    platform.wait_until_served(60)
    prove(site)
