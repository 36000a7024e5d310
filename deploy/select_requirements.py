"""Cut a smaller list of requirements out of the lock file, with its pins and hashes as they are.

The lock holds everything the project ever needs, test tools included; an image needs what runs in
it. Follows the lock's own notes of who needs what (`# via`), so nothing is resolved anew and
nothing is fetched. Prints the list; exit status 1 where something asked for is not in the lock.

    python deploy/select_requirements.py --extra streams    what the project needs to run, and extras
    python deploy/select_requirements.py --name hatchling   what some packages need
"""

import argparse
import re
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==")
NAME = re.compile(r"[A-Za-z0-9._-]+")


def normalised(name: str) -> str:
    """Write a package's name the one way that all its spellings share."""
    return re.sub(r"[-_.]+", "-", name).lower()


@dataclass
class Package:
    """What the lock says of a package: its entries (one for each marker), and who needs it."""

    entries: list[str] = field(default_factory=list)
    needed_by: set[str] = field(default_factory=set)


def read_lock(text: str) -> dict[str, Package]:
    """Split a lock file into its packages, by name."""
    packages: dict[str, Package] = {}
    for entry in re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE):
        pinned = PINNED.match(entry)
        if pinned is None:
            continue
        package = packages.setdefault(normalised(pinned["name"]), Package())
        package.entries.append(entry.rstrip("\n"))
        for line in entry.splitlines():
            note = line.strip()
            if note.startswith("#") and (name := NAME.search(note.removeprefix("# via"))):
                package.needed_by.add(normalised(name.group()))
    return packages


def roots(pyproject: str, extras: Iterable[str]) -> set[str]:
    """Name what a project declares it needs, with some of its extras."""
    facts = tomllib.loads(pyproject)["project"]
    declared = list(facts["dependencies"])
    for extra in extras:
        declared += facts["optional-dependencies"][extra]
    found = (NAME.match(requirement) for requirement in declared)
    return {normalised(name.group()) for name in found if name}


def closure(packages: dict[str, Package], wanted: set[str]) -> set[str]:
    """Add everything that the wanted packages need, directly or not."""
    needed = set(wanted)
    while more := {
        name
        for name, package in packages.items()
        if name not in needed and package.needed_by & needed
    }:
        needed |= more
    return needed


def main() -> int:
    """Print the part of the lock that was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--extra", action="append", default=[], help="an extra of the project")
    parser.add_argument("--name", action="append", default=[], help="a package, not the project")
    asked = parser.parse_args()
    packages = read_lock((PROJECT / "requirements.lock").read_text())
    wanted = {normalised(name) for name in asked.name}
    if not wanted:
        wanted = roots((PROJECT / "pyproject.toml").read_text(), asked.extra)
    absent = sorted(wanted - packages.keys())
    if absent:
        sys.stderr.write(f"not in the lock file: {', '.join(absent)}\n")
        return 1
    needed = closure(packages, wanted)
    for name in sorted(needed):
        sys.stdout.writelines(f"{entry}\n" for entry in packages[name].entries)
    return 0


if __name__ == "__main__":
    sys.exit(main())
