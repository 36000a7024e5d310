"""The command offers what is there, loads only what is called, and says its version."""

import json
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from router import __version__
from router.cli.main import COMMANDS, main


def test_the_version_is_told() -> None:
    result = CliRunner().invoke(main, ["--version"])

    assert result.exit_code == 0
    assert result.stdout == f"contact-router, version {__version__}\n"


def test_a_command_nobody_wrote_is_wrong_use() -> None:
    result = CliRunner().invoke(main, ["teleport"])

    assert result.exit_code == 2
    assert "No such command 'teleport'" in result.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_is_offered_can_be_loaded(name: str) -> None:
    context = click.Context(main)
    assert name in main.list_commands(context)
    assert main.get_command(context, name) is not None


def test_a_command_that_nobody_knows_is_wrong_use() -> None:
    assert CliRunner().invoke(main, ["forecast"]).exit_code == 2


def test_signals_are_minded_before_what_serves_is_loaded() -> None:
    script = "import json, sys\nimport router.cli.run\nprint(json.dumps(sorted(sys.modules)))\n"
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )

    assert not set(json.loads(run.stdout)) & {"aiokafka", "aiohttp", "pydantic", "ruamel.yaml"}


def test_asking_for_help_loads_no_heavy_library() -> None:
    script = (
        "import json, sys\n"
        "from router.cli.main import main\n"
        "main(['--version'], standalone_mode=False)\n"
        "print(json.dumps(sorted(sys.modules)))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )

    loaded = set(json.loads(run.stdout.splitlines()[-1]))
    assert not loaded & {"aiokafka", "aiohttp", "pydantic", "rich", "ruamel.yaml", "asyncio"}
