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
FIRST_STEPS = re.compile(r"^## Your first event.*?(?=^## )", re.MULTILINE | re.DOTALL)
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


@pytest.mark.parametrize("front", ["README.md", "docs/index.md"])
def test_a_front_page_leads_to_every_page_but_single_decisions(front: str) -> None:
    page = ROOT / front
    linked = {(page.parent / each).resolve() for each in LINK.findall(page.read_text("utf-8"))}
    pages = {path for path in (ROOT / "docs").glob("*.md") if path.name != "index.md"}
    assert sorted(str(path.relative_to(ROOT)) for path in pages - linked) == []


def test_the_sites_front_page_has_the_first_steps_of_the_readme() -> None:
    first_steps = [
        FIRST_STEPS.findall((ROOT / page).read_text("utf-8"))
        for page in ("README.md", "docs/index.md")
    ]
    assert len(first_steps[0]) == 1
    assert first_steps[0] == first_steps[1]
