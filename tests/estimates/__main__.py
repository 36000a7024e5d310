"""Print how good estimated waits are, load by load: ``python -m tests.estimates [SEED]``."""

import sys

from tests.estimates.accuracy import judge
from tests.estimates.test_accuracy import LOADS
from tests.estimates.traffic import Day


def main() -> None:
    """Simulate each load once and print a table."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    _say(
        "calls/h  handling  agents  patience  waits   p50/exact  place  near  <=p50  <=p90  answered"
    )
    for load, hours in LOADS:
        found = judge(Day(load, hours=hours, seed=seed))
        _say(
            f"{load.an_hour:7.0f} {load.handling_s:8.0f}s {load.agents:7} {load.patience_s:8.0f}s"
            f" {found.waits:6}   {found.p50_over_exact:9.3f}  {found.farthest_place:5.2f}"
            f" {found.near:5.1%} {found.within_p50:6.1%} {found.within_p90:6.1%}"
            f" {found.answered_within_p90:9.1%}"
        )
    _say(
        "p50/exact: mean of p50 over the exact median of the place; place: the common place where it"
    )
    _say(
        "is farthest from 1; near: told within 10 % of it; <=p50, <=p90: waited no longer, those who"
    )
    _say(
        "gave up counted as if they had stayed; answered: of those who did not, no longer than p90"
    )


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
