"""What is wrong with how a demo is called is said before the day begins."""

from pathlib import Path

from click.testing import CliRunner

from router.cli.main import main


def test_a_report_that_could_not_be_written_is_refused_at_once(tmp_path: Path) -> None:
    file = tmp_path / "nowhere" / "report.json"

    run = CliRunner().invoke(main, ["demo", "--json", str(file)])

    assert (run.exit_code, run.stdout) == (2, "")
    assert f"'{file}': No such file or directory" in run.stderr
