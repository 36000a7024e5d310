"""A day of the demo, played once for all tests that look at it."""

from pathlib import Path

import pytest

from router.demo.script import Script
from tests.unit.demo.in_memory import InMemoryRouter


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> InMemoryRouter:
    """Play a short day with a crash in its middle; nobody may change it."""
    folder: Path = tmp_path_factory.mktemp("rules")
    router = InMemoryRouter(Script(seed=1, seconds=10.0, visits_per_second=35), folder)
    router.play(crash=True)
    router.settle()
    return router
