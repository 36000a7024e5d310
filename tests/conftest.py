"""What every test may ask for: one real Kafka for the whole run. And what runs beside what."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from router.embedded import EmbeddedKafka

SERVERS = {"faults", "integration"}
"""Folders whose tests mostly wait for servers: one process has them all, with one Kafka."""


@pytest.fixture(scope="session")
def kafka() -> Iterator[EmbeddedKafka]:
    """Start one Kafka when the first test asks for it; where it cannot start, that test fails.

    Shared by the whole run: a test uses topics, groups and transactional ids of its own, and leaves
    the broker running if it stops it.
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


class ServersApart(LoadFileScheduling):
    """Share the tests out file by file; those that wait for servers stay together, in one process.

    Groups by mark (`--dist loadgroup`) would say it shorter: pytest-xdist 3.8 drops them, without a
    word, with pytest 9.2 (its issue 1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        path = super()._split_scope(nodeid)
        return "servers" if SERVERS.intersection(Path(path).parts) else path


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ServersApart:
    """Share the tests out so that one process waits for servers while the other needs a processor."""
    return ServersApart(config, log)
