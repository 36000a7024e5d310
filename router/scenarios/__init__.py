"""Routing tests that operators write: time-stepped stories in YAML, run by the real engine.

``load_suite`` reads a file as strictly as rules are read, ``run`` plays a scenario under the rules
the file names and compares. Nothing here decides; a scenario goes as the router would.
"""

from router.scenarios.loading import Shelf, every_file, load_suite
from router.scenarios.running import Happened, Result, run
from router.scenarios.scenario import Scenario, Suite

__all__ = ["Happened", "Result", "Scenario", "Shelf", "Suite", "every_file", "load_suite", "run"]
