"""The router as its own process: started, killed without warning, started again, ended in order.

Promises: the process ends with the demo, even where the demo itself is killed. What the router logs
goes to a file, its last lines into the error where it ends by itself.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Final

from router.demo.errors import LostError

GUARD: Final = """\
read -r _ && exit
# The process id may be somebody else's by now, where that can be seen.
if [ ! -d /proc/self ] || grep -qs router.cli "/proc/$1/cmdline"; then kill -9 "$1"; fi
"""
"""End a process when the pipe on standard input ends without a line."""

TAIL: Final = 12
STOP_S: Final = 30.0


class RouterProcess:
    """One `contact-router run`; `ready_at` is when it said that it owns its shards, 0 where it has not."""

    def __init__(
        self, *, environment: Mapping[str, str], settings_file: Path | None, log: Path
    ) -> None:
        self._environment = {**os.environ, **environment}
        self._options = [] if settings_file is None else ["--settings", str(settings_file)]
        self._log = log
        self._process: subprocess.Popen[str] | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        self.ready_at = 0.0

    def start(self) -> None:
        """Start the process and return at once."""
        self.ready_at = 0.0
        with self._log.open("a", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "router.cli", "run", *self._options],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                # A session of its own: Ctrl-C in the terminal is the demo's to handle.
                start_new_session=True,
            )
        self._guard = subprocess.Popen(
            ["/bin/sh", "-c", GUARD, "guard", str(self._process.pid)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=os.sep,
            start_new_session=True,
        )
        listening = threading.Thread(target=self._listen, args=[self._process.stdout], daemon=True)
        listening.start()

    def check(self) -> None:
        """Raise `LostError` where the process ended by itself."""
        status = None if self._process is None else self._process.poll()
        if status is not None:
            raise LostError(f"the router ended by itself with status {status}:\n{self._tail()}")

    def kill(self) -> None:
        """End the process as a crash does, with SIGKILL; nothing to do where it does not run."""
        process, self._process = self._process, None
        self.ready_at = 0.0
        if process is not None:
            process.kill()
            process.wait()
        self._dismiss_guard()

    def stop(self) -> None:
        """Ask the process to drain and go; raises `LostError` where that goes wrong."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            status = self._process.wait(STOP_S)
        except subprocess.TimeoutExpired as late:
            self.kill()
            raise LostError(f"the router did not end in {STOP_S:.0f} s:\n{self._tail()}") from late
        if status != 0:
            raise LostError(f"the router ended with status {status}:\n{self._tail()}")
        self._process = None
        self._dismiss_guard()

    def _dismiss_guard(self) -> None:
        guard, self._guard = self._guard, None
        if guard is not None:
            guard.communicate(b"over\n")

    def _listen(self, output: IO[str]) -> None:
        for line in output:
            if line.startswith("ready"):
                self.ready_at = time.time()

    def _tail(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-TAIL:]) or "(it logged nothing)"
