"""The broker goes away under load, or refuses to write; the router waits, and goes on where it was."""

import json
import os
import signal
import time
import urllib.error
import urllib.request

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
from tests.faults.router_process import RouterProcess
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


@pytest.mark.timeout(120)
def test_a_broker_that_hangs_keeps_nobody_waiting_who_looks(
    kafka: EmbeddedKafka, site: Site
) -> None:
    """Transactions are given up after 20 s here; whoever looks is answered in a quarter of that."""
    router = site.router(
        CONTACT_ROUTER_SHARDS__BATCH_TIMEOUT_S="20", CONTACT_ROUTER_KAFKA__CALL_TIMEOUT_S="20"
    )
    router.start()
    router.wait_ready()
    platform = site.platform(Scene(seed=8, arrivals_per_s=80))
    platform.start()
    platform.wait_for_all_shards(20)
    os.kill(kafka.pid, signal.SIGSTOP)
    try:
        answers = [look(router, "/metrics") for _ in range(3)]
        refused = look(router, "/api/pools")
    finally:
        os.kill(kafka.pid, signal.SIGCONT)
    platform.wait_for_all_shards(60)
    platform.calm_down()
    platform.wait_until_served(60)
    prove(site)
    assert all('contact_router_shards{state="owned"} 4.0' in text for _, text in answers)
    assert (refused[0], "in the middle of a long transaction" in refused[1]) == (503, True)


@pytest.mark.timeout(120)
def test_a_broker_that_is_away_costs_an_idle_router_no_shard_and_ready_asks_for_it(
    kafka: EmbeddedKafka, site: Site
) -> None:
    router = site.router(CONTACT_ROUTER_KAFKA__CALL_TIMEOUT_S="3")
    router.start()
    router.wait_ready()
    kafka.kill()
    try:
        said = json.loads(wait_for(router, 503))
    finally:
        kafka.start()
    wait_for(router, 200)
    assert "is the broker away" in said["detail"]
    assert said["running"] == said["owned"] == [0, 1, 2, 3]


def wait_for(router: RouterProcess, wanted: int) -> str:
    """Ask whether it is ready until it answers with this status; give the text."""
    until = time.monotonic() + 30
    while (answer := look(router, "/health/ready"))[0] != wanted:
        assert time.monotonic() < until, answer
        time.sleep(0.1)  # it happens in another process
    return answer[1]


def look(router: RouterProcess, path: str) -> tuple[int, str]:
    """Ask for a page, for 5 s at most; give status and text."""
    try:
        with urllib.request.urlopen(f"{router.address}{path}", timeout=5) as answer:  # noqa: S310 - our own
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


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
    wait_for_failures(router)
    resize(site, "assignments", max_message_bytes=4_000_000)
    decisions = site.decisions(BURST)
    assert [each["data"]["seq"] for each in decisions] == list(range(1, BURST + 1))
    prove(site)


def wait_for_failures(router: RouterProcess) -> None:
    """Wait until the broker has refused something that the router wrote."""
    figure = 'contact_router_transactions_total{result="failed"} '
    deadline = time.monotonic() + 20
    failed = 0.0
    while not failed:
        assert time.monotonic() < deadline, router.tail()
        _, text = look(router, "/metrics")
        failed = sum(
            float(each.split()[-1]) for each in text.splitlines() if each.startswith(figure)
        )
        time.sleep(0.1)  # between two looks


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
