"""Build hook of the wheel: `router.engine` as extension modules, where a build asks for them.

    HATCH_BUILD_HOOK_ENABLE_CUSTOM=true pip wheel --no-deps --no-build-isolation .

mypyc works in a temporary copy of the sources, and what it makes goes from there into the wheel:
nothing is ever written beside the sources. The Python files stay in the wheel, for tracebacks. An
editable install is refused, because it would run the sources and not what was built.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

COMPILED = Path("router", "engine")


class CompiledEngine(BuildHookInterface[Any]):
    """Compile the engine before the wheel is packed, and tidy up after."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile in a copy, and name to the wheel what came of it."""
        if version == "editable":
            raise RuntimeError("a compiled engine cannot be installed editable")
        self.copy = Path(tempfile.mkdtemp(prefix="compiled-engine-"))
        try:
            built = compile_engine(Path(self.root), self.copy)
        except BaseException:
            shutil.rmtree(self.copy)
            raise
        build_data["force_include"] |= {
            str(path): path.relative_to(self.copy).as_posix() for path in built
        }
        build_data["pure_python"] = False
        build_data["infer_tag"] = True

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the copy."""
        shutil.rmtree(self.copy)


def compile_engine(project: Path, copy: Path) -> list[Path]:
    """Compile the project's engine in an empty folder; give the extension modules made there.

    Only sources are copied: pyproject.toml stays behind, because setuptools, which mypyc calls,
    would read it as its own.
    """
    shutil.copytree(
        project / "router",
        copy / "router",
        ignore=lambda folder, names: [
            name for name in names if not name.endswith(".py") and not Path(folder, name).is_dir()
        ],
    )
    modules = sorted(path.relative_to(copy) for path in (copy / COMPILED).rglob("*.py"))
    run = subprocess.run(
        [sys.executable, "-m", "mypyc", *map(str, modules)],
        cwd=copy,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if run.returncode != 0:
        raise RuntimeError(f"mypyc could not compile the engine:\n{run.stdout}")
    # The folder `build` has the same modules once more, as setuptools left them.
    return sorted(
        path
        for path in copy.rglob("*.so")
        if "build" not in path.relative_to(copy).parts and path.is_file()
    )
