"""Where chance comes from: a seeded generator for long runs, Hypothesis for short stories.

Worlds and events are written once, against ``Chance``. Under Hypothesis the first option is the
simplest and numbers shrink towards the least, so makers put the plain case first.
"""

from collections.abc import Sequence
from random import Random
from typing import Protocol, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


class Chance(Protocol):
    """Something that makes choices."""

    def one_of(self, options: Sequence[T]) -> T:
        """Choose one."""
        ...

    def number(self, least: int, most: int) -> int:
        """Choose a number, both ends included."""
        ...


class Dice:
    """Choices of a seeded generator: one seed, one story."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def one_of(self, options: Sequence[T]) -> T:
        """Choose one."""
        return options[int(self._random.random() * len(options))]

    def number(self, least: int, most: int) -> int:
        """Choose a number, both ends included."""
        return self._random.randint(least, most)


class Drawn:
    """Choices of Hypothesis, which looks for the shortest story that fails."""

    def __init__(self, data: st.DataObject) -> None:
        self._data = data

    def one_of(self, options: Sequence[T]) -> T:
        """Choose one."""
        return self._data.draw(st.sampled_from(options))

    def number(self, least: int, most: int) -> int:
        """Choose a number, both ends included."""
        return self._data.draw(st.integers(least, most))


def one_in(n: int, chance: Chance) -> bool:
    """Say yes once in ``n`` times."""
    return chance.number(0, n - 1) == n // 2  # not at an end, which Hypothesis likes to try


def some_of(options: Sequence[T], chance: Chance, *, most: int) -> list[T]:
    """Choose up to ``most`` different ones, in their order."""
    chosen = {chance.number(0, len(options) - 1) for _ in range(chance.number(0, most))}
    return [options[each] for each in sorted(chosen)]
