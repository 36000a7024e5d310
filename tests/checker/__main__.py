"""Run the checker on a cluster: a short report, exit status 1 where a promise is broken."""

import json
import sys
import time
from pathlib import Path

import click
from confluent_kafka import KafkaException

from tests.checker.centre import Centre
from tests.checker.judge import check
from tests.checker.topics import read_topics

GRACE_MS = 2_000


@click.command()
@click.option("--bootstrap", required=True, help="Kafka servers, host:port[,host:port].")
@click.option("--prefix", default="routing.", show_default=True, help="Prefix of the topics.")
@click.option("--canary", help="A word that every text of a customer holds.")
@click.option("--settled", is_flag=True, help="The router has answered everything by now.")
@click.option(
    "--centre",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="JSON: what the topics do not say; the fields of tests/checker/centre.py.",
)
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
def main(
    *,
    bootstrap: str,
    prefix: str,
    canary: str | None,
    settled: bool,
    centre: Path | None,
    as_json: bool,
) -> None:
    """Judge a router by its topics: exit 0 clean, 1 a promise is broken, 3 no answer."""
    told = Centre.from_json(json.loads(centre.read_text())) if centre is not None else Centre()
    try:
        topics = read_topics(bootstrap, prefix=prefix)
    except KafkaException as error:
        click.echo(f"cannot read the topics: {error}", err=True)
        sys.exit(3)
    settled_at = int(time.time() * 1_000) - GRACE_MS if settled else None
    report = check(topics, centre=told, canary=canary, settled_at=settled_at)
    click.echo(json.dumps(report.to_json(), indent=2) if as_json else report.text())
    sys.exit(0 if report.is_clean else 1)


if __name__ == "__main__":
    main()
