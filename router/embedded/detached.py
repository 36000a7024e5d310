"""Keep one broker for the user across commands: started by one, found and stopped by another.

A small file in the user's state folder says where the broker is. Promises: at most one such broker
for each user; a process id that has meanwhile gone to another program is never signalled; the data
is kept from one start to the next.
"""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from router.embedded.errors import KafkaUnavailableError
from router.embedded.node import POLL_S, STOP_TIMEOUT_S, Node, await_ready, launch
from router.embedded.sockets import LOOPBACK, free_port, is_free

USUAL_PORT: Final = 9092


@dataclass(frozen=True, slots=True)
class DetachedKafka:
    """Where the user's broker is."""

    pid: int
    port: int
    data_dir: str

    @property
    def bootstrap_servers(self) -> str:
        """Address for clients, `host:port`."""
        return f"{LOOPBACK}:{self.port}"


def default_data_dir() -> Path:
    """Return where the broker's data lives when nobody says otherwise: in the user's state folder."""
    return _state_folder() / "kafka"


def usual_port() -> int:
    """Return 9092 where it is free, else any free port."""
    return USUAL_PORT if is_free(USUAL_PORT) else free_port()


def running() -> DetachedKafka | None:
    """Return the user's broker where one runs."""
    try:
        found = DetachedKafka(**json.loads(_state_file().read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return found if _is_ours(found) else None


def start(*, port: int | None = None, data_dir: Path | None = None) -> DetachedKafka:
    """Start a broker that outlives this process, and wait until it serves.

    The one that already runs is returned as it is, whatever was asked; compare before. Raises
    `KafkaUnavailableError` where a broker cannot be had; nothing is left running then.
    """
    with _alone():
        if already := running():
            return already
        if port is not None and not is_free(port):
            raise KafkaUnavailableError(f"Port {port} is taken by another program.")
        folder = (data_dir or default_data_dir()).absolute()
        node = Node(folder=folder, port=port or usual_port(), overrides={})
        process = launch(node)
        started = DetachedKafka(pid=process.pid, port=node.port, data_dir=str(folder))
        try:
            _state_file().write_text(json.dumps(asdict(started)))
            await_ready(node, process)
        # Ctrl-C too: whatever ends the wait, no process is left behind.
        except BaseException:
            process.kill()
            process.wait()
            _state_file().unlink(missing_ok=True)
            raise
        # It is not this process's to wait for: whoever inherits it does that.
        process.returncode = 0
        return started


def stop() -> DetachedKafka | None:
    """Stop the user's broker in order and say which it was; None where none ran."""
    with _alone():
        found = running()
        if found is not None:
            _signal(found, signal.SIGTERM)
            if not _ended_within(found, STOP_TIMEOUT_S):
                _signal(found, signal.SIGKILL)
                _ended_within(found, STOP_TIMEOUT_S)
        _state_file().unlink(missing_ok=True)
        return found


def _state_folder() -> Path:
    configured = os.environ.get("XDG_STATE_HOME")
    return (Path(configured) if configured else Path.home() / ".local/state") / "contact-router"


def _state_file() -> Path:
    return _state_folder() / "kafka.json"


@contextmanager
def _alone() -> Iterator[None]:
    """Let one command at a time start or stop the broker."""
    _state_folder().mkdir(parents=True, exist_ok=True)
    with (_state_folder() / "kafka.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_ours(found: DetachedKafka) -> bool:
    """Tell whether the process with this id is that broker, not one that got its id later."""
    properties = str(Path(found.data_dir) / "server.properties")
    return properties in _command_line(found.pid)


def _command_line(pid: int) -> str:
    """Return how a process was started; empty where there is none, or it has ended."""
    if Path("/proc/self").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
        except OSError:
            return ""
    if (ps := shutil.which("ps")) is None:
        return ""
    command = [ps, "-ww", "-p", str(pid), "-o", "args="]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def _signal(found: DetachedKafka, with_signal: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(found.pid, with_signal)


def _ended_within(found: DetachedKafka, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while _is_ours(found):
        if time.monotonic() >= deadline:
            return False
        time.sleep(POLL_S)  # another process ends when it does
    return True
