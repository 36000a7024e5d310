"""A mutant that no longer fits the source would be skipped in silence: here it is not."""

import ast
import shutil
from pathlib import Path

import pytest

from tests.mutants.__main__ import ROOT
from tests.mutants.catalogue import MUTANTS, Mutant, StaleMutantError


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_changes_the_source_at_one_place_and_leaves_it_readable(
    mutant: Mutant, tmp_path: Path
) -> None:
    copy = tmp_path / mutant.file
    copy.parent.mkdir(parents=True)
    shutil.copy(ROOT / mutant.file, copy)
    mutant.apply(tmp_path)
    assert copy.read_text() != (ROOT / mutant.file).read_text()
    ast.parse(copy.read_text())


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_tests_a_mutant_names_are_there(mutant: Mutant) -> None:
    for test in mutant.tests:
        path, _, name = test.partition("::")
        assert name.partition("[")[0] in (ROOT / path).read_text()


def test_a_text_that_is_gone_or_doubled_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text("once\ntwice\ntwice\n")
    for before in ("never", "twice"):
        mutant = Mutant("m", file="code.py", before=before, after="x", tests=())
        with pytest.raises(StaleMutantError):
            mutant.apply(tmp_path)
