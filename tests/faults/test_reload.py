"""Rules that change under load: good ones are taken, bad ones are harmless, and nobody is forgotten.

Twenty files that are each wrong in another way come between the good ones. After each the router
must say truly what it did with it; at the end the checker, which knows only the topics, must find
every promise kept.
"""

import json
import re
import signal
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import pytest

from router.rules import loads
from tests.faults.router_process import RouterProcess
from tests.faults.scene import Scene
from tests.faults.site import RULES, SOON, Site, prove

RIGHT: Final = (RULES / "centre.yaml").read_text()
GOOD: Final = (
    RIGHT.replace("selects: longest_idle", "selects: round_robin"),
    RIGHT.replace("contracts:\n    takes", "agreements:\n    takes"),
    RIGHT.replace('{claims: ">= level", language: same}', "{claims: 1}"),
    RIGHT.replace("never_again_after_decline: 2s", "never_again_after_decline: 0s"),
    RIGHT.replace("lease: 4s", "lease: 6s").replace("expires: 1s", "expires: 700ms"),
    RIGHT,
)
"""Another turn, a queue with another name, less asked for, no memory, other times, and back."""
BAD: Final[tuple[Callable[[str], str | bytes], ...]] = (
    lambda text: "",
    lambda text: text[: len(text) // 2],
    lambda text: text.encode("utf-16"),
    lambda text: text + "\n\x00",
    lambda text: text.replace("version: 1", "version: 2"),
    lambda text: text.replace("version: 1\n", ""),
    lambda text: text.replace("takes: true", "takes: maybe"),
    lambda text: text.replace('topic == "claims"', 'topic == "clams"'),
    lambda text: text.replace('topic == "claims"', 'topic = "claims"'),
    lambda text: text.replace("queues:", "queue:"),
    lambda text: text.replace("capacity: 100", "capacity: a lot"),
    lambda text: text.replace("capacity: 100", "capacity: -100"),
    lambda text: text.replace("lease: 4s", "lease: 4"),
    lambda text: text.replace("mode: manual", "mode: by hand"),
    lambda text: text.replace("units: 100", "unit: 100"),
    lambda text: text.replace("skills: {calm: 1}", "skills: {clam: 1}"),
    lambda text: text.replace("selects: longest_idle", "selects: prettiest"),
    lambda text: text.replace("agents:", "channels:"),
    lambda text: text.replace("  day: {}", "\tday: {}"),
    lambda text: re.sub(r"queues:.*", "queues: []\n", text, flags=re.DOTALL),
)
EACH_S: Final = 30.0
Json = dict[str, Any]


class Rules:
    """The rules of a running router as an operator changes them, and what it says of them."""

    def __init__(self, file: Path, router: RouterProcess) -> None:
        self._file = file
        self._router = router
        self.changes = 0

    def change(self, text: str | bytes, *, hang_up: bool) -> None:
        """Put a text in place, by a new file or over the old one; return when it was read."""
        content = text.encode() if isinstance(text, str) else text
        if hang_up:
            new = self._file.with_suffix(".new")
            new.write_bytes(content)
            new.replace(self._file)
        else:
            self._file.write_bytes(content)
        self.changes += 1
        # Health tells it to the millisecond, and a hang-up may be heard within one.
        now = datetime.now(UTC)
        written = now.replace(microsecond=now.microsecond // 1_000 * 1_000)
        if hang_up:
            self._router.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + EACH_S
        while datetime.fromisoformat(self._health()["last_read"]) < written:
            assert time.monotonic() < deadline, f"not read in {EACH_S} s: {content[:80]!r}"
            time.sleep(0.02)  # another process is asked over HTTP

    def are_as_last_read(self) -> bool:
        """Tell what the gauge says; health must say the same, and that the router is ready."""
        gauge = self._figures("rules_last_reload_successful") == 1
        health = self._health()
        assert health["last_reload_successful"] is gauge
        assert bool(health["problems"]) is not gauge
        return gauge

    def last_success(self) -> float:
        """Tell when rules were taken last."""
        return self._figures("rules_last_success_timestamp_seconds")

    def _health(self) -> Json:
        ready: Json = json.loads(self._get("/health/ready"))
        assert ready["status"] == "ready"
        rules: Json = ready["rules"]
        return rules

    def _figures(self, name: str) -> float:
        """Add up the series of a figure."""
        lines = self._get("/metrics").splitlines()
        ours = [line for line in lines if re.match(rf"contact_router_{name}[ {{]", line)]
        return sum(float(line.rpartition(" ")[2]) for line in ours)

    def _get(self, path: str) -> str:
        url = f"{self._router.address}{path}"
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own address
            body: bytes = answer.read()
        return body.decode()


@pytest.mark.timeout(180)
def test_rules_change_under_load_with_twenty_bad_files_between(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    file = folder / "centre.yaml"
    file.write_text(RIGHT)
    router = site.router(
        **SOON,
        CONTACT_ROUTER_RULES__PATH=str(folder),
        CONTACT_ROUTER_RULES__WATCH_EVERY_S="0.05",
    )
    router.start()
    router.wait_ready()
    # No commands: who pauses a queue that has another name a moment later cannot resume it.
    platform = site.platform(Scene(seed=4711, arrivals_per_s=80, commands=0))
    platform.start()
    platform.wait_for(lambda: platform.seen["conversation.closed"] > 20, timeout_s=30)
    rules = Rules(file, router)
    taken = rules.last_success()
    for number, good in enumerate(GOOD):
        for spoil in BAD[number :: len(GOOD)]:
            rules.change(spoil(good), hang_up=number % 2 == 1)
            assert not rules.are_as_last_read(), spoil(good)
            assert rules.last_success() == taken
        rules.change(good, hang_up=number % 2 == 0)
        assert rules.are_as_last_read()
        assert rules.last_success() > taken
        taken = rules.last_success()
    assert rules.changes == len(GOOD) + len(BAD)
    platform.wait_for_all_shards(20)
    platform.calm_down()
    platform.wait_until_served(30)
    report = prove(site)
    assert report.counts["inputs"] > 1_000
    assert_every_pool_followed(site, [RIGHT, *GOOD])
    assert router.stop() == 0


def assert_every_pool_followed(site: Site, texts: list[str]) -> None:
    """Demand that each pool says every change of meaning once, in order, and decides under each."""
    versions = [loads(text).policies[0].version for text in texts]
    expected = [version for version, _ in groupby(versions)]
    by_pool: dict[str, list[Json]] = {}
    for record in site.topics().of("assignments"):
        event = json.loads(record.value or b"")
        by_pool.setdefault(event["data"]["pool"], []).append(event)
    for pool, events in by_pool.items():
        changes = [each["data"] for each in events if each["type"] == "policy.changed"]
        assert [each["cause"] for each in changes] == [{"router": "reload"}] * len(changes), pool
        assert [changes[0]["from"], *(each["to"] for each in changes)] == expected, pool
