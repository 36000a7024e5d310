"""The way out: from decisions to the events of `routing.assignments`.

Promises one structured CloudEvent for each decision, with exactly the fields of the contract: what
the decision left unset does not appear, what is None appears as null, every time is RFC 3339.
Decides nothing, numbers nothing, and keeps of a decision only what the next one shares with it: the
decisions of one cause come together, and policy, cause, positions and time are written once.
"""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from router.model.inputs import ConversationCreated
from router.model.outputs import Cause, Decision, InputCause, Outcome, TimerCause
from router.wire import bodies, instants
from router.wire.record import STRUCTURED_HEADERS, Record
from router.wire.sending import encode_sent

Read = tuple[int, int, int]
"""Last offset applied of conversations, agents and commands; -1: none."""

Head = tuple[bytes, bytes, bytes, Callable[[Any], object] | None, Callable[[Any], str] | None]
"""What all events of a type in a pool share: record key, beginning, pool; how the body is made, and
whom it is about, where every body of the type says that."""

POOLS_REMEMBERED: Final = 1_000
"""Pools whose beginnings of events are kept ready; when there are more, all are forgotten."""

_encode = msgspec.json.Encoder().encode
_NO_CAUSE: Final = InputCause(topic="", partition=-1, offset=-1, id="")


class Writer:
    """Write the decisions of one router; not for use by several threads at once."""

    __slots__ = ("_at", "_cause", "_heads", "_policy", "_read", "_shared", "_source", "_time")

    def __init__(self, *, source: str) -> None:
        """Take the URI reference that names this router; a pool's events come from source/pool."""
        self._source = source
        self._heads: dict[tuple[str, type[Outcome]], Head] = {}
        self._cause: Cause = _NO_CAUSE
        self._read: Read = (-1, -1, -1)
        self._policy = ""
        self._at = 0
        self._time = b""
        self._shared = b""

    def decision(self, decision: Decision, read: Read) -> Record:
        """Write one decision; ``read`` as of this decision. About 1.5 us where the cause goes on."""
        body = decision.body
        kind = type(body)
        head = self._heads.get((decision.pool, kind))
        if head is None:
            head = self._head(decision.pool, kind)
        if (
            decision.cause is not self._cause
            or decision.at != self._at
            or read != self._read
            or decision.policy != self._policy
        ):
            self._share(decision, read)
        key, start, pool, form, about = head
        seq = b"%d" % decision.seq
        trace = decision.traceparent
        subject = bodies.subject(body) if about is None else about(body)
        return Record(
            key,
            b"".join(
                (
                    start,
                    seq,
                    self._time,
                    b',"subject":' + _encode(subject) if subject else b"",
                    b"" if trace is None else b',"traceparent":' + _encode(trace),
                    pool,
                    seq,
                    self._shared,
                    _encode(body if form is None else form(body))[1:],
                    b"}",
                )
            ),
            STRUCTURED_HEADERS,
        )

    def sent(self, sent: ConversationCreated, *, by: str) -> Record:
        """Write what another pool is to hear of a conversation that the pool ``by`` has sent there."""
        return encode_sent(sent, source=f"{self._source}/{by}")

    def _head(self, pool: str, kind: type[Outcome]) -> Head:
        """Prepare the record key and the parts that all events of a type in a pool share."""
        if len(self._heads) >= POOLS_REMEMBERED:
            self._heads.clear()
        source = _encode(f"{self._source}/{pool}")
        head = (
            pool.encode("utf-8"),
            b'{"specversion":"1.0","source":%b,"type":%b,"id":"' % (source, _encode(kind.type)),
            b',"data":{"pool":%b,"seq":' % _encode(pool),
            bodies.form(kind),
            bodies.always_about(kind),
        )
        self._heads[pool, kind] = head
        return head

    def _share(self, decision: Decision, read: Read) -> None:
        """Write what this decision and the next ones of its cause have in common."""
        conversations, agents, commands = read
        self._time = b'","time":"%b"' % instants.render(decision.at).encode("ascii")
        self._shared = (
            b',"policy":%b,"cause":%b,"read":{"conversations":%d,"agents":%d,"commands":%d},'
            % (
                _encode(decision.policy),
                _encode(_cause(decision.cause)),
                conversations,
                agents,
                commands,
            )
        )
        self._cause = decision.cause
        self._read = read
        self._policy = decision.policy
        self._at = decision.at


def _cause(cause: Cause) -> object:
    if isinstance(cause, TimerCause):
        return {"timer": cause.timer, "due": instants.render(cause.due), "of": cause.of}
    return cause
