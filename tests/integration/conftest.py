"""What the tests of whole processes have in common: a site of each test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from router.embedded import EmbeddedKafka
from tests.faults.site import Site


@pytest.fixture
def site(kafka: EmbeddedKafka, tmp_path: Path) -> Iterator[Site]:
    """Make a site of the test's own; everything it started ends with the test."""
    place = Site(kafka.bootstrap_servers, folder=tmp_path)
    yield place
    place.close()
