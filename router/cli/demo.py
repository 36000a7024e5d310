"""Play the example centre's day against a router of its own, and prove it: `contact-router demo`.

Exit status 0: the proof holds; 1: it does not, or the rules are wrong; 3: broker or router were
lost; 130: stopped by Ctrl-C (143 by SIGTERM). Everything it started ends with it.
"""

import asyncio
import json
import logging
import secrets
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final, TextIO

import click

from router.cli.exits import FoundWrongError, ServerLostError
from router.cli.options import read_settings, settings_option
from router.demo.clients import KAFKA_LOST
from router.demo.errors import LostError
from router.demo.lines import Lines
from router.demo.play import Display, play
from router.demo.report import Report
from router.demo.script import DAY_S, Script
from router.demo.stage import set_up
from router.embedded import KafkaUnavailableError
from router.rules import RulesError

SEEDS: Final = 100_000
SHORTEST_S: Final = 5.0
ENDING: Final = (signal.SIGTERM, signal.SIGHUP)


@click.command()
@settings_option
@click.option(
    "--seconds",
    type=click.FloatRange(min=0),
    default=DAY_S,
    show_default=True,
    help="How long the day lasts; serving everybody and the proof come after it. 0: day after day.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    help="Play the customers and agents of this seed; by default any.",
)
@click.option(
    "--keep-topics",
    is_flag=True,
    help="Leave the demo's topics on a broker that was there before, for a look.",
)
@click.option(
    "--json",
    "json_file",
    type=click.File("w", encoding="utf-8", lazy=False),
    help="Write the report to this file too, for programs.",
)
def demo(
    *,
    settings_file: Path | None,
    seconds: float,
    seed: int | None,
    keep_topics: bool,
    json_file: TextIO | None,
) -> None:
    """Play a day of the example centre at speed, kill the router, prove that nothing was lost.

    Starts a Kafka of its own, unless the settings name one; there it uses topics of its own.
    """
    if 0 < seconds < SHORTEST_S:
        raise click.UsageError(f"a day needs at least {SHORTEST_S:g} seconds")
    script = Script(
        seed=secrets.randbelow(SEEDS) if seed is None else seed,
        seconds=seconds or DAY_S,
        is_endless=seconds == 0,
        keeps_topics=keep_topics,
    )
    with _ended_by_signals():
        report = _played(script, settings_file)
    click.echo(report.text())
    if json_file is not None:
        json_file.write(json.dumps(report.json(), indent=2) + "\n")
    if not report.proof.holds:
        raise FoundWrongError("the proof does not hold")


def _played(script: Script, settings_file: Path | None) -> Report:
    # What the Kafka clients log on the way would tear the picture.
    logging.getLogger().addHandler(logging.NullHandler())
    settings = read_settings(settings_file)
    _say(f"seed {script.seed}")
    try:
        with set_up(
            settings, settings_file=settings_file, is_endless=script.is_endless, say=_say
        ) as stage:
            return asyncio.run(play(script, stage=stage, display=_display()))
    except (RulesError, LookupError) as error:
        raise FoundWrongError(str(error)) from error
    except (KafkaUnavailableError, LostError) as error:
        raise ServerLostError(str(error)) from error
    except KAFKA_LOST as error:
        raise ServerLostError(f"Kafka was lost: {error}") from error


def _display() -> Display:
    """Choose how to show it: drawn on a terminal that can, else in lines."""
    if sys.stdout.isatty():
        try:
            from rich.console import Console

            from router.demo.screen import Screen
        except ImportError:
            _say("for a live view: pip install 'contact-router[demo]'")
        else:
            console = Console()
            if not console.is_dumb_terminal:
                return Screen(console)
    return Lines(click.echo, now=time.monotonic)


def _say(line: str) -> None:
    click.echo(line, err=True)


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """End in order on Ctrl-C and on other signals that end programs; say so by the exit status."""
    number = signal.SIGINT

    def end(received: int, _: FrameType | None) -> None:
        nonlocal number
        number = signal.Signals(received)
        # From here on it is like Ctrl-C, which every part knows how to take.
        signal.raise_signal(signal.SIGINT)

    before = {each: signal.signal(each, end) for each in ENDING}
    # Who starts it in the background has told it to ignore Ctrl-C, and with it what is made of it here.
    before[signal.SIGINT] = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        _say("stopped; everything it started has ended")
        sys.exit(128 + number)
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
