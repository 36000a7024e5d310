"""`contact-router topics put`, as far as no Kafka is needed for it."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from router.cli.main import main

COMMAND = Path(sys.executable).parent / "contact-router"


@pytest.mark.parametrize("pool", ["my pool", "", "é", "a" * 129, "demo\n"])
def test_a_pool_that_cannot_be_one_is_refused_before_anything_is_sent(pool: str) -> None:
    told = CliRunner().invoke(main, ["topics", "put", "agents", "--pool", pool], input="{}\n")
    assert told.exit_code == 2
    assert "a pool is 1 to 128 of A-Z a-z 0-9 _ . : @ -" in told.stderr


def test_at_a_terminal_it_is_said_that_events_are_awaited_and_how_they_end() -> None:
    ours, terminal = pty.openpty()
    with subprocess.Popen(
        [COMMAND, "topics", "put", "agents", "--pool", "demo"],
        env={**os.environ, "CONTACT_ROUTER_KAFKA__BOOTSTRAP_SERVERS": "127.0.0.1:1"},
        stdin=terminal,
        stderr=subprocess.PIPE,
        text=True,
    ) as put:
        assert put.stderr is not None
        assert put.stderr.readline() == "one event a line; they are sent at the end: Ctrl-D\n"
        os.write(ours, b"\x04")
        _, told = put.communicate(timeout=60)
    os.close(ours)
    os.close(terminal)
    assert told.startswith("there is no event on standard input\n")
    assert put.returncode == 3


def test_an_event_on_several_lines_is_told_before_anything_is_sent() -> None:
    lines = '{\n  "specversion": "1.0"\n}\n'
    told = CliRunner().invoke(main, ["topics", "put", "agents", "--pool", "demo"], input=lines)
    assert told.exit_code == 2
    assert "an event stands on one line" in told.stderr
