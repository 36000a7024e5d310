"""The pages are all there: whoever follows a link or the contents finds something."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    *sorted(path for path in (ROOT / "docs").rglob("*.md")),
]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
CONTENTS = re.compile(r":\s+(\S+\.md)\s*$", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    links = [each for each in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in each]
    missing = [each for each in links if not (page.parent / each).exists()]
    assert missing == []


def test_every_page_is_in_the_contents_and_every_entry_is_a_page() -> None:
    listed = CONTENTS.findall((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    written = {str(page.relative_to(ROOT / "docs")) for page in PAGES[2:]}
    assert sorted(listed) == sorted(written)
