"""Figures from the real assignments topic are exact, through aborts, crashes and rebalances."""

import time
from collections.abc import Callable
from pathlib import Path

from confluent_kafka import Producer

from router.embedded import EmbeddedKafka
from streams.decisions import Decision, read_decision
from tests.faults.scene import Scene
from tests.faults.site import Site
from tests.integration.streams_site import StreamsSite, as_event, centre_day, site
from tests.unit.streams.stories import counted

__all__ = ["site"]

POOLS = tuple(f"pool-{number}" for number in range(12))
TAKEOVER_S = 90.0

POISON: tuple[tuple[bytes | None, bytes | None], ...] = (
    (b"pool-0", b"not a decision"),
    (b"pool-1", None),
    (b"pool-2", b"\xff\xfe\x00"),
    (b"\xff\xfe", b"{}"),
    (None, b"[]"),
    (b"pool-3", b'{"type": "weather.changed"}'),
    (b"pool-4", b'{"type": "conversation.queued", "data": {"pool": "pool-4", "seq": "one"}}'),
)
"""Records that no router writes, at all of which the figures must stay as they are."""


class Router:
    """Publishes decisions in transactions as a router does, some of which are aborted first."""

    def __init__(self, site: StreamsSite) -> None:
        self._topic = f"{site.prefix}assignments"
        self._producer: Producer = site.producer()

    def publish(self, decisions: list[Decision], *, at_once: int = 50) -> None:
        """Publish decisions in their order; every third transaction fails before it succeeds."""
        for number, start in enumerate(range(0, len(decisions), at_once)):
            some = decisions[start : start + at_once]
            if number % 3 == 0:
                self._send(some)
                self._producer.flush()
                self._producer.abort_transaction()
            self._send(some)
            self._producer.commit_transaction()

    def publish_bytes(self, key: bytes | None, value: bytes | None) -> None:
        """Publish a record of any kind."""
        self._producer.begin_transaction()
        self._producer.produce(self._topic, key=key, value=value)
        self._producer.commit_transaction()

    def _send(self, decisions: list[Decision]) -> None:
        self._producer.begin_transaction()
        for decision in decisions:
            self._producer.produce(self._topic, key=decision.pool, value=as_event(decision))
            self._producer.poll(0)


def folded(site: StreamsSite) -> int:
    """How many decisions are in the figures, by the number of each pool's last."""
    last: dict[str, int] = {}
    for minute, figures in site.figures().items():
        last[minute.pool] = max(last.get(minute.pool, 0), figures.seq)
    return sum(last.values())


def progress(site: StreamsSite, before: int) -> Callable[[], bool]:
    """Ask whether more is folded than there was before."""
    return lambda: folded(site) > before


