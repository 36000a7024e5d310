"""Why Kafka could not be asked is said so that whoever reads it knows what to do."""

import socket

import pytest
from aiokafka.errors import KafkaConnectionError, KafkaError

from router.daemon.settings import KafkaSettings
from router.daemon.unreached import not_reached
from router.embedded.sockets import free_port

NOBODY = KafkaConnectionError(
    "Unable to bootstrap from [('127.0.0.1', 9092, <AddressFamily.AF_INET: 2>)]"
)


def at(servers: str) -> KafkaSettings:
    return KafkaSettings(bootstrap_servers=servers)


def test_whoever_forgot_to_start_a_kafka_is_told_how() -> None:
    here, elsewhere = f"127.0.0.1:{free_port()}", f"[::1]:{free_port()}"

    assert not_reached(at(here), NOBODY, within_s=30.0) == (
        f"no Kafka answered at {here} within 30 s"
        " (is one running? `contact-router kafka start` starts one)"
    )
    assert not_reached(at(elsewhere), NOBODY) == f"no Kafka answered at {elsewhere}"


def test_what_a_kafka_said_that_did_answer_is_told() -> None:
    said = not_reached(at("kafka.example:9092"), KafkaError("not allowed"))
    assert said == "Kafka at kafka.example:9092 could not be asked: KafkaError: not allowed"


@pytest.mark.parametrize(
    ("login", "asked"),
    [
        ({"security_protocol": "SSL"}, "is kafka.security_protocol=SSL what it asks for?"),
        (
            {
                "security_protocol": "SASL_PLAINTEXT",
                "sasl_username": "router",
                "sasl_password": "swordfish",
            },
            "is kafka.security_protocol=SASL_PLAINTEXT what it asks for and the login what it knows?",
        ),
    ],
)
def test_a_broker_that_is_asked_in_a_way_it_does_not_want_is_not_said_to_be_missing(
    login: dict[str, str], asked: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        servers = f"127.0.0.1:{free_port()},127.0.0.1:{listener.getsockname()[1]}"
        kafka = KafkaSettings.model_validate({"bootstrap_servers": servers, **login})

        said = not_reached(kafka, NOBODY, within_s=5.0)

    assert said == f"what listens at {servers} did not answer as Kafka within 5 s: {asked}"
