"""What is wrong with how the load tests are called is said before anything is measured."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("option", ["--json", "--plot"])
def test_a_report_that_could_not_be_written_is_refused_at_once(option: str, tmp_path: Path) -> None:
    file = tmp_path / "nowhere" / "report.svg"

    run = subprocess.run(
        [sys.executable, "-m", "loadtests", "engine", option, str(file)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (run.returncode, run.stdout) == (2, "")
    assert f"{file} cannot be written: No such file or directory" in run.stderr
