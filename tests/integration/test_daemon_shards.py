"""What a running router serves over HTTP, keeps through restarts, and does when inputs are gone."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient, NewPartitions

from router.daemon.topics import TopicNames
from router.wire.partitions import partition_of
from tests.faults.events import Pen
from tests.faults.router_process import RouterProcess
from tests.faults.site import Site
from tests.integration.test_daemon_process import command

POOL = "france"


@pytest.fixture
def router(site: Site) -> RouterProcess:
    """Start a router, and wait until its shards are restored."""
    process = site.router()
    process.start()
    process.wait_ready()
    return process


class Platform:
    """Sends events of one source to one pool."""

    def __init__(self, site: Site) -> None:
        self._post = site.post()
        self._pen = Pen("/platform")
        self._now = site.now

    def says(self, type_: str, subject: str, *, to: str = POOL, **data: Any) -> None:
        self._post.send(self._pen.write(type_, pool=to, subject=subject, at=self._now(), **data))

    def logs_in(self, agent: str) -> None:
        profile = {"team": "day", "skills": {"claims": 2}, "channels": {"email": 2, "voice": 1}}
        self.says("agent.updated", agent, **profile)
        self.says("agent.presence", agent, presence="available")

    def done(self) -> None:
        self._post.flush()


def get(url: str) -> tuple[int, dict[str, Any], str]:
    """Ask for JSON: status, content, and its type."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own router
            return answer.status, json.load(answer), answer.headers["Content-Type"]
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error), error.headers["Content-Type"]


def figures(router: RouterProcess) -> dict[str, float]:
    """Read all metrics."""
    with urllib.request.urlopen(f"{router.address}/metrics", timeout=10) as answer:  # noqa: S310 - our own router
        lines = answer.read().decode().splitlines()
    pairs = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, _, value in pairs}


def shards_of(router: RouterProcess, text: str, *, after: str = "") -> set[int]:
    """Find the shards that the log tells this of, from the first line on that holds `after`."""
    told = router.log.read_text()
    lines = told[max(0, told.find(after)) :].splitlines()[1:]
    return {json.loads(line)["shard"] for line in lines if text in line}


def until(holds: Callable[[], object], *, seconds: float = 20) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come to that in time"
        time.sleep(0.05)  # it happens in another process


def until_heard(router: RouterProcess, *, agents: int) -> None:
    """Wait for so many inputs about agents: inputs of two topics come in no order between them."""
    until(lambda: figures(router)['contact_router_inputs_total{topic="agents"}'] == agents)


def test_views_show_what_is_committed(site: Site, router: RouterProcess) -> None:
    platform = Platform(site)
    platform.logs_in("anna")
    platform.done()
    until_heard(router, agents=2)
    platform.says("conversation.created", "c1", channel="email", topic="claims")
    platform.says("conversation.created", "c2", channel="voice", topic="contracts")
    platform.done()
    site.decisions(3)
    api = f"{router.address}/api/pools"

    status, pools, kind = get(api)
    assert (status, kind.partition(";")[0]) == (200, "application/json")
    (pool,) = pools["pools"]
    assert (pool["pool"], pool["conversations"]["assigned"]) == (POOL, 1)
    assert pool["shard"] == partition_of(POOL.encode(), partitions=site.partitions)
    _, shown, _ = get(f"{api}/{POOL}")
    waiting = {queue["queue"]: queue["waiting"] for queue in shown["queues"]}
    assert waiting == {"claims": 0, "contracts": 1, "other": 0}
    _, conversation, _ = get(f"{api}/{POOL}/conversations/c1")
    assert (conversation["stage"], conversation["offer"]["agent"]) == ("assigned", "anna")
    _, roster, _ = get(f"{api}/{POOL}/agents")
    assert [each["id"] for each in roster["agents"]] == ["anna"]
    assert get(f"{api}/nowhere/agents")[0] == 404
    _, agent, _ = get(f"{api}/{POOL}/agents/anna")
    assert agent["conversations"] == [
        {"conversation": "c1", "stage": "assigned", "channel": "email"}
    ]


