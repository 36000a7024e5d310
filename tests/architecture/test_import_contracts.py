"""The rooms keep to the imports they are allowed, and the contracts notice when one does not."""

import os
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest

PROJECT = Path(__file__).resolve().parents[2]
LINT = "import sys; from importlinter.cli import lint_imports_command as lint; sys.exit(lint())"

ROOMS = (
    *("cli", "demo", "daemon", "simulation", "scenarios", "embedded"),
    *("wire", "rules", "engine", "model"),
)

ALLOWED = {
    "router/cli/run.py": "import asyncio\nimport router.daemon.loop\nimport router.embedded.broker\n",
    "router/demo/play.py": (
        "import aiokafka\nimport asyncio\nimport random\nimport router.daemon.loop\n"
        "import router.embedded.broker\nimport router.rules.reader\n"
    ),
    "router/daemon/loop.py": (
        "import aiokafka\nimport aiohttp.web\nimport asyncio\nimport prometheus_client\nimport uvloop\n"
        "import router.engine.front\nimport router.rules.reader\nimport router.wire.envelope\n"
    ),
    "router/simulation/clock.py": "import time\nimport router.engine.front\nimport router.rules.reader\n",
    "router/scenarios/reader.py": "import ruamel.yaml\nimport router.engine.front\n",
    "router/embedded/broker.py": "import asyncio\nimport subprocess\n",
    "router/wire/envelope.py": "import orjson\nimport time\nimport router.model.inputs\n",
    "router/rules/reader.py": "import pathlib\nimport ruamel.yaml\nimport router.model.policy\n",
    "router/engine/front.py": "import heapq\nimport router.model.inputs\n",
    "router/model/inputs.py": "import datetime\nimport msgspec\n",
    "router/model/policy.py": "import enum\n",
    "streams/fold.py": "import router.model.inputs\nimport router.wire.envelope\nimport router.wire\n",
    "streams/worker.py": "import faust\nimport streams.fold\n",
}

FORBIDDEN = {
    ("router.model.inputs", "router.engine.front"): "a lower room does not know a higher one",
    ("router.engine.front", "router.rules.reader"): "siblings do not know each other",
    ("router.engine.front", "router.wire.envelope"): "siblings do not know each other",
    ("router.daemon.loop", "router.simulation.clock"): "siblings do not know each other",
    ("router.daemon.loop", "router.embedded.broker"): "the daemon does not start its broker",
    ("router.daemon.loop", "router.demo.play"): "the router does not know its demo",
    ("router.demo.play", "aiohttp"): "HTTP belongs to the daemon",
    ("router.wire.envelope", "router.daemon.loop"): "a lower room does not know a higher one",
    ("router.daemon.loop", "router.cli.run"): "a lower room does not know a higher one",
    ("router.cli.run", "aiokafka"): "Kafka belongs to the daemon",
    ("router.embedded.broker", "aiokafka"): "Kafka belongs to the daemon",
    ("router.wire.envelope", "prometheus_client"): "metrics belong to the daemon",
    ("router.cli.run", "aiohttp"): "HTTP belongs to the daemon",
    ("streams.fold", "aiokafka"): "Kafka belongs to the daemon",
    ("router.daemon.loop", "ruamel"): "YAML belongs to the rules",
    ("router.engine.front", "yaml"): "YAML belongs to the rules",
    ("router.engine.front", "asyncio"): "the engine has no event loop",
    ("router.rules.reader", "asyncio"): "the rules have no event loop",
    ("router.engine.front", "time"): "the engine knows no clock",
    ("router.engine.front", "random"): "the engine knows no chance",
    ("router.engine", "logging"): "the engine knows no log",
    ("router.model.policy", "os"): "the model knows no I/O",
    ("router.daemon.loop", "faust"): "faust belongs to streams",
    ("streams.fold", "router.engine.front"): "streams read the contract",
    ("streams.worker", "router.daemon.loop"): "streams read the contract",
    ("router.wire.envelope", "streams.fold"): "the router does not know its readers",
}


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the project's contracts on the packages found in `folder`."""
    settings = str(PROJECT / "pyproject.toml")
    return subprocess.run(
        [sys.executable, "-P", "-c", LINT, "--config", settings, "--no-cache", "--no-logo"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def build_rooms(folder: Path) -> None:
    """Write a small project with every room, whose imports are all allowed."""
    for package in ("router", *(f"router/{room}" for room in ROOMS), "streams"):
        (folder / package).mkdir()
        (folder / package / "__init__.py").touch()
    for path, text in ALLOWED.items():
        (folder / path).write_text(text)


def file_of(folder: Path, module: str) -> Path:
    """Find the file of a module written by `build_rooms`."""
    path = folder / module.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def test_the_rooms_keep_to_their_imports() -> None:
    run = lint_imports(PROJECT)

    assert run.returncode == 0, run.stdout + run.stderr


def test_no_module_needs_one_that_needs_it_not_even_for_its_types() -> None:
    graph = grimp.build_graph("router", "streams", cache_dir=None)
    needs = {each: graph.find_modules_directly_imported_by(each) for each in graph.modules}

    order = list(
        TopologicalSorter(needs).static_order()
    )  # raises CycleError, which names the circle

    assert order.index("router.daemon.metrics") < order.index("router.daemon.batch")


def test_what_the_design_allows_is_allowed(tmp_path: Path) -> None:
    build_rooms(tmp_path)

    run = lint_imports(tmp_path)

    assert run.returncode == 0, run.stdout + run.stderr


def test_every_import_the_design_forbids_is_reported(tmp_path: Path) -> None:
    build_rooms(tmp_path)
    for importer, imported in FORBIDDEN:
        with file_of(tmp_path, importer).open("a") as file:
            file.write(f"import {imported}\n")

    run = lint_imports(tmp_path)

    assert run.returncode == 1, run.stdout + run.stderr
    unnoticed = {
        f"{importer} -> {imported}": why
        for (importer, imported), why in FORBIDDEN.items()
        if f"{importer} -> {imported} (l." not in run.stdout
    }
    assert not unnoticed, run.stdout


@pytest.mark.parametrize("package", ["router/helpers", "router/reporting"])
def test_a_room_nobody_placed_in_the_layers_is_refused(tmp_path: Path, package: str) -> None:
    build_rooms(tmp_path)
    (tmp_path / package).mkdir()
    (tmp_path / package / "__init__.py").touch()

    run = lint_imports(tmp_path)

    assert run.returncode == 1
    assert package.rpartition("/")[2] in run.stdout
