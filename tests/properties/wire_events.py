"""Events as platforms might write them: right ones, nearly right ones, and what is hardly JSON."""

import json
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from router.model import limits
from router.model.inputs import INPUT_TYPES, Presence, Topic

Event = dict[str, Any]

LETTERS = "abcXYZ019_.:@-"
WORDS = st.text(max_size=8) | st.sampled_from(["", "é" * 256, "😀" * 256, "fr", "reimbursement"])
IDS = st.text(LETTERS, min_size=1, max_size=12) | st.just("i" * limits.MAX_ID)
LEVELS = st.integers(1, 5) | st.just(limits.MAX_INTEGER)
LANGUAGES = st.sampled_from(["fr", "en-GB", "zh-Hant-TW", "de-CH-1901", "x-house", "sl-rozaj"])
TIMES = st.sampled_from(
    [
        "2026-03-02T08:15:00.123Z",
        "2026-03-02T08:15:00Z",
        "2026-03-02t08:15:00.5z",
        "2026-03-02T08:15:00.123456789+05:30",
        "2016-12-31T23:59:60Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999Z",
    ]
)
TRACES = st.sampled_from(
    ["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "00-00-00-00", "rubbish", ""]
)
SCALARS = (
    WORDS
    | st.integers(-limits.MAX_INTEGER, limits.MAX_INTEGER)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
    | st.none()
)


def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return strategy | st.none()


SKILLS = st.dictionaries(WORDS, st.integers(0, 9), max_size=3)
FACTS = {
    "topic": _maybe(WORDS),
    "level": _maybe(LEVELS),
    "language": _maybe(LANGUAGES),
    "priority": _maybe(st.integers(0, 1000)),
    "skills": _maybe(SKILLS),
    "preferred_agents": _maybe(st.lists(IDS, max_size=3)),
    "customer": _maybe(
        st.fixed_dictionaries({}, optional={"id": _maybe(WORDS), "tier": _maybe(WORDS)})
    ),
    "attributes": _maybe(st.dictionaries(WORDS, SCALARS, max_size=4)),
    "text": _maybe(WORDS),
}
ANSWER = st.fixed_dictionaries({"offer": IDS, "agent": IDS}, optional={"reason": _maybe(WORDS)})
DEFLECTION = st.fixed_dictionaries(
    {"deflection": IDS}, optional={"callback_at": _maybe(TIMES), "phone_ref": _maybe(WORDS)}
)
ORDER = {"by": _maybe(WORDS), "reason": _maybe(WORDS)}
DATA: dict[str, st.SearchStrategy[Event]] = {
    "conversation.created": st.fixed_dictionaries(
        {"channel": WORDS},
        optional={**FACTS, "arrived_at": _maybe(TIMES), "hops": _maybe(st.integers(0, 3))},
    ),
    "conversation.updated": st.fixed_dictionaries(
        {}, optional={**FACTS, "channel": _maybe(WORDS), "arrived_at": SCALARS}
    ),
    "conversation.abandoned": st.fixed_dictionaries({}, optional={"reason": _maybe(WORDS)}),
    "conversation.ended": st.fixed_dictionaries(
        {}, optional={"agent": _maybe(IDS), "outcome": _maybe(WORDS)}
    ),
    "conversation.transferred": st.fixed_dictionaries(
        {"agent": IDS, "to": st.fixed_dictionaries({"queue": WORDS}, optional={"level": LEVELS})}
    ),
    "offer.accepted": ANSWER,
    "offer.declined": ANSWER,
    "deflection.accepted": DEFLECTION,
    "deflection.declined": DEFLECTION,
    "agent.updated": st.fixed_dictionaries(
        {"team": WORDS, "skills": SKILLS, "channels": SKILLS},
        optional={
            "site": _maybe(WORDS),
            "capacity": _maybe(st.integers(0, 300)),
            "languages": _maybe(st.lists(LANGUAGES, max_size=3)),
            "preferences": _maybe(st.dictionaries(WORDS, st.integers(-5, 5), max_size=3)),
            "cost": _maybe(st.integers(0, 99) | st.floats(0, 99)),
            "partner": _maybe(WORDS),
        },
    ),
    "agent.presence": st.fixed_dictionaries(
        {"presence": st.sampled_from([each.value for each in Presence])},
        optional={"reason": _maybe(WORDS), "until": _maybe(TIMES)},
    ),
    "agent.heartbeat": st.fixed_dictionaries({}),
    "agent.wrapup_ended": st.fixed_dictionaries({"conversation": IDS}),
    "command.assign": st.fixed_dictionaries({"conversation": IDS, "agent": IDS}, optional=ORDER),
    "command.requeue": st.fixed_dictionaries({"conversation": IDS}, optional=ORDER),
    "command.close": st.fixed_dictionaries({"conversation": IDS}, optional=ORDER),
    "command.prioritise": st.fixed_dictionaries(
        {"conversation": IDS, "priority": st.integers(0, 1000)}, optional=ORDER
    ),
    "command.pause_queue": st.fixed_dictionaries({"queue": WORDS}, optional=ORDER),
    "command.resume_queue": st.fixed_dictionaries({"queue": WORDS}, optional=ORDER),
    "command.set_presence": st.fixed_dictionaries(
        {"agent": IDS, "presence": st.sampled_from([each.value for each in Presence])},
        optional=ORDER,
    ),
    "command.surge": st.fixed_dictionaries({"stage": WORDS}, optional=ORDER),
}
"""Data that can be read, by event type."""

FREQUENT = (
    *("conversation.created", "conversation.updated", "conversation.abandoned"),
    *("conversation.ended", "offer.accepted", "offer.declined", "agent.updated"),
    *("agent.presence", "agent.heartbeat", "agent.wrapup_ended"),
)
"""Types that the hot reading knows."""

TOKENS = (
    *("0", "1", "-0", "-0.0", "1.0", "1e2", "1E-2", "0.1e1", "1e999", "-1e999", "1e-999"),
    *("4", "65", "1000", "1001", "-1", "-5", "-6", "6"),
    *("9007199254740991", "9007199254740992", "-9007199254740991", "-9007199254740992"),
    *("18446744073709551615", "18446744073709551616", "1" + "0" * 400, "-1" + "0" * 5000),
    *("true", "false", "null", "[]", "{}", "[1]", '["a b"]', '["fr_FR"]', '["fr"]', '{"a":{}}'),
    *(f'{{"a":{number}}}' for number in ("1", "1.0", "-1", "5", "6", "-5", "-6", "true", "null")),
    *('{"a":9007199254740991}', '{"a":9007199254740992}', '{"a":-9007199254740992}'),
    *('{"id":1}', '{"tier":null}', '{"queue":"a"}'),
    *('""', '"available"', '"AVAILABLE"', '"1"', '"fr_FR"', '"a b"', '"a\\nb"', '"\\u0000"'),
    *('"\\ud83d\\ude00"', '"\\\\ud800"', '"\x7f"', '"2026-03-02T08:15:00Z"', '"2026-03-02"'),
    *('"2016-12-30T23:59:60Z"', '"2026-02-29T00:00:00Z"', '"0001-01-01T00:00:00+00:01"'),
    *(f'"{"x" * size}"' for size in (128, 129, 256, 257, 4000, 4001)),
    *(f'"{"é" * size}"' for size in (256, 257)),
    *(f'{{"{"é" * size}":1}}' for size in (256, 257)),
    *("[" * depth + "]" * depth for depth in (12, 13, 14, 15, 16, 17, 18)),
    *('{"a":' * depth + "1" + "}" * depth for depth in (12, 13, 14, 15, 16, 17, 18)),
    *("[" * 300 + "]" * 300, "[" * 3000 + "]" * 3000, '"' + "[" * 40 + '"'),
    *("[" + ",".join(['"aa"'] * size) + "]" for size in (64, 65)),
    *("{" + ",".join(f'"k{n}":1' for n in range(size)) + "}" for size in (32, 33, 64, 65)),
)
"""Pieces of JSON to put where a value was: each is the edge of some rule."""

BROKEN = (
    *("NaN", "Infinity", "-Infinity", "01", "+1", ".5", "1.", "--1", "0x1", "1_0", "True", "nul"),
    *("", " ", ",", "'a'", '"a', "[" * 40, '"\\ud800"', '"\\udc00\\ud800"', '"\\ud800\\u0041"'),
    *('"\\x"', '"\\u12"', '"\x01"', "// no", "[1,]", '{"a":1,}', '{"a"}', "{1:2}"),
)
"""Pieces that no JSON text has."""

BYTES = (
    b"\xff",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\xc0\xaf",
    b"\xef\xbb\xbf",
    b"\x00",
    b'"',
    b"\\",
    b"{",
)
"""Pieces that no JSON text has where they are put, or only by luck."""


def topic_of(event_type: str) -> Topic:
    """Give the topic a type belongs on."""
    return INPUT_TYPES[event_type].topic


@st.composite
def right(draw: st.DrawFn, *, types: tuple[str, ...] = tuple(DATA)) -> Event:
    """Draw an event that can be read, in no particular order of its attributes."""
    event_type = draw(st.sampled_from(types))
    event = {
        "specversion": "1.0",
        "id": draw(IDS),
        "source": draw(st.sampled_from(["/platforms/chat", "urn:x:%20y", "s", "/a?b#c"])),
        "type": event_type,
        "time": draw(TIMES),
        "subject": draw(IDS),
        "data": draw(DATA[event_type]),
    }
    if draw(st.booleans()):
        event["traceparent"] = draw(TRACES)
    if draw(st.booleans()):
        event["extension"] = draw(SCALARS | st.lists(SCALARS, max_size=2))
    names = draw(st.permutations(list(event)))
    return {name: event[name] for name in names}


@st.composite
def texts(draw: st.DrawFn, event: Event) -> bytes:
    """Write an event with none, one or two things wrong with it."""
    event = json.loads(json.dumps(event))
    raw: dict[str, str] = {}
    for number in range(draw(st.integers(0, 2))):
        mark = f"mark {number} of the test"
        token = draw(st.sampled_from(draw(st.sampled_from([TOKENS, TOKENS, TOKENS, BROKEN]))))
        raw[json.dumps(mark)] = token
        data = event.get("data")
        places = _places(event) + (_places(data) * 3 if isinstance(data, dict) else [])
        if not places:
            break
        inside, name = draw(st.sampled_from(places))
        match draw(st.sampled_from(["replace", "remove", "add", "repeat"])):
            case "replace":
                inside[name] = mark
            case "remove":
                inside.pop(name)
            case "add":
                inside[draw(st.sampled_from(["strange", "Data", "datacontenttype"]))] = mark
            case _:
                inside[mark] = mark
                raw[f"{json.dumps(mark)}: {json.dumps(mark)}"] = f'"{name}": {token}'
    text = json.dumps(event, ensure_ascii=draw(st.booleans()))
    for mark, token in sorted(raw.items(), key=lambda each: -len(each[0])):
        text = text.replace(mark, token)
    value = text.encode("utf-8")
    if draw(st.integers(0, 5)) == 0:
        at = draw(st.integers(0, len(value)))
        match draw(st.sampled_from(["cut", "insert", "drop"])):
            case "cut":
                value = value[:at]
            case "insert":
                value = value[:at] + draw(st.sampled_from(BYTES)) + value[at:]
            case _:
                value = value[:at] + value[at + 1 :]
    return value


def edges(event: Event) -> Iterator[bytes]:
    """Write an event with every token in turn at every place, and at places it does not have."""
    mark = "mark of the test"
    for inside, name in _places(event):
        kept = inside[name]
        inside[name] = mark
        text = json.dumps(event, ensure_ascii=False)
        for token in (*TOKENS, *BROKEN):
            yield text.replace(f'"{mark}"', token).encode("utf-8")
        del inside[name]
        yield json.dumps(event).encode()
        inside[name] = kept


def _places(event: Event) -> list[tuple[Event, str]]:
    """Give every field of an event and of the objects in it."""
    found = []
    for name, value in event.items():
        found.append((event, name))
        if isinstance(value, dict):
            found.extend(_places(value))
    return found
