"""Why would this conversation go where, given these agents: ``rules explain``.

A case is a conversation and the agents who are there; it is played by the engine as a scenario of
one step, and every step of the way is told: the qualification rules that matched and what they set,
the queue and its condition, what it asks for, and how every agent stands to it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from router.engine.candidates import Candidate, candidates
from router.engine.obstacles import wanted
from router.engine.remedies import Remedy, smallest_change
from router.model.policy import Facts
from router.model.requirement import expression
from router.rules.compilation import Compiled
from router.rules.problems import Place, Problems, RulesError
from router.rules.shape import fit
from router.rules.source import Entry, Node, Scalar, Sequence, read_tree
from router.rules.source import Mapping as MappingNode
from router.rules.tracing import Matched, takes_text, trace
from router.scenarios import written
from router.scenarios.checking import checked
from router.scenarios.decided import Told, flow
from router.scenarios.happenings import facts_of
from router.scenarios.loading import EVERY_POOL
from router.scenarios.report import agent_lines, candidate_values
from router.scenarios.running import Stage
from router.scenarios.scenario import Suite
from router.scenarios.short_forms import written_out

DEFAULT_ID = "c1"


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a conversation, and why. ``queue`` is None where it was refused."""

    conversation: str
    channel: str
    matched: tuple[Matched, ...]
    decided: tuple[Told, ...]
    queue: str | None = None
    takes: str = ""
    asks: str = ""
    points: int | None = None
    agents: tuple[Candidate, ...] = ()
    would_help: Remedy | None = None


def explain(
    rules: Compiled, case: str, *, name: str = "case", parts: Mapping[str, str] | None = None
) -> Explanation:
    """Explain a case, a text in YAML with ``conversation`` and ``agents``.

    ``parts`` hold instead of the case's own keys (``conversation``, ``agents``, ``at``), each a
    text in YAML. Raises ``RulesError`` with everything that is wrong with any of them.
    """
    problems = Problems()
    tree = _scenario(case, name, parts=parts or {}, problems=problems)
    if tree is None or problems.errors:
        raise RulesError(problems)
    file, removed = fit(tree, written.File, problems=problems)
    scenarios = checked(
        file, tree, vocabulary=rules.vocabulary, whole=not removed, problems=problems
    )
    if problems.errors:
        raise RulesError(problems)
    (scenario,) = scenarios
    pool = next(iter(rules.pools), EVERY_POOL)
    stage = Stage(Suite(file=name, pool=pool, rules=rules, scenarios=()), scenario)
    (step,) = scenario.steps
    happened = stage.play(step)
    arrival = step.happens.conversation
    if arrival is None:
        raise AssertionError("a case without its conversation was let through")
    return _explained(rules, arrival, stage=stage, decided=happened.decided)


def _explained(
    rules: Compiled, arrival: written.Arrival, *, stage: Stage, decided: tuple[Told, ...]
) -> Explanation:
    fields = facts_of(arrival)
    channel = arrival.channel or next(iter(rules.policy.channels))
    facts = Facts(
        channel=channel,
        topic=arrival.topic,
        level=arrival.level,
        language=arrival.language,
        priority=arrival.priority,
        skills=arrival.skills or {},
        customer=fields["customer"],
        attributes=arrival.attributes or {},
        text=arrival.text,
    )
    conversation = arrival.id or DEFAULT_ID
    found = Explanation(
        conversation=conversation,
        channel=channel,
        matched=tuple(trace(rules, facts)),
        decided=decided,
    )
    pool = stage.pool
    record = None if pool is None else pool.conversations.get(conversation)
    if pool is None or record is None:
        return found
    want = wanted(pool, record)
    line = pool.room.lines[record.queue]
    aged = line.ageing * (pool.now - record.arrived_at - line.within)
    return msgspec.structs.replace(
        found,
        queue=record.queue,
        takes=takes_text(rules, record.queue),
        asks="" if want is None else expression(want.requirement),
        points=record.priority + aged // 1_000_000,
        agents=tuple(candidates(pool, record)),
        would_help=smallest_change(pool, record),
    )


