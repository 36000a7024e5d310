"""A reader answers any record at all, and state that is written is found again as it was."""

from hypothesis import given, settings
from hypothesis import strategies as st

from router.model import limits
from router.model.deflection import DeflectionKind
from router.model.estimate import Lately
from router.model.inputs import Customer, Input, Presence, Topic
from router.model.outputs import Why
from router.model.reasons import Suspension
from router.model.state import (
    KINDS,
    AgentRecord,
    Change,
    ConversationRecord,
    Entity,
    Key,
    MeasuresRecord,
    OpenDeflection,
    OpenOffer,
    OpenWrapUp,
    PoolRecord,
    Profile,
    ProfileRecord,
    SeenRecord,
    StatusRecord,
    StrangerRecord,
    TallyRecord,
)
from router.wire import DeadLetter, Reader, decode_entity, encode_change, encode_dead_letter
from tests.properties.wire_events import IDS, SCALARS, WORDS

READER = Reader(topics={f"routing.{topic}": topic for topic in Topic}, partitions=3)
NAMES = st.sampled_from(["content-type", "ce_specversion", "ce_id", "ce_type", "ce_"]) | WORDS
CONTENTS = (
    st.binary(max_size=20)
    | st.none()
    | st.sampled_from(
        [b"application/cloudevents+json", b"application/json", b"1.0", b"agent.heartbeat"]
    )
)


@settings(max_examples=500, deadline=None)
@given(
    topic=st.sampled_from(sorted(f"routing.{topic}" for topic in Topic)),
    partition=st.integers(-1, 5),
    offset=st.integers(0, 2**62),
    key=st.binary(max_size=8) | st.none() | st.just(b"fr"),
    value=st.binary(max_size=60) | st.none() | st.text(max_size=40).map(str.encode),
    headers=st.lists(st.tuples(NAMES, CONTENTS), max_size=4),
)
def test_any_record_has_an_answer(
    topic: str,
    partition: int,
    offset: int,
    key: bytes | None,
    value: bytes | None,
    headers: list[tuple[str, bytes | None]],
) -> None:
    answer = READER.read(
        topic=topic,
        partition=partition,
        offset=offset,
        timestamp=-1,
        key=key,
        value=value,
        headers=headers,
    )
    assert isinstance(answer, Input | DeadLetter)
    if isinstance(answer, DeadLetter):
        assert encode_dead_letter(answer, 0).key == key
        assert answer.explanation.endswith(".")


NUMBERS = st.integers(-limits.MAX_INTEGER, limits.MAX_INTEGER)
COUNTS = st.integers(0, limits.MAX_INTEGER)
SUMS = st.builds(Lately, st.lists(COUNTS, max_size=4), st.lists(COUNTS, max_size=4))
LEVELS = st.dictionaries(WORDS, COUNTS, max_size=3)
MAYBE_WORDS = WORDS | st.none()
MAYBE_NUMBERS = NUMBERS | st.none()

