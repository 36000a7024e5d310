"""`contact-router run` and `topics` as processes: what they print, and what they end with."""

import json
import os
import socket
import subprocess
import uuid
from collections.abc import Mapping
from pathlib import Path

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

from router.embedded import EmbeddedKafka
from router.embedded.sockets import free_port
from streams.figures import Figures, Minute, encode_key, encode_row
from tests.faults.router_process import COMMAND
from tests.faults.site import RULES, Site


@pytest.fixture
def elsewhere(kafka: EmbeddedKafka) -> dict[str, str]:
    """Settings of a place where no topic was made yet."""
    unique = uuid.uuid4().hex[:8]
    return {
        "CONTACT_ROUTER_KAFKA__BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
        "CONTACT_ROUTER_TOPICS__PREFIX": f"n{unique}.",
        "CONTACT_ROUTER_TOPICS__PARTITIONS": "3",
        "CONTACT_ROUTER_GROUP": f"g{unique}",
        "CONTACT_ROUTER_RULES__PATH": str(RULES),
        "CONTACT_ROUTER_HTTP__PORT": "0",
    }


@pytest.fixture
def nowhere(elsewhere: dict[str, str]) -> dict[str, str]:
    """Settings that name a broker that is not there."""
    return elsewhere | {
        "CONTACT_ROUTER_KAFKA__BOOTSTRAP_SERVERS": f"127.0.0.1:{free_port()}",
        "CONTACT_ROUTER_KAFKA__START_TIMEOUT_S": "1",
        "CONTACT_ROUTER_KAFKA__CALL_TIMEOUT_S": "1",
    }


