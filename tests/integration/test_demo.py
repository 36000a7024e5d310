"""The demo as people run it: it proves a crash survived, and leaves nothing behind however it ends."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from router.embedded import EmbeddedKafka
from tests.checker import Centre, check, read_topics
from tests.checker.centre import ChannelRules, StatusRules
from tests.processes import wait_for_end

COMMAND: Final = Path(sys.executable).parent / "contact-router"
PROJECT: Final = Path(__file__).resolve().parents[2]
MARK: Final = "DEMO_OF_A_TEST"
RUN_S: Final = 150.0
CENTRE: Final = Centre(
    capacity=100,
    channels={
        "voice": ChannelRules(units=100, exclusive=True),
        "chat": ChannelRules(units=33, at_most=3),
        "message": ChannelRules(units=20, at_most=5),
        "email": ChannelRules(units=25, at_most=4, interruptible=True, addressees=2),
    },
    addressees={"contracts_experts": 1},
    labels={"angry": 1},
    rests=True,
    label_rests={"angry": 500},
    in_a_row={"angry": 2},
    occupancy=(90, 3_600_000),
    status={"onboarding_visitors": StatusRules(every_ms=1_000, within_ms=500, over_ms=60_000)},
    overflows={
        "affiliation_invoicing": ("partner_lyon", "partner_lyon"),
        "onboarding_visitors": ("generalists",),
        "generalists": ("partner_lyon", "belgium"),
    },
)
"""What the example centre's rules say at the demo's pace, and its topics do not."""


def _ignore_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class Demo:
    """One `contact-router demo` with a mark in its environment, which everything it starts inherits."""

    def __init__(
        self,
        folder: Path,
        *options: str,
        broker: EmbeddedKafka | None = None,
        in_background: bool = False,
    ) -> None:
        self._mark = uuid.uuid4().hex
        self._temporary = folder / "temporary"
        self._temporary.mkdir()
        self.output = folder / "output"
        environment = {**os.environ, MARK: self._mark, "TMPDIR": str(self._temporary)}
        if broker is not None:
            environment["CONTACT_ROUTER_KAFKA__BOOTSTRAP_SERVERS"] = broker.bootstrap_servers
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [str(COMMAND), "demo", *options],
                cwd=PROJECT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                # A script that starts a program in the background has it ignore Ctrl-C.
                preexec_fn=_ignore_interrupts if in_background else None,  # noqa: PLW1509 - no threads
            )

    def wait(self, timeout_s: float = RUN_S) -> int:
        return self.process.wait(timeout_s)

    def wait_for(self, words: str) -> None:
        """Wait until it has said something."""
        deadline = time.monotonic() + RUN_S
        while words not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.05)  # another process says it

    def said(self) -> str:
        return self.output.read_text()

    def left_running(self) -> list[int]:
        """Find the processes that inherited the mark, the demo itself included."""
        found = []
        for entry in Path("/proc").iterdir():
            try:
                environment = (entry / "environ").read_bytes() if entry.name.isdigit() else b""
            except OSError:
                continue
            if f"{MARK}={self._mark}".encode() in environment:
                found.append(int(entry.name))
        return found

    def left_in_files(self) -> list[str]:
        return sorted(each.name for each in self._temporary.iterdir())

    def end(self) -> None:
        for pid in self.left_running():
            os.kill(pid, signal.SIGKILL)
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


@pytest.fixture
def demos() -> Iterator[list[Demo]]:
    """Collect demos; whatever one of them left running ends with the test."""
    started: list[Demo] = []
    yield started
    for each in started:
        each.end()


def report(file: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(file.read_text())
    return told


def demo_topics(kafka: EmbeddedKafka) -> set[str]:
    from confluent_kafka.admin import AdminClient

    client = AdminClient({"bootstrap.servers": kafka.bootstrap_servers})
    return {name for name in client.list_topics(timeout=10).topics if ".demo-" in name}


def test_a_short_demo_on_a_kafka_of_its_own_is_proven_and_leaves_nothing(
    tmp_path: Path, demos: list[Demo]
) -> None:
    file = tmp_path / "report.json"
    demos.append(demo := Demo(tmp_path, "--seconds", "12", "--seed", "1", "--json", str(file)))

    assert demo.wait() == 0, demo.said()
    assert demo.said().count("✓") == 4
    told = report(file)
    assert told["proof"]["holds"]
    assert told["conversations"]["created"] > 500
    assert told["conversations"]["closed"] > 0
    assert len(told["crashes"]) == 1
    assert 0 < told["crashes"][0]["started_after_s"] < told["crashes"][0]["decided_after_s"]
    assert told["decision_latency_s"]["measured"] > 500
    assert told["dead_letters"] > 0
    assert not demo.left_running()
    assert not demo.left_in_files()


def test_the_separate_checker_agrees_with_the_proof(
    kafka: EmbeddedKafka, tmp_path: Path, demos: list[Demo]
) -> None:
    options = ("--seconds", "8", "--keep-topics")
    demos.append(demo := Demo(tmp_path, *options, broker=kafka))

    assert demo.wait() == 0, demo.said()
    kept = re.search(r"the topics (\S+)\* are left", demo.said())
    assert kept is not None, demo.said()
    assert "contact-router topics read assignments" in demo.said().split(f"PREFIX={kept[1]} ")[1]
    judged = check(read_topics(kafka.bootstrap_servers, prefix=kept[1]), centre=CENTRE)
    assert judged.is_clean, judged.text()
    assert judged.counts["decisions"] > 500
    assert not demo.left_running()


@pytest.mark.parametrize(
    ("number", "status", "in_background"),
    [(signal.SIGINT, 130, False), (signal.SIGTERM, 143, False), (signal.SIGTERM, 143, True)],
    ids=["ctrl-c", "sigterm", "sigterm in the background"],
)
def test_who_stops_it_in_the_middle_finds_nothing_left(
    number: signal.Signals,
    status: int,
    in_background: bool,
    kafka: EmbeddedKafka,
    tmp_path: Path,
    demos: list[Demo],
) -> None:
    before = demo_topics(kafka)
    options = ("--seconds", "0")
    demos.append(demo := Demo(tmp_path, *options, broker=kafka, in_background=in_background))
    demo.wait_for("waiting")

    demo.process.send_signal(number)

    assert demo.wait(30) == status, demo.said()
    assert not demo.left_running()
    assert not demo.left_in_files()
    assert demo_topics(kafka) == before


def test_where_the_demo_itself_is_killed_its_router_ends_too(
    kafka: EmbeddedKafka, tmp_path: Path, demos: list[Demo]
) -> None:
    demos.append(demo := Demo(tmp_path, "--seconds", "0", broker=kafka))
    demo.wait_for("waiting")
    router = [pid for pid in demo.left_running() if _is_router(pid)]
    assert len(router) == 1

    demo.process.kill()

    assert wait_for_end(router[0], seconds=10)


def test_a_router_that_ends_by_itself_ends_the_demo_and_says_why(
    kafka: EmbeddedKafka, tmp_path: Path, demos: list[Demo]
) -> None:
    demos.append(demo := Demo(tmp_path, "--seconds", "0", broker=kafka))
    demo.wait_for("waiting")
    (router,) = (pid for pid in demo.left_running() if _is_router(pid))

    os.kill(router, signal.SIGTERM)

    assert demo.wait(60) == 3
    assert "the router ended by itself with status 0" in demo.said()
    assert "asked to end" in demo.said(), "the end of its log"
    assert not demo.left_running()


def test_a_broker_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    run = subprocess.run(
        [str(COMMAND), "demo"],
        cwd=PROJECT,
        env={**os.environ, "CONTACT_ROUTER_KAFKA__BOOTSTRAP_SERVERS": "127.0.0.1:1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert run.returncode == 3
    assert "127.0.0.1" in run.stderr
    assert "Traceback" not in run.stderr


def _is_router(pid: int) -> bool:
    try:
        return b"router.cli\x00run" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
