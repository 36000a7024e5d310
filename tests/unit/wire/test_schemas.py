"""What is published about the events is what is read and written."""

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from router.model import limits
from router.model.inputs import INPUTS, Topic
from router.model.outputs import OUTCOMES
from router.wire import publishing
from router.wire.asyncapi import document
from router.wire.schemas import Publication, example_of, publications, schema_of
from tests.unit.wire.events import read, topic_of

FOLDER = Path(__file__).resolve().parents[3] / "config" / "schemas"
ALL = publications()
READ = [each for each in ALL if each.topic in set(Topic)]


def test_every_event_of_the_contract_is_published_in_its_order() -> None:
    assert [each.name for each in ALL] == [
        *(f"{kind.topic}.{kind.type}" for kind in INPUTS),
        *(f"assignments.{kind.type}" for kind in OUTCOMES),
        "dead-letters.input.dead_lettered",
    ]


@pytest.mark.parametrize("event", ALL, ids=lambda each: each.name)
def test_a_schema_is_one_and_its_example_fits(event: Publication) -> None:
    schema = schema_of(event)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator(schema).validate(schema["examples"][0])
    assert schema["examples"] == [example_of(event)]


@pytest.mark.parametrize("event", ALL, ids=lambda each: each.name)
def test_every_field_is_described_in_words(event: Publication) -> None:
    for name, field in fields_of(schema_of(event)):
        if "$ref" not in field:
            assert re.search(r"[a-z].*\.$", field["description"]), (event.name, name)


def fields_of(schema: dict[str, object]) -> list[tuple[str, dict[str, str]]]:
    found = []
    for word, node in schema.items():
        if word == "properties" and isinstance(node, dict):
            found.extend((name, each) for name, each in node.items() if name != "data")
        if word not in {"examples", "anyOf"} and isinstance(node, dict):
            found.extend(fields_of(node))
    return found


@pytest.mark.parametrize("event", READ, ids=lambda each: each.name)
def test_the_example_of_an_input_can_be_read(event: Publication) -> None:
    made = read(example_of(event), topic=topic_of(event.type))
    assert type(made) is event.data.makes


def test_limits_are_published() -> None:
    created = next(each for each in ALL if each.type == "conversation.created")
    data = schema_of(created)["properties"]["data"]["properties"]
    assert data["skills"]["anyOf"][0]["maxProperties"] == limits.MAX_SKILLS
    assert data["priority"]["anyOf"][0]["maximum"] == limits.MAX_PRIORITY
    assert data["text"]["anyOf"][0]["maxLength"] == limits.MAX_TEXT
    assert data["attributes"]["anyOf"][0]["maxProperties"] == limits.MAX_ATTRIBUTES


def test_the_files_in_the_repository_are_current() -> None:
    assert publishing.difference(FOLDER) == {"missing": [], "stale": [], "unknown": []}


def test_the_topics_document_names_every_event_on_its_topic_and_points_to_its_schema() -> None:
    whole = document(ALL)
    assert whole["asyncapi"] == "3.0.0"
    messages = whole["components"]["messages"]
    for event in ALL:
        channel = whole["channels"][event.topic]
        assert channel["address"] == f"routing.{event.topic}"
        assert channel["messages"][event.type] == {"$ref": f"#/components/messages/{event.name}"}
        assert (FOLDER / messages[event.name]["payload"]["$ref"]).is_file()
    assert len(messages) == len(ALL)
    used = [each["$ref"] for each in whole["operations"].values() for each in each["messages"]]
    assert len(used) == len(set(used)) == len(ALL)


def test_every_reference_in_the_topics_document_leads_somewhere() -> None:
    whole = document(ALL)
    for reference in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(whole)):
        node = whole
        for step in reference.split("/"):
            node = node[step]


def test_the_router_receives_inputs_and_sends_decisions() -> None:
    operations = document(ALL)["operations"].values()
    ways = {each["channel"]["$ref"].rpartition("/")[2]: each["action"] for each in operations}
    assert ways == {
        "conversations": "receive",
        "agents": "receive",
        "commands": "receive",
        "assignments": "send",
        "dead-letters": "send",
    }


def test_writing_twice_changes_nothing_and_keeps_what_is_not_ours(tmp_path: Path) -> None:
    folder = tmp_path / "schemas"
    assert len(publishing.write(folder)) == len(ALL) + 1
    assert publishing.write(folder) == []
    (folder / "mine.json").write_text("{}")
    (folder / "asyncapi.json").write_text("{}")
    (folder / "agents.agent.heartbeat.json").unlink()
    assert publishing.difference(folder) == {
        "missing": ["agents.agent.heartbeat.json"],
        "stale": ["asyncapi.json"],
        "unknown": ["mine.json"],
    }
    publishing.write(folder)
    assert (folder / "mine.json").read_text() == "{}"
