"""Every way a life can end has a cause from a closed list."""

import pytest
from aiokafka.errors import (
    InvalidProducerEpoch,
    KafkaConnectionError,
    KafkaError,
    MessageSizeTooLargeError,
    ProducerFenced,
)

from router.daemon.errors import (
    AuditError,
    Cause,
    DeadlineError,
    DeletedInputsError,
    StalledError,
    cause_of,
    not_reached,
)

NOBODY = KafkaConnectionError(
    "Unable to bootstrap from [('127.0.0.1', 9092, <AddressFamily.AF_INET: 2>)]"
)


def wrapped(inner: Exception) -> Exception:
    """Wrap an error as the client wraps what ends its sender."""
    outer = KafkaError("Unexpected error during batch delivery")
    outer.__cause__ = inner
    return outer


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (ProducerFenced(), Cause.FENCED),
        (InvalidProducerEpoch(), Cause.FENCED),
        (wrapped(ProducerFenced()), Cause.FENCED),
        (DeadlineError("a transaction"), Cause.DEADLINE),
        (StalledError("7 s"), Cause.STALLED),
        (DeletedInputsError("gone"), Cause.DELETED_INPUTS),
        (KafkaConnectionError(), Cause.BROKER),
        (MessageSizeTooLargeError(), Cause.BROKER),
        (wrapped(RuntimeError("unable to perform operation")), Cause.BROKER),
        (RuntimeError("a write to a dead connection under uvloop"), Cause.BROKER),
        (OSError("unreachable"), Cause.BROKER),
        (AuditError("a lane is out of order"), Cause.INVARIANT),
        (AssertionError(), Cause.INVARIANT),
        (KeyError("c1"), Cause.INVARIANT),
    ],
    ids=repr,
)
def test_the_cause_of_an_end_is_named(error: Exception, cause: Cause) -> None:
    assert cause_of(error) is cause


def test_whoever_forgot_to_start_a_kafka_is_told_how() -> None:
    assert not_reached("127.0.0.1:9092", NOBODY, within_s=30.0) == (
        "no Kafka answered at 127.0.0.1:9092 within 30 s"
        " (is one running? `contact-router kafka start` starts one)"
    )
    assert not_reached("kafka.example:9092", NOBODY) == "no Kafka answered at kafka.example:9092"


def test_what_a_kafka_said_that_did_answer_is_told() -> None:
    said = not_reached("kafka.example:9092", KafkaError("not allowed"))
    assert said == "Kafka at kafka.example:9092 could not be asked: KafkaError: not allowed"
