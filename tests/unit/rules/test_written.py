"""Every key of the language says in plain words what it does."""

from collections.abc import Iterator

import pytest

from router.rules.written.fields import Written
from router.rules.written.routing import Rules


def models(kind: type[Written] = Written) -> Iterator[type[Written]]:
    for each in kind.__subclasses__():
        if each.__module__.startswith("router.rules."):
            yield each
            yield from models(each)


@pytest.mark.parametrize("model", list(models()), ids=lambda model: model.__name__)
def test_every_key_is_described(model: type[Written]) -> None:
    assert model.__doc__
    for name, field in model.model_fields.items():
        assert field.description, name
        assert field.description.endswith("."), name


def test_a_reference_can_be_made_of_it() -> None:
    schema = Rules.model_json_schema()
    assert set(schema["properties"]) == {
        *("version", "pools", "calendars", "skills", "topics", "teams", "sites", "channels"),
        *("agents", "qualification", "queues", "surge", "word_lists", "labels"),
    }
    assert schema["additionalProperties"] is False
