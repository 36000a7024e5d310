"""Measure how long a router is silent when it is killed, stopped or replaced, and print it.

`python -m tests.faults.restart` starts a Kafka of its own, fills a router with live entities
(waiting conversations, agents at work), ends it in each way, starts it again at once and waits for
the first decision on an event that was sent at the moment of the start. Figures in seconds, from
that start.
"""

import tempfile
import time
from pathlib import Path
from typing import Any, Final

import click
from confluent_kafka import Consumer

from router.embedded import EmbeddedKafka
from tests.faults.events import Pen, Post
from tests.faults.platform import follow
from tests.faults.scene import POOLS
from tests.faults.site import Site

Json = dict[str, Any]
AGENTS_SHARE: Final = 5
"""One entity in so many is an agent."""
FILL_S: Final = 120.0


class Watcher:
    """Counts the decisions as they become visible, and finds those on one event."""

    def __init__(self, site: Site) -> None:
        self._reader: Consumer = follow(site.bootstrap_servers, f"{site.prefix}assignments")
        self.count = 0

    def wait_for_count(self, wanted: int) -> None:
        """Wait until so many decisions were seen."""
        deadline = time.monotonic() + FILL_S
        while self.count < wanted:
            self._look()
            if time.monotonic() > deadline:
                raise click.ClickException(f"{self.count} of {wanted} decisions in {FILL_S:.0f} s")

    def wait_for_event(self, id_: str) -> float:
        """Wait until a decision names this event as its cause; give when that was."""
        deadline = time.monotonic() + FILL_S
        needle = f'"{id_}"'.encode()
        while not any(needle in value for value in self._look()):
            if time.monotonic() > deadline:
                raise click.ClickException(f"no decision on {id_} in {FILL_S:.0f} s")
        return time.monotonic()

    def _look(self) -> list[bytes]:
        found = self._reader.consume(num_messages=500, timeout=0.005)
        values = [each.value() or b"" for each in found if each.error() is None]
        self.count += len(values)
        return [each if isinstance(each, bytes) else each.encode() for each in values]


def fill(post: Post, *, pen: Pen, entities: int) -> int:
    """Send what makes so many live entities; give how many decisions that is at least."""
    agents = entities // AGENTS_SHARE
    profile: Json = {"team": "day", "skills": {"contracts": 1}, "channels": {"voice": 1}}
    facts: Json = {"channel": "chat", "topic": "claims", "level": 3}
    for number in range(agents):
        pool = POOLS[number % len(POOLS)]
        told: Json = {"pool": pool, "subject": f"a{number}", "at": time.time()}
        post.send(pen.write("agent.updated", **told, **profile))
    for number in range(entities - agents):
        pool = POOLS[number % len(POOLS)]
        told = {"pool": pool, "subject": f"c{number}", "at": time.time()}
        post.send(pen.write("conversation.created", **told, **facts))
    post.flush(60)
    return entities - agents


@click.command()
@click.option("--entities", default=10_000, show_default=True, help="Live entities.")
@click.option("--partitions", default=8, show_default=True, help="Shards they are spread over.")
@click.option("--rounds", default=5, show_default=True, help="Restarts of each kind.")
@click.option(
    "--session-ms", default=6_000, show_default=True, help="Session timeout of the group."
)
def main(*, entities: int, partitions: int, rounds: int, session_ms: int) -> None:
    """Print the silence after each kind of restart."""
    quick = {"group.min.session.timeout.ms": "1000"}
    session = {
        "CONTACT_ROUTER_MEMBERSHIP__SESSION_TIMEOUT_MS": str(session_ms),
        "CONTACT_ROUTER_MEMBERSHIP__HEARTBEAT_MS": str(session_ms // 12),
        "CONTACT_ROUTER_MEMBERSHIP__STALL_MS": str(session_ms * 2 // 3),
    }
    with tempfile.TemporaryDirectory() as folder, EmbeddedKafka(settings=quick) as kafka:
        site = Site(kafka.bootstrap_servers, folder=Path(folder), partitions=partitions)
        try:
            measure(site, session=session, entities=entities, rounds=rounds)
        finally:
            site.close()


def measure(site: Site, *, session: dict[str, str], entities: int, rounds: int) -> None:
    """Fill a router, restart it in each way, print a line for each."""
    router = site.router("router", **session, CONTACT_ROUTER_INSTANCE="router")
    spare = site.router("spare", **session, CONTACT_ROUTER_INSTANCE="spare")
    router.start()
    router.wait_ready()
    post, pen, watcher = site.post(), Pen("/restart"), Watcher(site)
    watcher.wait_for_count(fill(post, pen=pen, entities=entities))
    click.echo(f"{entities} live entities on {site.partitions} shards")

    def first_decision(begin: float) -> float:
        probes = []
        for pool in POOLS:
            letter = pen.write(
                "conversation.created", pool=pool, subject=f"probe{pen.count}", at=time.time(),
                channel="chat",
            )  # fmt: skip
            post.send(letter)
            probes.append(f"restart-{pen.count}")
        post.flush()
        return max(watcher.wait_for_event(each) for each in probes) - begin

    nameless = site.router("nameless", **session, CONTACT_ROUTER_INSTANCE="")
    for name, each, end in (
        ("stopped (SIGTERM)", router, router.stop),
        ("killed (SIGKILL)", router, router.kill),
        ("killed, with no name", nameless, nameless.kill),
    ):
        if not each.is_running:
            router.stop()
            each.start()
            each.wait_ready()
        took, ready = [], []
        for _ in range(rounds):
            end()
            begin = time.monotonic()
            each.start()
            took.append(first_decision(begin))
            ready.append(each.wait_ready())
        _say(name, took=took, ready=ready)
    nameless.stop()
    router.start()
    router.wait_ready()
    took = []
    for _ in range(rounds):
        spare.start()
        spare.wait_ready()
        time.sleep(1)  # a spare that has come to rest
        begin = time.monotonic()
        router.stop()
        took.append(first_decision(begin))
        router.start()
        router.wait_ready()
        spare.stop()
    _say("handed over to a running one", took=took, ready=[])


def _say(name: str, *, took: list[float], ready: list[float]) -> None:
    said = f"first decision after {min(took):.2f} to {max(took):.2f} s"
    if len(ready) > 0:
        said += f", all shards after {min(ready):.2f} to {max(ready):.2f} s"
    click.echo(f"{name:30s} {said}")


if __name__ == "__main__":
    main()
