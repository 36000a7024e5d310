"""Every way a life can end has a cause from a closed list."""

import re
from pathlib import Path

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
)

OPERATIONS = Path(__file__).parents[3] / "docs/operations.md"


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
        (RecursionError("a rule that asks itself"), Cause.INVARIANT),
        (KeyError("c1"), Cause.INVARIANT),
    ],
    ids=repr,
)
def test_the_cause_of_an_end_is_named(error: Exception, cause: Cause) -> None:
    assert cause_of(error) is cause


def test_operations_explains_every_cause_that_the_figure_can_name() -> None:
    table = OPERATIONS.read_text("utf-8").partition("| `cause` |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(Cause)
