"""The compiled engine, in the environment that `make compiled` built: its command, and a replay.

The replay runs in a process of that environment's Python, which finds `router` there and only
`loadtests` here. It raises if it got the sources instead, or an engine made from other sources.
"""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from loadtests import centre, engine_run
from loadtests.engine_run import EngineRun, UnequalError
from loadtests.tape import Tape
from loadtests.worlds import OnePolicy
from router.model.policy import Policies

PROJECT: Final = Path(__file__).resolve().parents[1]
PYTHON: Final = PROJECT / ".venv-compiled" / "bin" / "python"
UNEQUAL: Final = 4
STALE: Final = "it was built from other sources: build it anew with `make compiled`"
# The project comes last on the path: its own `router` must not be found first.
CHILD: Final = "import sys; sys.path.append(sys.argv[1]); from loadtests.compiled import main; main(*sys.argv[2:])"
RULES: Final[dict[str, Callable[[], Policies]]] = {
    "centre": lambda: OnePolicy(centre.rules(is_plain=False)),
    "plain centre": lambda: OnePolicy(centre.rules(is_plain=True)),
}
"""Rules that a tape may be replayed under, if not its world's own."""


class CompiledError(Exception):
    """Tell that there was no replay: the engine is not compiled, is an old one, or broke."""


def is_built() -> bool:
    """Tell whether there is a compiled engine to replay with."""
    return PYTHON.exists()


def command() -> Path | None:
    """Give the command with the compiled engine, None where there is none.

    Raises `CompiledError` where it was built from other sources than these.
    """
    if not is_built():
        return None
    (installed,) = PYTHON.parents[1].glob("lib/python*/site-packages/router")
    if _sources(installed) != _sources(PROJECT / "router"):
        raise CompiledError(STALE)
    return PYTHON.with_name("contact-router")


def replay(
    tape: Path, *, rules: str | None = None, python: Path = PYTHON, site: Path | None = None
) -> EngineRun:
    """Replay a tape with the engine that `python` imports, from the folder `site` if there is one.

    ``rules`` names those in force (`RULES`); None: its world's own.

    Raises `UnequalError` where it decides otherwise than was recorded, `CompiledError` where there
    was no replay.
    """
    run = subprocess.run(
        [str(python), "-P", "-c", CHILD, str(PROJECT), str(tape), *([rules] if rules else [])],
        env={"PYTHONPATH": str(site)} if site else {},
        capture_output=True,
        check=False,
    )
    if run.returncode == UNEQUAL:
        raise UnequalError(run.stderr.decode().strip())
    if run.returncode != 0:
        raise CompiledError(f"the compiled engine could not replay: {run.stderr.decode().strip()}")
    return msgspec.json.decode(run.stdout, type=EngineRun)


def main(tape: str, rules: str | None = None) -> None:
    """Replay in this process, and print what it cost as JSON."""
    import router.engine

    if not str(router.engine.__file__).endswith(".so"):
        sys.exit(f"not compiled: {router.engine.__file__}")
    if _sources(Path(router.engine.__file__).parent) != _sources(PROJECT / "router" / "engine"):
        sys.exit(STALE)
    try:
        policies = None if rules is None else RULES[rules]()
        found = engine_run.replay(Tape.load(Path(tape)), policies=policies)
    except UnequalError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(UNEQUAL)
    sys.stdout.buffer.write(msgspec.json.encode(found))


def _sources(folder: Path) -> dict[str, bytes]:
    """Read the sources below a folder; a wheel has them beside what was made of them."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.py")}
