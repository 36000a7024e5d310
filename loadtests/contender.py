"""A router under load, as its own process: the real one, or the null router beside it.

The real one is the command with the compiled engine, where `make compiled` has built it. Both are
started in the same way, announce themselves with a line that begins with `ready`, and end
with SIGTERM. What a process says on standard error is shown when it fails, and only then.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Final

import msgspec

from loadtests import compiled
from loadtests.machine import cpu_seconds
from loadtests.topics import Topics
from loadtests.volume import Volume

READY_S: Final = 30.0
STOP_S: Final = 20.0
POLL_S: Final = 0.02
RULES: Final = Path(__file__).with_name("rules.yaml")
COMMAND: Final = Path(sys.executable).with_name("contact-router")


class Kind(StrEnum):
    """Which of the two runs."""

    ROUTER = "router"
    NULL = "null"


class ContenderError(Exception):
    """Tell that a router did not start, ended early, or would not stop; holds its last words."""


class Contender:
    """Run one router on these topics for as long as the context is open.

    A router that is gone when it should run, or that does not end in time, raises
    `ContenderError`. On an exception of the measurement itself it is killed.
    """

    def __init__(self, kind: Kind, *, topics: Topics, volume: Volume) -> None:
        self._topics = topics
        self._command, self._settings = _command(kind, topics=topics, volume=volume)
        self._kind = kind

    def __enter__(self) -> "Contender":
        self._folder = tempfile.TemporaryDirectory(prefix="loadtests-")
        self._out = Path(self._folder.name) / "out"
        self._err = Path(self._folder.name) / "err"
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self._process = subprocess.Popen(
                self._command, stdout=out, stderr=err, env={**os.environ, **self._settings}
            )
        try:
            self._await_ready()
        # Ctrl-C too: whatever ends the wait, no process is left behind.
        except BaseException:
            self._end(signal.SIGKILL)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            self._end(signal.SIGKILL)
            return
        self.check()
        self._end(signal.SIGTERM)

    def check(self) -> None:
        """Raise `ContenderError` where the process has ended."""
        status = self._process.poll()
        if status is not None:
            raise ContenderError(
                f"the {self._kind} ended with status {status}:\n{self._last_words()}"
            )

    def cpu_seconds(self) -> float | None:
        """Tell the CPU time the process has used so far."""
        return cpu_seconds(self._process.pid)

    def _await_ready(self) -> None:
        deadline = time.monotonic() + READY_S
        while time.monotonic() < deadline:
            if any(line.startswith("ready") for line in self._out.read_text().splitlines()):
                return
            self.check()
            time.sleep(POLL_S)  # another process says it in a file
        raise ContenderError(
            f"the {self._kind} was not ready in {READY_S} s:\n{self._last_words()}"
        )

    def _end(self, how: signal.Signals) -> None:
        self._process.send_signal(how)
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired as late:
            self._process.kill()
            self._process.wait()
            raise ContenderError(f"the {self._kind} did not end:\n{self._last_words()}") from late
        finally:
            self._folder.cleanup()

    def _last_words(self) -> str:
        lines = self._out.read_text().splitlines() + self._err.read_text().splitlines()
        return "\n".join(lines[-15:]) or "(it said nothing)"


def _command(kind: Kind, *, topics: Topics, volume: Volume) -> tuple[list[str], dict[str, str]]:
    if kind is Kind.NULL:
        return [
            *(sys.executable, "-m", "loadtests.null_router"),
            *("--bootstrap", topics.bootstrap, "--prefix", topics.prefix),
            *("--partitions", str(topics.partitions)),
            *("--volume", msgspec.json.encode(volume).decode()),
        ], {}
    return [str(compiled.command() or COMMAND), "run"], {
        "CONTACT_ROUTER_KAFKA__BOOTSTRAP_SERVERS": topics.bootstrap,
        "CONTACT_ROUTER_TOPICS__PREFIX": topics.prefix,
        "CONTACT_ROUTER_GROUP": topics.prefix + "group",
        "CONTACT_ROUTER_RULES__PATH": str(RULES),
        "CONTACT_ROUTER_HTTP__PORT": "0",
        "CONTACT_ROUTER_LOG__FORMAT": "json",
        "CONTACT_ROUTER_LOG__LEVEL": "warning",
    }
