"""Scenarios written in a test: loaded and played as a file's are."""

import textwrap
from pathlib import Path

from router.rules import RulesError
from router.scenarios import Result, Shelf, load_suite, run
from router.scenarios.report import failure_lines

RULES = """
version: 1
skills: {contracts: 1..3}
topics: [contracts, advice, other]
teams: {house: {}}
channels:
  chat: {units: 34, at_most: 3, offer: {mode: automatic}, wrap_up: {fixed: 30s}}
  voice: {units: 100, exclusive: true, offer: {mode: manual, expires: 15s}}
agents: {lease: 45s, after_missed_offers: {count: 1, do: suspend, for: 5m}}
queues:
  contracts: {takes: topic == "contracts", requires: {contracts: ">= level"}}
  advice:
    takes: topic == "advice"
    deflects:
      - {offer: callback, channels: [voice], share: 100%, text: "We ring you back."}
      - {offer: channel, channel: voice, channels: [chat], share: 100%, text: "Call us."}
  other: {takes: true}
"""


def play(folder: Path, scenarios: str) -> list[Result]:
    """Play the scenarios of a text under the rules above."""
    (folder / "rules.yaml").write_text(RULES, encoding="utf-8")
    file = folder / "scenarios.yaml"
    file.write_text("rules: rules.yaml\n" + textwrap.dedent(scenarios), encoding="utf-8")
    suite = load_suite(file, shelf=Shelf())
    return [run(suite, each) for each in suite.scenarios]


def went(folder: Path, steps: str, agents: str = "[{id: ana, skills: {contracts: 2}}]") -> str:
    """Play one scenario; give an empty text if it went as expected, else why not."""
    body = textwrap.indent(textwrap.dedent(steps).strip(), "      ")
    text = f"scenarios:\n  - name: a story\n    agents: {agents}\n    steps:\n{body}\n"
    (result,) = play(folder, text)
    return "" if result.ok else "\n".join(failure_lines(result))


def refused(folder: Path, scenarios: str) -> list[str]:
    """Load scenarios that cannot be played; give what is wrong with them and where."""
    try:
        play(folder, scenarios)
    except RulesError as error:
        return [
            f"{each.line}:{each.column} {each.message}"
            + (f" ({each.suggestion})" if each.suggestion else "")
            for each in error.problems
        ]
    return []
