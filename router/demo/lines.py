"""The wallboard as plain lines, where there is no terminal to draw on: one every few seconds.

Says the same as the screen in fewer words; needs no library.
"""

from collections.abc import Callable
from types import TracebackType
from typing import Final

from router.demo.wallboard import Picture
from router.demo.words import summary

EVERY_S: Final = 5.0
"""Seconds of the demo between two lines."""


class Lines:
    """Writes pictures as lines, and everything that is said."""

    def __init__(self, write: Callable[[str], None], *, now: Callable[[], float]) -> None:
        self._write = write
        self._now = now
        self._next = 0.0

    def show(self, picture: Picture) -> None:
        """Write a line, where it is time for one."""
        if self._now() < self._next:
            return
        self._next = self._now() + EVERY_S
        self._write(summary(picture))

    def say(self, line: str) -> None:
        """Write what happens."""
        self._write(line)

    def __enter__(self) -> "Lines":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing is left to do."""
