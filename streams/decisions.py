"""Read a record of the assignments topic, as far as the figures need it.

The first thing that happens to a decision here. Promises: a record that breaks the contract raises
`UnreadableError` with a reason and nothing else, whatever its bytes are; a type this module does
not know is still a `Decision`, so that the numbering of a pool has no false gaps. Reads both modes
of CloudEvents. Keeps no id of an agent, no reason and nothing of a customer.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Raw, Struct

from router.model.limits import MAX_ID, MAX_INTEGER, MAX_STRING

Seq = Annotated[int, Meta(ge=1, le=MAX_INTEGER)]
Id = Annotated[str, Meta(max_length=MAX_ID)]
Name = Annotated[str, Meta(max_length=MAX_STRING)]
Seconds = Annotated[float, Meta(ge=0, le=1e10)]
Moment = Annotated[datetime, Meta(tz=True)]


class Decision(Struct, frozen=True):
    """What the figures take from one decision; `at` in ms since the epoch, the rest in ms.

    `queue` is the queue the decision names itself: None for the types that do not. `is_sent`: the
    conversation went to another pool, and is over in this one.
    """

    pool: str
    seq: int
    at: int
    type: str
    conversation: str | None = None
    queue: str | None = None
    waited_ms: int | None = None
    handled_ms: int | None = None
    is_sent: bool = False


class UnreadableError(Exception):
    """Tell that a record of the assignments topic is not what the contract says."""


class _Envelope(Struct):
    type: str
    time: Moment
    data: Raw


class _Numbered(Struct):
    """Common part of all data: whose decision, and which."""

    pool: Id
    seq: Seq


class _Placed(_Numbered):
    conversation: Id
    queue: Name


class _About(_Numbered):
    conversation: Id


class _Assigned(_Placed):
    waited_s: Seconds


class _Abandoned(_About):
    waited_s: Seconds


class _Closed(_About):
    waited_s: Seconds
    handled_s: Seconds | None = None


class _Overflowed(_About):
    # Where it waits from now on, if that is another queue; the place it left is known already.
    to: Name
    kind: str = "queue"


SHAPES: Final[dict[str, type[_Numbered]]] = {
    "conversation.queued": _Placed,
    "conversation.offered": _Placed,
    "conversation.assigned": _Assigned,
    "conversation.requeued": _Placed,
    "conversation.expanded": _Placed,
    "conversation.overflowed": _Overflowed,
    "conversation.deflected": _About,
    "conversation.abandoned": _Abandoned,
    "conversation.closed": _Closed,
    "offer.expired": _About,
    "offer.declined": _About,
    "offer.withdrawn": _About,
    "deflection.accepted": _About,
    "deflection.expired": _About,
}
"""Types about a conversation, and what each must carry; all others need only pool and `seq`."""

END_OF_TIME_MS: Final = 253_402_300_800_000
"""The year 10000, beyond which there is no way to write a time."""

_ENVELOPE: Final = msgspec.json.Decoder(_Envelope)
_MOMENT: Final = msgspec.json.Decoder(Moment)
_NUMBERED: Final = msgspec.json.Decoder(_Numbered)
_DATA: Final = {kind: msgspec.json.Decoder(shape) for kind, shape in SHAPES.items()}


Headers = Mapping[str, bytes] | Sequence[tuple[str, bytes]] | None


def read_decision(value: bytes | None, headers: Headers) -> Decision:
    """Read one record of the assignments topic, structured or binary.

    Raises `UnreadableError` where the record is not a decision as the contract has it; its text
    names the field, never the content.
    """
    if value is None:
        raise UnreadableError("no value")
    try:
        return _read(value, dict(headers or ()))
    except msgspec.MsgspecError as error:
        raise UnreadableError(str(error)) from None
    except (ValueError, OverflowError, RecursionError) as error:
        # Bytes that are no text, a date beyond the calendar, nesting without end.
        raise UnreadableError(type(error).__name__) from None


def _read(value: bytes, attributes: dict[str, bytes]) -> Decision:
    if "ce_type" in attributes:
        kind = attributes["ce_type"].decode()
        time = _MOMENT.decode(b'"%s"' % attributes.get("ce_time", b""))
        data: bytes | Raw = value
    else:
        envelope = _ENVELOPE.decode(value)
        kind, time, data = envelope.type, envelope.time, envelope.data
    found = _DATA.get(kind, _NUMBERED).decode(data)
    at = round(time.timestamp() * 1000)
    if not 0 <= at < END_OF_TIME_MS:
        raise UnreadableError("time beyond the calendar - at `$.time`")
    queue = getattr(found, "queue", None)
    if isinstance(found, _Overflowed) and found.kind == "queue":
        queue = found.to
    return Decision(
        pool=found.pool,
        seq=found.seq,
        at=at,
        type=kind,
        conversation=getattr(found, "conversation", None),
        queue=queue,
        is_sent=isinstance(found, _Overflowed) and found.kind == "pool",
        waited_ms=_milliseconds(getattr(found, "waited_s", None)),
        handled_ms=_milliseconds(getattr(found, "handled_s", None)),
    )


def _milliseconds(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)
