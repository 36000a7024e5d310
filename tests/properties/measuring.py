"""What queues made by chance measure and tell of themselves."""

from router.model.estimate import Estimates
from router.model.policy import Status
from tests.properties.chance import Chance, one_in


def estimates(chance: Chance) -> Estimates | None:
    """Make what is expected of a queue, in most queues something."""
    if one_in(4, chance):
        return None
    return Estimates(
        handling_ms=chance.one_of((60_000, 5_000, 300_000)),
        patience_ms=chance.one_of((120_000, 1_000, 3_600_000)),
    )


def status(chance: Chance) -> Status | None:
    """Make how often it is told how a queue stands, in half of the queues not at all."""
    if one_in(2, chance):
        return None
    return Status(
        every_ms=chance.one_of((10_000, 1_000, 60_000, 300_000)),
        within_ms=chance.one_of((20_000, 0, 5_000)),
        over_ms=chance.one_of((900_000, 60_000, 180_000)),
        answer=chance.one_of((None, 80, 1, 100)),
    )
