"""The guide for operators says what is so: its examples can be used, its reference is complete."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from router.cli.main import main
from router.model.policy import Feature
from router.rules import load, loads
from router.rules.reference import reference, sections
from router.rules.roster import people
from router.rules.selection import PRESETS
from router.rules.written.calendars import Calendar
from router.rules.written.fields import Written
from router.rules.written.routing import Findings, Rules, Step
from router.rules.written.staffing import Offer

PROJECT = Path(__file__).resolve().parents[3]
GUIDE = (PROJECT / "docs" / "rules.md").read_text(encoding="utf-8")
WRITTEN = re.findall(r"```yaml\n(.*?)```", GUIDE, flags=re.DOTALL)
EXAMPLES = [each for each in WRITTEN if not each.startswith("agents:")]
ROSTERS = [each for each in WRITTEN if each.startswith("agents:")]


def test_the_reference_is_that_of_the_language() -> None:
    current = "## Every key in force\n\n" + reference()
    assert GUIDE.endswith(current), "python -m router.rules.reference"


def test_every_model_of_the_language_is_in_the_reference() -> None:
    parts = {model for _, model, _ in sections()}
    assert parts >= {Rules, Calendar, Offer, Findings, Step}
    modules = {model.__module__ for model in parts}
    every = {
        each
        for each in kinds_of(Written)
        if each.__module__ in modules and each is not Written and each.__name__[0] != "_"
    }
    assert every - parts == set()


def kinds_of(model: type[Written]) -> set[type[Written]]:
    return {model}.union(*(kinds_of(each) for each in model.__subclasses__()))


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_can_be_used(example: str) -> None:
    assert loads(example).warnings == ()


def test_the_roster_can_be_read() -> None:
    (roster,) = ROSTERS
    assert people(roster, "roster.yaml").count == 2


def test_every_feature_and_preset_is_explained() -> None:
    for name in (*Feature, *PRESETS):
        assert f"| `{name}` |" in GUIDE


def test_the_presets_are_what_the_guide_says_they_are_the_same_as() -> None:
    said = re.findall(r"\| `(\w+)` \| `(\{.*?\})` \|", GUIDE)
    # One is its own only form.
    assert {name for name, _ in said} == PRESETS.keys() - {"fewest_lately"}
    for name, same in said:
        rules = (
            "version: 1\nchannels: {{chat: {{}}}}\nqueues: {{q: {{takes: true, selects: {}}}}}\n"
        )
        one, other = (loads(rules.format(each)).policies[0].queues["q"] for each in (name, same))
        assert one == other, name


def test_the_worked_example_of_urgency_is_the_example_centres() -> None:
    policy = load(PROJECT / "config" / "rules").policies[0]
    rows = re.findall(
        r"\| `(\w+)`: .*? \| (\d+) \| (?:(\d+) h )?(\d+) (?:s|m) \| .*?\*\*(−?\d+)\*\* \| \**(−?\d+)",
        GUIDE,
    )
    assert len(rows) == 5
    for queue, priority, hours, rest, now, later in rows:
        waited = int(hours) * 3600 + int(rest) * 60 if hours else int(rest)
        order = policy.queues[queue].order
        for seconds, points in ((waited, now), (waited + 60, later)):
            aged = order.ageing * (seconds * 1000 - order.within_ms)
            assert int(priority) + aged / 1_000_000 == int(points.replace("−", "-")), queue


def test_the_answer_shown_for_the_example_centre_is_the_one_it_gives() -> None:
    shown = re.search(r"config/rules: ok, policy (\w+) .*: (\d+) qualification rules, (\d+)", GUIDE)
    (centre,) = load(PROJECT / "config" / "rules").sets
    assert shown is not None
    assert shown.groups() == (
        *(centre.policy.version, str(len(centre.steps)), str(len(centre.policy.queues))),
    )


def test_the_comparison_shown_is_the_one_there_is(tmp_path: Path) -> None:
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    changes = (
        ("34", "50"),
        ("s: {}", "s: {sales: 2}"),
        ("n: 1\n", "n: 1\nskills: {sales: 1..3}\n"),
    )
    text = EXAMPLES[0]
    old.write_text(text, encoding="utf-8")
    for before, after in changes:
        text = text.replace(before, after)
    new.write_text(text, encoding="utf-8")
    told = CliRunner().invoke(main, ["rules", "diff", str(old), str(new)])
    assert f"$ contact-router rules diff old.yaml new.yaml\n{told.stdout}```" in GUIDE


def test_what_is_printed_of_a_roster_without_somebody_is_what_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(PROJECT)
    program = "contact-router rules check config/rules --roster -"
    printed = GUIDE.split(f"$ grep -v gaelle config/roster.yaml | {program}\n")[1].split("\n```")[0]
    lines = Path("config/roster.yaml").read_text(encoding="utf-8").splitlines()
    roster = tmp_path / "roster.yaml"
    roster.write_text("\n".join(each for each in lines if "gaelle" not in each), encoding="utf-8")
    told = CliRunner().invoke(main, ["rules", "check", "config/rules", "--roster", str(roster)])
    assert told.stdout.strip() == printed
