"""The broker goes away under load and comes back; the router waits, and goes on where it was."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from router.embedded import EmbeddedKafka
from tests.faults.scene import Scene
from tests.faults.site import Site, prove


@pytest.fixture
def broker() -> Iterator[EmbeddedKafka]:
    """Start a broker of the test's own, so that no other test is cut off."""
    with EmbeddedKafka() as own:
        yield own


@pytest.mark.kafka
@pytest.mark.timeout(240)
def test_a_broker_that_restarts_and_crashes_under_load_costs_no_decision(
    broker: EmbeddedKafka, tmp_path: Path
) -> None:
    site = Site(broker.bootstrap_servers, folder=tmp_path)
    try:
        router = site.router()
        router.start()
        router.wait_ready()
        platform = site.platform(Scene(seed=4))
        platform.start()
        platform.wait_for_all_shards(20)
        broker.restart()
        platform.wait_for_all_shards(60)
        broker.kill()
        broker.start()
        platform.wait_for_all_shards(60)
        platform.calm_down()
        platform.wait_until_served(60)
        assert router.is_running, "the router gave up instead of waiting"
        prove(site)
    finally:
        site.close()
