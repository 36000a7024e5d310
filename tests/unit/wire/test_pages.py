"""The pages for platform teams say what the router does."""

import json
import re
from enum import StrEnum
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from router.model import limits
from router.model.inputs import Topic
from router.model.reasons import (
    Close,
    Refusal,
    Release,
    Requeue,
    SurgeChange,
    Suspension,
    Unreadable,
    Withdrawal,
)
from router.wire.schemas import Publication, example_of, publications, schema_of
from tests.unit.wire.events import Event, read, topic_of

DOCS = Path(__file__).resolve().parents[3] / "docs"
EVENTS = (DOCS / "events.md").read_text(encoding="utf-8")
DEAD_LETTERS = (DOCS / "dead-letters.md").read_text(encoding="utf-8")

HEADINGS = {
    "conversations": "## Inputs on `routing.conversations`",
    "agents": "## Inputs on `routing.agents`",
    "commands": "## Inputs on `routing.commands`",
    "assignments": "## Outputs on `routing.assignments`",
    "dead-letters": "## The notice on `routing.dead-letters`",
}
CLOSED = (
    ("offer.withdrawn", "reason", Withdrawal),
    ("conversation.requeued", "reason", Requeue),
    ("conversation.closed", "reason", Close),
    ("agent.suspended", "reason", Suspension),
    ("agent.released", "reason", Release),
    ("surge.changed", "reason", SurgeChange),
    ("input.refused", "reason", Refusal),
    ("command.refused", "code", Refusal),
    ("input.dead_lettered", "reason", Unreadable),
)
"""Fields whose values are a closed list."""
COMMON = {"pool", "seq", "policy", "cause", "read", "by", "reason"}


def section(event: Publication) -> str:
    chapter = EVENTS.split(HEADINGS[event.topic])[1].split("\n## ")[0]
    return chapter.split(f"### `{event.type}`\n")[1].split("\n### ")[0]


def example(event: Publication) -> Event:
    found = re.findall(r"```json\n(.*?)```", section(event), re.DOTALL)
    assert len(found) == 1
    whole: Event = json.loads(found[0])
    return whole


@pytest.mark.parametrize("event", publications(), ids=lambda each: each.name)
def test_every_event_has_an_example_that_fits_its_schema(event: Publication) -> None:
    whole = example(event)
    assert whole["type"] == event.type
    Draft202012Validator(schema_of(event)).validate(whole)


@pytest.mark.parametrize(
    "event", [each for each in publications() if each.topic in set(Topic)], ids=lambda e: e.name
)
def test_every_example_of_an_input_can_be_read(event: Publication) -> None:
    assert type(read(example(event), topic=topic_of(event.type))) is event.data.makes


@pytest.mark.parametrize("topic", list(Topic))
def test_no_example_of_a_topic_is_refused_as_the_duplicate_of_another(topic: Topic) -> None:
    events = [each for each in publications() if each.topic == topic]
    for examples in ([example(each) for each in events], [example_of(each) for each in events]):
        assert len({each["id"] for each in examples}) == len(events)


@pytest.mark.parametrize("event", publications(), ids=lambda each: each.name)
def test_every_field_is_listed_as_required_or_not_with_its_description(event: Publication) -> None:
    data = schema_of(event)["properties"]["data"]
    for name, field in data["properties"].items():
        if event.topic in {"assignments", "commands"} and name in COMMON - {"reason"}:
            continue
        if event.topic == "commands" and name == "reason":
            continue
        mark = "" if name in data.get("required", []) else " ?"
        row = re.search(rf"^\| `{name}`{re.escape(mark)} \|.*$", section(event), re.MULTILINE)
        assert row is not None, name
        assert field.get("description", "") in row.group()


@pytest.mark.parametrize("event", publications(), ids=lambda each: each.name)
def test_the_page_says_of_each_event_what_its_schema_says(event: Publication) -> None:
    assert schema_of(event)["description"] in section(event)


@pytest.mark.parametrize(("event", "field", "words"), CLOSED, ids=str)
def test_a_closed_list_of_reasons_is_told_whole(
    event: str, field: str, words: type[StrEnum]
) -> None:
    (published,) = (each for each in publications() if each.type == event)
    row = re.search(rf"^\| `{field}` \| (.*?) \|", section(published), re.MULTILINE)
    assert row is not None
    assert re.findall(r"`(\w+)`", row[1]) == [each.value for each in words]


def test_every_reason_has_its_row_in_order() -> None:
    rows = re.findall(r"^\| `(\w+)` \|(.*)\|$", DEAD_LETTERS, re.MULTILINE)
    assert [reason for reason, _ in rows] == list(Unreadable)
    assert all(len(row.split(" | ")) == 3 for _, row in rows)


def test_every_refusal_is_told_in_order_with_when_it_comes_and_what_to_do() -> None:
    chapter = EVENTS.split("## Why an input is refused\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \|(.*)\|$", chapter, re.MULTILINE)
    assert [reason for reason, _ in rows] == list(Refusal)
    assert all(len([each for each in row.split(" | ") if each.strip()]) == 2 for _, row in rows)


def test_limits_are_told_as_they_are() -> None:
    assert f"{limits.MAX_VALUE_BYTES:,} bytes" in DEAD_LETTERS
    assert f"more than {limits.MAX_DEPTH} deep" in DEAD_LETTERS
    told = re.search(r"\*\*Limits\*\*.*", EVENTS)
    assert told is not None
    for limit in (limits.MAX_STRING, limits.MAX_SKILLS, limits.MAX_ATTRIBUTES, limits.MAX_DEPTH):
        assert f"{limit} " in told.group()
    assert f"{limits.MAX_TEXT:,}" in told.group()
