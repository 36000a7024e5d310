"""Decisions in the words of a routing test, and whether one is what was expected.

A decision becomes a word, whom it is about, and details; an expectation is the same with fewer
details. One table says both: which word stands for which outcome, and where each detail is found.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
from msgspec import UNSET

from router.model import outputs
from router.model.outputs import Decision, TimerCause
from router.model.surge import OFF
from router.rules.units import duration_text, percent_text
from router.scenarios.written import Expectation
from router.wire import instants

Getter = Callable[[Any, int], Any]
"""From an outcome and the time of its decision (ms) to a detail, UNSET where it has none."""


class Word(msgspec.Struct, frozen=True):
    """What an outcome is called, whom it is about, and its details by name."""

    outcome: type[outputs.Outcome]
    about: Getter
    details: Mapping[str, Getter] = {}


def _of(*path: str) -> Getter:
    def found(body: Any, _: int) -> Any:
        for part in path:
            body = getattr(body, part, UNSET)
            if body is None or body is UNSET:
                return UNSET
        return list(body) if isinstance(body, tuple) else body

    return found


def _seconds(*path: str) -> Getter:
    return _in_words(lambda value: duration_text(round(value * 1_000)), *path)


def _percent(*path: str) -> Getter:
    return _in_words(lambda value: percent_text(round(value * 100)), *path)


def _in_words(words: Callable[[float], str], *path: str) -> Getter:
    inner = _of(*path)

    def found(body: Any, at: int) -> Any:
        value = inner(body, at)
        return UNSET if value is UNSET else words(value)

    return found


def _until(field: str) -> Getter:
    def found(body: Any, at: int) -> Any:
        value = getattr(body, field)
        if value is UNSET:
            return UNSET
        return "open" if value is None else duration_text(value - at)

    return found


def _moment(field: str) -> Getter:
    def found(body: Any, _: int) -> Any:
        value = getattr(body, field)
        return UNSET if value is UNSET else instants.render(value)

    return found


_CONVERSATION: Final = _of("conversation")
_AGENT: Final = _of("agent")
_IN: Final = {"in": _of("queue")}
_GIVEN: Final = {
    "to": _AGENT,
    **_IN,
    "attempt": _of("attempt"),
    "waited": _seconds("waited_s"),
    "units": _of("units"),
    "score": _of("why", "score"),
    "labels": _of("labels"),
}
_ENDED: Final = {"from": _AGENT, "reason": _of("reason")}
_ESTIMATE: Final = {"estimated_wait": _seconds("estimated_wait_s", "p50")}

WORDS: Final[Mapping[str, Word]] = {
    "queued": Word(
        outputs.ConversationQueued,
        _CONVERSATION,
        {
            **_IN,
            "place": _of("place"),
            **{
                name: _of("qualified", name)
                for name in (
                    *("topic", "level", "language", "priority", "requirements", "rules", "labels"),
                )
            },
            **_ESTIMATE,
        },
    ),
    "offered": Word(
        outputs.ConversationOffered, _CONVERSATION, {**_GIVEN, "expires": _until("expires_at")}
    ),
    "assigned": Word(outputs.ConversationAssigned, _CONVERSATION, _GIVEN),
    "expired": Word(outputs.OfferExpired, _CONVERSATION, _ENDED),
    "declined": Word(outputs.OfferDeclined, _CONVERSATION, _ENDED),
    "withdrawn": Word(outputs.OfferWithdrawn, _CONVERSATION, _ENDED),
    "requeued": Word(
        outputs.ConversationRequeued,
        _CONVERSATION,
        {
            **_IN,
            "place": _of("place"),
            "reason": _of("reason"),
            "from": _AGENT,
            "wrap_up": _until("wrapup_until"),
            "first": _of("first"),
        },
    ),
    "expanded": Word(
        outputs.ConversationExpanded,
        _CONVERSATION,
        {**_IN, "step": _of("step"), "requirements": _of("requirements")},
    ),
    "overflowed": Word(
        outputs.ConversationOverflowed,
        _CONVERSATION,
        {
            "from": _of("from_"),
            "to": _of("to"),
            "kind": _of("kind"),
            "trigger": _of("trigger", "name"),
        },
    ),
    "deflected": Word(
        outputs.ConversationDeflected,
        _CONVERSATION,
        {
            "kind": _of("kind"),
            "to": _of("to"),
            "trigger": _of("trigger", "name"),
            "text": _of("text"),
            "expires": _until("expires_at"),
        },
    ),
    "deflection_accepted": Word(
        outputs.DeflectionAccepted, _CONVERSATION, {"callback_at": _moment("callback_at")}
    ),
    "deflection_expired": Word(outputs.DeflectionExpired, _CONVERSATION),
    "abandoned": Word(
        outputs.ConversationAbandoned,
        _CONVERSATION,
        {"reason": _of("reason"), "waited": _seconds("waited_s")},
    ),
    "closed": Word(
        outputs.ConversationClosed,
        _CONVERSATION,
        {
            "from": _AGENT,
            "reason": _of("reason"),
            "waited": _seconds("waited_s"),
            "handled": _seconds("handled_s"),
            "wrap_up": _until("wrapup_until"),
        },
    ),
    "suspended": Word(outputs.AgentSuspended, _AGENT, {"reason": _of("reason")}),
    "released": Word(outputs.AgentReleased, _AGENT, {"reason": _of("reason")}),
    "status": Word(
        outputs.QueueStatus,
        _of("queue"),
        {
            "waiting": _of("waiting"),
            "available_agents": _of("available_agents"),
            "waited": _seconds("oldest_wait_s"),
            "service_level": _percent("service_level"),
            "to_answer": _percent("service_target", "answer"),
            "within": _seconds("service_target", "within_s"),
            **_ESTIMATE,
        },
    ),
    "surge": Word(
        outputs.SurgeChanged,
        lambda body, _: body.to or OFF,
        {
            "from": _of("from_"),
            "reason": _of("reason"),
            "trigger": _of("trigger", "name"),
            "expires": _until("expires_at"),
        },
    ),
    "policy_changed": Word(outputs.PolicyChanged, _of("to")),
    "refused": Word(outputs.InputRefused, _of("subject"), {"reason": _of("reason")}),
    "applied": Word(outputs.CommandApplied, _CONVERSATION),
}
"""Every outcome by its word; a refused command is ``refused`` too."""

_BY_OUTCOME: Final = {each.outcome: name for name, each in WORDS.items()}
_SUMMARY: Final = {
    "queued": ("in", "place"),
    "offered": ("to",),
    "assigned": ("to",),
    "requeued": ("in", "place", "reason"),
    "overflowed": ("from", "to", "trigger"),
    "expanded": ("step",),
    "deflected": ("kind", "to", "trigger"),
    "deflection_accepted": ("callback_at",),
    "surge": ("from", "reason", "trigger"),
    "closed": ("from",),
}
"""Which details of a decision are always shown; of the others those that are all it has to say."""
_ALWAYS: Final = ("from", "reason")


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A decision, or what is expected of one: word, whom it is about, details by name.

    ``at`` (ms) is when; ``causes`` are the words it may be said to follow from.
    """

    word: str
    about: str
    details: Mapping[str, Any]
    at: int = 0
    causes: frozenset[str] = frozenset()

    def __str__(self) -> str:
        """Say it on one line, as a scenario writes it."""
        shown = [f"{name}: {flow(value)}" for name, value in self.details.items()]
        return ", ".join([f"{self.word}: {self.about}", *shown])

    def brief(self, also: Mapping[str, Any]) -> str:
        """Say what matters, and the details that ``also`` names."""
        names = {*_SUMMARY.get(self.word, _ALWAYS), *also}
        details = {name: value for name, value in self.details.items() if name in names}
        return str(msgspec.structs.replace(self, details=details))

    def meets(self, expected: "Told") -> bool:
        """Tell whether this decision is what was expected."""
        return (self.word, self.about) == (expected.word, expected.about) and all(
            value in self.causes if name == "because" else self.details.get(name, UNSET) == value
            for name, value in expected.details.items()
        )