def command(*words: str, settings: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [str(COMMAND), *words],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_topics_are_made_once_and_then_found_sound(elsewhere: dict[str, str]) -> None:
    before = command("topics", "check", settings=elsewhere)
    made = command("topics", "create", settings=elsewhere)
    again = command("topics", "create", "--json", settings=elsewhere)
    after = command("topics", "check", settings=elsewhere)

    assert before.returncode == 1
    assert before.stderr.count("`contact-router topics create` makes it") == 6
    assert (made.returncode, made.stdout.count("created ")) == (0, 6)
    assert json.loads(again.stdout)["created"] == []
    assert (after.returncode, after.stderr) == (0, "")
    assert "3 shards" in after.stdout


def test_topics_that_were_made_otherwise_are_explained(elsewhere: dict[str, str]) -> None:
    prefix = elsewhere["CONTACT_ROUTER_TOPICS__PREFIX"]
    admin = AdminClient({"bootstrap.servers": elsewhere["CONTACT_ROUTER_KAFKA__BOOTSTRAP_SERVERS"]})
    state = NewTopic(f"{prefix}state", 2, 1, config={"cleanup.policy": "delete"})
    admin.create_topics([state])[f"{prefix}state"].result(30)

    made = command("topics", "create", settings=elsewhere)
    run = command("run", settings=elsewhere)

    assert made.returncode == 1
    assert f"{prefix}state has 2 partitions, not 3" in made.stderr
    assert f"{prefix}state: cleanup.policy is delete, must be compact" in made.stderr
    assert run.returncode == 1
    assert "differ in their number of partitions" in run.stderr


def test_a_router_without_topics_says_how_to_make_them(elsewhere: dict[str, str]) -> None:
    run = command("run", settings=elsewhere)

    assert (run.returncode, run.stdout) == (1, "")
    assert "`contact-router topics create` makes it" in run.stderr


@pytest.mark.parametrize("words", [["run"], ["topics", "check"], ["topics", "create"], ["state"]])
def test_a_broker_that_does_not_answer_is_named(words: list[str], nowhere: dict[str, str]) -> None:
    run = command(*words, settings=nowhere)

    assert (run.returncode, run.stdout) == (3, "")
    assert nowhere["CONTACT_ROUTER_KAFKA__BOOTSTRAP_SERVERS"] in run.stderr


@pytest.mark.parametrize(
    "asking",
    [
        {"SECURITY_PROTOCOL": "SSL"},
        {"SECURITY_PROTOCOL": "SASL_PLAINTEXT", "SASL_USERNAME": "ana", "SASL_PASSWORD": "x"},
    ],
    ids=["tls", "login"],
)
def test_a_plain_broker_that_is_asked_for_tls_or_a_login_is_not_said_to_be_missing(
    elsewhere: dict[str, str], asking: dict[str, str]
) -> None:
    settings = {f"CONTACT_ROUTER_KAFKA__{name}": value for name, value in asking.items()}

    asked = command("topics", "check", settings=elsewhere | settings)

    assert (asked.returncode, asked.stdout) == (3, "")
    assert "is one running?" not in asked.stderr
    assert f"kafka.security_protocol={asking['SECURITY_PROTOCOL']}" in asked.stderr


@pytest.mark.parametrize("words", [["put", "agents", "--pool", "spain"], ["read", "agents"]])
def test_a_topic_that_was_never_made_is_named_with_what_makes_it(
    words: list[str], elsewhere: dict[str, str]
) -> None:
    asked = command("topics", *words, settings=elsewhere)

    assert (asked.returncode, asked.stdout) == (1, "")
    assert f"there is no topic {elsewhere['CONTACT_ROUTER_TOPICS__PREFIX']}agents" in asked.stderr
    assert "contact-router topics create makes it" in asked.stderr


def test_what_was_put_on_a_topic_is_told_to_programs_too(site: Site) -> None:
    words = [str(COMMAND), "topics", "put", "agents", "--pool", "spain", "--json"]

    put = subprocess.run(
        words,
        env={**os.environ, **site.settings},
        input="{}\n[]\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    partition = site.partition_of("spain")
    assert json.loads(put.stdout) == {
        "topic": f"{site.prefix}agents",
        "records": [
            {"partition": partition, "offset": 0},
            {"partition": partition, "offset": 1},
        ],
    }


def test_wrong_settings_and_wrong_rules_stop_the_start(
    elsewhere: dict[str, str], tmp_path: Path
) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("version: 1\nqueues: {claims: {takes: topc == 'x'}}\n")

    settings = command("run", settings=elsewhere | {"CONTACT_ROUTER_HTTP__PORT": "eighty"})
    rules = command("run", "--rules", str(bad), settings=elsewhere)

    assert settings.returncode == 2
    assert "CONTACT_ROUTER_HTTP__PORT: http.port" in settings.stderr
    assert rules.returncode == 1
    assert f"{bad}:2" in rules.stderr


@pytest.mark.parametrize("timeout_ms", ["3000", "1800000"])
def test_a_session_that_the_broker_does_not_allow_ends_the_start(
    elsewhere: dict[str, str], *, timeout_ms: str
) -> None:
    """It would ask to be let into its group for ever, and a person must act."""
    bounds = {"group.min.session.timeout.ms": "6000", "group.max.session.timeout.ms": "60000"}
    with EmbeddedKafka(settings=bounds) as broker:
        settings = elsewhere | {
            "CONTACT_ROUTER_KAFKA__BOOTSTRAP_SERVERS": broker.bootstrap_servers,
            "CONTACT_ROUTER_MEMBERSHIP__SESSION_TIMEOUT_MS": timeout_ms,
            "CONTACT_ROUTER_MEMBERSHIP__STALL_MS": "1000",
        }
        made = command("topics", "create", settings=settings)
        run = command("run", settings=settings)

    assert made.returncode == 0
    assert (run.returncode, run.stdout) == (2, "")
    assert f"membership.session_timeout_ms: the broker does not take {timeout_ms}" in run.stderr


def test_transactions_that_may_not_last_so_long_end_the_start(elsewhere: dict[str, str]) -> None:
    with EmbeddedKafka(settings={"transaction.max.timeout.ms": "20000"}) as broker:
        settings = elsewhere | {"CONTACT_ROUTER_KAFKA__BOOTSTRAP_SERVERS": broker.bootstrap_servers}
        made = command("topics", "create", settings=settings)
        run = command("run", settings=settings)

    assert made.returncode == 0
    assert (run.returncode, run.stdout) == (2, "")
    assert "producer.transaction_timeout_ms: the broker does not take 30000" in run.stderr


def test_an_address_that_is_taken_is_named(site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        run = command("run", settings=site.settings | {"CONTACT_ROUTER_HTTP__PORT": port})

    assert run.returncode == 2
    assert f"cannot listen on 127.0.0.1:{port}" in run.stderr


def test_one_line_on_standard_output_says_that_the_shards_are_ready(
    site: Site, tmp_path: Path
) -> None:
    output = tmp_path / "out"
    with output.open("w") as out, (tmp_path / "err").open("w") as err:
        router = subprocess.Popen(
            [str(COMMAND), "run"], env={**os.environ, **site.settings}, stdout=out, stderr=err
        )
        try:
            for _ in range(600):
                if output.read_text():
                    break
                try:
                    router.wait(0.05)
                except subprocess.TimeoutExpired:
                    continue
            router.terminate()
            status = router.wait(30)
        finally:
            router.kill()

    (line,) = output.read_text().splitlines()
    assert line.startswith("ready 4 shards of 4 http://127.0.0.1:")
    assert status == 0
    assert all(json.loads(each)["event"] for each in (tmp_path / "err").read_text().splitlines())


def test_records_are_read_with_their_place_and_key_even_one_that_is_no_pool(site: Site) -> None:
    topic = f"{site.prefix}agents"
    producer = Producer({"bootstrap.servers": site.bootstrap_servers})
    for offset, key in enumerate((b"spain", b"my pool", None, b"\xff\n")):
        producer.produce(topic, key=key, value=f'{{"n": {offset}}}'.encode(), partition=1)
    producer.flush(30)

    read = command("topics", "read", "agents", "--where", settings=site.settings)
    spain = command("topics", "read", "agents", "--pool", "spain", settings=site.settings)

    assert read.stdout.splitlines() == [
        '1 0 "spain" {"n": 0}',
        '1 1 "my pool" {"n": 1}',
        '1 2 null {"n": 2}',
        '1 3 "\\\\xff\\n" {"n": 3}',
    ]
    assert spain.stdout.splitlines() == ['{"n": 0}']


def test_the_figures_of_the_streams_are_read_by_pool_once_a_worker_made_them(site: Site) -> None:
    asked = ("topics", "read", "queue-minutes", "--pool", "spain", "--where")
    before = command(*asked, settings=site.settings)
    admin = AdminClient({"bootstrap.servers": site.bootstrap_servers})
    topic = f"{site.prefix}queue-minutes"
    admin.create_topics([NewTopic(topic, 2, 1)])[topic].result(30)
    producer = Producer({"bootstrap.servers": site.bootstrap_servers})
    for pool in ("spain", "italy"):
        key = encode_key(Minute(pool, "sales", 0))
        producer.produce(topic, key=key, value=encode_row(Figures(seq=7)), partition=0)
    producer.flush(30)
    (line,) = command(*asked, settings=site.settings).stdout.splitlines()

    assert (before.returncode, before.stdout) == (1, "")
    assert "python -m streams worker makes it" in before.stderr
    assert line.startswith('0 0 "{\\"pool\\":\\"spain\\",\\"queue\\":\\"sales\\"')
    assert '"seq":7' in line
