"""What the schemas allow and what can be read are the same, but for what no schema can say."""

import json

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from router.model.inputs import NOWHERE, Topic
from router.model.reasons import Unreadable
from router.wire import exact
from router.wire.dead_letters import Fault
from router.wire.schemas import Publication, example_of, publications, schema_of
from tests.properties.wire_events import Event, edges, right, topic_of

INPUTS = {each.type: each for each in publications() if each.topic in set(Topic)}
VALIDATORS = {kind: Draft202012Validator(schema_of(each)) for kind, each in INPUTS.items()}

BEYOND_SCHEMAS = (
    "The value must be JSON",
    "Objects and arrays must be nested at most",
    "written without fraction or exponent",
    "must not be beyond 2^53 - 1",
    "must be a finite number",
    "must be an RFC 3339 time",
)
"""What JSON Schema cannot say: the text itself, depth, 1.0 apart from 1, and the calendar."""


@settings(max_examples=100, deadline=None)
@given(event=right())
def test_every_right_event_fits_its_schema(event: Event) -> None:
    VALIDATORS[event["type"]].validate(event)


@pytest.mark.parametrize(
    "kind", ["conversation.created", "conversation.transferred", "agent.presence", "command.close"]
)
def test_schema_and_reading_agree_at_the_edge_of_every_rule(kind: str) -> None:
    published: Publication = INPUTS[kind]
    event = example_of(published)
    event["data"] = {**dict.fromkeys(published.data.model_fields), **event["data"]}
    for value in edges({**event, "traceparent": None}):
        try:
            document = json.loads(value)
        except (ValueError, RecursionError):
            continue
        answer = exact.read(value, (), topic=topic_of(kind), pool="fr", origin=NOWHERE)
        if not isinstance(answer, Fault):
            assert VALIDATORS[kind].is_valid(document), value
        elif answer.reason is not Unreadable.TOO_DEEP and VALIDATORS[kind].is_valid(document):
            assert any(words in answer.explanation for words in BEYOND_SCHEMAS), answer
