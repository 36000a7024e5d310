"""What platforms send in the load tests is a whole life, in order, on the right partition."""

import orjson

from loadtests.open_loop import index_of
from loadtests.pools import partition_of
from loadtests.schedule import NS_PER_S
from loadtests.workload import LAST_TOPIC, Planned, Workload
from router.model.inputs import Topic
from router.wire.dead_letters import DeadLetter
from router.wire.reader import Reader

WORKLOAD = Workload(seed=5, partitions=8, rate=2_000, seconds=3)
WALL_MS = 1_790_000_000_000


def _events(planned: list[Planned]) -> list[dict[str, object]]:
    return [orjson.loads(each.value) for each in planned]


def test_the_same_seed_plans_the_same_bytes() -> None:
    other = Workload(seed=6, partitions=8, rate=2_000, seconds=3)

    assert WORKLOAD.plan(wall_ms=WALL_MS) == WORKLOAD.plan(wall_ms=WALL_MS)
    assert WORKLOAD.plan(wall_ms=WALL_MS) != other.plan(wall_ms=WALL_MS)


def test_inputs_are_planned_in_order_and_numbered_by_it() -> None:
    plan = WORKLOAD.plan(wall_ms=WALL_MS)

    assert [each.due_ns for each in plan] == sorted(each.due_ns for each in plan)
    assert plan[-1].due_ns < 3 * NS_PER_S
    assert [event["id"] for event in _events(plan)] == [f"i{n}" for n in range(len(plan))]


def test_nobody_ends_a_conversation_that_was_not_created_before_on_the_same_partition() -> None:
    created: dict[tuple[bytes, object], int] = {}
    ended = 0
    for each, event in zip(plan := WORKLOAD.plan(wall_ms=WALL_MS), _events(plan), strict=True):
        who = (each.key, event["subject"])
        if event["type"] == "conversation.created":
            assert who not in created
            created[who] = each.partition
        elif event["type"] == "conversation.ended":
            assert created[who] == each.partition
            ended += 1

    assert ended > len(created) / 2


def test_a_tenth_of_the_inputs_are_heartbeats_unless_said_otherwise() -> None:
    plan = WORKLOAD.plan(wall_ms=WALL_MS)
    without = Workload(seed=5, partitions=8, rate=2_000, seconds=3, heartbeats=0)

    beats = sum(each.topic == "agents" for each in plan)

    assert 0.08 < beats / len(plan) < 0.16  # ends that fall after the run are missing
    assert {each.topic for each in without.plan(wall_ms=WALL_MS)} == {"conversations"}


def test_every_record_stands_on_the_partition_of_its_pool() -> None:
    inputs = WORKLOAD.log_in(wall_ms=WALL_MS) + WORKLOAD.plan(wall_ms=WALL_MS)

    assert all(each.partition == partition_of(each.key.decode(), partitions=8) for each in inputs)
    assert {each.partition for each in inputs} == set(range(8))


def test_the_last_agent_of_each_pool_logs_in_last_and_alone_serves_the_roll_call() -> None:
    inputs = WORKLOAD.log_in(wall_ms=WALL_MS)

    for partition in range(8):
        own = [orjson.loads(each.value) for each in inputs if each.partition == partition]
        skilled = [each["subject"] for each in own if LAST_TOPIC in each["data"].get("skills", {})]
        assert skilled == ["last"]
        assert [each["type"] for each in own[-2:]] == ["agent.updated", "agent.presence"]
        assert own[-1]["subject"] == "last"


def test_the_router_can_read_every_input() -> None:
    reader = Reader(topics={each.value: each for each in Topic}, partitions=8)
    inputs = (
        WORKLOAD.log_in(wall_ms=WALL_MS)[-200:]
        + WORKLOAD.roll_call(wall_ms=WALL_MS)
        + WORKLOAD.plan(wall_ms=WALL_MS)[:500]
    )
    for offset, each in enumerate(inputs):
        read = reader.read(
            topic=each.topic,
            partition=each.partition,
            offset=offset,
            timestamp=WALL_MS,
            key=each.key,
            value=each.value,
            headers=[("content-type", b"application/cloudevents+json")],
        )
        assert not isinstance(read, DeadLetter), read


def test_a_decision_names_the_input_it_answers() -> None:
    def decision(cause: object) -> bytes:
        return orjson.dumps({"data": {"cause": cause}})

    assert index_of(decision({"topic": "t", "partition": 0, "offset": 3, "id": "i123"})) == 123
    assert index_of(decision({"topic": "t", "partition": 0, "offset": 3, "id": LAST_TOPIC})) is None
    assert index_of(decision({"timer": "offer_expires", "due": "x", "of": "i7"})) is None
