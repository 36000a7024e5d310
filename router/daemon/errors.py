"""What can go wrong around the engine, by whose fault it is.

Promises: one type for what stops the process from starting, one for what ends a shard's life; the
cause of an ended life is a word of a closed list, fit for a metric's label. What is wrong with an
input is not here: that is a value (a dead letter or a refusal).
"""

from collections.abc import Sequence
from enum import StrEnum

from aiokafka import errors as kafka_errors


class BrokerUnreachableError(Exception):
    """Tell that no broker answered in time."""


class TopicsWrongError(Exception):
    """Tell what is wrong with the topics; one line for each problem."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class CertificateError(Exception):
    """Tell that the files named in the settings are no certificates or keys that go together."""


class AddressError(Exception):
    """Tell that the HTTP address of the settings cannot be listened on."""


class SettingRefusedError(Exception):
    """Tell that the broker does not allow what a setting says: a person must act."""


class Cause(StrEnum):
    """Why a shard's life ended."""

    REVOKED = "revoked"
    """Another instance owns the shard now."""
    DRAINED = "drained"
    """The process was asked to end."""
    FENCED = "fenced"
    """Another instance took the shard over before we knew."""
    DEADLINE = "deadline"
    """Kafka did not answer in time."""
    BROKER = "broker"
    """Kafka refused, or a connection broke."""
    STALLED = "stalled"
    """The process stood still for too long to trust what it holds."""
    DELETED_INPUTS = "deleted_inputs"
    """Inputs were deleted before they were read."""
    WRONG_STATE = "wrong_state"
    """The state is gone, or was written when there was another number of shards."""
    INVARIANT = "invariant"
    """Something is not as it must be: a bug, here or in a library."""


class DeadlineError(Exception):
    """Tell which call took too long."""


class StalledError(Exception):
    """Tell that the process stood still for too long."""


class DeletedInputsError(Exception):
    """Tell that a shard's inputs do not go on where it left off."""


class WrongStateError(Exception):
    """Tell that the state topic does not hold what this shard decided before."""


class AuditError(Exception):
    """Tell which invariants of the engine are violated."""


class ShardGoneError(Exception):
    """Tell that a shard cannot be looked at: it has not begun yet, or has ended."""


class BusyError(Exception):
    """Tell that a look at a shard would take too long now."""


_FENCED = (
    kafka_errors.ProducerFenced,
    kafka_errors.InvalidProducerEpoch,
    kafka_errors.InvalidProducerIdMapping,
)


def cause_of(error: BaseException) -> Cause:
    """Name the cause of a life that ended with this error; an unknown one is a broken invariant.

    aiokafka wraps what ends its sender, so the errors it came from count too.
    """
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, _FENCED):
            return Cause.FENCED
        if isinstance(seen, StalledError):
            return Cause.STALLED
        if isinstance(seen, DeletedInputsError):
            return Cause.DELETED_INPUTS
        if isinstance(seen, WrongStateError):
            return Cause.WRONG_STATE
        if isinstance(seen, DeadlineError):
            return Cause.DEADLINE
        seen = seen.__cause__
    # A write to a dead connection is a plain RuntimeError under uvloop; what is derived from it is
    # a bug.
    if isinstance(error, kafka_errors.KafkaError | OSError) or type(error) is RuntimeError:
        return Cause.BROKER
    return Cause.INVARIANT
