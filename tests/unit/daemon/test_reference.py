"""The pages of settings and figures hold what the code defines."""

from pathlib import Path

import pytest

from router.daemon.metrics import Metrics
from router.daemon.reference import metrics_table, settings_tables
from router.daemon.settings_reading import variables

DOCS = Path(__file__).resolve().parents[3] / "docs"


@pytest.mark.parametrize(
    ("page", "tables"), [("settings", settings_tables()), ("metrics", metrics_table())]
)
def test_the_page_is_current(page: str, tables: str) -> None:
    text = (DOCS / f"{page}.md").read_text()

    assert text.endswith(tables), f"python -m router.daemon.reference {page}"


def test_every_setting_says_what_it_is_good_for() -> None:
    tables = settings_tables()

    assert all(f"`{name}`" in tables for name in variables())
    assert " |  |\n" not in tables


def test_every_figure_has_our_prefix_and_says_how_it_is_made() -> None:
    described = Metrics().described

    assert all(each.name.startswith("contact_router_") for each in described)
    assert all(len(each.text.split()) > 3 for each in described)
