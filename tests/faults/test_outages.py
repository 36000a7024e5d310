"""The broker goes away under load, or refuses to write; the router waits, and goes on where it was."""

import time

import pytest
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ResourceType,
)

from router.embedded import EmbeddedKafka
from tests.faults.events import Pen
from tests.faults.scene import CANARY, Scene
from tests.faults.site import Site, prove

BURST = 200


@pytest.mark.timeout(240)
def test_a_broker_that_restarts_and_crashes_under_load_costs_no_decision(
    kafka: EmbeddedKafka, site: Site
) -> None:
    router = site.router()
    router.start()
    router.wait_ready()
    platform = site.platform(Scene(seed=4))
    platform.start()
    platform.wait_for_all_shards(20)
    kafka.restart()
    platform.wait_for_all_shards(60)
    kafka.kill()
    kafka.start()
    platform.wait_for_all_shards(60)
    platform.calm_down()
    platform.wait_until_served(60)
    assert router.is_running, "the router gave up instead of waiting"
    prove(site)


def test_a_topic_that_refuses_the_decisions_for_a_while_loses_none_of_them(site: Site) -> None:
    router = site.router()
    router.start()
    router.wait_ready()
    # The broker takes the state of a large batch, but not its decisions.
    resize(site, "assignments", max_message_bytes=2_000)
    post, pen = site.post(), Pen("/desk")
    for number in range(BURST):
        post.send(
            pen.write(
                "conversation.created",
                pool="france",
                subject=f"c{number}",
                at=site.now(),
                channel="chat",
                text=f"my {CANARY} is ill",
            )
        )
    post.flush()
    time.sleep(1.5)
    assert router.is_running
    resize(site, "assignments", max_message_bytes=4_000_000)
    decisions = site.decisions(BURST)
    assert [each["data"]["seq"] for each in decisions] == list(range(1, BURST + 1))
    prove(site)


def resize(site: Site, topic: str, *, max_message_bytes: int) -> None:
    """Change how large a batch of records a topic takes."""
    entry = ConfigEntry(
        "max.message.bytes",
        str(max_message_bytes),
        incremental_operation=AlterConfigOpType.SET,
    )
    resource = ConfigResource(ResourceType.TOPIC, site.prefix + topic, incremental_configs=[entry])
    admin = AdminClient({"bootstrap.servers": site.bootstrap_servers})
    for changed in admin.incremental_alter_configs([resource]).values():
        changed.result(30)
