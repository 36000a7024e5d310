"""Run the mutants and say which the tests have noticed; exit status 1 where one survives.

Every mutant lives in a copy of the project, and so do the tests that judge it. First those tests
run on a copy that nobody changed: what is red without a mutant proves nothing.
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
ATTEMPTS: Final = 2
"""So often tests are run that could not be run at all."""
RED: Final = 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the tests ended: `status` as pytest's, None for a time that ran out."""

    status: int | None
    seconds: float
    said: str

    @property
    def word(self) -> str:
        """Say in a word: killed (a test failed or hung), survived, or broken (nothing was tested)."""
        if self.status == 0:
            return "survived"
        # An interpreter that falls over ends with the same status as a test that fails.
        is_red = self.status == RED and re.search(r"^[0-9]+ failed", self.said, re.MULTILINE)
        return "killed" if is_red or self.status is None else "broken"


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
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        # One copy for all: what is judged stays the same while somebody works on the source.
        root = Path(folder)
        _copy_to(root)
        click.echo(f"{len(chosen)} mutants; first their tests on the source as it is")
        sound = _run(root, tests=tests)
        colour = "green" if sound.word == "survived" else "RED"
        click.echo(f"{colour:9s} {sound.seconds:5.0f} s  no mutant")
        if sound.word != "survived":
            click.echo(sound.said)
            sys.exit(1)
        began = time.monotonic()
        left = [mutant.name for mutant in chosen if not _is_killed(mutant, root=root)]
    minutes = (time.monotonic() - began) / 60
    click.echo(f"{len(chosen) - len(left)} of {len(chosen)} killed, in {minutes:.0f} min")
    for name in left:
        click.echo(f"NOT KILLED {name}")
    sys.exit(1 if left else 0)


def _is_killed(mutant: Mutant, *, root: Path) -> bool:
    """Change the copy, run the mutant's tests, change it back; print a line on how that went."""
    path = root / mutant.file
    before = path.read_text()
    mutant.apply(root)
    try:
        verdict = _run(root, tests=list(mutant.tests))
    finally:
        path.write_text(before)
    click.echo(f"{verdict.word:9s} {verdict.seconds:5.0f} s  {mutant.name}")
    click.echo(f"{'':18s} {_gist(verdict)}")
    return verdict.word == "killed"


def _copy_to(root: Path) -> None:
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=NOT_COPIED)
        elif source.exists():
            shutil.copy(source, root / name)


def _run(root: Path, *, tests: list[str]) -> Verdict:
    for _ in range(ATTEMPTS):
        verdict = _run_once(root, tests=tests)
        if verdict.word != "broken":
            break
    return verdict


def _run_once(root: Path, *, tests: list[str]) -> Verdict:
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
    return Verdict(status, time.monotonic() - began, said)


def _gist(verdict: Verdict) -> str:
    """Give the line that says what the tests noticed."""
    if verdict.status is None:
        return f"did not end within {TIMEOUT_S} s"
    lines = [line[1:].strip() for line in verdict.said.splitlines() if line.startswith("E  ")]
    found = [line for line in lines if re.match(r"[a-z_]+ at .+: ", line)] or lines[:1]
    return (found or verdict.said.strip().splitlines()[-1:])[0][:150]


if __name__ == "__main__":
    main()
