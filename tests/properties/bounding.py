"""Bounds on what teams are given, made by chance: so many in a period, or a share of all."""

from collections.abc import Mapping
from dataclasses import dataclass

from router.model.quota import Quota
from tests.properties.chance import Chance, some_of


@dataclass(frozen=True)
class Rounds:
    """Periods of one length; ``lasts_ms`` may be short, so that stories see many of them."""

    lasts_ms: int
    first: int

    def ends(self, at: int) -> int:
        """Give when the period ends that a time is in."""
        return at + self.lasts_ms - (at - self.first) % self.lasts_ms


def quotas(teams: tuple[str, ...], chance: Chance) -> Mapping[str, Quota]:
    """Bound some teams, in most pools none."""
    most = chance.one_of((0, 0, 0, 1, 2, 3))
    return {team: _quota(chance) for team in (some_of(teams, chance, most=most) if most else ())}


def _quota(chance: Chance) -> Quota:
    at_most = chance.one_of((1, 2, 5, None))
    shares = (None, 30, 50, 75) if at_most is not None else (50, 30, 75)
    return Quota(
        periods=Rounds(
            chance.one_of((60_000, 5_000, 300_000, 86_400_000)), chance.one_of((0, 700))
        ),
        at_most=at_most,
        share=chance.one_of(shares),
    )
