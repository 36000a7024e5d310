"""The files an operator deploys, as data."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

PROJECT: Final = Path(__file__).resolve().parents[2]
DEPLOY: Final = PROJECT / "deploy"
PROMETHEUS: Final = DEPLOY / "prometheus"
DASHBOARDS: Final = tuple(sorted((DEPLOY / "grafana").glob("*.json")))

METRIC: Final = re.compile(r"\bcontact_router[a-z0-9_:]*")

HOW_TO_INSTALL: Final = (
    "promtool is not installed, and the alert rules cannot be checked without it."
    " It comes with Prometheus: `make system`, or `apt install prometheus`."
)


def read_yaml(path: Path) -> Any:
    """Read a YAML file."""
    return YAML(typ="safe").load(path)


def promtool(*arguments: str, told: str = "") -> "subprocess.CompletedProcess[str]":
    """Run promtool, with `told` as its standard input; where there is none, say how to get it."""
    program = shutil.which("promtool")
    assert program is not None, HOW_TO_INSTALL
    return subprocess.run(
        [program, *arguments],
        cwd=PROMETHEUS,
        input=told,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def rules() -> list[dict[str, Any]]:
    """Give all rules, recorded figures and alerts."""
    groups = read_yaml(PROMETHEUS / "alerts.yml")["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panels() -> Iterator[tuple[str, str]]:
    """Give what the dashboards ask for: the panel's title and each of its expressions."""
    for path in DASHBOARDS:
        for panel in json.loads(path.read_text())["panels"]:
            for target in panel["targets"]:
                yield panel["title"], target["expr"]
