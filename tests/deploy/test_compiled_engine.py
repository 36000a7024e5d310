"""The compiled engine decides as the sources do, and building it leaves nothing beside them."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import msgspec
import pytest

from loadtests import compiled
from loadtests.centre import Centre
from loadtests.tape import Tape, record
from loadtests.worlds import Size, World
from router.embedded import EmbeddedKafka
from tests.deploy.deployment import PROJECT
from tests.faults.scene import Scene
from tests.faults.site import Site, prove

SMALL = Size(queues=60, agents=300, waiting=1_000)
UNITS = ("tests/unit/engine",)
PROPERTIES = (
    "tests/properties/test_engine_against_reference.py",
    "tests/properties/test_determinism.py",
    "tests/properties/test_guarantees.py",
    "tests/properties/test_passed_over.py",
)
STEPS = "2000"
"""Of the long stories; the sources live through ten times as many."""


def extension_modules() -> set[Path]:
    """What lies compiled beside the sources."""
    return {path for room in ("router", "streams") for path in (PROJECT / room).rglob("*.so")}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"),
            *("--no-build-isolation", "--wheel-dir", str(folder), str(PROJECT)),
        ],
        env={**os.environ, "HATCH_BUILD_HOOK_ENABLE_CUSTOM": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel unpacked, as an installer would."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def tape(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A life decided by the sources."""
    path = tmp_path_factory.mktemp("tape") / "small"
    record(World(SMALL, seed=3), warm_up_s=40, warm_up=1_000, inputs=3_000).save(path)
    return path


def test_every_module_of_the_engine_is_compiled_for_this_python_and_none_lies_beside_the_sources(
    site: Path, wheel: Path
) -> None:
    def modules(root: Path, kind: str) -> set[tuple[Path, str]]:
        files = (path.relative_to(root) for path in (root / "router" / "engine").rglob(kind))
        return {(path.parent, path.name.partition(".")[0]) for path in files}

    assert modules(site, "*.so") == modules(PROJECT, "*.py")
    assert not wheel.stem.endswith("none-any")
    assert not extension_modules()


def test_it_decides_a_recorded_life_as_the_sources_did(site: Path, tape: Path) -> None:
    found = compiled.replay(tape, python=Path(sys.executable), site=site)

    assert found.inputs == 3_000
    assert 0 < found.decisions <= Tape.load(tape).decisions


def test_it_decides_a_life_of_the_example_centre_as_the_sources_did(
    site: Path, tmp_path: Path
) -> None:
    path = tmp_path / "centre"
    centre = Centre(agents=60, waiting=200, seed=3, is_plain=False)
    record(centre, warm_up_s=30, warm_up=500, inputs=2_000).save(path)

    found = compiled.replay(path, rules="centre", python=Path(sys.executable), site=site)

    assert found.inputs == 2_000


def test_a_life_that_was_decided_otherwise_is_noticed(
    site: Path, tape: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    msgspec.structs.replace(Tape.load(tape), digest="of another life").save(other)

    with pytest.raises(compiled.UnequalError):
        compiled.replay(other, python=Path(sys.executable), site=site)


def test_the_sources_are_not_taken_for_the_compiled_engine(tape: Path) -> None:
    with pytest.raises(compiled.CompiledError, match="not compiled"):
        compiled.replay(tape, python=Path(sys.executable))


def test_an_engine_made_from_other_sources_is_not_measured(
    site: Path, tape: Path, tmp_path: Path
) -> None:
    old = shutil.copytree(site, tmp_path / "old")
    with (old / "router" / "engine" / "lanes.py").open("a") as source:
        source.write("# as it was last week")

    with pytest.raises(compiled.CompiledError, match="make compiled"):
        compiled.replay(tape, python=Path(sys.executable), site=old)


@pytest.mark.parametrize("proofs", [UNITS, PROPERTIES], ids=["unit tests", "properties"])
def test_what_is_asked_of_the_engine_is_true_of_the_compiled_one(
    site: Path, proofs: tuple[str, ...]
) -> None:
    where = "import router.engine as e, sys, pytest; assert e.__file__.endswith('.so'), e.__file__"
    run = subprocess.run(
        [
            *(sys.executable, "-P", "-c", f"{where}; sys.exit(pytest.main(sys.argv[1:]))"),
            *("-q", "-p", "no:cacheprovider", "-o", "pythonpath=", *proofs),
        ],
        cwd=PROJECT,
        env={
            **os.environ,
            "PYTHONPATH": f"{site}{os.pathsep}{PROJECT}",
            "CONTACT_ROUTER_STEPS": STEPS,
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout[-4_000:] + run.stderr


def test_a_router_with_it_breaks_no_promise_when_it_is_killed_under_load(
    site: Path, kafka: EmbeddedKafka, tmp_path: Path
) -> None:
    """And one with the sources takes over what it held, and gives it back."""
    centre = Site(kafka.bootstrap_servers, folder=tmp_path)
    named = {"CONTACT_ROUTER_INSTANCE": "one", "CONTACT_ROUTER_LOG__FORMAT": "json"}
    compiled_one = centre.router("compiled", PYTHONPATH=str(site), **named)
    plain_one = centre.router("plain", **named)
    try:
        compiled_one.start()
        compiled_one.wait_ready()
        platform = centre.platform(Scene(seed=11))
        platform.start()
        platform.wait_for_all_shards(20)
        for before, after in ((compiled_one, plain_one), (plain_one, compiled_one)):
            before.kill()
            after.start()
            after.wait_ready()
            platform.wait_for_all_shards(20)
        platform.calm_down()
        platform.wait_until_served(60)
        prove(centre)
    finally:
        centre.close()

    assert '"engine": "compiled"' in compiled_one.log.read_text()
    assert '"engine": "plain"' in plain_one.log.read_text()