def test_why_is_told_live_and_after_the_fact(site: Site, router: RouterProcess) -> None:
    platform = Platform(site)
    platform.logs_in("anna")
    platform.done()
    until_heard(router, agents=2)
    platform.says("conversation.created", "c1", channel="email", topic="claims")
    platform.says("conversation.created", "c2", channel="voice", topic="contracts")
    platform.done()
    site.decisions(3)

    live = command(
        "why", "c2", "--router", router.address, "--agent", "bob", settings=site.settings
    )
    assert live.returncode == 0, live.stderr
    assert live.stdout.startswith(f"c2 in the pool {POOL}: waiting, queue contracts, place 1\n")
    assert "bob  not_described  nobody has described this agent" in live.stdout
    assert command("why", "c9", "--router", router.address, settings=site.settings).returncode == 1
    assert (
        command("why", "c1", "--router", "http://127.0.0.1:9", settings=site.settings).returncode
        == 3
    )
    router.stop()
    story = command("why", "c1", "--topics", settings=site.settings)
    assert story.returncode == 0, story.stderr
    told = [line.split() for line in story.stdout.splitlines()]
    assert [line[2] for line in told if "conversation." in " ".join(line)] == [
        "conversation.queued",
        "conversation.assigned",
    ]
    assert command("why", "c9", "--topics", settings=site.settings).returncode == 1


def test_of_a_pool_where_nobody_works_why_says_so_and_which_pools_there_are(
    site: Site, router: RouterProcess
) -> None:
    platform = Platform(site)
    platform.logs_in("anna")
    platform.says("conversation.created", "k2", to="demmo", channel="email", topic="claims")
    platform.done()
    until_heard(router, agents=2)
    site.decisions(1)

    told = command("why", "k2", "--router", router.address, settings=site.settings)

    assert told.returncode == 0, told.stderr
    said = f"nobody has been described in this pool; this router has also: {POOL}"
    assert f"    {said}\n" in told.stdout


def test_errors_are_problem_details(router: RouterProcess) -> None:
    status, problem, kind = get(f"{router.address}/api/pools/{POOL}/agents/nobody")

    assert (status, kind) == (404, "application/problem+json")
    assert (problem["status"], problem["title"]) == (404, "Not Found")
    assert "nobody" in problem["detail"]
    assert get(f"{router.address}/nowhere")[0] == 404


def test_health_says_which_shards_decide(site: Site, router: RouterProcess) -> None:
    status, ready, _ = get(f"{router.address}/health/ready")

    assert (status, ready["running"]) == (200, list(range(site.partitions)))
    assert get(f"{router.address}/health/live")[0] == 200


def test_figures_count_what_was_committed(site: Site, router: RouterProcess) -> None:
    platform = Platform(site)
    platform.logs_in("anna")
    platform.done()
    until_heard(router, agents=2)
    platform.says("conversation.created", "c1", channel="email", topic="claims")
    platform.says("conversation.created", "c1", channel="email", topic="claims")
    platform.says("conversation.created", "c2", channel="pigeon")
    platform.says("conversation.created", "not an id", channel="email")
    platform.says("conversation.created", "c3", channel="voice", topic="contracts")
    platform.says("command.close", "c3", conversation="c3", by="sue")
    platform.done()
    until(lambda: figures(router)['contact_router_inputs_total{topic="commands"}'] == 1)

    found = figures(router)

    assert found['contact_router_inputs_total{topic="conversations"}'] == 5
    assert found['contact_router_inputs_total{topic="agents"}'] == 2
    assert found['contact_router_decisions_total{type="conversation.assigned"}'] == 1
    assert found['contact_router_decisions_total{type="input.refused"}'] == 2
    assert found['contact_router_refusals_total{reason="conversation_exists"}'] == 1
    assert found['contact_router_refusals_total{reason="unconfigured_channel"}'] == 1
    assert found['contact_router_refusals_total{reason="missing_reason"}'] == 1
    assert found['contact_router_dead_letters_total{reason="invalid_attribute"}'] == 1
    assert found['contact_router_waiting{queue="contracts"}'] == 1
    assert found["contact_router_end_to_end_seconds_count"] == 8
    assert found["contact_router_decision_seconds_count"] == 8
    assert found['contact_router_transactions_total{result="committed"}'] >= 1
    assert found['contact_router_transactions_total{result="failed"}'] == 0
    assert found['contact_router_shards{state="running"}'] == site.partitions
    assert found['contact_router_lag{topic="conversations"}'] == 0


