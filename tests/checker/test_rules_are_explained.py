"""Every rule that the checker may find broken is explained to its readers."""

import re
from pathlib import Path

from tests.checker.report import Rule

PROOF = Path(__file__).parents[2] / "docs" / "proof.md"


def test_the_table_of_the_checker_has_every_rule_once() -> None:
    table = PROOF.read_text("utf-8").partition("| rule | what is broken |")[2].partition("\n\n")[0]
    explained = [
        name
        for cell in re.findall(r"^\| (`[^|]+`) \|", table, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", cell)
    ]
    assert sorted(explained) == sorted(Rule)
