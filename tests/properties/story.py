"""One story told to the engine, the reference and the ledger at once, step by step.

The engine may be ended at any moment and go on from its snapshot, from the changes it gave, or
under other rules, and other rules may come into force while it runs; the reference is told so and
must still decide the same.
"""

from itertools import zip_longest

from msgspec.structs import replace

from router.engine import Engine
from router.model.inputs import Input
from router.model.outputs import Decision, RouterCause
from router.model.state import Entity, Key
from tests.properties.chance import Chance
from tests.properties.durable import Changelog, entities_of, records_of
from tests.properties.happenings import STEPS_MS, Happenings
from tests.properties.ledger import Ledgers
from tests.properties.worlds import World
from tests.reference import Reference

MORNING = 1_700_000_000_000
AWAY_MS = 20_000


class Story:
    """An engine and a reference in the same world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.now = MORNING
        self.engine = self._new_engine()
        self.reference = Reference(self.world, window_ms=self.world.window_ms)
        self.changelog = Changelog()
        self.ledgers = Ledgers(self.world)
        self.happenings = Happenings(self.world)
        self.lines = [f"{'':>12}{pool}: {rules}" for pool, rules in world.rules.items()]

    def open(self, chance: Chance) -> None:
        """Let all agents come in."""
        for event in self.happenings.opening(chance, self.ledgers, self.now):
            self._tell(event)

    def happen(self, chance: Chance) -> None:
        """Let time go by, or not, and one thing happen."""
        self.now += chance.one_of(STEPS_MS)
        self._tell(self.happenings.next(chance, self.ledgers, self.now))

    def _tell(self, event: Input) -> None:
        self.lines.append(f"{self.now - MORNING:>9} {event}")
        decided = self.engine.apply(event, self.now)
        self._compare(decided, self.reference.apply(event, self.now), event)

    def wait(self, chance: Chance) -> None:
        """Let time go by."""
        self.now += chance.one_of(STEPS_MS)
        self.lines.append(f"{self.now - MORNING:>9} (only time)")
        due = self.engine.next_deadline
        decided = self.engine.advance(self.now)
        assert not decided or (due is not None and due <= self.now), "a deadline came late"
        self._compare(decided, self.reference.advance(self.now))

    def restart_from_snapshot(self) -> None:
        """End the engine and start another from its snapshot."""
        before = self.engine.digest()
        self._restart(entities_of(self.engine), "from its snapshot")
        assert self.engine.digest() == before

    def restart_from_changes(self) -> None:
        """End the engine and, a while later, start another from the changes it gave."""
        before = self.engine.digest()
        self.now += AWAY_MS
        self._restart(self.changelog.entities(), "from its changes")
        assert self.engine.digest() == before

    def restart_with_other_rules(self, chance: Chance) -> None:
        """Start another engine under rules that may lack queues of the old ones."""
        self._change_rules(chance, list(self.world.rules))
        self._restart(entities_of(self.engine), f"with rules {self.world.rules}")

    def swap_rules(self, chance: Chance) -> None:
        """Let other rules come into force for some pools, which do as after a restart."""
        self.now += chance.one_of(STEPS_MS)
        self._compare(self.engine.advance(self.now), self.reference.advance(self.now))
        before = entities_of(self.engine)
        quiet = {pool: engine_pool.record.seq for pool, engine_pool in self.engine.pools.items()}
        changed = [pool for pool in self.world.rules if chance.number(0, 2)]
        self._change_rules(chance, changed)
        self.lines.append(f"{self.now - MORNING:>9} (swapped to rules {self.world.rules})")
        decided = self.engine.adopt(self.world, self.now)
        self._compare(decided, self.reference.adopted(self.now))
        for pool, seq in quiet.items():
            assert pool in changed or self.engine.pools[pool].record.seq == seq
        other = self._new_engine()
        restarted = other.restore(before, self.now)
        assert [replace(each, cause=RouterCause("reload")) for each in restarted] == decided
        assert other.digest() == self.engine.digest()

    def _change_rules(self, chance: Chance, pools: list[str]) -> None:
        self.world.version += 1
        version = f"v{self.world.version}"
        other = {pool: self.world.other_rules(chance, version=version) for pool in pools}
        self.world.rules = {**self.world.rules, **other}

    def check_state(self) -> None:
        """Check the invariants, and that changes and snapshot tell the same."""
        assert self.engine.audit() == []
        assert self.changelog.records() == records_of(self.engine)

    def _restart(self, entities: list[tuple[Key, Entity]], how: str) -> None:
        self.lines.append(f"{self.now - MORNING:>9} (restarted {how})")
        self.engine = self._new_engine()
        decided = self.engine.restore(entities, self.now)
        self._compare(decided, self.reference.restarted(self.now))

    def _new_engine(self) -> Engine:
        return Engine(self.world, window_ms=self.world.window_ms)

    def _compare(
        self, decided: list[Decision], expected: list[Decision], heard: Input | None = None
    ) -> None:
        self.lines += [f"{'':>12}{each.seq} {each.body}" for each in decided]
        self.changelog.fold(self.engine.changes())
        assert decided == expected, difference(decided, expected)
        self.ledgers.follow(decided, heard)


def difference(decided: list[Decision], expected: list[Decision]) -> str:
    """Show the first decision where engine and reference part."""
    pairs = zip_longest(decided, expected)
    ours, theirs = next((pair for pair in pairs if pair[0] != pair[1]), (None, None))
    return f"the engine decided\n  {ours}\nthe reference\n  {theirs}"
