"""Own a Kafka broker for as long as a program, or a test run, needs one.

Promises: when `start` returns, clients are served; a restart or a kill keeps port and data, as an
outage of a real broker does; the broker ends with its owner, even when that is killed. Not for more
than one thread at a time.
"""

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final

from router.embedded.node import STOP_TIMEOUT_S, Node, await_ready, launch
from router.embedded.sockets import free_port

GUARD: Final = """\
pid=$1 folder=$2 keep=$3
read -r _ && exit
# The process id may be somebody else's by now, where that can be seen.
if [ ! -d /proc/self ] || grep -qsF -- "$folder" "/proc/$pid/cmdline"; then kill -9 "$pid"; fi
[ "$keep" = yes ] || { sleep 1; rm -rf -- "$folder"; }
"""
"""End a process and its temporary folder when the pipe on standard input ends without a line."""


class EmbeddedKafka:
    """Run one Kafka node on loopback: start, stop, kill and start it again on the same data.

    Without `data_dir` the data lives in a temporary folder that `close` removes; without `port` a
    free one is chosen once and kept. `settings` are `server.properties` that differ from ours. As a
    context manager: `start` on entry, `close` on exit.
    """

    def __init__(
        self,
        *,
        data_dir: Path | None = None,
        port: int | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self._is_temporary = data_dir is None
        folder = data_dir or Path(tempfile.mkdtemp(prefix="contact-router-kafka-"))
        self._node = Node(
            folder=folder.absolute(), port=port or free_port(), overrides=dict(settings or {})
        )
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        atexit.register(self.close)

    @property
    def bootstrap_servers(self) -> str:
        """Address for clients, `host:port`; the same through restarts."""
        return self._node.bootstrap_servers

    @property
    def port(self) -> int:
        """Loopback port that clients use; the same through restarts."""
        return self._node.port

    @property
    def data_dir(self) -> Path:
        """Folder of settings, logs and data."""
        return self._node.folder

    @property
    def log_file(self) -> Path:
        """What the broker logs, warnings and worse."""
        return self._node.log_file

    @property
    def is_running(self) -> bool:
        """Whether the broker's process is alive."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Process id of the running broker, for signals; raises `RuntimeError` when it is down."""
        if self._process is None or self._process.poll() is not None:
            raise RuntimeError("the embedded Kafka is not running")
        return self._process.pid

    def start(self) -> None:
        """Start the broker and wait until it serves; nothing to do where it already runs.

        Takes about three seconds. Raises `KafkaUnavailableError` where it cannot be had.
        """
        if self.is_running:
            return
        atexit.register(self.close)
        self._process = launch(self._node)
        self._guard = self._watch_over(self._process.pid)
        try:
            await_ready(self._node, self._process)
        # Ctrl-C too: whatever ends the wait, no process is left behind.
        except BaseException:
            self.kill()
            raise

    def wait(self) -> int:
        """Wait until the broker ends by itself, and return its exit status (minus the signal's)."""
        if self._process is None:
            raise RuntimeError("the embedded Kafka is not running")
        return self._process.wait()

    def stop(self) -> None:
        """Shut the broker down in order, and wait for its end; data and port are kept."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the broker without warning, as a crash does; data and port are kept."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop the broker in order and start it again, on the same port and data."""
        self.stop()
        self.start()

    def close(self) -> None:
        """Stop the broker for good and remove its folder where it is a temporary one."""
        atexit.unregister(self.close)
        if self._is_temporary:
            # Nobody will read this data again: no reason to wait for an orderly shutdown.
            self.kill()
            shutil.rmtree(self._node.folder, ignore_errors=True)
        else:
            self.stop()

    def __enter__(self) -> "EmbeddedKafka":
        try:
            self.start()
        # Ctrl-C too: whatever ends the wait, no process is left behind.
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _end(self, with_signal: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None and process.poll() is None:
            process.send_signal(with_signal)
            # A paused process takes no signal but SIGKILL until it goes on.
            process.send_signal(signal.SIGCONT)
            try:
                process.wait(timeout=STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        guard, self._guard = self._guard, None
        if guard is not None:
            # Its line tells the guard that all is well; only a pipe that just ends is an alarm.
            guard.communicate(b"over\n")

    def _watch_over(self, pid: int) -> "subprocess.Popen[bytes]":
        # A shell that waits on a pipe which only this process holds open. (The kernel's signal on a
        # parent's death would not do: it comes when the *thread* that started the broker ends.)
        keep = "no" if self._is_temporary else "yes"
        return subprocess.Popen(
            ["/bin/sh", "-c", GUARD, "guard", str(pid), str(self._node.folder), keep],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=os.sep,
            start_new_session=True,
        )
