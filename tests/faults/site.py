"""A place to test a router: topics of its own on a real broker, rules, processes, and a judge."""

import json
import os
import subprocess
import time
import uuid
from pathlib import Path
from typing import Any, Final

from confluent_kafka import Consumer

from tests.checker import Centre, Report, Topics, check, read_topics
from tests.checker.centre import ChannelRules
from tests.checker.events import partition_of
from tests.faults.events import Post
from tests.faults.platform import Platform, follow
from tests.faults.router_process import COMMAND, RouterProcess
from tests.faults.scene import CANARY, Scene

Json = dict[str, Any]
RULES: Final = Path(__file__).parent / "rules"
CENTRE: Final = Centre(
    capacity=100,
    channels={
        "voice": ChannelRules(units=100, exclusive=True),
        "chat": ChannelRules(units=34, at_most=3),
        "email": ChannelRules(units=25),
    },
)
"""What the rules in `rules/` say of channels and capacity; the checker cannot know it otherwise."""
SETTLE_S: Final = 1.5
SOON: Final = {
    "CONTACT_ROUTER_MEMBERSHIP__SESSION_TIMEOUT_MS": "1500",
    "CONTACT_ROUTER_MEMBERSHIP__HEARTBEAT_MS": "200",
    "CONTACT_ROUTER_MEMBERSHIP__STALL_MS": "1000",
}
"""A group that notices soon who is gone, where the broker allows it."""


class Site:
    """Everything one test needs; `close` ends what it started."""

    def __init__(self, bootstrap_servers: str, *, folder: Path, partitions: int = 4) -> None:
        unique = uuid.uuid4().hex[:8]
        self.bootstrap_servers = bootstrap_servers
        self.prefix = f"t{unique}."
        self.partitions = partitions
        self.settings = {
            "CONTACT_ROUTER_KAFKA__BOOTSTRAP_SERVERS": bootstrap_servers,
            "CONTACT_ROUTER_TOPICS__PREFIX": self.prefix,
            "CONTACT_ROUTER_TOPICS__PARTITIONS": str(partitions),
            "CONTACT_ROUTER_GROUP": f"g{unique}",
            "CONTACT_ROUTER_RULES__PATH": str(RULES),
            "CONTACT_ROUTER_HTTP__PORT": "0",
        }
        self._folder = folder
        self._routers: list[RouterProcess] = []
        self._platforms: list[Platform] = []
        self._reader: Consumer | None = None
        self._decisions: list[Json] = []
        self._create_topics()

    def router(self, name: str = "router", **settings: str) -> RouterProcess:
        """Make a router, not started yet; `settings` are added to the site's."""
        router = RouterProcess(name, settings={**self.settings, **settings}, folder=self._folder)
        self._routers.append(router)
        return router

    def platform(self, scene: Scene) -> Platform:
        """Make a platform, not started yet."""
        platform = Platform(self.bootstrap_servers, prefix=self.prefix, scene=scene)
        self._platforms.append(platform)
        return platform

    def post(self, *, codec: str = "none") -> Post:
        """Make a sender of events, which compresses them."""
        return Post(self.bootstrap_servers, prefix=self.prefix, codec=codec)

    def partition_of(self, pool: str) -> int:
        """Tell on which partition a pool lives."""
        return partition_of(pool.encode(), self.partitions)

    def now(self) -> float:
        """Tell the time, in seconds."""
        return time.time()

    def topics(self) -> Topics:
        """Read all topics as they stand."""
        return read_topics(self.bootstrap_servers, prefix=self.prefix)

    def decisions(self, count: int, *, timeout_s: float = 20.0) -> list[Json]:
        """Wait until at least so many decisions are published; give all of them as events."""
        if self._reader is None:
            self._reader = follow(self.bootstrap_servers, f"{self.prefix}assignments")
        deadline = time.monotonic() + timeout_s
        while len(self._decisions) < count:
            assert time.monotonic() < deadline, f"{len(self._decisions)} of {count} decisions"
            for message in self._reader.consume(num_messages=1_000, timeout=0.02):
                if message.error() is None:
                    self._decisions.append(json.loads(message.value() or b""))
        return list(self._decisions)

    def judge(self, centre: Centre = CENTRE) -> Report:
        """Let the timers that are due fire, then judge the topics; the routers must be running."""
        time.sleep(SETTLE_S)  # timers that are due fire meanwhile
        settled_at = int((time.time() - SETTLE_S) * 1_000)
        return check(self.topics(), centre=centre, canary=CANARY, settled_at=settled_at)

    def close(self) -> None:
        """End all processes and threads."""
        if self._reader is not None:
            self._reader.close()
        for platform in self._platforms:
            platform.stop()
        for router in self._routers:
            if router.is_running:
                router.kill()

    def _create_topics(self) -> None:
        made = subprocess.run(
            [str(COMMAND), "topics", "create"],
            env={**os.environ, **self.settings},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert made.returncode == 0, made.stdout + made.stderr


def prove(site: Site, centre: Centre = CENTRE) -> Report:
    """Demand that no promise was broken, and that there was something to break."""
    report = site.judge(centre)
    assert report.is_clean, report.text()
    assert report.counts["decisions"] > 0
    assert report.counts["inputs with the canary"] > 0
    return report
