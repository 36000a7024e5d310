"""The image holds what runs and nothing else, pinned by the lock file, for a user without rights."""

import importlib.metadata
import re
import subprocess
import sys
import tomllib
from fnmatch import fnmatch

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from router.daemon.settings_reading import variables
from tests.deploy.deployment import DEPLOY, PROJECT

SELECT = DEPLOY / "select_requirements.py"
INSTRUCTION = re.compile(r"^(?P<word>[A-Z]+) (?P<rest>.*)$")
TEST_TOOLS = {"pytest", "mypy", "ruff", "hypothesis", "confluent-kafka", "matplotlib", "uv"}


def instructions() -> list[tuple[str, str]]:
    """Read the Dockerfile: each instruction with what follows it on one line."""
    text = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ")
    found = (INSTRUCTION.match(line) for line in text.splitlines())
    return [(each["word"], " ".join(each["rest"].split())) for each in found if each]


INSTRUCTIONS = instructions()


def stages() -> list[list[tuple[str, str]]]:
    """Split the instructions by stage."""
    split: list[list[tuple[str, str]]] = []
    for word, rest in INSTRUCTIONS:
        if word == "FROM":
            split.append([])
        if split:
            split[-1].append((word, rest))
    return split


def selected(*arguments: str) -> dict[str, str]:
    """Select from the lock file, and give what was selected by name."""
    run = subprocess.run(
        [sys.executable, SELECT, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    entries = re.split(r"^(?=[A-Za-z0-9])", run.stdout, flags=re.MULTILINE)
    return {canonicalize_name(entry.partition("==")[0]): entry for entry in entries if entry}


def needs_of(name: str) -> set[str]:
    """What an installed package needs here, extras left out."""
    declared = importlib.metadata.requires(name) or []
    requirements = (Requirement(each) for each in declared)
    return {
        canonicalize_name(each.name)
        for each in requirements
        if each.marker is None or each.marker.evaluate({"extra": ""})
    }


@pytest.mark.parametrize(
    "arguments", [["--extra", "streams"], ["--extra", "compiled"], ["--name", "hatchling"]]
)
def test_what_is_selected_needs_nothing_that_is_not(arguments: list[str]) -> None:
    packages = selected(*arguments)

    assert {need for name in packages for need in needs_of(name)} <= packages.keys()


def test_the_image_has_all_that_the_router_and_the_streams_declare_and_no_test_tools() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"]["streams"]]

    packages = selected("--extra", "streams")

    assert {canonicalize_name(Requirement(each).name) for each in declared} <= packages.keys()
    assert not TEST_TOOLS & packages.keys()


def test_every_package_is_pinned_and_checked_as_in_the_lock_file() -> None:
    lock = (PROJECT / "requirements.lock").read_text()

    for entry in selected("--extra", "streams").values():
        assert entry.rstrip() in lock
        assert "--hash=sha256:" in entry


def test_a_package_that_is_not_in_the_lock_file_is_not_invented() -> None:
    run = subprocess.run(
        [sys.executable, SELECT, "--name", "left-pad"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert run.returncode == 1
    assert "left-pad" in run.stderr


def test_packages_are_installed_by_their_hashes_alone() -> None:
    installs = [rest for word, rest in INSTRUCTIONS if word == "RUN" and " install " in rest]

    commands = [each for rest in installs for each in rest.split("&&") if " install " in each]
    assert commands
    for command in commands:
        assert "--no-deps" in command
        assert "--require-hashes" in command or "--no-index wheels/" in command


def test_everything_that_is_copied_exists_and_is_sent_to_the_build() -> None:
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    sent = [line.removeprefix("!") for line in ignored if line.startswith("!")]
    assert "*" in ignored

    copied = [
        source
        for word, rest in INSTRUCTIONS
        if word == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    ]

    assert {"pyproject.toml", "requirements.lock", "router", "streams"} <= set(copied)
    for source in copied:
        assert (PROJECT / source).exists(), source
        assert any(fnmatch(source, pattern) for pattern in sent), source


def test_the_project_can_be_built_from_what_is_copied() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    copied = {source for word, rest in INSTRUCTIONS if word == "COPY" for source in rest.split()}

    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    needed = {*packages, *project["project"]["license-files"]}
    readme = project["project"]["readme"]
    if isinstance(readme, str):
        needed.add(readme)
    assert needed <= copied


def test_it_runs_without_rights_and_ends_on_the_signal_that_is_sent_to_it() -> None:
    last = dict(stages()[-1])

    uid, _, gid = last["USER"].partition(":")
    assert int(uid) > 0
    assert int(gid) > 0
    # As a list, so that the router is the process that gets SIGTERM, and no shell is.
    assert last["ENTRYPOINT"] == '["contact-router"]'
    assert "STOPSIGNAL" not in last
    assert "/health/ready" in last["HEALTHCHECK"]


def test_its_settings_are_settings_of_the_router() -> None:
    given = re.findall(r"\b(CONTACT_ROUTER_[A-Z_]+)=", (DEPLOY / "Dockerfile").read_text())

    assert given
    assert set(given) <= set(variables())


def test_the_version_of_python_is_one_the_project_is_for() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    image = dict(INSTRUCTIONS)["ARG"].partition("=")[2]

    assert re.fullmatch(r"python:3\.11-slim(-\w+)?", image)
    assert project["requires-python"] == ">=3.11"


def test_its_engine_is_compiled_by_the_same_python_on_the_same_system() -> None:
    images = dict(rest.split("=") for word, rest in INSTRUCTIONS if word == "ARG")
    (building,) = (rest for _, rest in stages()[0] if "pip wheel" in rest)

    assert building.startswith("HATCH_BUILD_HOOK_ENABLE_CUSTOM=true python -m pip wheel")
    assert "endswith('.so')" in building
    assert images["PYTHON_IMAGE"] == images["BUILD_IMAGE"].replace("-", "-slim-")
    assert "apt" not in (DEPLOY / "Dockerfile").read_text().split()


def test_nothing_deployed_names_a_host_of_the_net_or_a_moving_version() -> None:
    for path in sorted(DEPLOY.rglob("*")):
        if path.is_file():
            text = path.read_text()
            assert not re.search(r"https?://(?!127\.0\.0\.1|localhost)", text), path
            assert ":latest" not in text, path
