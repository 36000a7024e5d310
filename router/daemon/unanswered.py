"""Conditions of the rules that could not be answered: seen in the figures, and in the log where it matters.

A condition that fails loses nothing; the conversation goes on to the next rule. Promises: each is
counted by rule or queue and by cause; where what it asks for was there and could not be used, the
log says so once for each rule and version of the rules. No value of a conversation is ever told.
Counts are those of this process, whether what was decided is committed or not.
"""

import asyncio
from typing import Final

import structlog

from router.daemon.metrics import Metrics
from router.daemon.reload import RulesInForce
from router.rules import RuleSet
from router.rules.unanswered import Cause, Unanswered

log = structlog.get_logger(__name__)

EVERY_S: Final = 10.0
MOST_NAMES: Final = 500
"""So many rules and queues have a figure of their own; further ones are ``others`` together."""
OTHERS: Final = "others"

Counted = tuple[str, str, Cause]


class UnansweredConditions:
    """Passes on what the rules in force have counted since it was last looked at."""

    def __init__(self, in_force: RulesInForce, metrics: Metrics) -> None:
        self._in_force = in_force
        self._metrics = metrics
        self._rules = in_force.policies
        self._told: dict[Counted, int] = {}
        self._names: set[tuple[str, str]] = set()

    async def run(self) -> None:
        """Look now and then until cancelled."""
        while True:
            await asyncio.sleep(EVERY_S)
            self.look()

    def look(self) -> None:
        """Count what is new; of rules that were exchanged meanwhile too."""
        self._count()
        if self._rules is not self._in_force.policies:
            self._rules, self._told = self._in_force.policies, {}
            self._count()

    def _count(self) -> None:
        rules = self._rules
        for each in rules.unanswered() if isinstance(rules, RuleSet) else ():
            key = (each.of, each.name, each.cause)
            before = self._told.get(key, 0)
            if each.times > before:
                self._metrics.unanswered(
                    each.of, self._label(each), cause=each.cause.value, times=each.times - before
                )
                if not before and each.cause is Cause.UNUSABLE:
                    log.warning(
                        "a condition found what it cannot use, and does not hold",
                        of=each.of,
                        name=each.name,
                        times=each.times,
                    )
            self._told[key] = each.times

    def _label(self, each: Unanswered) -> str:
        if (each.of, each.name) not in self._names:
            if len(self._names) >= MOST_NAMES:
                return OTHERS
            self._names.add((each.of, each.name))
        return each.name
