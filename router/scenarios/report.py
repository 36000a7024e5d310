"""Say how a routing test went: for people, side by side and short; for programs, all of it."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from router.engine.candidates import Candidate
from router.model.reasons import PassedOver
from router.scenarios.decided import STATES, Told
from router.scenarios.notations import clock_text
from router.scenarios.running import Happened, Met, Result
from router.wire import instants

NOTHING: Final = "nothing"
MISSING: Final = "✗"
MOST_AGENTS: Final = 8
"""So many agents passed over are told one by one; of more, how many for each reason."""


def failure_lines(result: Result) -> Iterator[str]:
    """Tell the step of a failed scenario that went otherwise: expected, decided, who and why not."""
    number, happened = len(result.steps), result.steps[-1]
    step = happened.step
    when = clock_text(step.at - result.scenario.at)
    yield f"step {number}, line {step.place.line}, at {when}"
    yield from _side_by_side(happened)
    for conversation, stands in happened.asked.items():
        yield from _who(conversation, stands)
        remedy = happened.would_help.get(conversation)
        if remedy is not None:
            yield f"  what would help: {remedy.words}"


def _side_by_side(happened: Happened) -> Iterator[str]:
    also: dict[str, dict[str, Any]] = {}
    for each in happened.compared:
        also.setdefault(each.expected.word, {}).update(each.expected.details)
    rows = list(_rows(happened, also))
    width = max(len("expected"), *(len(left) for left, _, _ in rows))
    yield f"    {'expected':<{width}}    decided"
    for left, right, wrong in rows:
        yield f"  {MISSING if wrong else ' '} {left:<{width}}    {right}".rstrip()


Row = tuple[str, str, bool]


def _rows(happened: Happened, also: dict[str, dict[str, Any]]) -> Iterator[Row]:
    """Pair expectations with the decisions that met them; what is left of both stands alone."""
    states = [each for each in happened.compared if each.expected.word in STATES]
    left = [each for each in happened.compared if each not in states]
    met = {id(each.by) for each in left}
    between: list[Told] = []
    for decision in happened.decided:
        if id(decision) not in met:
            between.append(decision)
            continue
        index = next(n for n, each in enumerate(left) if each.by is decision)
        if index or between:
            yield from _unpaired(left[:index], between, happened, also=also)
        yield str(left[index].expected), decision.brief(also.get(decision.word, {})), False
        left, between = left[index + 1 :], []
    if left or between or not (happened.decided or states):
        yield from _unpaired(left, between, happened, also=also)
    for each in states:
        asked = each.expected.details
        now = "" if each.instead is None else each.instead.brief(asked)
        yield str(each.expected), now or f"{each.expected.about} does not wait", each.by is None


def _unpaired(
    unmet: Sequence[Met],
    between: Sequence[Told],
    happened: Happened,
    *,
    also: dict[str, dict[str, Any]],
) -> Iterator[Row]:
    """Set expectations that nothing met beside the decisions most like them, the others alone."""
    nothing = "" if happened.compared else NOTHING
    if not unmet and not between:
        yield nothing, NOTHING, False
    left = list(between)
    for met in unmet:
        like = [n for n, each in enumerate(left) if each.word == met.expected.word]
        for _ in range(like[0] if like else 0):
            yield _alone(left.pop(0), nothing, happened, also=also)
        decided = NOTHING if not happened.decided else ""
        if like:
            decided = left.pop(0).brief(also.get(met.expected.word, {}))
        yield str(met.expected), decided, True
    for decision in left:
        yield _alone(decision, nothing, happened, also=also)


def _alone(
    decision: Told, nothing: str, happened: Happened, *, also: dict[str, dict[str, Any]]
) -> Row:
    wrong = any(decision is each for each in happened.unexpected)
    return nothing, decision.brief(also.get(decision.word, {})), wrong


def _who(conversation: str, stands: Sequence[Candidate]) -> Iterator[str]:
    if not stands:
        yield f"  {conversation}: there are no agents"
        return
    yield f"  who could have had {conversation}"
    yield from agent_lines(stands)


def agent_lines(stands: Sequence[Candidate]) -> Iterator[str]:
    """Tell how agents stand to a conversation: first who has it, then who scored, then the rest."""
    chosen = [each for each in stands if each.reason is None]
    passed = [each for each in stands if each.reason is not None]
    rest = sorted(passed, key=lambda each: (each.why is None, -each.why.score if each.why else 0))
    shown = [*chosen, *rest][: max(MOST_AGENTS, len(chosen))]
    name = max(len(each.agent) for each in shown)
    reason = max(len(each.reason or "") for each in shown)
    for each in shown:
        words = each.words
        told = [] if each.why is None else [pair for pair in each.why.terms.items() if pair[1]]
        if each.why is not None and told:
            terms = ", ".join(f"{term} {points}" for term, points in told)
            words = f"{words} ({each.why.score} = {terms})"
        yield f"    {each.agent:<{name}}  {each.reason or '':<{reason}}  {words}"
    for why, count in _counted(rest[len(shown) - len(chosen) :]):
        yield f"    and {count} more: {why.value}"


def _counted(rest: Sequence[Candidate]) -> Iterator[tuple[PassedOver, int]]:
    for reason in PassedOver:
        count = sum(each.reason is reason for each in rest)
        if count:
            yield reason, count


def story_lines(result: Result) -> Iterator[str]:
    """Tell every decision of a scenario, step by step."""
    for number, happened in enumerate(result.steps, start=1):
        for each in happened.decided:
            when = clock_text(each.at - result.scenario.at)
            yield f"  step {number:<2} {when:>8}  {each.brief({})}"


def as_values(result: Result) -> dict[str, Any]:
    """Give all of a result as plain values, ready to be JSON."""
    place = result.scenario.place
    return {
        "name": result.scenario.name,
        "file": place.file,
        "line": place.line,
        "ok": result.ok,
        "steps": [_step_values(each) for each in result.steps],
    }


def _step_values(happened: Happened) -> dict[str, Any]:
    values: dict[str, Any] = {
        "line": happened.step.place.line,
        "at": instants.render(happened.step.at),
        "ok": happened.ok,
        "decided": [_told_values(each) for each in happened.decided],
    }
    unmet = [each.expected for each in happened.compared if each.by is None]
    if unmet:
        values["missing"] = [{each.word: each.about, **each.details} for each in unmet]
    if happened.unexpected:
        values["unexpected"] = [_told_values(each) for each in happened.unexpected]
    if happened.asked:
        values["passed_over"] = {
            name: [candidate_values(each) for each in stands]
            for name, stands in happened.asked.items()
        }
    if happened.would_help:
        values["would_help"] = {
            name: {"change": each.change.value, "agent": each.agent, "words": each.words}
            for name, each in happened.would_help.items()
        }
    return values


def _told_values(told: Told) -> dict[str, Any]:
    return {told.word: told.about, **told.details, "at": instants.render(told.at)}


def candidate_values(each: Candidate) -> dict[str, Any]:
    """Give how an agent stands to a conversation as plain values."""
    return {
        "agent": each.agent,
        "reason": None if each.reason is None else each.reason.value,
        "words": each.words,
        "until": None if not each.until else instants.render(each.until),
        "score": None if each.why is None else each.why.score,
        "terms": None if each.why is None else dict(each.why.terms),
    }
