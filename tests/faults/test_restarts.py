"""A router that was killed comes back at once: nobody waits for the session of the dead to run out.

Sessions here last longer than these tests may take, so whoever waited for one would fail them.
"""

import urllib.request
from typing import Final

import pytest

from router.embedded.sockets import free_port
from tests.faults.router_process import RouterProcess
from tests.faults.scene import Scene
from tests.faults.site import Site, prove

LONG: Final = {
    "CONTACT_ROUTER_MEMBERSHIP__SESSION_TIMEOUT_MS": "600000",
    "CONTACT_ROUTER_MEMBERSHIP__STALL_MS": "60000",
}


def lives_ended(router: RouterProcess) -> list[str]:
    """Give the figures of the lives of shards that have ended, by cause."""
    return [line for line in _figures(router) if line.startswith("contact_router_lives_ended")]


def shards_running(router: RouterProcess) -> int:
    """Tell how many shards decide in this router."""
    (line,) = [
        line
        for line in _figures(router)
        if line.startswith('contact_router_shards{state="running"}')
    ]
    return round(float(line.split()[-1]))


def _figures(router: RouterProcess) -> list[str]:
    with urllib.request.urlopen(f"{router.address}/metrics", timeout=10) as answer:  # noqa: S310 - our own router
        text: str = answer.read().decode()
    return text.splitlines()


@pytest.mark.timeout(120)
@pytest.mark.parametrize("is_told", [True, False], ids=["told", "by its address"])
def test_a_killed_router_that_starts_again_does_not_wait_for_its_own_session(
    site: Site, *, is_told: bool
) -> None:
    name = (
        {"CONTACT_ROUTER_INSTANCE": "desk-1"}
        if is_told
        else {"CONTACT_ROUTER_HTTP__PORT": str(free_port())}
    )
    router = site.router(**LONG, **name)
    router.start()
    router.wait_ready()
    platform = site.platform(Scene(seed=5))
    platform.start()
    platform.wait_for_all_shards(20)
    router.kill()
    router.start()
    router.wait_ready()
    platform.wait_for_all_shards(20)
    platform.calm_down()
    platform.wait_until_served(60)
    prove(site)


@pytest.mark.timeout(120)
def test_a_killed_router_takes_its_shards_back_and_the_others_keep_theirs(site: Site) -> None:
    first = site.router("first", **LONG, CONTACT_ROUTER_INSTANCE="desk-1")
    second = site.router("second", **LONG, CONTACT_ROUTER_INSTANCE="desk-2")
    first.start()
    first.wait_ready()
    second.start()
    second.wait_ready()
    platform = site.platform(Scene(seed=6))
    platform.start()
    platform.wait_for_all_shards(20)
    lives = lives_ended(first)
    second.kill()
    second.start()
    second.wait_ready()
    platform.wait_for_all_shards(20)
    assert lives_ended(first) == lives
    assert shards_running(first) == shards_running(second) == site.partitions // 2
    platform.calm_down()
    platform.wait_until_served(60)
    prove(site)


@pytest.mark.timeout(120)
def test_two_routers_given_one_name_by_mistake_disturb_each_other_once_and_share(
    site: Site,
) -> None:
    first = site.router("first", CONTACT_ROUTER_INSTANCE="same")
    second = site.router("second", CONTACT_ROUTER_INSTANCE="same")
    first.start()
    first.wait_ready()
    platform = site.platform(Scene(seed=7))
    platform.start()
    platform.wait_for_all_shards(20)
    second.start()
    second.wait_ready()
    platform.wait_for_all_shards(20)
    settled = (lives_ended(first), lives_ended(second))
    platform.wait_for_all_shards(20)
    platform.wait_for_all_shards(20)
    assert (lives_ended(first), lives_ended(second)) == settled
    assert shards_running(first) == shards_running(second) == site.partitions // 2
    platform.calm_down()
    platform.wait_until_served(60)
    prove(site)
