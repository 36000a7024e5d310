"""The hot reading takes nothing that the exact one would not take, and reads it the same."""

import json
from collections import Counter

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from router.model.inputs import INPUT_TYPES, Input, Origin, Topic
from router.wire import exact
from router.wire.dead_letters import Fault
from router.wire.hot import HotReading
from router.wire.schemas import Publication, example_of, publications
from tests.properties.wire_events import DATA, FREQUENT, Event, edges, right, texts, topic_of

ORIGIN = Origin("routing.any", 1, 2, 3)
INPUTS = [each for each in publications() if each.topic in set(Topic)]
HOT = {topic: HotReading(topic) for topic in Topic}

HEADERS = (
    ("content-type", b"application/json"),
    ("content-type", b"Application/JSON; charset=utf-8"),
    ("content-type", b"text/plain"),
    ("ce_subject", b"\xff"),
    ("ce_subject", "é".encode()),
    ("ce_specversion", b"0.3"),
    ("ce_data", b"{}"),
    ("ce_type", b"agent.heartbeat"),
    ("trace", b""),
)


def same(hot: Input, truth: Input | Fault) -> None:
    """Equality does not tell 1 from 1.0 and True; the representation does, but leaves out text."""
    assert type(hot) is type(truth)
    assert hot == truth
    assert repr(hot) == repr(truth)


def agree(value: bytes, topic: Topic) -> Input | Fault:
    """Read in both ways; what the hot reading takes must be what the exact one says."""
    hot = HOT[topic].read(value, pool="fr", origin=ORIGIN)
    truth = exact.read(value, (), topic=topic, pool="fr", origin=ORIGIN)
    if hot is not None:
        same(hot, truth)
    return truth


@settings(max_examples=800, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), event=right())
def test_both_readings_agree_on_events_with_something_wrong(
    data: st.DataObject, event: Event
) -> None:
    agree(data.draw(texts(event)), topic_of(event["type"]))


@pytest.mark.parametrize("published", INPUTS, ids=lambda each: each.type)
def test_both_readings_agree_at_the_edge_of_every_rule(published: Publication) -> None:
    event = example_of(published)
    fields = dict.fromkeys(published.data.model_fields)
    event["data"] = {**fields, **event["data"], "strange": None}
    event = {**event, "traceparent": None, "strange": None}
    found = Counter(type(agree(value, topic_of(published.type))) for value in edges(event))
    assert found[Fault] > 100
    assert found[INPUT_TYPES[published.type]] > 100


@settings(max_examples=200, deadline=None)
@given(value=st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
@example(b"")
@example(b"null")
@example(b"[]")
@example(b'{"type":"agent.heartbeat"}')
def test_both_readings_agree_on_any_bytes(value: bytes) -> None:
    for topic in Topic:
        assert isinstance(agree(value, topic), Fault)


@settings(max_examples=200, deadline=None)
@given(event=right())
def test_every_right_event_is_read(event: Event) -> None:
    truth = agree(json.dumps(event).encode(), topic_of(event["type"]))
    assert type(truth) is INPUT_TYPES[event["type"]]


@settings(max_examples=200, deadline=None)
@given(event=right(types=FREQUENT))
def test_the_hot_reading_takes_every_frequent_event_that_is_right(event: Event) -> None:
    value = json.dumps(event, ensure_ascii=False).encode()
    assert HOT[topic_of(event["type"])].read(value, pool="fr", origin=ORIGIN) is not None


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), event=right())
def test_both_readings_agree_on_binary_events(data: st.DataObject, event: Event) -> None:
    body = data.draw(texts(event["data"]))
    attributes = {name: event[name] for name in event if isinstance(event[name], str)}
    if data.draw(st.booleans()):
        attributes.pop(data.draw(st.sampled_from(["id", "source", "type", "time", "subject"])))
    headers = [(f"ce_{name}", value.encode()) for name, value in attributes.items()]
    headers += data.draw(st.lists(st.sampled_from(HEADERS), max_size=2))
    topic = topic_of(event["type"])
    hot = HOT[topic].read_binary(body, headers, pool="fr", origin=ORIGIN)
    truth = exact.read(body, headers, topic=topic, pool="fr", origin=ORIGIN)
    if hot is not None:
        same(hot, truth)


def test_every_input_of_the_contract_is_tried() -> None:
    assert set(DATA) == set(INPUT_TYPES)
