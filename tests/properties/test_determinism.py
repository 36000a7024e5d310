"""The same inputs at the same times give the same decisions and the same state, in any process."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from router.engine import Engine
from tests.properties.chance import Dice
from tests.properties.durable import Changelog, entities_of, records_of
from tests.properties.happenings import SECRET, STEPS_MS, Happenings
from tests.properties.ledger import Ledgers
from tests.properties.replaying import record, recorded, replay, written
from tests.properties.story import MORNING
from tests.properties.worlds import World, a_world

PROJECT = Path(__file__).resolve().parents[2]
HASH_SEEDS = ("0", "1", "4711")
STEPS = 500


def a_recording(world: World, seed: int) -> list[str]:
    """Write down the events of a day."""
    dice, now, lines = Dice(seed), MORNING, list[str]()
    engine = Engine(world, window_ms=world.window_ms)
    ledgers, happenings = Ledgers(world), Happenings(world)
    for _ in range(STEPS):
        now += dice.one_of(STEPS_MS)
        event = happenings.next(dice, ledgers, now)
        ledgers.follow(engine.apply(event, now), event)
        lines.append(record(now, event))
    return lines


@pytest.mark.parametrize("seed", [3, 14, 15])
def test_a_day_decided_again_in_any_process_is_the_same_day(seed: int) -> None:
    lines = a_recording(a_world(Dice(seed)), seed)
    here = replay(seed, lines)
    assert here["number"] > STEPS // 2
    assert here["folded"]
    for hash_seed in HASH_SEEDS:
        done = subprocess.run(
            [sys.executable, "-m", "tests.properties.replaying", str(seed)],
            input="\n".join(lines),
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        assert json.loads(done.stdout) == here


@pytest.mark.parametrize("seed", range(8))
def test_an_engine_taken_up_from_its_records_is_the_same_engine(seed: int) -> None:
    world = a_world(Dice(seed))
    engine, changelog = Engine(world, window_ms=world.window_ms), Changelog()
    for number, line in enumerate(a_recording(world, seed)):
        now, event = recorded(line)
        engine.apply(event, now)
        changelog.fold(engine.changes())
        if number % 50 == 0:
            assert changelog.records() == records_of(engine)
            for entities in (entities_of(engine), changelog.entities()[::-1]):
                other = Engine(world, window_ms=world.window_ms)
                assert other.restore(entities, now) == []
                assert other.digest() == engine.digest()
                assert other.audit() == []
                assert records_of(other) == records_of(engine)


@pytest.mark.parametrize("seed", range(8))
def test_nothing_a_customer_wrote_is_kept_or_said(seed: int) -> None:
    world = a_world(Dice(seed))
    engine = Engine(world, window_ms=world.window_ms)
    told = 0
    for line in a_recording(world, seed):
        told += SECRET in line
        now, event = recorded(line)
        decided = engine.apply(event, now)
        assert not any(SECRET.encode() in written(each) for each in decided)
        assert not any(SECRET in repr(each) for each in engine.changes())
    assert told
    assert not any(SECRET.encode() in each for each in records_of(engine).values())


def test_the_digest_tells_two_days_apart() -> None:
    lines = a_recording(a_world(Dice(3)), 3)
    assert replay(3, lines)["digest"] != replay(3, lines[:-40])["digest"]