def told(decision: Decision, *, subject: str, causes: frozenset[str]) -> Told:
    """Say a decision in words. ``subject``: whom the command was about that it answers."""
    body, at = decision.body, decision.at
    if isinstance(body, outputs.CommandRefused):
        return Told(
            word="refused", about=subject, details={"reason": body.code}, at=at, causes=causes
        )
    name = _BY_OUTCOME[type(body)]
    word = WORDS[name]
    found = {each: get(body, at) for each, get in word.details.items()}
    return Told(
        word=name,
        about=subject if name == "applied" else str(word.about(body, at)),
        details={each: value for each, value in found.items() if value is not UNSET},
        at=at,
        causes=causes,
    )


def cause_words(decision: Decision, *, happening: str) -> frozenset[str]:
    """Give what a decision follows from at first: the timer's name, or what happened."""
    cause = decision.cause
    return frozenset({cause.timer if isinstance(cause, TimerCause) else happening})


STATES: Final = ("waits",)
"""Expectations about how things stand when the step is over."""
AFTERWARDS: Final = ("passed_over", "would_help")
"""Details that are looked at when the step is over."""
_SPANS: Final = ("waited", "handled", "expires", "wrap_up", "estimated_wait", "within")
_PERCENTS: Final = ("service_level", "to_answer")
DETAILS_OF_STATES: Final = {"waits": ("in", "place", *AFTERWARDS)}


def expected(written: Expectation) -> Told:
    """Say an expectation in words; it has exactly one of ``WORDS`` and ``STATES``."""
    given = written.model_dump(exclude_none=True, by_alias=True)
    word = next(name for name in (*WORDS, *STATES) if name in given)
    about = given.pop(word)
    for name in _SPANS:
        if isinstance(given.get(name), int):
            given[name] = duration_text(given[name])
    for name in _PERCENTS:
        if name in given:
            given[name] = percent_text(given[name])
    if "callback_at" in given:
        given["callback_at"] = instants.render(given["callback_at"])
    return Told(word=word, about=about, details=given)


def details_of(word: str) -> tuple[str, ...]:
    """Give the details that may go with a word."""
    if word in STATES:
        return DETAILS_OF_STATES[word]
    extra = ("passed_over",) if word in {"offered", "assigned"} else ()
    return (*WORDS[word].details, "because", *extra)


def flow(value: Any) -> str:
    """Write a value on one line, as a scenario does."""
    match value:
        case dict():
            return "{" + ", ".join(f"{name}: {flow(each)}" for name, each in value.items()) + "}"
        case list():
            return "[" + ", ".join(flow(each) for each in value) + "]"
        case _:
            return str(value)