OFFERS = st.builds(
    OpenOffer,
    offer=IDS,
    agent=IDS,
    units=COUNTS,
    since=NUMBERS,
    why=st.builds(Why, score=NUMBERS, terms=st.dictionaries(WORDS, NUMBERS, max_size=3)),
    expires_at=MAYBE_NUMBERS,
)
DEFLECTIONS = st.builds(
    OpenDeflection,
    deflection=IDS,
    kind=st.sampled_from(DeflectionKind),
    expires_at=MAYBE_NUMBERS,
    callback_at=MAYBE_NUMBERS,
    due=MAYBE_NUMBERS,
)
ENTITIES: st.SearchStrategy[Entity] = st.one_of(
    st.builds(
        ConversationRecord,
        id=IDS,
        channel=WORDS,
        arrived_at=NUMBERS,
        sequence=COUNTS,
        queue=WORDS,
        priority=COUNTS,
        stage=st.sampled_from(["waiting", "offered", "assigned", "deflected"]),
        topic=MAYBE_WORDS,
        level=MAYBE_NUMBERS,
        language=MAYBE_WORDS,
        skills=LEVELS,
        rules=st.lists(WORDS, max_size=3).map(tuple),
        text_rules=st.frozensets(WORDS, max_size=3),
        given_skills=LEVELS,
        customer=st.none() | st.builds(Customer, id=MAYBE_WORDS, tier=MAYBE_WORDS),
        attributes=st.dictionaries(WORDS, SCALARS, max_size=4),
        preferred_agents=st.lists(IDS, max_size=3).map(tuple),
        waited_ms=MAYBE_NUMBERS,
        offer=st.none() | OFFERS,
        barred=st.dictionaries(IDS, NUMBERS, max_size=3),
        kept_until=MAYBE_NUMBERS,
        deflection=st.none() | DEFLECTIONS,
        deflected=st.lists(WORDS, max_size=2).map(tuple),
        callbacks=NUMBERS,
    ),
    st.builds(
        ProfileRecord,
        id=IDS,
        profile=st.builds(
            Profile,
            team=WORDS,
            skills=LEVELS,
            channels=LEVELS,
            languages=st.lists(WORDS, max_size=3).map(tuple),
            cost=st.none() | NUMBERS | st.floats(allow_nan=False, allow_infinity=False),
        ),
    ),
    st.builds(
        AgentRecord,
        id=IDS,
        presence=st.sampled_from(Presence),
        suspended=st.dictionaries(st.sampled_from(Suspension), NUMBERS),
        lost_at=MAYBE_NUMBERS,
        wrap_ups=st.dictionaries(
            IDS,
            st.builds(
                OpenWrapUp,
                channel=WORDS,
                units=COUNTS,
                until=MAYBE_NUMBERS,
                queue=st.none() | WORDS,
                since=COUNTS,
            ),
            max_size=3,
        ),
    ),
    st.builds(StrangerRecord, id=IDS),
    st.builds(
        MeasuresRecord,
        queue=WORDS,
        served=SUMS,
        answered=SUMS,
        waited=SUMS,
        minute=COUNTS,
        worked=COUNTS,
    ),
    st.builds(
        PoolRecord,
        seq=COUNTS,
        policy=WORDS,
        paused=st.lists(WORDS, max_size=3).map(tuple),
        hours=st.dictionaries(WORDS, NUMBERS, max_size=2),
    ),
    st.builds(
        StatusRecord,
        queue=WORDS,
        due=MAYBE_NUMBERS,
        said=st.tuples(COUNTS, COUNTS, COUNTS),
        ended=COUNTS,
        minutes=st.lists(st.lists(COUNTS, min_size=3, max_size=3), max_size=3),
    ),
    st.builds(
        TallyRecord,
        queue=WORDS,
        over_ms=COUNTS,
        within_ms=MAYBE_NUMBERS,
        minutes=st.lists(st.lists(COUNTS, min_size=3, max_size=3), max_size=3),
    ),
    st.builds(
        SeenRecord,
        block=COUNTS,
        ids=st.dictionaries(WORDS, st.dictionaries(IDS, NUMBERS, max_size=3), max_size=2),
    ),
)


@settings(max_examples=400, deadline=None)
@given(pool=IDS, name=IDS | st.just(""), entity=ENTITIES)
def test_state_is_found_again_as_it_was(pool: str, name: str, entity: Entity) -> None:
    key = Key(pool, KINDS[type(entity)], name)
    record = encode_change(Change(key, entity))
    found_key, found = decode_entity(record.key or b"", record.value or b"")
    assert (found_key, found) == (key, entity)
    if isinstance(entity, ConversationRecord) and isinstance(found, ConversationRecord):
        # Equality does not tell 1 from 1.0 and True, nor the order of attributes.
        assert repr(found.attributes) == repr(entity.attributes)
