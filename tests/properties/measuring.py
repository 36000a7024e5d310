"""What queues made by chance measure and tell of themselves."""

from router.model.estimate import Estimates
from tests.properties.chance import Chance, one_in


def estimates(chance: Chance) -> Estimates | None:
    """Make what is expected of a queue, in most queues something."""
    if one_in(4, chance):
        return None
    return Estimates(
        handling_ms=chance.one_of((60_000, 5_000, 300_000)),
        patience_ms=chance.one_of((120_000, 1_000, 3_600_000)),
    )
