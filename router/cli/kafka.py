"""Start and stop a local Apache Kafka from the command line, for first steps.

The broker outlives `kafka start` and is found again by `kafka stop`; in the foreground it ends with
the command. At most one for each user, with its data kept between starts.
"""

import json
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from types import FrameType

import click

from router.cli.exits import ServerLostError
from router.embedded import EmbeddedKafka, KafkaUnavailableError, detached
from router.embedded.detached import DetachedKafka
from router.embedded.distribution import KAFKA_VERSION
from router.embedded.sockets import is_free


@click.group()
def kafka() -> None:
    """Run a local Apache Kafka for first steps (needs Java 17 and Maven)."""


@kafka.command()
@click.option(
    "--port",
    type=click.IntRange(1, 65_535),
    help="Port on 127.0.0.1; by default 9092, or any free one where that is taken.",
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of settings, logs and data; by default in your state folder. Kept when it stops.",
)
@click.option(
    "--background/--foreground",
    default=True,
    show_default=True,
    help="Return when it is ready, or stay until Ctrl-C or SIGTERM and stop it then.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def start(port: int | None, data: Path | None, *, background: bool, as_json: bool) -> None:
    """Start Kafka, and say where it is when it is ready."""
    already = detached.running()
    if already is not None:
        _refuse_another(already, port=port, data=data)
        if not background:
            raise click.UsageError(f"Kafka already runs, on {already.bootstrap_servers}.")
    elif port is not None and not is_free(port):
        raise click.UsageError(f"Port {port} is taken by another program.")
    else:
        click.echo(
            f"starting Apache Kafka {KAFKA_VERSION} (the first time, Maven fetches 43 MB) ...",
            err=True,
        )
    try:
        if background:
            found = already or detached.start(port=port, data_dir=data)
            _report(found, as_json=as_json, was_running=already is not None)
        else:
            _stay(port=port, data=data, as_json=as_json)
    except KafkaUnavailableError as error:
        raise ServerLostError(str(error)) from error


@kafka.command()
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def stop(*, as_json: bool) -> None:
    """Stop the Kafka that `kafka start` left running; its data is kept."""
    stopped = detached.stop()
    if as_json:
        click.echo(json.dumps({"stopped": asdict(stopped) if stopped else None}))
    elif stopped is None:
        click.echo("no Kafka was running")
    else:
        click.echo(
            f"stopped Kafka on {stopped.bootstrap_servers} (data kept in {stopped.data_dir})"
        )


def _refuse_another(already: DetachedKafka, *, port: int | None, data: Path | None) -> None:
    other_port = port is not None and port != already.port
    other_data = data is not None and data.absolute() != Path(already.data_dir)
    if other_port or other_data:
        raise click.UsageError(
            f"Kafka already runs, on {already.bootstrap_servers} with its data in"
            f" {already.data_dir}; stop it first: contact-router kafka stop"
        )


def _report(found: DetachedKafka, *, as_json: bool, was_running: bool) -> None:
    if as_json:
        facts = {"bootstrap_servers": found.bootstrap_servers, **asdict(found)}
        click.echo(json.dumps({**facts, "was_running": was_running}))
        return
    how = "already serves" if was_running else "serves"
    click.echo(f"Kafka {KAFKA_VERSION} {how} on {found.bootstrap_servers}")
    click.echo(f"data and logs: {found.data_dir}")
    if found.port != detached.USUAL_PORT:
        click.echo(f"export CONTACT_ROUTER_KAFKA__BOOTSTRAP_SERVERS={found.bootstrap_servers}")


def _stay(*, port: int | None, data: Path | None, as_json: bool) -> None:
    """Own the broker until a signal ends the wait, or the broker ends by itself."""
    signal.signal(signal.SIGTERM, _leave)
    broker = EmbeddedKafka(
        data_dir=data or detached.default_data_dir(), port=port or detached.usual_port()
    )
    try:
        with broker:
            found = DetachedKafka(pid=broker.pid, port=broker.port, data_dir=str(broker.data_dir))
            _report(found, as_json=as_json, was_running=False)
            sys.stdout.flush()
            status = broker.wait()
    except KeyboardInterrupt:
        return
    raise ServerLostError(f"Kafka ended by itself with status {status}; see {broker.log_file}")


def _leave(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