def test_totals_are_exact_through_kills_aborts_and_poison(site: StreamsSite) -> None:
    site.create("assignments", partitions=4)
    router = Router(site)
    day = list(centre_day(7, pools=POOLS, conversations=900))
    third = len(day) // 3

    worker = site.worker()
    router.publish(day[:third])
    for key, value in POISON:
        router.publish_bytes(key, value)
    site.wait_for(worker, lambda: folded(site) > 0, seconds=TAKEOVER_S)
    for some in (day[third : 2 * third], day[2 * third :]):
        # In the middle: part of this is folded and not committed, part not even read.
        router.publish(some[: third // 2])
        worker.kill()
        before = folded(site)
        worker = site.worker()
        router.publish(some[third // 2 :])
        site.wait_for(worker, progress(site, before), seconds=TAKEOVER_S)
    site.wait_for(worker, lambda: folded(site) >= len(day), seconds=TAKEOVER_S)

    assert worker.stop() == 0, worker.tail()
    assert site.figures() == counted(day)
    last = {key: value for _, key, value in site.read("open-conversations")}
    assert last
    assert set(last.values()) == {None}


def test_a_second_worker_shares_the_work_and_takes_over_what_the_first_leaves(
    site: StreamsSite,
) -> None:
    site.create("assignments", partitions=4)
    router = Router(site)
    day = list(centre_day(8, pools=POOLS, conversations=900))
    published = 200

    first = site.worker("first")
    router.publish(day[:published])
    site.wait_for(first, lambda: folded(site) >= published, seconds=TAKEOVER_S)
    second = site.worker("second")
    while "restored" not in second.log.read_text():
        # Published while the partitions are dealt anew.
        router.publish(day[published : published + 50])
        published += 50
        assert published < len(day) // 2, second.tail()
        time.sleep(1)  # between two portions of a day
    router.publish(day[published : published + 500])
    assert first.stop() == 0, first.tail()
    router.publish(day[published + 500 :])
    site.wait_for(second, lambda: folded(site) >= len(day), seconds=TAKEOVER_S)

    assert second.stop() == 0, second.tail()
    assert site.figures() == counted(day)


def test_a_worker_that_stood_still_and_wakes_up_changes_nothing(site: StreamsSite) -> None:
    site.create("assignments", partitions=2)
    router = Router(site)
    day = list(centre_day(9, pools=POOLS, conversations=600))
    half = len(day) // 2

    first = site.worker("first")
    router.publish(day[:half])
    site.wait_for(first, lambda: folded(site) > 0, seconds=TAKEOVER_S)
    first.pause()
    second = site.worker("second")
    router.publish(day[half:])
    site.wait_for(second, lambda: folded(site) >= len(day), seconds=TAKEOVER_S)
    first.resume()
    # Long enough for it to try to commit what it had at hand, and to be refused.
    time.sleep(5)

    assert second.process.poll() is None, second.tail()
    assert site.figures() == counted(day)


def test_a_broker_that_restarts_costs_no_decision(kafka: EmbeddedKafka, site: StreamsSite) -> None:
    site.create("assignments", partitions=2)
    router = Router(site)
    day = list(centre_day(10, pools=POOLS, conversations=600))
    half = len(day) // 2

    worker = site.worker()
    router.publish(day[:half])
    site.wait_for(worker, lambda: folded(site) > 0, seconds=TAKEOVER_S)
    kafka.restart()
    Router(site).publish(day[half:])
    deadline = time.monotonic() + TAKEOVER_S
    while folded(site) < len(day):
        if worker.process.poll() is not None:
            # What ended it has been said; whoever runs it starts it again.
            worker = site.worker("again")
        assert time.monotonic() < deadline, worker.tail()
        time.sleep(0.5)  # a worker is another process

    assert worker.stop() == 0, worker.tail()
    assert site.figures() == counted(day)


def test_figures_of_the_real_router_are_those_of_its_decisions(
    kafka: EmbeddedKafka, tmp_path: Path
) -> None:
    centre = Site(kafka.bootstrap_servers, folder=tmp_path)
    site = StreamsSite(kafka.bootstrap_servers, folder=tmp_path)
    site.prefix = centre.prefix
    try:
        router = centre.router()
        router.start()
        router.wait_ready()
        worker = site.worker(CONTACT_ROUTER_TOPICS__PREFIX=centre.prefix)
        platform = centre.platform(Scene(seed=3, arrivals_per_s=40))
        platform.start()
        platform.wait_for(lambda: platform.seen["conversation.closed"] > 100, timeout_s=60)
        platform.calm_down()
        platform.wait_until_served(30)
        assert router.stop() == 0

        decisions = [read_decision(value, None) for _, _, value in site.read("assignments")]
        site.wait_for(worker, lambda: folded(site) >= len(decisions), seconds=TAKEOVER_S)
        assert worker.stop() == 0, worker.tail()
        assert site.figures() == counted(decisions)
        assert sum(row.answered.count for row in site.figures().values()) > 100
        assert sum(row.missing for row in site.figures().values()) == 0
    finally:
        site.close()
        centre.close()


def test_without_the_assignments_topic_the_worker_says_how_to_make_it(site: StreamsSite) -> None:
    worker = site.worker()

    assert worker.process.wait(TAKEOVER_S) == 1
    assert "contact-router topics create" in worker.tail()


def test_topics_of_another_size_are_refused_before_anything_is_folded(site: StreamsSite) -> None:
    site.create("assignments", partitions=4)
    site.create("queue-minutes", partitions=2)
    worker = site.worker()

    assert worker.process.wait(TAKEOVER_S) == 1
    assert "has 2 partitions" in worker.tail()
    assert site.read("queue-minutes") == []


def test_a_broker_that_is_not_there_is_a_lost_server(tmp_path: Path) -> None:
    worker = StreamsSite("127.0.0.1:9", folder=tmp_path).worker()

    assert worker.process.wait(TAKEOVER_S) == 3
