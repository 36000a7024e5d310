"""`contact-router kafka` starts one broker for the user, finds it again, and stops it."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from router.embedded.sockets import LOOPBACK, broker_serves, free_port
from tests.processes import wait_for_end

COMMAND = [sys.executable, "-m", "router.cli"]


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A user's state folder of the test's own; no broker is left running in it."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    yield tmp_path / "contact-router"
    contact_router("kafka", "stop")


def contact_router(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *words], capture_output=True, text=True, timeout=200, check=False
    )


@pytest.mark.kafka
def test_a_started_broker_is_found_again_and_stopped(state: Path) -> None:
    port = free_port()

    started = contact_router("kafka", "start", "--port", str(port), "--json")
    assert started.returncode == 0, started.stderr
    facts = json.loads(started.stdout)
    assert facts == {
        "bootstrap_servers": f"127.0.0.1:{port}",
        "pid": facts["pid"],
        "port": port,
        "data_dir": str(state / "kafka"),
        "was_running": False,
    }
    assert broker_serves(port)

    again = contact_router("kafka", "start", "--json")
    assert again.returncode == 0
    assert json.loads(again.stdout) == {**facts, "was_running": True}

    in_words = contact_router("kafka", "start")
    assert f"already serves on 127.0.0.1:{port}" in in_words.stdout
    assert f"CONTACT_ROUTER_KAFKA__BOOTSTRAP_SERVERS=127.0.0.1:{port}" in in_words.stdout

    elsewhere = contact_router("kafka", "start", "--port", str(free_port()))
    assert elsewhere.returncode == 2
    assert f"Kafka already runs, on 127.0.0.1:{port}" in elsewhere.stderr

    stopped = contact_router("kafka", "stop")
    assert stopped.returncode == 0
    assert f"stopped Kafka on 127.0.0.1:{port}" in stopped.stdout
    assert wait_for_end(facts["pid"], seconds=5)  # whoever adopted it has yet to notice


def test_stopping_without_a_broker_is_no_error(state: Path) -> None:
    in_words = contact_router("kafka", "stop")
    as_json = contact_router("kafka", "stop", "--json")

    assert (in_words.returncode, in_words.stdout) == (0, "no Kafka was running\n")
    assert (as_json.returncode, json.loads(as_json.stdout)) == (0, {"stopped": None})


def test_a_stranger_with_the_brokers_process_id_is_left_alone(state: Path) -> None:
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    state.mkdir(parents=True)
    record = {"pid": stranger.pid, "port": 9092, "data_dir": str(state / "kafka")}
    (state / "kafka.json").write_text(json.dumps(record))

    stopped = contact_router("kafka", "stop")

    assert stopped.stdout == "no Kafka was running\n"
    assert stranger.poll() is None
    stranger.communicate(b"\n")
    assert stranger.returncode == 0


def test_a_state_file_that_cannot_be_read_is_no_broker(state: Path) -> None:
    state.mkdir(parents=True)
    (state / "kafka.json").write_text('{"pid": ')

    assert contact_router("kafka", "stop").stdout == "no Kafka was running\n"


def test_a_taken_port_is_wrong_use(state: Path) -> None:
    with socket.create_server((LOOPBACK, 0)) as listener:
        port = listener.getsockname()[1]
        refused = contact_router("kafka", "start", "--port", str(port))

    assert refused.returncode == 2
    assert f"Port {port} is taken by another program." in refused.stderr


@pytest.mark.parametrize("where", ["--background", "--foreground"])
def test_without_java_the_server_cannot_be_reached(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)

    refused = contact_router("kafka", "start", where)

    assert refused.returncode == 3
    assert refused.stdout == ""
    assert "needs Java 17 or newer" in refused.stderr
    assert "apt install openjdk-17-jdk-headless maven" in refused.stderr
    assert not (state / "kafka.json").exists()


@pytest.mark.kafka
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_in_the_foreground_the_broker_ends_with_the_command(
    state: Path, ending: signal.Signals
) -> None:
    command = [*COMMAND, "kafka", "start", "--foreground", "--json", "--port", str(free_port())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        facts = json.loads(owner.stdout.readline())
        assert broker_serves(facts["port"])

        owner.send_signal(ending)
        assert owner.wait(timeout=60) == 0

    assert wait_for_end(facts["pid"], seconds=5)  # whoever adopted it has yet to notice


@pytest.mark.kafka
def test_a_broker_lost_in_the_foreground_is_a_lost_server(state: Path) -> None:
    command = [*COMMAND, "kafka", "start", "--foreground", "--json", "--port", str(free_port())]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        facts = json.loads(owner.stdout.readline())

        os.kill(facts["pid"], signal.SIGKILL)
        _, said = owner.communicate(timeout=60)

    assert owner.returncode == 3
    assert "Kafka ended by itself with status -9" in said
