"""A world is made from its seed, lives by itself, and keeps its size."""

import gc
from collections.abc import Iterator
from pathlib import Path

import msgspec
import orjson
import pytest

from loadtests import world_rules
from loadtests.engine_run import UnequalError, replay
from loadtests.tape import Tape, as_cloud_event, record
from loadtests.worlds import MIXES, OnePolicy, Size, World
from router.model.inputs import Topic
from router.model.policy import AgentRules
from router.wire.dead_letters import DeadLetter
from router.wire.reader import Reader

SMALL = Size(queues=60, agents=300, waiting=1_000)


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """Give the tests after these the collector back as it was."""
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)


@pytest.fixture(scope="module")
def tape() -> Tape:
    return record(World(SMALL, seed=3), warm_up_s=40, warm_up=1_000, inputs=3_000)


def test_the_same_seed_lives_the_same_life(tape: Tape) -> None:
    again = record(World(SMALL, seed=3), warm_up_s=40, warm_up=1_000, inputs=3_000)
    other = record(World(SMALL, seed=4), warm_up_s=40, warm_up=1_000, inputs=3_000)

    assert (again.digest, again.decisions, again.inputs) == (
        tape.digest,
        tape.decisions,
        tape.inputs,
    )
    assert other.digest != tape.digest


def test_all_that_happens_in_a_centre_happens_in_a_world(tape: Tape) -> None:
    happened = {name for _, name, _ in tape.inputs}

    assert happened == {
        "agent.heartbeat",
        "agent.presence",
        "agent.wrapup_ended",
        "conversation.abandoned",
        "conversation.created",
        "conversation.ended",
        "conversation.transferred",
        "conversation.updated",
        "offer.accepted",
        "offer.declined",
    }


def test_the_backlog_keeps_its_size(tape: Tape) -> None:
    waiting = sum(
        key.kind == "conversation" and getattr(entity, "stage", "waiting") == "waiting"
        for key, entity in tape.entities()
    )

    assert waiting == pytest.approx(SMALL.waiting, rel=0.1)


def test_an_engine_restored_from_a_tape_decides_as_the_recorded_one(
    tape: Tape, tmp_path: Path
) -> None:
    tape.save(tmp_path / "tape")

    run = replay(Tape.load(tmp_path / "tape"))

    assert (run.warm_up, run.inputs) == (1_000, 3_000)
    assert 0 < run.decisions < tape.decisions
    assert sum(each.count for each in run.by_type_us.values()) == run.inputs
    assert run.ratio == pytest.approx(run.input_us.mean / run.orjson_us.mean)


def test_an_engine_that_decides_otherwise_is_noticed(tape: Tape) -> None:
    quicker = msgspec.structs.replace(
        World(SMALL, seed=3).policy(), agents=AgentRules(lease_ms=1_000)
    )

    with pytest.raises(UnequalError, match="recorded"):
        replay(tape, policies=OnePolicy(quicker))


def test_rules_as_an_operator_writes_them_are_the_policy_of_the_world(tape: Tape) -> None:
    world = World(SMALL, seed=3)

    written = world_rules.compiled(world).for_pool("any")

    assert written is not None
    assert written.queues == world.policy().queues
    assert written.channels == world.policy().channels
    assert written.agents == world.policy().agents
    # It raises where they do not decide as recorded.
    assert replay(tape, policies=OnePolicy(written)).rules


def test_half_of_the_teams_have_agents_to_spare_and_every_mix_of_channels() -> None:
    world = World(SMALL, seed=3)
    mixes = {world.mix_of(team) for team in range(world.teams)}

    assert mixes == set(MIXES)
    assert {world.is_overloaded(team) for team in range(world.teams)} == {True, False}


def test_an_input_is_written_as_a_platform_sends_it(tape: Tape) -> None:
    reader = Reader(topics={each.value: each for each in Topic}, partitions=1)

    for offset, (now, event) in enumerate(tape.events()):
        read = reader.read(
            topic=event.topic.value,
            partition=0,
            offset=offset,
            timestamp=now,
            key=event.pool.encode(),
            value=as_cloud_event(event),
            headers=[("content-type", b"application/cloudevents+json")],
        )
        assert not isinstance(read, DeadLetter)
        assert type(read) is type(event)
        assert orjson.loads(as_cloud_event(read)) == orjson.loads(as_cloud_event(event))
