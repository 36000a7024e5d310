"""One environment serves the router and the streams."""

import ssl
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import faust
import pytest
from pydantic import ValidationError

from router.daemon.settings import KafkaSettings as RouterKafkaSettings
from router.daemon.settings import Settings as RouterSettings
from streams.settings import KafkaSettings, Settings


def read(monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, str]) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(f"CONTACT_ROUTER_{name}", value)
    return Settings()


def test_without_any_variable_the_streams_follow_a_router_without_any() -> None:
    ours, router = Settings(), RouterSettings()

    assert ours.kafka.bootstrap_servers == router.kafka.bootstrap_servers
    assert ours.topics.assignments == f"{router.topics.prefix}assignments"
    assert ours.streams_group != router.group


def test_the_routers_variables_are_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(
        monkeypatch,
        {
            "KAFKA__BOOTSTRAP_SERVERS": "k1:9092, k2:9092",
            "KAFKA__CALL_TIMEOUT_S": "3",
            "TOPICS__PREFIX": "acme.",
            "TOPICS__PARTITIONS": "12",
            "HTTP__PORT": "8080",
            "GROUP": "acme",
        },
    )

    assert settings.kafka.urls == ["kafka://k1:9092", "kafka://k2:9092"]
    assert settings.topics.assignments == "acme.assignments"
    assert settings.topics.queue_minutes == "acme.queue-minutes"
    assert settings.streams_group == "acme-streams"


def test_what_both_may_set_about_kafka_has_the_same_default() -> None:
    ours, router = KafkaSettings.model_fields, RouterKafkaSettings.model_fields

    assert ours.keys() < router.keys()
    assert {name: field.default for name, field in ours.items()} == {
        name: router[name].default for name in ours
    }


def test_a_login_is_sent_over_tls_where_both_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    credentials = read(
        monkeypatch,
        {
            "KAFKA__SECURITY_PROTOCOL": "SASL_SSL",
            "KAFKA__SASL_MECHANISM": "SCRAM-SHA-512",
            "KAFKA__SASL_USERNAME": "streams",
            "KAFKA__SASL_PASSWORD": "secret",
        },
    ).kafka.credentials()

    assert isinstance(credentials, faust.SASLCredentials)
    assert (credentials.username, credentials.password) == ("streams", "secret")
    assert credentials.protocol.value == "SASL_SSL"
    assert credentials.mechanism.value == "SCRAM-SHA-512"
    assert credentials.ssl_context is not None
    assert credentials.ssl_context.verify_mode is ssl.CERT_REQUIRED


def test_tls_alone_checks_the_broker_and_a_plain_network_needs_nothing() -> None:
    tls = KafkaSettings(security_protocol="SSL").credentials()

    assert tls is not None
    assert isinstance(tls, faust.SSLCredentials)
    assert tls.context.check_hostname
    assert KafkaSettings().credentials() is None


def test_a_login_without_a_name_is_refused() -> None:
    with pytest.raises(ValidationError, match="sasl_username and sasl_password are needed"):
        KafkaSettings(security_protocol="SASL_PLAINTEXT")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("STREAMS__RETENTION_HOURS", "streams.retention_hours"),
        ("STREAMS__NONSENSE", "streams.nonsense: no such setting"),
    ],
)
def test_wrong_settings_are_wrong_use_of_the_command(name: str, said: str) -> None:
    run = work({f"CONTACT_ROUTER_{name}": "soon"})

    assert run.returncode == 2
    assert said in run.stderr


def test_where_no_kafka_answers_one_sentence_says_so() -> None:
    run = work({"CONTACT_ROUTER_KAFKA__BOOTSTRAP_SERVERS": "127.0.0.1:1"})

    assert run.returncode == 3
    assert "worker ended: no Kafka answered at 127.0.0.1:1" in run.stderr.splitlines()[-1]
    assert "Traceback" not in run.stderr


def work(variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "streams", "worker"],
        cwd=Path(__file__).resolve().parents[3],
        env=dict(variables),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
