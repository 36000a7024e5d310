"""Whoever takes a shard over knows all of its past, and whoever had it before is silent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from confluent_kafka import Producer

from router.daemon import hazards
from router.daemon.connection import Connection
from router.daemon.errors import Cause, cause_of
from router.daemon.intake import Intake
from router.daemon.metrics import Metrics
from router.daemon.partition import Life
from router.daemon.reload import RulesInForce
from router.daemon.settings import KafkaSettings, Settings, TopicSettings
from router.daemon.surroundings import Surroundings
from router.daemon.topics import TopicNames
from router.rules import load
from router.wire.reader import Reader
from router.wire.writer import Writer
from tests.faults.events import Letter, Pen
from tests.faults.scene import CANARY
from tests.faults.site import RULES, Site, prove

POOL = "france"
CUSTOMERS = 2_000


def arrival(pen: Pen, number: int, *, site: Site, **facts: Any) -> Letter:
    told: dict[str, Any] = {
        "channel": "chat",
        "topic": "claims",
        "text": f"my {CANARY} is ill",
        **facts,
    }
    subject = f"c{number}"
    return pen.write("conversation.created", pool=POOL, subject=subject, at=site.now(), **told)


def test_more_state_than_one_answer_of_the_broker_holds_comes_back_whole(site: Site) -> None:
    router = site.router()
    router.start()
    router.wait_ready()
    post, pen = site.post(), Pen("/desk")
    facts = {f"fact{number}": "x" * 100 for number in range(30)}
    for number in range(CUSTOMERS):
        post.send(arrival(pen, number, site=site, attributes=facts))
    post.flush()
    site.decisions(CUSTOMERS)
    router.kill()
    router.start()
    for number in range(CUSTOMERS):
        left = pen.write("conversation.abandoned", pool=POOL, subject=f"c{number}", at=site.now())
        post.send(left)
    post.flush()
    decisions = site.decisions(2 * CUSTOMERS, timeout_s=40)
    assert {each["type"] for each in decisions[CUSTOMERS:]} == {"conversation.abandoned"}
    prove(site)


def test_what_a_crashed_owner_left_uncommitted_is_not_remembered(site: Site) -> None:
    """It wrote, and died before its commit: its successor ends the transaction and sees nothing."""
    crashed = []
    for partition in range(site.partitions):
        owner = Producer(
            {
                "bootstrap.servers": site.bootstrap_servers,
                "transactional.id": f"{site.settings['CONTACT_ROUTER_GROUP']}.{partition}",
                "transaction.timeout.ms": 300_000,
                "log_level": 0,
            }
        )
        owner.init_transactions(30)
        owner.begin_transaction()
        owner.produce(f"{site.prefix}state", partition=partition, key=b"?", value=b"half a thought")
        owner.flush(30)
        crashed.append(owner)
    router = site.router()
    router.start()
    router.wait_ready()
    post = site.post()
    post.send(arrival(Pen("/desk"), 1, site=site))
    post.flush()
    (decision,) = site.decisions(1)
    assert decision["data"]["seq"] == 1
    prove(site)


async def test_of_two_owners_of_one_shard_only_the_later_one_is_heard(site: Site) -> None:
    """Neither knows of the other, and both read and decide: only fencing keeps them apart."""
    post, pen = site.post(), Pen("/desk")
    async with owner(site) as earlier:
        await asyncio.wait_for(earlier.running.wait(), 20)
        post.send(arrival(pen, 1, site=site))
        await asyncio.to_thread(site.decisions, 1)
        async with owner(site) as later:
            await asyncio.wait_for(later.running.wait(), 20)
            for number in range(2, 12):
                post.send(arrival(pen, number, site=site))
                await asyncio.sleep(0.02)  # fifty customers a second
            await asyncio.to_thread(site.decisions, 11)
            await asyncio.to_thread(prove, site)
            assert not later.task.done()
            (ended,) = await asyncio.wait_for(
                asyncio.gather(earlier.task, return_exceptions=True), 20
            )
            assert isinstance(ended, Exception)
            assert cause_of(ended) is Cause.FENCED


class Owner:
    """One life of the pool's shard, with all it needs around it."""

    def __init__(self, site: Site) -> None:
        settings = Settings(
            group=site.settings["CONTACT_ROUTER_GROUP"],
            kafka=KafkaSettings(bootstrap_servers=site.bootstrap_servers),
            topics=TopicSettings(prefix=site.prefix, partitions=site.partitions),
        )
        hazards.mend(backoff_ms=settings.producer.backoff_ms)
        names = TopicNames.with_prefix(site.prefix)
        connection = Connection(settings.kafka)
        self.running = asyncio.Event()
        self.intake = Intake(connection, settings, inputs=names.inputs)
        around = Surroundings(
            settings=settings,
            connection=connection,
            names=names,
            shard_count=site.partitions,
            dead_letter_partitions=1,
            rules=RulesInForce(load(RULES)),
            reader=Reader(topics=names.by_input(), partitions=site.partitions),
            writer=Writer(source="/contact-router"),
            intake=self.intake,
            turns=asyncio.Semaphore(3),
            metrics=Metrics(),
        )
        life = Life(around, partition=site.partition_of(POOL), on_running=self.running.set)
        self.task = asyncio.create_task(life.run())


@asynccontextmanager
async def owner(site: Site) -> AsyncIterator[Owner]:
    """Let an owner live, and end it."""
    made = Owner(site)
    intake = asyncio.create_task(made.intake.run())
    try:
        yield made
    finally:
        for task in (made.task, intake):
            task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await task
