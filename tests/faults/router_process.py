"""A router as an operator runs it: its own process, started by the command, ended by signals."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO

COMMAND = Path(sys.executable).parent / "contact-router"
READY_S = 30.0
TAIL = 40


class RouterProcess:
    """One `contact-router run`; `name` tells its log from others'."""

    def __init__(self, name: str, *, settings: Mapping[str, str], folder: Path) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self.address = ""
        self.started_at = 0.0
        self.ready_at = 0.0
        self._environment = {**os.environ, **settings}
        self._ready = threading.Event()
        self._process: subprocess.Popen[str] | None = None

    @property
    def process(self) -> "subprocess.Popen[str]":
        """The process as it was started last."""
        if self._process is None:
            raise RuntimeError(f"{self.name} was never started")
        return self._process

    @property
    def is_running(self) -> bool:
        """Whether the process lives, paused or not."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the process and return at once."""
        self._ready.clear()
        self.started_at = time.monotonic()
        with self.log.open("a") as log:
            self._process = subprocess.Popen(
                [str(COMMAND), "run"],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._process.stdout is not None
        threading.Thread(target=self._listen, args=[self._process.stdout], daemon=True).start()

    def wait_ready(self, timeout_s: float = READY_S) -> float:
        """Wait for the line that says the shards are owned; give the seconds since the start."""
        deadline = time.monotonic() + timeout_s
        while not self._ready.wait(0.05):
            if not self.is_running:
                raise AssertionError(f"{self.name} ended with {self.process.poll()}\n{self.tail()}")
            if time.monotonic() > deadline:
                raise AssertionError(f"{self.name} not ready in {timeout_s} s\n{self.tail()}")
        return self.ready_at - self.started_at

    def kill(self) -> None:
        """End the process as a crash does."""
        self.process.kill()
        self.process.wait()

    def stop(self, timeout_s: float = 30.0) -> int:
        """Ask the process to drain and go; give its exit status."""
        if self.is_running:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
        try:
            return self.process.wait(timeout_s)
        except subprocess.TimeoutExpired as error:
            self.kill()
            raise AssertionError(f"{self.name} did not drain\n{self.tail()}") from error

    def pause(self) -> None:
        """Stop the process where it stands, as a virtual machine that is suspended."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a paused process go on as if nothing had happened."""
        self.process.send_signal(signal.SIGCONT)

    def tail(self) -> str:
        """Give the end of what it logged."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(lines[-TAIL:])

    def _listen(self, output: IO[str]) -> None:
        for line in output:
            if line.startswith("ready"):
                self.ready_at = time.monotonic()
                self.address = line.split()[-1]
                self._ready.set()