def test_a_large_state_is_whole_after_a_crash(site: Site, router: RouterProcess) -> None:
    platform = Platform(site)
    for number in range(3_000):
        platform.says("conversation.created", f"c{number}", channel="voice", topic="claims")
    platform.done()
    before = site.decisions(3_000)
    router.kill()

    shown = command("state", "--json", settings=site.settings)
    router.start()
    router.wait_ready()
    _, pool, _ = get(f"{router.address}/api/pools/{POOL}")
    platform.says("conversation.created", "c7", channel="voice", topic="claims")
    platform.done()
    last = site.decisions(3_001)[-1]

    assert [each["data"]["seq"] for each in before] == list(range(1, 3_001))
    assert pool["conversations"]["waiting"] == 3_000
    shards = [json.loads(line) for line in shown.stdout.splitlines()]
    kinds = [each["kind"] for shard in shards for each in shard["entities"]]
    assert kinds.count("conversation") == 3_000
    assert (last["data"]["seq"], last["data"]["reason"]) == (3_001, "conversation_exists")


def test_partitions_that_were_added_stop_every_shard_instead_of_moving_pools_from_their_state(
    site: Site, router: RouterProcess
) -> None:
    platform = Platform(site)
    platform.says("conversation.created", "c1", channel="voice", topic="claims")
    platform.done()
    site.decisions(1)
    assert router.stop() == 0
    admin = AdminClient({"bootstrap.servers": site.bootstrap_servers})
    names = TopicNames.with_prefix(site.prefix).sharded
    for added in admin.create_partitions([NewPartitions(name, 6) for name in names]).values():
        added.result(30)

    router.start()

    told = "there are 6 partitions, and there were 4"
    until(lambda: shards_of(router, told) == set(range(6)))
    assert '"cause": "wrong_state"' in router.tail()
    assert router.stop() == 0


def test_a_state_that_is_gone_stops_the_shards_that_had_decided(
    site: Site, router: RouterProcess
) -> None:
    platform = Platform(site)
    platform.says("conversation.created", "c1", channel="voice", topic="claims")
    platform.done()
    site.decisions(1)
    assert router.stop() == 0
    admin = AdminClient({"bootstrap.servers": site.bootstrap_servers})
    for gone in admin.delete_topics([f"{site.prefix}state"]).values():
        gone.result(30)
    until(lambda: command("topics", "create", settings=site.settings).returncode == 0)

    router.start()

    shard = partition_of(POOL.encode(), partitions=site.partitions)
    others = set(range(site.partitions)) - {shard}
    until(lambda: shards_of(router, "the state of this shard is gone") == {shard})
    until(lambda: shards_of(router, "shard restored", after="asked to end") == others)
    assert router.stop() == 0
    assert len(site.decisions(1)) == 1


def test_a_router_that_stood_still_starts_its_shards_over(
    site: Site, router: RouterProcess
) -> None:
    platform = Platform(site)
    platform.says("conversation.created", "c1", channel="voice", topic="claims")
    platform.done()
    site.decisions(1)

    router.pause()
    time.sleep(4.6)  # longer than its event loop may stand still
    router.resume()
    until(lambda: figures(router)["contact_router_event_loop_stalls_total"] == 1)
    until(lambda: get(f"{router.address}/health/ready")[0] == 200)
    platform.says("conversation.created", "c2", channel="voice", topic="claims")
    platform.done()

    assert [each["data"]["seq"] for each in site.decisions(2)] == [1, 2]
    ended = figures(router)['contact_router_lives_ended_total{cause="stalled"}']
    assert ended == site.partitions
    assert router.stop() == 0


def test_lag_tools_find_the_positions_in_the_group(site: Site) -> None:
    router = site.router(CONTACT_ROUTER_MEMBERSHIP__OFFSETS_EVERY_S="0.2")
    router.start()
    router.wait_ready()
    platform = Platform(site)
    platform.logs_in("anna")
    platform.says("conversation.created", "c1", channel="email", topic="claims")
    platform.done()
    site.decisions(2)
    shard = partition_of(POOL.encode(), partitions=site.partitions)

    def committed(topic: str) -> int:
        admin = AdminClient({"bootstrap.servers": site.bootstrap_servers})
        wanted = [TopicPartition(site.prefix + topic, shard)]
        group = site.settings["CONTACT_ROUTER_GROUP"]
        asked = admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group, wanted)])
        offset: int = asked[group].result(10).topic_partitions[0].offset
        return offset

    until(lambda: committed("conversations") == 1 and committed("agents") == 2)
