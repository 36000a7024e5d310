"""The bodies of decisions as they are published: times in words, and whom an event is about.

Most outcomes are published as they are. Those that hold a time, and refused inputs, are given the
form of the contract here. Changes nothing else.
"""

from collections.abc import Callable
from operator import attrgetter
from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from router.model import outputs
from router.model.inputs import INPUT_TYPES, Input, Topic
from router.model.outputs import OUTCOMES, Outcome, Why
from router.wire import instants


class _Offered(msgspec.Struct):
    conversation: str
    offer: str
    agent: str
    queue: str
    attempt: int
    waited_s: float
    units: int
    expires_at: str
    why: Why
    labels: tuple[str, ...] | UnsetType
    interruptible: bool | UnsetType


class _Requeued(msgspec.Struct):
    conversation: str
    queue: str
    reason: str
    place: int
    agent: str | UnsetType
    wrapup_until: str | UnsetType | None
    first: str | UnsetType


class _Closed(msgspec.Struct):
    conversation: str
    waited_s: float
    reason: str
    handled_s: float | UnsetType
    agent: str | UnsetType
    wrapup_until: str | UnsetType | None


class _Refused(msgspec.Struct):
    reason: str
    type: str
    subject: str
    conversation: str | UnsetType
    agent: str | UnsetType


def form(kind: type[Outcome]) -> Callable[[Any], object] | None:
    """Give what makes the body of an event of an outcome; None: it is published as it is."""
    return _FORMS.get(kind)


def always_about(kind: type[Outcome]) -> Callable[[Any], str] | None:
    """Give what names whom an outcome is about; None where not every one of the type says it."""
    name = about(kind)
    return None if name is None else attrgetter(name)


def subject(body: Outcome) -> str | None:
    """Name the conversation, agent or queue that an event is about; None for the whole pool."""
    for get in _SUBJECTS[type(body)]:
        name: str | UnsetType = get(body)
        if name is not UNSET:
            return name
    return None


def _offered(body: outputs.ConversationOffered) -> object:
    return _Offered(
        body.conversation,
        body.offer,
        body.agent,
        body.queue,
        body.attempt,
        body.waited_s,
        body.units,
        instants.render(body.expires_at),
        body.why,
        body.labels,
        body.interruptible,
    )


def _requeued(body: outputs.ConversationRequeued) -> object:
    return _Requeued(
        body.conversation,
        body.queue,
        body.reason,
        body.place,
        body.agent,
        _until(body.wrapup_until),
        body.first,
    )


def _closed(body: outputs.ConversationClosed) -> object:
    return _Closed(
        body.conversation,
        body.waited_s,
        body.reason,
        body.handled_s,
        body.agent,
        _until(body.wrapup_until),
    )


def _refused(body: outputs.InputRefused) -> object:
    kind = INPUT_TYPES.get(body.input_type)
    named = None if kind is None else _named_by(kind)
    return _Refused(
        body.reason,
        body.input_type,
        body.subject,
        body.subject if named == "conversation" else UNSET,
        body.subject if named == "agent" else UNSET,
    )


def _named_by(kind: type[Input]) -> str | None:
    """Tell whom an input is about: an agent, a conversation, or neither; of both the latter."""
    if kind.topic is Topic.AGENTS:
        return "agent"
    return next(
        (each for each in ("conversation", "agent") if each in kind.__struct_fields__), None
    )


def _deflected(body: outputs.ConversationDeflected) -> object:
    return {**msgspec.to_builtins(body), "expires_at": instants.render(body.expires_at)}


def _deflection_accepted(body: outputs.DeflectionAccepted) -> object:
    if body.callback_at is UNSET:
        return body
    return {**msgspec.to_builtins(body), "callback_at": instants.render(body.callback_at)}


def _surge_changed(body: outputs.SurgeChanged) -> object:
    if body.expires_at is UNSET:
        return body
    return {**msgspec.to_builtins(body), "expires_at": instants.render(body.expires_at)}


def _until(at: int | UnsetType | None) -> str | UnsetType | None:
    return instants.render(at) if isinstance(at, int) else at


_FORMS: Final[dict[type[Outcome], Callable[[Any], object]]] = {
    outputs.ConversationOffered: _offered,
    outputs.ConversationRequeued: _requeued,
    outputs.ConversationClosed: _closed,
    outputs.ConversationDeflected: _deflected,
    outputs.DeflectionAccepted: _deflection_accepted,
    outputs.SurgeChanged: _surge_changed,
    outputs.InputRefused: _refused,
}


def about(kind: type[Outcome]) -> str | None:
    """Name the field of an outcome that always says whom its event is about."""
    always = {field.name for field in msgspec.structs.fields(kind) if field.required}
    return next((name for name in _ABOUT if name in always), None)


_ABOUT: Final = ("conversation", "agent", "queue", "subject")
"""Whom an outcome is about, by the first of these fields that it has."""

_SUBJECTS: Final[dict[type[Outcome], tuple[Callable[[Any], str | UnsetType], ...]]] = {
    outcome: tuple(attrgetter(name) for name in _ABOUT if name in outcome.__struct_fields__)
    for outcome in OUTCOMES
}