def _scenario(
    case: str, name: str, *, parts: Mapping[str, str], problems: Problems
) -> MappingNode | None:
    """Make of a case, and what holds instead of its keys, the tree of a file with one scenario."""
    root: Node | None = MappingNode(Place(name))
    if case.strip():
        root = read_tree(case, name, problems=problems)
    if not isinstance(root, MappingNode):
        if root is not None:
            problems.error(root.place, "a case has `conversation:` and perhaps `agents:`")
        return None
    entries = dict(root.entries)
    for key, text in parts.items():
        node = read_tree(text, f"--{key}", problems=problems)
        if node is not None:
            entries[key] = Entry(key, node.place, node)
    for key, entry in entries.items():
        if key not in {"people", "at", "agents", "conversation"}:
            problems.error(entry.place, f"unknown key `{key}`", "`conversation`, `agents`, `at`")
    conversation = entries.pop("conversation", None)
    if conversation is None:
        problems.error(root.place, "there is no conversation", "`conversation: {channel: chat}`")
        return None
    if isinstance(conversation.value, MappingNode):
        here = conversation.value.place
        default = Entry("id", here, Scalar(here, DEFAULT_ID, DEFAULT_ID))
        conversation.value.entries.setdefault("id", default)
    place = root.place
    expect = Entry("expect", place, Sequence(place))
    step = MappingNode(place, {"conversation": conversation, "expect": expect})
    scenario = MappingNode(
        place,
        {
            "name": Entry("name", place, Scalar(place, "case", "case")),
            **{key: entries.pop(key) for key in ("at", "agents") if key in entries},
            "steps": Entry("steps", place, Sequence(place, [step])),
        },
    )
    people = {key: entry for key, entry in entries.items() if key == "people"}
    whole = Entry("scenarios", place, Sequence(place, [scenario]))
    return written_out(MappingNode(place, {**people, "scenarios": whole}), problems=problems)


def explanation_lines(found: Explanation) -> Iterator[str]:
    """Tell an explanation, from the words to the agent."""
    yield f"{found.conversation}, on {found.channel}"
    yield "  rules that matched"
    width = max((len(each.rule) for each in found.matched), default=0)
    for each in found.matched:
        sets = ", ".join(f"{name}: {flow(value)}" for name, value in each.sets.items())
        last = "; the last one read" if each.final else ""
        yield f"    {each.rule:<{width}}  {sets or 'nothing that was not said already'}{last}"
    if not found.matched:
        yield "    none"
    if found.queue is None:
        for told in found.decided:
            yield f"  {told}"
        return
    namers = (each.rule for each in found.matched if each.sets.get("queue") == found.queue)
    namer = next(namers, None)
    why = f"which takes: {found.takes}" if namer is None else f"named by rule {namer}"
    yield f"  queue {found.queue}, {why}"
    yield f"  asks for: {found.asks}"
    yield f"  urgency: {found.points} points"
    yield "  decided"
    for told in found.decided:
        yield f"    {told.brief({})}"
    yield "  agents"
    if found.agents:
        yield from agent_lines(found.agents)
    else:
        yield "    none"
    if found.would_help is not None:
        yield f"  what would help: {found.would_help.words}"


def explanation_values(found: Explanation) -> dict[str, Any]:
    """Give an explanation as plain values, ready to be JSON."""
    helps = found.would_help
    return {
        "conversation": found.conversation,
        "channel": found.channel,
        "rules": [msgspec.to_builtins(each) for each in found.matched],
        "queue": found.queue,
        "takes": found.takes or None,
        "asks": found.asks or None,
        "points": found.points,
        "decided": [{each.word: each.about, **each.details} for each in found.decided],
        "agents": [candidate_values(each) for each in found.agents],
        "would_help": None
        if helps is None
        else {"change": helps.change.value, "agent": helps.agent, "words": helps.words},
    }
