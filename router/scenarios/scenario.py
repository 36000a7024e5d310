"""A routing test, read and checked: who is there, what happens when, what should be decided."""

import msgspec

from router.model.policy import Policy
from router.rules.compilation import Compiled
from router.rules.problems import Place
from router.scenarios import written
from router.scenarios.decided import Told


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What happens at ``at`` (ms) and what is expected of it and of the time before it.

    ``expected`` is None where anything may be decided; ``nothing_else``: nothing but that.
    """

    place: Place
    at: int
    happens: written.Step
    expected: tuple[Told, ...] | None
    nothing_else: bool


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """One story, from ``at`` (ms) on."""

    name: str
    place: Place
    at: int
    people: tuple[written.Person, ...]
    steps: tuple[Step, ...]


class Suite(msgspec.Struct, frozen=True, kw_only=True):
    """The scenarios of a file under the rules they are for."""

    file: str
    pool: str
    rules: Compiled
    scenarios: tuple[Scenario, ...]

    @property
    def policy(self) -> Policy:
        """Give the rules in force."""
        return self.rules.policy
