"""What an instance is called, by which it finds who was killed under its name."""

import pytest

from router.daemon.former_members import Instance, instance_of
from router.daemon.settings import HttpSettings, Settings


def test_an_instance_is_called_what_it_was_told() -> None:
    settings = Settings(instance="desk-1", http=HttpSettings(port=0))

    assert instance_of(settings, host="node") == Instance("desk-1", is_told=True)


def test_without_a_name_it_is_called_after_the_address_that_only_one_process_can_have() -> None:
    settings = Settings(http=HttpSettings(host="10.0.0.7", port=8081))

    assert instance_of(settings, host="node") == Instance("node/10.0.0.7:8081", is_told=False)


@pytest.mark.parametrize(
    ("settings", "host"),
    [
        (Settings(http=HttpSettings(port=0)), "node"),
        (Settings(instance=""), "node"),
        (Settings(), "localhost"),
    ],
)
def test_it_has_no_name_where_none_would_be_its_own(settings: Settings, host: str) -> None:
    assert instance_of(settings, host=host) is None
