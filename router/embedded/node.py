"""Lay out one Kafka node in a folder, start its process, and wait until it serves.

What `broker` (a broker that ends with its owner) and `detached` (one that outlives the command that
started it) have in common. The folder holds the settings, the logs of the broker and its data; the
data survives stops, kills and changes of port.
"""

import base64
import fcntl
import os
import subprocess
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from router.embedded.distribution import fetch_jars, find_java
from router.embedded.errors import KafkaUnavailableError
from router.embedded.sockets import LOOPBACK, broker_serves, free_port

START_TIMEOUT_S: Final = 120.0
STOP_TIMEOUT_S: Final = 30.0
POLL_S: Final = 0.05

JVM: Final = (
    "-Xms256m",
    "-Xmx1g",
    "-XX:+UseG1GC",
    "-XX:MaxGCPauseMillis=20",
    "-Djava.awt.headless=true",
)

PROPERTIES: Final = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    # A topic that is not there is a mistake to see, not to paper over.
    "auto.create.topics.enable": "false",
    # One node: nothing to replicate to.
    "default.replication.factor": "1",
    "min.insync.replicas": "1",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    # Small machine: fewer internal partitions to open and recover, fewer threads, smaller buffers.
    "offsets.topic.num.partitions": "8",
    "transaction.state.log.num.partitions": "8",
    "num.network.threads": "2",
    "num.io.threads": "4",
    "log.cleaner.dedupe.buffer.size": "33554432",
    "log.segment.bytes": "268435456",
    # A killed broker is let in again when its old session is over: by default only after 9 s.
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    # Members of a group are few and come one by one: do not wait for more of them.
    "group.initial.rebalance.delay.ms": "0",
}

LOG4J: Final = """\
<?xml version="1.0" encoding="UTF-8"?>
<Configuration status="ERROR" shutdownHook="disable">
  <Appenders>
    <RollingFile name="file" fileName="{log}" filePattern="{log}.%i">
      <PatternLayout pattern="%d{{ISO8601}} %-5p %c: %m%n"/>
      <Policies><SizeBasedTriggeringPolicy size="10 MB"/></Policies>
      <DefaultRolloverStrategy max="2"/>
    </RollingFile>
  </Appenders>
  <Loggers><Root level="WARN"><AppenderRef ref="file"/></Root></Loggers>
</Configuration>
"""


@dataclass(frozen=True, slots=True)
class Node:
    """Where a node lives: its folder, the port it serves on, settings that differ from ours."""

    folder: Path
    port: int
    overrides: Mapping[str, str]

    @property
    def bootstrap_servers(self) -> str:
        """Address for clients, `host:port`."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def properties_file(self) -> Path:
        """The `server.properties` this node is started with; also what its process is known by."""
        return self.folder / "server.properties"

    @property
    def log_file(self) -> Path:
        """What the broker itself logs, warnings and worse."""
        return self.folder / "kafka.log"

    @property
    def output_file(self) -> Path:
        """What the Java process prints, kept apart from the broker's log."""
        return self.folder / "kafka.out"


def launch(node: Node) -> "subprocess.Popen[bytes]":
    """Start the node's process in a session of its own, formatting its storage the first time.

    Returns at once; `await_ready` tells when it serves. Raises `KafkaUnavailableError` without Java
    or Kafka's jars, where another broker uses the folder, or where its storage cannot be formatted.
    """
    java = find_java()
    jars = fetch_jars()
    node.folder.mkdir(parents=True, exist_ok=True)
    log4j = node.folder / "log4j2.xml"
    kafka = [str(java), *JVM, f"-Dlog4j2.configurationFile={log4j}", "-cp", f"{jars}/*"]
    lock = _lock(node)
    try:
        log4j.write_text(LOG4J.format(log=node.log_file))
        node.properties_file.write_text(_properties(node))
        if not (node.folder / "data" / "meta.properties").exists():
            _format_storage(node, kafka=kafka)
        with node.output_file.open("ab") as output:
            return subprocess.Popen(
                [*kafka, "kafka.Kafka", str(node.properties_file)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=node.folder,
                # A session of its own: Ctrl-C in the owner's terminal is the owner's to handle.
                start_new_session=True,
                # The broker holds the folder's lock by holding the file open, until its very end.
                pass_fds=(lock,),
            )
    finally:
        os.close(lock)


def await_ready(node: Node, process: "subprocess.Popen[bytes]") -> None:
    """Wait until the node serves clients; end its process where it does not come to that.

    Raises `KafkaUnavailableError` with the end of the broker's log when the process ends first or
    two minutes pass.
    """
    deadline = time.monotonic() + START_TIMEOUT_S
    while process.poll() is None and time.monotonic() < deadline:
        if broker_serves(node.port):
            return
        time.sleep(POLL_S)  # another process serves when it does
    status = process.poll()
    if status is None:
        process.kill()
        process.wait()
        what = f"did not serve within {START_TIMEOUT_S:.0f} s"
    else:
        what = f"ended with status {status}"
    raise KafkaUnavailableError(
        f"Kafka on {node.bootstrap_servers} {what}. The end of {node.log_file}:\n{_last_words(node)}"
    )


def _lock(node: Node) -> int:
    """Take the folder for one broker and return the open lock file; its heirs keep the lock.

    Kafka's own lock comes too late: a second broker in combined mode has by then opened, and may
    have cut, the metadata log of the first (seen with 4.1.1).
    """
    lock = os.open(node.folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        raise KafkaUnavailableError(f"Another Kafka runs on the data in {node.folder}.") from error
    return lock


def _properties(node: Node) -> str:
    controller_port = free_port()
    settings = {
        **PROPERTIES,
        "listeners": (
            f"PLAINTEXT://{LOOPBACK}:{node.port},CONTROLLER://{LOOPBACK}:{controller_port}"
        ),
        "advertised.listeners": f"PLAINTEXT://{LOOPBACK}:{node.port}",
        "controller.quorum.voters": f"1@{LOOPBACK}:{controller_port}",
        "log.dirs": str(node.folder / "data"),
        **node.overrides,
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def _format_storage(node: Node, *, kafka: list[str]) -> None:
    # The same 16 random bytes in base64 that `StorageTool random-uuid` prints, without a Java
    # start.
    cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    run = subprocess.run(
        [
            *(*kafka, "kafka.tools.StorageTool", "format"),
            # With an equals sign, for an id that begins with a dash.
            f"--cluster-id={cluster_id}",
            f"--config={node.properties_file}",
        ],
        capture_output=True,
        text=True,
        timeout=START_TIMEOUT_S,
        check=False,
    )
    if run.returncode != 0:
        raise KafkaUnavailableError(
            f"Kafka could not format its storage in {node.folder}:\n{run.stdout}{run.stderr}"
        )


def _last_words(node: Node) -> str:
    lines: list[str] = []
    for file in (node.output_file, node.log_file):
        if file.exists():
            lines += file.read_text(errors="replace").splitlines()[-10:]
    return "\n".join(lines) or "(nothing was logged)"
