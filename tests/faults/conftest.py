"""What fault tests ask for: a Kafka that tells soon who is gone, and a site on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from router.embedded import EmbeddedKafka
from tests.faults.site import Site


@pytest.fixture(scope="session")
def kafka() -> Iterator[EmbeddedKafka]:
    """Start a Kafka that fault tests may also restart, with short session timeouts allowed.

    A broker's usual least timeout of six seconds would be most of what twenty kills take.
    """
    with EmbeddedKafka(settings={"group.min.session.timeout.ms": "1000"}) as broker:
        yield broker


@pytest.fixture
def site(kafka: EmbeddedKafka, tmp_path: Path) -> Iterator[Site]:
    """Make a site of the test's own; everything it started ends with the test."""
    place = Site(kafka.bootstrap_servers, folder=tmp_path)
    yield place
    place.close()
