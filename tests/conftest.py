"""What every test may ask for: one real Kafka for all that its process runs."""

import signal
from collections.abc import Iterator

import pytest

from router.embedded import EmbeddedKafka


@pytest.fixture(scope="session")
def kafka() -> Iterator[EmbeddedKafka]:
    """Start one Kafka when the first test asks for it; where it cannot start, that test fails.

    Shared by all tests of a process: a test uses topics, groups and transactional ids of its own,
    and leaves the broker running if it stops it.
    """
    with EmbeddedKafka() as broker:
        yield broker


def pytest_configure() -> None:
    """Let what the tests start be stopped by Ctrl-C, also where a shell without a terminal began them.

    Such a shell has what it runs in the background ignore it, and every process inherits that.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that uses the `kafka` fixture, so that `-m "not kafka"` leaves it out."""
    for item in items:
        if "kafka" in getattr(item, "fixturenames", ()):
            item.add_marker("kafka")
