"""The hot reading: the frequent inputs, straight from bytes, without the published models.

It takes an event or leaves it; whatever it leaves, the exact reading decides. Promises that what it
takes the exact reading would take too, with an equal value: a property of the tests holds it to
that. So it may be stricter than the contract, never looser. It never says what is wrong.
"""

from collections.abc import Mapping
from typing import Any, Final, Union

import msgspec

from router.model import limits
from router.model.inputs import Input, Origin, Topic
from router.wire import hot_agents, hot_conversations, instants, modes, shapes
from router.wire.hot_event import Event

_EVENTS: Final[Mapping[Topic, tuple[type[Event], ...]]] = {
    Topic.CONVERSATIONS: hot_conversations.EVENTS,
    Topic.AGENTS: hot_agents.EVENTS,
    Topic.COMMANDS: (),
}
"""What is frequent enough; commands are not, nor are transfers and deflections."""

_BRACKET: Final = ord("[")
_TROUBLE: Final = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class HotReading:
    """Read the frequent events of one topic."""

    __slots__ = ("_decode", "_parts")

    def __init__(self, topic: Topic) -> None:
        """Prepare the decoders of a topic's frequent events."""
        events = _EVENTS[topic]
        self._decode = _decoder(Union[events]).decode if events else None  # noqa: UP007 - a union of what is in a list
        self._parts = {
            event.__struct_config__.tag: (event, _decoder(event.__annotations__["data"]).decode)
            for event in events
        }

    def read(self, value: bytes, *, pool: str, origin: Origin) -> Input | None:
        """Read a structured event, or leave it."""
        if self._decode is None:
            return None
        try:
            event = self._decode(value)
        except _TROUBLE:
            return None
        return _input(event, value, pool=pool, origin=origin)

    def read_binary(
        self, value: bytes, headers: modes.RecordHeaders, *, pool: str, origin: Origin
    ) -> Input | None:
        """Read an event whose attributes are in the headers, or leave it."""
        attributes = modes.attributes(headers)
        named = attributes.get("type")
        parts = self._parts.get(named) if isinstance(named, str) else None
        if parts is None or not modes.holds_json(headers):
            return None
        kind, decode = parts
        try:
            attributes["data"] = decode(value)
            event = msgspec.convert(attributes, kind)
        except _TROUBLE:
            return None
        return _input(event, value, pool=pool, origin=origin)


def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


def _input(event: Event, value: bytes, *, pool: str, origin: Origin) -> Input | None:
    # What could open an object or array, counted in the way that costs least.
    size = len(value)
    openers = size - len(value.replace(b"{", b""))
    if _BRACKET in value:
        openers += size - len(value.replace(b"[", b""))
    if openers > limits.MAX_DEPTH:
        return None
    if not value.isascii() and not _is_text(value):
        return None
    at = instants.parse(event.time)
    if at is None or not shapes.is_source(event.source):
        return None
    if event.traceparent is not None and not shapes.is_traceparent(event.traceparent):
        event.traceparent = None
    return event.input(pool=pool, at=at, origin=origin)


def _is_text(value: bytes) -> bool:
    """Tell whether all is UTF-8, since the decoder does not look into what it skips."""
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
