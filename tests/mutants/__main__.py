"""Run the mutants and say which the tests have noticed; exit status 1 where one survives.

Every mutant lives in a copy of the project, and so do the tests that judge it. First those tests run
on a copy that nobody changed: what is red without a mutant proves nothing.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from tests.mutants.catalogue import MUTANTS, Mutant

ROOT: Final = Path(__file__).parents[2]
COPIED: Final = ("router", "streams", "tests", "config", "pyproject.toml")
TIMEOUT_S: Final = 400
NOT_COPIED: Final = shutil.ignore_patterns("__pycache__", ".*", "*.egg-info")
RED: Final = 1
"""Exit status of pytest where tests failed; another one means that they could not be run."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the tests ended on a copy: `status` as pytest's, None for a time that ran out."""

    status: int | None
    seconds: float
    last_words: str

    @property
    def is_red(self) -> bool:
        """Whether a test failed; a test that hangs has not passed either."""
        return self.status in {RED, None}


@click.command()
@click.option("--only", help="Run only the mutants whose name holds this.")
@click.option("--list", "only_names", is_flag=True, help="Name the mutants and end.")
def main(*, only: str | None, only_names: bool) -> None:
    """Break the router in every way of the catalogue; the tests must turn red each time."""
    chosen = [each for each in MUTANTS if only is None or only in each.name]
    if only_names or not chosen:
        click.echo("\n".join(each.name for each in chosen))
        sys.exit(0 if chosen else 2)
    tests = sorted({test for mutant in chosen for test in mutant.tests})
    click.echo(f"{len(chosen)} mutants; first their tests on the source as it is")
    sound = judge(None, tests=tests)
    click.echo(f"{'green' if sound.status == 0 else 'RED':9s} {sound.seconds:5.0f} s  no mutant")
    if sound.status != 0:
        click.echo(sound.last_words)
        sys.exit(1)
    survivors = 0
    for mutant in chosen:
        verdict = judge(mutant, tests=list(mutant.tests))
        word = "killed" if verdict.is_red else "SURVIVED" if verdict.status == 0 else "BROKEN"
        survivors += word != "killed"
        click.echo(f"{word:9s} {verdict.seconds:5.0f} s  {mutant.name}")
        click.echo(f"{'':18s} {_gist(verdict)}")
    click.echo(f"{len(chosen) - survivors} of {len(chosen)} killed")
    sys.exit(1 if survivors else 0)


def judge(mutant: Mutant | None, *, tests: list[str]) -> Verdict:
    """Run tests on a copy of the project, changed by a mutant or as it is.

    Raises `StaleMutantError` where the mutant no longer fits the source.
    """
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        root = Path(folder)
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, root / name, ignore=NOT_COPIED)
            elif source.exists():
                shutil.copy(source, root / name)
        if mutant is not None:
            mutant.apply(root)
        return _run(root, tests=tests)


def _run(root: Path, *, tests: list[str]) -> Verdict:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "--tb=short"]
    began = time.monotonic()
    # The copy comes before the installed project, for the tests and for the routers they start.
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    process = subprocess.Popen(
        [*command, "-p", "no:cacheprovider", *tests],
        cwd=root,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        said, _ = process.communicate(timeout=TIMEOUT_S)
        status: int | None = process.returncode
    except subprocess.TimeoutExpired:
        process.kill()
        said, _ = process.communicate()
        status = None
    return Verdict(status, time.monotonic() - began, said[-4_000:])


def _gist(verdict: Verdict) -> str:
    """Give the line that says what the tests noticed."""
    if verdict.status is None:
        return f"did not end within {TIMEOUT_S} s"
    lines = [line for line in verdict.last_words.splitlines() if line.startswith("E  ")]
    told = [line for line in lines if re.search(r"Error|assert|violation| at ", line)] or lines
    return (told[0][1:].strip() if told else verdict.last_words.strip()[-120:])[:150]


if __name__ == "__main__":
    main()
