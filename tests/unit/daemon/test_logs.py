"""What a library repeats is said once in a while, and no log has what a customer wrote."""

import logging
import subprocess
import sys

import pytest

from router.daemon.logs import OnceInAWhile

FAILS = """
import structlog
from router.daemon import logs
from router.daemon.settings import LogSettings

logs.set_up(LogSettings(format="{format}"))
def decide(text):
    raise KeyError("ana")
try:
    decide("my " + "secret is ill")
except KeyError:
    structlog.get_logger("x").warning("shard starts over", exc_info=True)
"""


def said(seldom: OnceInAWhile, message: str, *arguments: object) -> str | None:
    record = logging.LogRecord("aiokafka", logging.ERROR, "", 0, message, arguments, None)
    return record.getMessage() if seldom.filter(record) else None


def test_the_same_complaint_is_held_back_for_a_while() -> None:
    seldom = OnceInAWhile(quiet_s=60)

    assert said(seldom, "cannot connect to %s", "a") == "cannot connect to a"
    assert said(seldom, "cannot connect to %s", "b") is None
    assert said(seldom, "something else") == "something else"


def test_what_was_held_back_is_counted_when_it_is_said_again() -> None:
    seldom = OnceInAWhile(quiet_s=0)
    said(seldom, "again")
    patient = OnceInAWhile(quiet_s=60)
    said(patient, "again")
    said(patient, "again")
    patient.quiet_s = 0

    assert said(seldom, "again") == "again"
    assert said(patient, "again") == "again (and once before)"


def test_what_was_held_back_often_is_counted_too() -> None:
    patient = OnceInAWhile(quiet_s=60)
    for _ in range(4):
        said(patient, "again")
    patient.quiet_s = 0

    assert said(patient, "again") == "again (and 3 times before)"


@pytest.mark.parametrize("form", ["console", "json"])
def test_a_traceback_tells_the_way_and_not_what_was_carried_along_it(form: str) -> None:
    script = FAILS.replace("{format}", form)
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "KeyError: 'ana'" in run.stderr
    assert "my secret is ill" not in run.stderr
