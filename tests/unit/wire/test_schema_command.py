"""`contact-router schema` prints, writes and checks the contract."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from router.cli.main import main
from router.wire.schemas import publications


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["schema", *arguments])


def test_without_a_name_it_lists_the_documents() -> None:
    names = [*(each.name for each in publications()), "asyncapi"]
    assert run().output.splitlines() == names
    assert json.loads(run("--json").output) == names


def test_a_name_prints_its_schema() -> None:
    schema = json.loads(run("agent.presence").output)
    assert schema["title"] == "agent.presence"
    assert json.loads(run("agents.agent.presence").output) == schema
    assert json.loads(run("asyncapi").output)["asyncapi"] == "3.0.0"


def test_several_names_print_an_array() -> None:
    printed = json.loads(run("agent.presence", "agent.heartbeat").output)
    assert [each["title"] for each in printed] == ["agent.presence", "agent.heartbeat"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["offer.declined"], "assignments.offer.declined"),
        (["conversation.lost"], "There is no event"),
        (["agent.presence", "--check"], "either"),
        (["--write", "--check"], "either"),
    ],
)
def test_wrong_use_is_told(arguments: list[str], words: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, words in result.output) == (2, True)


def test_what_is_written_is_current_until_it_is_changed(tmp_path: Path) -> None:
    folder = ("--folder", str(tmp_path / "schemas"))
    assert run("--check", *folder).exit_code == 1
    written = run("--write", *folder, "--json")
    assert len(json.loads(written.output)["changed"]) == len(publications()) + 1
    assert run("--check", *folder).exit_code == 0
    file = tmp_path / "schemas" / "agents.agent.presence.json"
    file.write_text(file.read_text().replace("break", "pause"))
    result = run("--check", *folder)
    assert result.exit_code == 1
    assert f"stale: {file}" in result.output
    found = json.loads(run("--check", *folder, "--json").output.splitlines()[0])
    assert (found["current"], found["stale"]) == (False, [file.name])
