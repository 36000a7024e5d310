"""The reference stays what it is for: short enough to be read, and nobody's copy."""

import ast
from pathlib import Path

import pytest

FILES = sorted(Path(__file__).parent.glob("[!t_]*.py"), key=lambda path: path.name)
FILES += [Path(__file__).parent / "timers.py"]
MOST_LINES = 200


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_part_of_the_reference_can_be_read_in_one_go(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) < MOST_LINES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_reference_leans_on_the_model_alone(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {each.module for each in ast.walk(tree) if isinstance(each, ast.ImportFrom)}
    imported |= {
        name.name for each in ast.walk(tree) if isinstance(each, ast.Import) for name in each.names
    }
    ours = {name for name in imported if name and name.startswith(("router", "tests"))}
    assert ours
    assert all(name.startswith(("router.model.", "tests.reference.")) for name in ours)


def test_the_parts_are_all_there() -> None:
    names = {path.stem for path in FILES}
    assert names == {
        *(
            "changes",
            "conditions",
            "deflections",
            "estimates",
            "lending",
            "lifecycle",
            "moment",
            "offers",
        ),
        *("overflows", "quotas", "reference", "room", "shares", "status", "surge", "timers"),
    }
