"""What a signal means to a router that has only begun to start."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

import pytest

from router.embedded import EmbeddedKafka
from router.embedded.sockets import free_port
from tests.faults.router_process import COMMAND
from tests.faults.site import RULES, Site
from tests.integration.test_daemon_shards import figures, until

STARTED_S: Final = 30.0
TAKEN: Final = 'contact_router_rules_reloads_total{result="taken"}'


class SlowRules:
    """Rules that come from a pipe: who reads them waits until they are written."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "rules.yaml"
        os.mkfifo(self.path)

    def wait_for_reader(self) -> IO[str]:
        """Wait until the rules are asked for; give what they are to be written to."""
        deadline = time.monotonic() + STARTED_S
        while True:
            try:
                pipe = os.open(self.path, os.O_WRONLY | os.O_NONBLOCK)
            except OSError:
                assert time.monotonic() < deadline, "nobody asked for the rules"
                time.sleep(0.02)  # another process opens the pipe
            else:
                os.set_blocking(pipe, True)
                return os.fdopen(pipe, "w")


@pytest.fixture
def rules(tmp_path: Path) -> SlowRules:
    return SlowRules(tmp_path)


@pytest.fixture
def starting(rules: SlowRules) -> Iterator["subprocess.Popen[bytes]"]:
    """A router that has begun to start; there is no broker."""
    settings = {
        "CONTACT_ROUTER_KAFKA__BOOTSTRAP_SERVERS": f"127.0.0.1:{free_port()}",
        "CONTACT_ROUTER_KAFKA__START_TIMEOUT_S": "1",
        "CONTACT_ROUTER_KAFKA__CALL_TIMEOUT_S": "1",
        "CONTACT_ROUTER_HTTP__PORT": "0",
    }
    process = subprocess.Popen(
        [str(COMMAND), "run", "--rules", str(rules.path)],
        env={**os.environ, **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield process
    process.kill()
    process.wait()


def status_once_asked(process: "subprocess.Popen[bytes]", asked: signal.Signals) -> int:
    """Ask a process to end until it has; give its exit status.

    A signal that comes after Python last looked for one, and before it begins to wait for what is
    in the pipe, is minded only once that wait ends. Rules in a file make nobody wait.
    """
    deadline = time.monotonic() + STARTED_S
    while process.poll() is None:
        assert time.monotonic() < deadline, f"{asked.name} did not end it"
        process.send_signal(asked)
        time.sleep(0.1)  # another process ends
    return process.returncode


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_a_router_that_is_asked_to_end_while_it_starts_has_ended_well(
    starting: "subprocess.Popen[bytes]", rules: SlowRules, *, asked: signal.Signals
) -> None:
    with rules.wait_for_reader():
        assert status_once_asked(starting, asked) == 0


def test_a_hang_up_while_it_starts_does_not_end_a_router(
    starting: "subprocess.Popen[bytes]", rules: SlowRules
) -> None:
    """It goes on to look for its broker; that there is none is what ends it."""
    with rules.wait_for_reader() as pipe:
        starting.send_signal(signal.SIGHUP)
        pipe.write((RULES / "centre.yaml").read_text())

    assert starting.wait(STARTED_S) == 3


@pytest.fixture
def broker() -> Iterator[EmbeddedKafka]:
    with EmbeddedKafka() as broker:
        yield broker


@pytest.fixture
def site(broker: EmbeddedKafka, tmp_path: Path) -> Iterator[Site]:
    """Make a site with a broker of its own; everything it started ends with the test."""
    place = Site(broker.bootstrap_servers, folder=tmp_path)
    yield place
    place.close()


@pytest.mark.timeout(120)
def test_a_hang_up_before_the_broker_is_there_has_the_rules_read_once_it_is(
    site: Site, broker: EmbeddedKafka, tmp_path: Path
) -> None:
    rules = tmp_path / "centre.yaml"
    rules.write_text((RULES / "centre.yaml").read_text())
    router = site.router(
        CONTACT_ROUTER_RULES__PATH=str(rules), CONTACT_ROUTER_RULES__WATCH_EVERY_S="0"
    )
    broker.stop()
    router.start()
    until(lambda: "contact-router starts" in router.tail())
    rules.write_text(rules.read_text().replace("lease: 4s", "lease: 6s"))
    router.process.send_signal(signal.SIGHUP)
    broker.start()
    router.wait_ready()

    until(lambda: figures(router)[TAKEN] == 1)
    assert router.stop() == 0
