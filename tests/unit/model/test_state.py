"""The durable records survive being written and read, and every kind has one name."""

from typing import get_args

import msgspec
import pytest

from router.model.estimate import Lately
from router.model.inputs import INPUT_TYPES, INPUTS, Customer, Presence, Topic
from router.model.outputs import OUTCOMES, Why
from router.model.reasons import Suspension
from router.model.state import (
    KINDS,
    AgentRecord,
    ConversationRecord,
    Entity,
    Key,
    Kind,
    MeasuresRecord,
    OpenOffer,
    OpenWrapUp,
    PoolRecord,
    Profile,
    ProfileRecord,
    SaidEstimate,
    SeenRecord,
    StatusRecord,
    StrangerRecord,
    TallyRecord,
)

RECORDS: list[Entity] = [
    ConversationRecord(
        id="c1",
        channel="chat",
        arrived_at=1,
        sequence=2,
        queue="sales",
        priority=3,
        stage="offered",
        skills={"calm": 1},
        rules=("usual",),
        text_rules=frozenset({"angry"}),
        customer=Customer(id="k1", tier="gold"),
        attributes={"vip": True, "amount": 1.5, "note": None},
        preferred_agents=("ana",),
        offer=OpenOffer(
            offer="o1", agent="ana", units=34, since=4, why=Why(5, {"idle": 5}), expires_at=6
        ),
        barred={"bob": 7},
        kept_until=0,
        estimate=SaidEstimate(at=4, p50=3.5, p90=12.0, wait_ms=4_000),
    ),
    ConversationRecord(
        id="c2", channel="chat", arrived_at=1, sequence=1, queue="sales", priority=0
    ),
    AgentRecord(
        id="ana",
        presence=Presence.BREAK,
        suspended={Suspension.LEASE_EXPIRED: 0},
        wrap_ups={"c9": OpenWrapUp(channel="chat", units=34, queue="sales", since=5)},
        lost_at=0,
    ),
    ProfileRecord(id="ana", profile=Profile(team="t", skills={"sales": 0}, channels={"chat": 0})),
    StrangerRecord(id="zoe"),
    MeasuresRecord(
        queue="sales",
        served=Lately([1, 2], [3, 4]),
        answered=Lately([5, 6], [7, 8]),
        waited=Lately([1, 2, 3, 4], [5, 6, 7, 8]),
        minute=9,
        worked=10,
        before=11,
    ),
    PoolRecord(seq=3, sequence=2, policy="v1", clock=9, paused=("sales",)),
    StatusRecord(
        queue="sales", at=4, due=9, said=(1, 2, 3), ended=3, minutes=[[7, 2, 1], [8, 1, 0]]
    ),
    TallyRecord(queue="sales", over_ms=900_000, within_ms=0, minutes=[[7, 2, 1], [8, 1, 0]]),
    SeenRecord(block=1, ids={"agents /desktop": {"e1": 5}}),
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_a_record_read_back_is_the_record_that_was_written(record: Entity) -> None:
    assert msgspec.json.decode(msgspec.json.encode(record), type=type(record)) == record


def test_every_kind_of_record_has_one_name() -> None:
    assert set(KINDS) == set(get_args(Entity))
    assert sorted(KINDS.values()) == sorted(get_args(Kind))
    assert {type(record) for record in RECORDS} == set(KINDS)


def test_two_records_never_share_what_they_hold() -> None:
    one, other = AgentRecord(id="ana"), AgentRecord(id="bob")
    one.suspended[Suspension.NO_ANSWER] = 1
    assert other.suspended == {}


def test_keys_are_in_order_of_pool_kind_and_id() -> None:
    keys = [Key("b", "agent", "x"), Key("a", "pool"), Key("a", "agent", "y"), Key("a", "agent")]
    assert sorted(keys) == [keys[3], keys[2], keys[1], keys[0]]


def test_every_input_has_a_type_of_its_own_and_a_topic() -> None:
    assert len(INPUT_TYPES) == len(INPUTS)
    assert {each.topic for each in INPUTS} == set(Topic)


def test_every_outcome_has_a_type_of_its_own() -> None:
    assert len({each.type for each in OUTCOMES}) == len(OUTCOMES)
    assert all(each.type for each in OUTCOMES)
