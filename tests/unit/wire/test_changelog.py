"""State that is written is found again, and only state."""

import pytest

from router.engine.watch import tally_id
from router.model.conditions import Window
from router.model.estimate import Lately, nothing_yet
from router.model.inputs import Customer, Presence
from router.model.outputs import Why
from router.model.reasons import Suspension
from router.model.state import (
    KINDS,
    AgentRecord,
    BarrierRecord,
    Change,
    ConversationRecord,
    Entity,
    Key,
    MeasuresRecord,
    OpenOffer,
    OpenWrapUp,
    PoolRecord,
    PositionsRecord,
    Profile,
    ProfileRecord,
    SeenRecord,
    ShardsRecord,
    StatusRecord,
    StrangerRecord,
    TallyRecord,
)
from router.wire import (
    BARRIER_KEY,
    POSITIONS_KEY,
    SHARDS_KEY,
    UnknownStateError,
    decode_barrier,
    decode_entity,
    decode_key,
    decode_positions,
    decode_shards,
    encode_barrier,
    encode_change,
    encode_positions,
    encode_shards,
)

ENTITIES: list[Entity] = [
    ConversationRecord(
        id="conv-1", channel="chat", arrived_at=1, sequence=1, queue="contracts", priority=0
    ),
    ConversationRecord(
        id="conv-1",
        channel="chat",
        arrived_at=-5,
        sequence=2**53 - 1,
        queue='a "queue" « à part »',
        priority=1000,
        stage="assigned",
        topic="contracts",
        level=3,
        language="fr-CA",
        skills={"contracts": 2},
        rules=("family", "gold"),
        text_rules=frozenset({"angry", "lost"}),
        given_topic="contracts",
        given_priority=0,
        given_skills={"legal": 0},
        customer=Customer(id="cust-1", tier=None),
        attributes={"a": 1, "b": 1.0, "c": True, "d": None, "e": "", "f": 1e300, "g": -0.5},
        preferred_agents=("agent-1",),
        attempt=3,
        waited_ms=0,
        offer=OpenOffer(
            offer="o7", agent="agent-1", units=34, since=9, why=Why(score=-1, terms={"idle": -1})
        ),
        barred={"agent-2": 77},
        kept_until=99,
        traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    ),
    ProfileRecord(
        id="agent-1",
        profile=Profile(
            team="contracts",
            skills={"contracts": 3},
            channels={"chat": 3},
            site="paris",
            capacity=0,
            languages=("fr", "en"),
            preferences={"contracts": -5},
            cost=24.5,
            partner="northline",
        ),
    ),
    AgentRecord(id="agent-1"),
    AgentRecord(
        id="agent-1",
        presence=Presence.DRAINING,
        reason="late",
        until=5,
        idle_since=6,
        asked_at=7,
        missed=1,
        suspended={Suspension.LEASE_EXPIRED: 0, Suspension.NO_ANSWER: 99},
        lost_at=8,
        wrap_ups={"conv-1": OpenWrapUp(channel="chat", units=34, until=None)},
    ),
    StrangerRecord(id="agent-9"),
    MeasuresRecord(
        queue="été | nuit",
        served=nothing_yet(2),
        answered=nothing_yet(2),
        waited=Lately([1, 2, 0, 4], [0, 0, 0, 0]),
    ),
    PoolRecord(),
    PoolRecord(seq=7, sequence=3, policy="7c1e09aa", clock=9, paused=("contracts", "été")),
    StatusRecord(queue="été | nuit", due=5, minutes=[[7, 2, 1]]),
    TallyRecord(queue="", over_ms=60_000, minutes=[[7, 2, 1]]),
    TallyRecord(queue="été | nuit", over_ms=60_000, within_ms=0),
    SeenRecord(block=4, ids={"conversations /platforms/chat": {"evt-1": 5, "evt-2": 6}}),
]


def key_of(entity: Entity) -> Key:
    match entity:
        case PoolRecord():
            return Key("fr", "pool")
        case SeenRecord():
            return Key("fr", "seen", str(entity.block))
        case TallyRecord():
            window = Window(entity.over_ms, entity.within_ms)
            return Key("fr", "tally", tally_id(entity.queue, window))
        case MeasuresRecord() | StatusRecord():
            return Key("fr", KINDS[type(entity)], entity.queue.encode().hex())
        case _:
            return Key("fr", KINDS[type(entity)], entity.id)


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda each: type(each).__name__)
def test_an_entity_that_is_written_is_found_again(entity: Entity) -> None:
    record = encode_change(Change(key_of(entity), entity))
    assert record.key is not None
    assert record.value is not None
    key, found = decode_entity(record.key, record.value)
    assert key == key_of(entity)
    assert type(found) is type(entity)
    assert found == entity
    if isinstance(entity, ConversationRecord) and isinstance(found, ConversationRecord):
        kinds = [type(value) for value in entity.attributes.values()]
        assert [type(value) for value in found.attributes.values()] == kinds
        assert list(found.attributes) == list(entity.attributes)


def test_every_kind_of_entity_is_tried() -> None:
    assert {type(entity) for entity in ENTITIES} == set(KINDS)


def test_an_entity_that_is_gone_is_deleted_by_its_key() -> None:
    key = Key("fr", "conversation", "conv-1")
    record = encode_change(Change(key, None))
    assert record.value is None
    assert record.key == b"fr|conversation|conv-1"
    assert decode_key(record.key) == key


def test_keys_of_different_entities_are_different() -> None:
    pools = ("fr", "fr:conversation", "f.r", "fr@1", "a" * 128)
    keys = [Key(pool, kind, name) for pool in pools for kind in KINDS.values() for name in pools]
    written = {encode_change(Change(key, None)).key for key in keys}
    assert len(written) == len(keys)
    assert not written & {POSITIONS_KEY, BARRIER_KEY, SHARDS_KEY}


def test_what_belongs_to_the_shard_is_found_again() -> None:
    positions = PositionsRecord(conversations=7, agents=0, commands=2**53)
    record = encode_positions(positions)
    assert record.key == POSITIONS_KEY
    assert decode_positions(record.value or b"") == positions
    barrier = BarrierRecord(nonce="b7")
    record = encode_barrier(barrier)
    assert record.key == BARRIER_KEY
    assert decode_barrier(record.value or b"") == barrier
    shards = ShardsRecord(count=8)
    record = encode_shards(shards)
    assert record.key == SHARDS_KEY
    assert decode_shards(record.value or b"") == shards


@pytest.mark.parametrize(
    "key", [b"", b"fr", b"fr|conversation", b"fr|customer|1", b"a|b|c|d", b"\xff|agent|x", b"!next"]
)
def test_a_key_of_nobody_is_told(key: bytes) -> None:
    with pytest.raises(UnknownStateError):
        decode_key(key)


@pytest.mark.parametrize("value", [b"", b"null", b"{}", b"[]", b'{"id":7}', b'{"id":"\xff"}'])
def test_a_value_of_another_form_is_told_without_quoting_it(value: bytes) -> None:
    with pytest.raises(UnknownStateError) as told:
        decode_entity(b"fr|conversation|conv-1", value)
    assert told.value.__cause__ is None
    with pytest.raises(UnknownStateError):
        decode_positions(value)
    with pytest.raises(UnknownStateError):
        decode_barrier(value)
