"""The rooms keep to the imports they are allowed, and the contracts notice when one does not."""

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
LINT = "import sys; from importlinter.cli import lint_imports_command as lint; sys.exit(lint())"


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the project's contracts on the packages found in `folder`."""
    return subprocess.run(
        [sys.executable, "-P", "-c", LINT, "--config", str(PROJECT / "pyproject.toml"), "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_rooms_keep_to_their_imports() -> None:
    run = lint_imports(PROJECT)

    assert run.returncode == 0, run.stdout + run.stderr
